//! Markers as text: the grammar of PEP 508 around the comparisons, with bounds.
//!
//! Comparisons are read by [`super::marker_clause`]; one that cannot be expressed is an error where
//! a user wrote it. (In published metadata it is left out: such a requirement is carried rather
//! than dropped.)
//!
//! `pep508_rs` keeps markers as decision diagrams, which a hostile marker makes exponentially large
//! (and their text, even for small diagrams, exponentially long). Therefore the work is counted
//! before each step; no marker that was ever published comes near the bounds.

use pep508_rs::MarkerTree;

use super::marker_bounds::{edges, ways};
use super::marker_clause::{Clause, Operand};
use super::{Faults, RequirementError};

/// How long a marker may be, in bytes, and how deep its parentheses: parsing recurses.
const LONGEST: usize = 32 * 1024;
const DEEPEST: usize = 64;
/// How much joining diagrams may cost, in pairs of edges, and up to which cost they are not counted.
const MOST_WORK: usize = 250_000;
const CHEAP: usize = 256;
/// How many ways to hold a marker may have: writing it as text takes cubic time in them.
const MOST_WAYS: usize = 300;

/// The byte at which text goes wrong, and what is wrong.
pub(super) type Fault = (usize, String);

/// Reads a marker that a user, or a lock, gives.
///
/// # Errors
/// The text is not a marker, has a comparison that cannot be decided, or is too complex.
pub fn parse_marker(text: &str) -> Result<MarkerTree, RequirementError> {
    read(text, Faults::Refuse).map_err(|(byte, message)| RequirementError::at(text, byte, message))
}

/// Reads a marker.
pub(super) fn read(text: &str, faults: Faults) -> Result<MarkerTree, Fault> {
    if text.len() > LONGEST {
        return Err((0, "the marker is too long".to_owned()));
    }
    let mut scan = Scan {
        text,
        at: 0,
        faults,
        left_out: None,
        work: 0,
    };
    let part = scan.any(0)?;
    if let Some(found) = scan.peek() {
        let message = format!("expected `and`, `or` or the end of the marker, found `{found}`");
        return Err((scan.at, message));
    }
    if let (Some(fault), Faults::Refuse) = (scan.left_out, faults) {
        return Err(fault);
    }
    let tree = part.map_or(MarkerTree::TRUE, |part| part.tree);
    if ways(&tree) > MOST_WAYS {
        return Err(too_complex());
    }
    Ok(tree)
}

fn too_complex() -> Fault {
    (0, "the marker is too complex".to_owned())
}

/// A part of the marker, and how many edges its diagram has at most.
struct Part {
    tree: MarkerTree,
    edges: usize,
}

/// Walks over the text. What is left out is `None`.
struct Scan<'a> {
    text: &'a str,
    at: usize,
    faults: Faults,
    left_out: Option<Fault>,
    work: usize,
}

