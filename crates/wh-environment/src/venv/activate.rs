//! `activate` scripts for bash and zsh, fish, csh and PowerShell.
//!
//! Paths and prompts go into the scripts as quoted words of each shell, so that no character of
//! them is ever read as code. Callers have refused control characters.

/// What the scripts name.
pub(super) struct Labels<'a> {
    /// The environment's folder, absolute.
    pub folder: &'a str,
    pub prompt: &'a str,
    /// `bin` or `Scripts`
    pub scripts: &'a str,
}

/// File names and texts.
pub(super) fn scripts(labels: &Labels<'_>) -> [(&'static str, String); 4] {
    let fill = |template: &str, quote: fn(&str) -> String| {
        // the prompt last: nothing inside what was put in is replaced again
        let mut out = String::with_capacity(template.len() + 256);
        let mut rest = template;
        while let Some(start) = rest.find("@@") {
            let (before, mark) = rest.split_at(start);
            let (mark, after) =
                mark.split_at(mark[2..].find("@@").map_or(mark.len(), |end| end + 4));
            out.push_str(before);
            out.push_str(&quote(match mark {
                "@@FOLDER@@" => labels.folder,
                "@@PROMPT@@" => labels.prompt,
                _ => labels.scripts,
            }));
            rest = after;
        }
        out.push_str(rest);
        out
    };
    [
        ("activate", fill(include_str!("activate.sh"), quote_sh)),
        (
            "activate.fish",
            fill(include_str!("activate.fish"), quote_fish),
        ),
        (
            "activate.csh",
            fill(include_str!("activate.csh"), quote_csh),
        ),
        (
            "Activate.ps1",
            fill(include_str!("Activate.ps1"), quote_powershell),
        ),
    ]
}

fn quote_sh(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

fn quote_fish(text: &str) -> String {
    format!("'{}'", text.replace('\\', r"\\").replace('\'', r"\'"))
}

/// csh expands `!` inside single quotes, too.
fn quote_csh(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''").replace('!', r"\!"))
}

/// PowerShell takes curly quotes for straight ones.
fn quote_powershell(text: &str) -> String {
    let mut out = String::from("'");
    for c in text.chars() {
        if matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}') {
            out.push(c);
        }
        out.push(c);
    }
    out.push('\'');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_each_shell() {
        assert_eq!(quote_sh("a'$b`"), r"'a'\''$b`'");
        assert_eq!(quote_fish(r"a'\b"), r"'a\'\\b'");
        assert_eq!(quote_csh("a!'"), r"'a\!'\'''");
        assert_eq!(quote_powershell("a'\u{2019}$b"), "'a''\u{2019}\u{2019}$b'");
    }

    #[test]
    fn every_mark_is_filled() {
        let labels = Labels {
            folder: "/x/@@PROMPT@@",
            prompt: "p",
            scripts: "bin",
        };
        for (name, text) in scripts(&labels) {
            assert!(text.contains("'bin'"), "{name}");
            assert_eq!(text.matches("@@").count(), 2, "{name}: the folder's own");
            assert!(text.contains("/x/@@PROMPT@@"), "{name}");
        }
    }
}
