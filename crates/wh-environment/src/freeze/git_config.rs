//! The syntax of git's configuration files (git-config), as far as one file goes: includes are
//! not followed.

/// One `key = value` with its section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// In lower case.
    pub section: String,
    /// As written; empty where there is none.
    pub subsection: String,
    /// In lower case.
    pub key: String,
    pub value: String,
}

/// Reads what can be read; lines that follow no rule are passed over.
pub(super) fn parse(text: &str) -> Vec<Entry> {
    let mut entries = Vec::new();
    let (mut section, mut subsection) = (String::new(), String::new());
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let mut line = line.trim_start();
        if line.starts_with('[') {
            let Some((names, rest)) = header(line) else {
                continue;
            };
            (section, subsection) = names;
            line = rest.trim_start();
        }
        let end = line
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '-')
            .unwrap_or(line.len());
        let (key, rest) = line.split_at(end);
        let Some(rest) = rest.trim_start().strip_prefix('=') else {
            continue;
        };
        if !key.is_empty() {
            entries.push(Entry {
                section: section.clone(),
                subsection: subsection.clone(),
                key: key.to_ascii_lowercase(),
                value: value(rest, &mut lines),
            });
        }
    }
    entries
}

/// `[section "subsection"]` or `[section.subsection]`, and what follows on the line.
fn header(line: &str) -> Option<((String, String), &str)> {
    let rest = line.strip_prefix('[')?;
    let end = rest.find([']', '"'])?;
    let name = rest[..end].trim();
    if rest.as_bytes()[end] == b']' {
        let (section, subsection) = name.split_once('.').unwrap_or((name, ""));
        let names = (
            section.to_ascii_lowercase(),
            subsection.to_ascii_lowercase(),
        );
        return Some((names, &rest[end + 1..]));
    }
    let mut subsection = String::new();
    let mut chars = rest[end + 1..].char_indices();
    while let Some((index, c)) = chars.next() {
        match c {
            '"' => {
                let rest = &rest[end + 1 + index + 1..];
                let rest = rest.trim_start().strip_prefix(']')?;
                return Some(((name.to_ascii_lowercase(), subsection), rest));
            }
            '\\' => subsection.push(chars.next()?.1),
            c => subsection.push(c),
        }
    }
    None
}

/// A value: quotes, escapes, comments, and lines that end with a backslash.
fn value<'a>(first: &'a str, lines: &mut impl Iterator<Item = &'a str>) -> String {
    let mut out = String::new();
    let mut quoted = false;
    let mut line = first.trim_start();
    // white space at the end counts only inside quotes
    let mut keep = 0;
    loop {
        let mut chars = line.chars();
        let mut continues = false;
        while let Some(c) = chars.next() {
            match c {
                '"' => quoted = !quoted,
                '#' | ';' if !quoted => break,
                '\\' => match chars.next() {
                    Some('n') => out.push('\n'),
                    Some('t') => out.push('\t'),
                    Some('b') => drop(out.pop()),
                    Some(other) => out.push(other),
                    None => continues = true,
                },
                c => out.push(c),
            }
            if quoted || !c.is_whitespace() {
                keep = out.len();
            }
        }
        if !continues {
            break;
        }
        line = lines.next().unwrap_or_default();
    }
    out.truncate(keep);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[(&str, &str, &str, &str)]) {
        let entries = parse(text);
        let entries: Vec<_> = entries
            .iter()
            .map(|e| (&*e.section, &*e.subsection, &*e.key, &*e.value))
            .collect();
        assert_eq!(entries, expected, "{text}");
    }

    #[test]
    fn git_configuration() {
        check(
            "[core]\n\tbare = false\n[remote \"origin\"]\n\turl = git@x:a/b.git ; why\n",
            &[
                ("core", "", "bare", "false"),
                ("remote", "origin", "url", "git@x:a/b.git"),
            ],
        );
        check(
            "[REMOTE \"a\\\"b]\"] URL=x\n",
            &[("remote", "a\"b]", "url", "x")],
        );
        check("[a.B]\nc = \"x # \"  \n", &[("a", "b", "c", "x # ")]);
        check(
            "[a]\nb = one\\\n  two\nc=3",
            &[("a", "", "b", "one  two"), ("a", "", "c", "3")],
        );
        check("[a\n[a \"b\nx\n= y\n[a]\nb = \\", &[("a", "", "b", "")]);
    }
}
