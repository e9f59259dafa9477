//! From the text of a requirements file to its lines: continued ones joined, comments and empty
//! ones removed, variables replaced; in this order, as pip does.

/// A line, with those that continue it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LogicalLine {
    /// The number of its first line, from 1.
    pub number: usize,
    /// Its text, trimmed, without comment.
    pub text: String,
}

/// The lines that say something.
pub(super) fn logical_lines(text: &str) -> Vec<LogicalLine> {
    let mut found = Vec::new();
    let mut pending: Option<(usize, String)> = None;
    for (index, line) in split_lines(text).into_iter().enumerate() {
        let comment = line.trim_start().starts_with('#');
        let continues = line.ends_with('\\') && !comment;
        let (_, joined) = pending.get_or_insert_with(|| (index + 1, String::new()));
        if continues {
            joined.push_str(line.trim_matches('\\'));
            continue;
        }
        if comment {
            // so that the comment is seen as one after a joined line, too
            joined.push(' ');
        }
        joined.push_str(line);
        found.extend(pending.take().and_then(finished));
    }
    found.extend(pending.and_then(finished));
    found
}

fn finished((number, text): (usize, String)) -> Option<LogicalLine> {
    let text = without_comment(&text).trim().to_owned();
    (!text.is_empty()).then_some(LogicalLine { number, text })
}

/// A comment begins with `#` at the start or after white space.
fn without_comment(line: &str) -> &str {
    let starts = |(at, _): &(usize, &str)| {
        line[..*at]
            .chars()
            .next_back()
            .is_none_or(char::is_whitespace)
    };
    match line.match_indices('#').find(starts) {
        Some((at, _)) => &line[..at],
        None => line,
    }
}

/// Lines as Python's `str.splitlines` has them.
fn split_lines(text: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c: char| {
            matches!(
                c,
                '\n' | '\r' | '\x0b' | '\x0c' | '\x1c'
                    ..='\x1e' | '\u{85}' | '\u{2028}' | '\u{2029}'
            )
        });
        let Some(end) = end else {
            lines.push(rest);
            break;
        };
        lines.push(&rest[..end]);
        let after = &rest[end..];
        let width = match after.starts_with("\r\n") {
            true => 2,
            false => after.chars().next().map_or(1, char::len_utf8),
        };
        rest = &after[width..];
    }
    lines
}

/// Replaces each `${NAME}` (capitals, digits, `_`) whose variable is set and not empty.
pub(super) fn expand(line: &str, variable: &dyn Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(start) = rest.find("${") {
        let (before, after) = rest.split_at(start);
        out.push_str(before);
        let plain = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        let end = after[2..].find(|c| !plain(c)).map(|length| length + 2);
        let name = end
            .filter(|end| *end > 2 && after[*end..].starts_with('}'))
            .map(|end| &after[2..end]);
        let value = name.and_then(variable).filter(|value| !value.is_empty());
        match (name, value) {
            (Some(name), Some(value)) => {
                out.push_str(&value);
                rest = &after[name.len() + 3..];
            }
            _ => {
                out.push_str("${");
                rest = &after[2..];
            }
        }
    }
    out.push_str(rest);
    out
}
