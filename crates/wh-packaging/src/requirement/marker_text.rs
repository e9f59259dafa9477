//! Markers as text: what must be put right before `pep508_rs` reads them.
//!
//! `pep508_rs` leaves out, with no more than a warning, each comparison that it cannot express, so
//! that `python_version not in '2.7, 3.12'` would hold everywhere. Lists with commas are therefore
//! rewritten, and what is still left out is an error where a user wrote it. (In published metadata
//! it stays left out: such a requirement is carried rather than dropped.)

use std::borrow::Cow;

use pep508_rs::{MarkerTree, MarkerWarningKind};

use super::{Faults, RequirementError};

/// How long a marker may be, in bytes, and how deep its parentheses: both parsing and the decision
/// diagrams recurse.
const LONGEST: usize = 32 * 1024;
const DEEPEST: usize = 64;

/// Reads a marker that a user, or a lock, gives.
///
/// # Errors
/// The text is not a marker, or has a comparison that cannot be decided.
pub fn parse_marker(text: &str) -> Result<MarkerTree, RequirementError> {
    read(text, Faults::Refuse).map_err(|(byte, message)| RequirementError::at(text, byte, message))
}

/// Reads a marker; an error is the byte at which it goes wrong and what is wrong.
pub(super) fn read(text: &str, faults: Faults) -> Result<MarkerTree, (usize, String)> {
    if text.len() > LONGEST || depth(text) > DEEPEST {
        return Err((0, "the marker is too long or too deeply nested".to_owned()));
    }
    let mended = mend(text, faults);
    let mut left_out = None;
    let mut note = |kind: MarkerWarningKind, message: String| {
        // a strange extra is kept as it is and simply never holds
        if !matches!(kind, MarkerWarningKind::ExtraInvalidComparison) {
            let words: Vec<&str> = message.split_whitespace().collect();
            left_out.get_or_insert(words.join(" ").replace(", will be ignored", ""));
        }
    };
    let tree = MarkerTree::parse_reporter(&mended, &mut note).map_err(|error| {
        // positions in a mended text say nothing about the one given
        let byte = match mended {
            Cow::Borrowed(_) => error.start,
            Cow::Owned(_) => 0,
        };
        (byte, error.message.to_string())
    })?;
    match (left_out, faults) {
        (Some(message), Faults::Refuse) => Err((0, message)),
        _ => Ok(tree),
    }
}

/// How deep parentheses nest, at most.
fn depth(text: &str) -> usize {
    let (mut now, mut most) = (0usize, 0);
    for byte in text.bytes() {
        match byte {
            b'(' => now += 1,
            b')' => now = now.saturating_sub(1),
            _ => {}
        }
        most = most.max(now);
    }
    most
}

/// Rewrites the strings that are compared with a version variable: lists lose their commas, and
/// (where faults are mended) `>= '3.5.*'` its star.
fn mend(text: &str, faults: Faults) -> Cow<'_, str> {
    if !text.contains([',', '*']) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find(['\'', '"']) {
        let quote = &rest[open..=open];
        let Some(length) = rest[open + 1..].find(quote) else {
            break;
        };
        let before = &rest[..=open];
        let value = &rest[open + 1..open + 1 + length];
        out.push_str(before);
        out.push_str(&mend_value(before[..open].trim_end(), value, faults));
        out.push_str(quote);
        rest = &rest[open + 1 + length + 1..];
    }
    out.push_str(rest);
    if out == text {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(out)
    }
}

fn mend_value<'a>(before: &str, value: &'a str, faults: Faults) -> Cow<'a, str> {
    let versions = |text: &str| {
        let word = text
            .trim_end()
            .rsplit(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
            .next();
        matches!(
            word,
            Some("python_version" | "python_full_version" | "implementation_version")
        )
    };
    let list = before
        .strip_suffix("in")
        .map(|text| text.trim_end())
        .map(|text| text.strip_suffix("not").unwrap_or(text));
    if let Some(variable) = list {
        if versions(variable) {
            return Cow::Owned(value.replace(',', " "));
        }
    } else if let (Faults::Mend, Some(start)) = (faults, value.strip_suffix(".*")) {
        let variable = before.trim_end_matches(['<', '>', '=', '~']);
        let operator = &before[variable.len()..];
        if matches!(operator, "<" | ">" | "<=" | ">=" | "~=") && versions(variable) {
            return Cow::Borrowed(start);
        }
    }
    Cow::Borrowed(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_with_commas_are_lists() {
        let check = |text: &str, expected: &str| {
            let tree = read(text, Faults::Mend).unwrap();
            let same = read(expected, Faults::Refuse).unwrap();
            assert_eq!(tree, same, "{text}");
        };
        check(
            "python_version not in '2.7, 3.12'",
            "python_version not in '2.7 3.12'",
        );
        check(
            "python_version in \"2.7,3.12\"",
            "python_version in '2.7 3.12'",
        );
        check("python_version >= '3.5.*'", "python_version >= '3.5'");
        check("python_version == '3.5.*'", "python_version == '3.5.*'");
        check(
            "os_name == 'a, b' and python_version in '3.7,3.8'",
            "os_name == 'a, b' and python_version in '3.7 3.8'",
        );
    }

    #[test]
    fn what_cannot_be_decided_is_said_to_users() {
        for text in [
            "'3' in python_version",
            "python_version >= 'soon'",
            "os_name ~= 'x'",
        ] {
            assert!(parse_marker(text).is_err(), "{text}");
            assert!(read(text, Faults::Mend).is_ok(), "{text}");
        }
        assert!(parse_marker("extra == 'not a name!'").is_ok());
    }

    #[test]
    fn bounded() {
        assert!(parse_marker(&"(".repeat(100_000)).is_err());
        let deep = format!("{}os_name == 'a'{}", "(".repeat(60), ")".repeat(60));
        assert!(parse_marker(&deep).is_ok());
        assert!(parse_marker(&"os_name == 'a' and ".repeat(10_000)).is_err());
    }
}
