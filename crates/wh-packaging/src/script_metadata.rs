//! Metadata inside a script (PEP 723): a comment block `# /// script` that holds TOML.

use crate::VersionSpecifiers;
use crate::requirement::{Requirement, parse_specifiers, parse_strict};
use crate::toml_walk::{self, Table, TomlError, Value};

/// What a script says of itself.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ScriptMetadata {
    /// `requires-python`
    pub requires_python: Option<VersionSpecifiers>,
    /// `dependencies`, each with its line in the script, from 1.
    pub dependencies: Vec<(Requirement, usize)>,
}

/// Why a script does not say what it requires.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScriptError {
    /// There is no block.
    #[error("it has no `# /// script` block")]
    NoBlock,
    /// There is more than one.
    #[error("it has a second `# /// script` block in line {line}")]
    Twice {
        /// From 1.
        line: usize,
    },
    /// The block's TOML is wrong.
    #[error(transparent)]
    Toml(#[from] TomlError),
}

impl ScriptMetadata {
    /// Reads the text of a script.
    ///
    /// # Errors
    /// See [`ScriptError`].
    pub fn parse(text: &str) -> Result<Self, ScriptError> {
        let lines: Vec<&str> = text.lines().collect();
        let blocks = blocks(&lines);
        let (start, end) = match blocks.as_slice() {
            [] => return Err(ScriptError::NoBlock),
            [only] => *only,
            [_, second, ..] => return Err(ScriptError::Twice { line: second.0 + 1 }),
        };
        // as many lines before it as in the script, so that places are those of the script
        let mut toml = "\n".repeat(start + 1);
        for line in &lines[start + 1..end] {
            let content = line.strip_prefix("# ").or(line.strip_prefix('#'));
            toml.push_str(content.unwrap_or_default());
            toml.push('\n');
        }
        let document = toml_walk::document(&toml)?;
        let root = Table::root(&toml, &document);
        let specifiers = |value: Value<'_>| value.parse(parse_specifiers);
        let dependency = |value: Value<'_>| Ok((value.parse(parse_strict)?, value.line()));
        Ok(Self {
            requires_python: root.read("requires-python", specifiers)?,
            dependencies: root.list("dependencies", dependency)?,
        })
    }
}

/// The lines of `# /// script` and of the `# ///` that ends it. As the standard's expression is
/// greedy, the last `# ///` of the comment lines that follow ends a block.
fn blocks(lines: &[&str]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let start = at;
        at += 1;
        let Some(kind) = lines[start].strip_prefix("# /// ") else {
            continue;
        };
        let named = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if kind.is_empty() || !kind.chars().all(named) {
            continue;
        }
        let comment = |line: &&&str| **line == "#" || line.starts_with("# ");
        let length = lines[start + 1..].iter().take_while(comment).count();
        let within = &lines[start + 1..start + 1 + length];
        let Some(last) = within.iter().rposition(|line| *line == "# ///") else {
            continue;
        };
        // a block holds a line at least
        if last == 0 {
            continue;
        }
        at = start + 2 + last;
        if kind == "script" {
            found.push((start, start + 1 + last));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let found = match ScriptMetadata::parse(text) {
            Ok(found) => {
                let all = found.dependencies.iter();
                let all: Vec<String> = all.map(|(one, line)| format!("{line}:{one}")).collect();
                let python = found.requires_python.map(|one| one.to_string());
                format!("{} {}", python.unwrap_or_default(), all.join(" "))
            }
            Err(error) => error.to_string(),
        };
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn a_block_is_read_with_the_places_of_the_script() {
        check(
            "#!/usr/bin/env python\n# /// script\n# requires-python = \">=3.11\"\n# dependencies = [\n#   \"rich\",\n#\n#   \"httpx<1\",\n# ]\n# ///\nprint()\n",
            ">=3.11 5:rich 7:httpx<1",
        );
        check(
            "# /// script\r\n# dependencies = ['a']\r\n# ///\r\n",
            " 2:a",
        );
        check(
            "# /// other\n# x = 1\n# ///\n\n# /// script\n# dependencies = []\n# ///\n",
            " ",
        );
        check("# /// script\n# [tool.x]\n# a = 1\n# ///\n", " ");
    }

    #[test]
    fn what_is_no_block() {
        check("print()\n", "it has no `# /// script` block");
        check(
            "# /// script\n# dependencies = []\n",
            "it has no `# /// script` block",
        );
        check(
            "# /// script\n#dependencies = []\n# ///\n",
            "it has no `# /// script` block",
        );
        check(
            "# /// script\n# x = 1\n# ///\n\n# /// script\n# x = 1\n# ///\n",
            "it has a second `# /// script` block in line 5",
        );
        let error = "line 3: dependencies[0]: ";
        let found = ScriptMetadata::parse("\n# /// script\n# dependencies = ['>1']\n# ///\n");
        assert!(found.unwrap_err().to_string().starts_with(error));
    }
}
