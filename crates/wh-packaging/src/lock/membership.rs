//! Markers of locks: PEP 508 with `'x' in extras` and `'x' in dependency_groups` (PEP 751).
//!
//! `pep508_rs` does not know these two sets. Each such membership is decided here and put back
//! as a comparison that always, or never, holds; the rest is an ordinary marker.

use pep508_rs::MarkerTree;

use crate::project_name;
use crate::requirement::{RequirementError, parse_marker};

/// What a reader of the lock asks for.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Asked<'a> {
    pub extras: &'a [String],
    pub groups: &'a [String],
}

// such that a diagram of decisions sees it, too
const HOLDS: &str = "(os_name == 'a' or os_name != 'a')";
const NEVER: &str = "(os_name == 'a' and os_name != 'a')";

/// Whether the text is a marker of a lock.
pub(super) fn check(text: &str) -> Result<(), RequirementError> {
    parse(text, Asked::default()).map(|_| ())
}

/// The marker of a package, with the memberships decided.
pub(super) fn parse(text: &str, asked: Asked<'_>) -> Result<MarkerTree, RequirementError> {
    if !text.contains("extras") && !text.contains("dependency_groups") {
        return parse_marker(text);
    }
    let decided = decide(text, asked);
    parse_marker(&decided).map_err(|error| RequirementError {
        text: text.to_owned(),
        column: if decided == text { error.column } else { 0 },
        message: error.message,
    })
}

fn decide(text: &str, asked: Asked<'_>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find(['\'', '"']) {
        let quote = &rest[open..=open];
        let Some(length) = rest[open + 1..].find(quote) else {
            break;
        };
        let value = &rest[open + 1..open + 1 + length];
        let after = &rest[open + length + 2..];
        out.push_str(&rest[..open]);
        match membership(value, after, asked) {
            Some((holds, remaining)) => {
                out.push_str(if holds { HOLDS } else { NEVER });
                rest = remaining;
            }
            None => {
                out.push_str(&rest[open..open + length + 2]);
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// Reads `in extras`, `not in dependency_groups` after a string; whether it holds, and what follows.
fn membership<'t>(value: &str, after: &'t str, asked: Asked<'_>) -> Option<(bool, &'t str)> {
    let (word, mut rest) = word(after)?;
    let negated = word == "not";
    if negated {
        rest = self::word(rest).filter(|(word, _)| *word == "in")?.1;
    } else if word != "in" {
        return None;
    }
    let (set, rest) = self::word(rest)?;
    let set = match set {
        "extras" => asked.extras,
        "dependency_groups" => asked.groups,
        _ => return None,
    };
    let wanted = project_name(value);
    let member = set
        .iter()
        .any(|name| name == value || (wanted.is_some() && project_name(name) == wanted));
    Some((member != negated, rest))
}

fn word(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start();
    let end = text
        .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let extras = ["Dev_x".to_owned()];
        let groups = ["test".to_owned()];
        let asked = Asked {
            extras: &extras,
            groups: &groups,
        };
        assert_eq!(decide(text, asked), expected);
    }

    #[test]
    fn memberships_are_decided() {
        check("'dev-x' in extras", HOLDS);
        check("'dev-x' not in extras", NEVER);
        check("\"other\" in extras", NEVER);
        check(
            "'test' in dependency_groups and os_name == 'nt'",
            &format!("{HOLDS} and os_name == 'nt'"),
        );
        check("('a' not  in dependency_groups)", &format!("({HOLDS})"));
        check(
            "'extras' in platform_version",
            "'extras' in platform_version",
        );
        check("os_name == 'in extras'", "os_name == 'in extras'");
        check("'open", "'open");
    }
}