impl<'a> Scan<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// The next character that is not space; the place moves to it.
    fn peek(&mut self) -> Option<char> {
        let rest = self.rest().trim_start();
        self.at = self.text.len() - rest.len();
        rest.chars().next()
    }

    /// Passes over a word, where it is the next.
    fn word(&mut self, word: &str) -> bool {
        self.peek();
        let found = self.rest().strip_prefix(word).is_some_and(|after| {
            !after.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.'))
        });
        if found {
            self.at += word.len();
        }
        found
    }

    /// `marker_or`
    fn any(&mut self, depth: usize) -> Result<Option<Part>, Fault> {
        let mut joined = self.all(depth)?;
        while self.word("or") {
            let next = self.all(depth)?;
            joined = self.join(joined, next, MarkerTree::or)?;
        }
        Ok(joined)
    }

    /// `marker_and`
    fn all(&mut self, depth: usize) -> Result<Option<Part>, Fault> {
        let mut joined = self.one(depth)?;
        while self.word("and") {
            let next = self.one(depth)?;
            joined = self.join(joined, next, MarkerTree::and)?;
        }
        Ok(joined)
    }

    /// `marker_expr`
    fn one(&mut self, depth: usize) -> Result<Option<Part>, Fault> {
        if self.peek() != Some('(') {
            return self.comparison();
        }
        let open = self.at;
        if depth == DEEPEST {
            return Err((open, "the marker is too deeply nested".to_owned()));
        }
        self.at += 1;
        let inner = self.any(depth + 1)?;
        if self.peek() != Some(')') {
            return Err((open, "`(` is not closed".to_owned()));
        }
        self.at += 1;
        Ok(inner)
    }

    fn comparison(&mut self) -> Result<Option<Part>, Fault> {
        let start = self.at;
        let left = self.operand()?;
        let operator = self.operator()?;
        let right = self.operand()?;
        let clause = Clause {
            text: &self.text[start..self.at],
            left,
            operator,
            right,
        };
        let (tree, note) = clause
            .read(self.faults)
            .map_err(|(byte, message)| (start + byte, message))?;
        if let Some(note) = note {
            self.left_out.get_or_insert((start, note));
        }
        let edges = tree.as_ref().map_or(0, |tree| edges(tree, usize::MAX));
        Ok(tree.map(|tree| Part { tree, edges }))
    }

    /// A quoted string, or a name.
    fn operand(&mut self) -> Result<Operand<'a>, Fault> {
        let expected = "expected a name or a quoted string";
        let Some(first) = self.peek() else {
            return Err((self.at, format!("{expected}, found the end")));
        };
        let (start, rest) = (self.at, self.rest());
        if matches!(first, '\'' | '"') {
            let length = rest[1..].find(first);
            let length = length.ok_or_else(|| (start, format!("{first} is not closed")))?;
            self.at += length + 2;
            return Ok(Operand::Value(&rest[1..=length]));
        }
        let length = rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.')))
            .unwrap_or(rest.len());
        if length == 0 {
            return Err((start, format!("{expected}, found `{first}`")));
        }
        self.at += length;
        Ok(Operand::Variable(&rest[..length]))
    }

    /// `<=`, `in`, `not in`, ...
    fn operator(&mut self) -> Result<&'a str, Fault> {
        if self.word("in") {
            return Ok("in");
        }
        if self.word("not") {
            return if self.word("in") {
                Ok("not in")
            } else {
                Err((self.at, "expected `in` after `not`".to_owned()))
            };
        }
        let rest = self.rest();
        let length = rest
            .find(|c: char| !matches!(c, '<' | '=' | '>' | '~' | '!'))
            .unwrap_or(rest.len());
        if length == 0 {
            let found = rest
                .chars()
                .next()
                .map_or_else(|| "the end".into(), |c| format!("`{c}`"));
            return Err((self.at, format!("expected a comparison, found {found}")));
        }
        self.at += length;
        Ok(&rest[..length])
    }

    /// Joins two parts, unless that is too much work: a diagram of the two has no more edges than
    /// they have pairs of edges.
    fn join(
        &mut self,
        left: Option<Part>,
        right: Option<Part>,
        operation: fn(&mut MarkerTree, MarkerTree),
    ) -> Result<Option<Part>, Fault> {
        let (mut left, mut right) = match (left, right) {
            (Some(left), Some(right)) => (left, right),
            (one, other) => return Ok(one.or(other)),
        };
        if left.edges.saturating_mul(right.edges) > CHEAP {
            left.edges = edges(&left.tree, MOST_WORK);
            right.edges = edges(&right.tree, MOST_WORK);
        }
        left.edges = left.edges.saturating_mul(right.edges);
        self.work = self.work.saturating_add(left.edges);
        if self.work > MOST_WORK {
            return Err(too_complex());
        }
        operation(&mut left.tree, right.tree);
        Ok(Some(left))
    }
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
    fn pre_releases_are_compared_with_releases() {
        let check = |text: &str, expected: &str| {
            assert_eq!(
                parse_marker(text).unwrap(),
                parse_marker(expected).unwrap(),
                "{text}"
            );
        };
        for (text, expected) in [
            (
                "python_full_version <= '3.11.0a6'",
                "python_version < '3.11'",
            ),
            (
                "python_full_version < '3.11.0rc1'",
                "python_version < '3.11'",
            ),
            (
                "python_full_version > '3.11.0.dev0'",
                "python_version >= '3.11'",
            ),
            (
                "python_full_version >= '3.11b1'",
                "python_version >= '3.11'",
            ),
            (
                "'3.11.0a6' >= python_full_version",
                "python_version < '3.11'",
            ),
            ("python_version < '3.11a6'", "python_version < '3.11'"),
            (
                "python_full_version ~= '3.11.0a6'",
                "python_version == '3.11'",
            ),
        ] {
            check(text, expected);
        }
        let equal = parse_marker("python_full_version == '3.11.0a6'");
        assert!(equal.unwrap().is_false());
        let not_equal = parse_marker("python_full_version != '3.11.0a6'");
        assert!(not_equal.unwrap().is_true());
    }

    #[test]
    fn says_where_it_is_wrong() {
        for (text, byte) in [
            ("os_name == 'a' or", 17),
            ("os_name == 'a' and (os_name == 'b'", 19),
            ("os_name == 'a' or what == 'b'", 18),
            ("os_name 'a'", 8),
            ("os_name not 'a'", 12),
            ("os_name == 'a' os_name", 15),
            ("os_name == \"a", 11),
            ("os_name == 'a' or '3' in python_version", 18),
        ] {
            assert_eq!(read(text, Faults::Refuse).unwrap_err().0, byte, "{text}");
        }
    }

    #[test]
    fn what_grows_exponentially_is_refused() {
        let pairs = |count: u32, second: &str| {
            let pair = |n| format!("('{n}a' in platform_version or '{n}b' in {second})");
            let pairs: Vec<String> = (0..count).map(pair).collect();
            pairs.join(" and ")
        };
        let extras = |count: u32| {
            let extras: Vec<String> = (0..count).map(|n| format!("extra == 'e{n}'")).collect();
            extras.join(" or ")
        };
        // the first makes a large diagram, the second a small one whose text is large
        for second in ["platform_release", "platform_version"] {
            assert!(read(&pairs(8, second), Faults::Mend).is_ok());
            for count in [16, 64, 500] {
                assert!(read(&pairs(count, second), Faults::Mend).is_err());
            }
        }
        let listed = vec!["3.9"; 2_000].join(",");
        assert!(parse_marker(&format!("python_version in '{listed}'")).is_err());
        assert!(parse_marker(&extras(250)).is_ok());
        assert!(parse_marker(&extras(2_000)).is_err());
        for huge in ["3.18446744073709551615", "18446744073709551615.*"] {
            for operator in ["==", "<=", "in", "~="] {
                assert!(parse_marker(&format!("python_version {operator} '{huge}'")).is_err());
            }
        }
    }

    #[test]
    fn bounded() {
        assert!(parse_marker(&"(".repeat(100_000)).is_err());
        let deep = |n| format!("{}os_name == 'a'{}", "(".repeat(n), ")".repeat(n));
        assert!(parse_marker(&deep(DEEPEST)).is_ok());
        assert!(parse_marker(&deep(DEEPEST + 1)).is_err());
        assert!(parse_marker(&"os_name == 'a' and ".repeat(10_000)).is_err());
    }
}
