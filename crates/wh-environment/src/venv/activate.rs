//! `activate` scripts for bash and zsh, fish, csh and PowerShell; on Windows also for cmd.
//!
//! Paths and prompts go into the scripts as quoted words of each shell, so that no character of
//! them is ever read as code. Callers have refused control characters.

/// What the scripts name.
pub(super) struct Labels<'a> {
    /// The environment's folder, absolute.
    pub folder: &'a str,
    pub prompt: &'a str,
    pub windows: bool,
}

impl Labels<'_> {
    fn scripts(&self) -> &'static str {
        if self.windows { "Scripts" } else { "bin" }
    }
}

/// File names and texts.
pub(super) fn scripts(labels: &Labels<'_>) -> Vec<(&'static str, String)> {
    let fill = |template, quote| fill(template, labels, quote);
    let mut scripts = vec![
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
    ];
    if labels.windows {
        let lines = |template| fill(template, quote_batch).replace('\n', "\r\n");
        scripts.extend([
            ("activate.bat", lines(include_str!("activate.bat"))),
            ("deactivate.bat", lines(include_str!("deactivate.bat"))),
        ]);
    }
    scripts
}

/// Puts the labels into a template, each once: nothing inside what was put in is replaced again.
fn fill(template: &str, labels: &Labels<'_>, quote: fn(&str) -> String) -> String {
    let mut out = String::with_capacity(template.len() + 256);
    let mut rest = template;
    while let Some(start) = rest.find("@@") {
        let (before, mark) = rest.split_at(start);
        let (mark, after) = mark.split_at(mark[2..].find("@@").map_or(mark.len(), |end| end + 4));
        out.push_str(before);
        out.push_str(&match mark {
            "@@FOLDER@@" => quote(labels.folder),
            "@@PROMPT@@" => quote(labels.prompt),
            // where `$` begins a code
            "@@PROMPT_CODES@@" => quote(&labels.prompt.replace('$', "$$")),
            _ => quote(labels.scripts()),
        });
        rest = after;
    }
    out.push_str(rest);
    out
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

/// The inside of `set "NAME=..."`. No path on Windows has a quotation mark, and there is no way to
/// put one there that cmd could not take for the end.
fn quote_batch(text: &str) -> String {
    text.replace('"', "").replace('%', "%%")
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
        assert_eq!(quote_batch(r#"a%PATH%"&b"#), "a%%PATH%%&b");
    }

    #[test]
    fn every_mark_is_filled() {
        let labels = Labels {
            folder: "/x/@@PROMPT@@",
            prompt: "p",
            windows: true,
        };
        for (name, text) in scripts(&labels) {
            if name == "deactivate.bat" {
                assert!(!text.contains("@@"), "{name}");
                continue;
            }
            assert!(text.contains("Scripts"), "{name}");
            assert_eq!(text.matches("@@").count(), 2, "{name}: the folder's own");
            assert!(text.contains("/x/@@PROMPT@@"), "{name}");
        }
    }
}
