//! Environment markers (PEP 508, the dependency specifiers page of January 2026), evaluated for a
//! target that may leave some values open.
//!
//! A value that a target leaves open (the kernel release of a machine that nobody has seen)
//! answers [`Truth::Undecided`] where it decides the marker. Whoever asks then carries the
//! requirement and says so: too much installs, too little does not.
//!
//! `pep508_rs` keeps a marker as a decision diagram: each node asks for one value, and its edges
//! lead on. It knows `python_version` only as a range of `python_full_version`, and no
//! pre-releases; so a pre-release Python is asked as the release it leads to, which is right for
//! `python_version` always, and for `python_full_version` unless the marker names that very
//! release. Strings have no order (only `platform_release` is compared as a version), although
//! the diagram has ranges of them; [`string_edges`] says what follows from that.

mod values;

use std::collections::HashMap;
use std::ops::Bound;
use std::str::FromStr;

use pep508_rs::{
    ExtraName, MarkerTree, MarkerTreeKind, MarkerValueExtra, MarkerValueString, MarkerValueVersion,
};
use version_ranges::Ranges;

use crate::Version;

pub use values::MarkerValues;

/// What a marker answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Truth {
    /// It holds.
    True,
    /// It does not hold.
    False,
    /// Values that the target leaves open decide it.
    Undecided,
}

/// Evaluates a marker for a target, with these extras asked for.
pub fn evaluate(marker: &MarkerTree, values: &MarkerValues, extras: &[ExtraName]) -> Truth {
    Evaluation::new(values, extras, false).tree(marker)
}

/// As [`evaluate`], for every patch release of the target's Python: undecided where they differ.
///
/// For targets whose patch release nobody named: a requirement that is undecided here and false at
/// `X.Y.0` is true at later patches only.
pub fn evaluate_every_patch(
    marker: &MarkerTree,
    values: &MarkerValues,
    extras: &[ExtraName],
) -> Truth {
    Evaluation::new(values, extras, true).tree(marker)
}

/// How the answers of several edges become one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Join {
    /// Any of them may be the one: they must agree.
    Agree,
    /// All must hold.
    All,
}

struct Evaluation<'a> {
    values: &'a MarkerValues,
    extras: &'a [ExtraName],
    every_patch: bool,
    // answers of nodes with several edges to follow: a diagram shares nodes, and without this a
    // hostile marker would take exponential time
    known: HashMap<MarkerTree, Truth>,
}

impl<'a> Evaluation<'a> {
    fn new(values: &'a MarkerValues, extras: &'a [ExtraName], every_patch: bool) -> Self {
        Self {
            values,
            extras,
            every_patch,
            known: HashMap::new(),
        }
    }

    fn tree(&mut self, tree: &MarkerTree) -> Truth {
        let (next, join) = match tree.kind() {
            MarkerTreeKind::True => return Truth::True,
            MarkerTreeKind::False => return Truth::False,
            MarkerTreeKind::Version(node) => {
                let possible = self.possible(node.key());
                let next = node
                    .edges()
                    .filter(|(range, _)| !range.is_disjoint(&possible))
                    .map(|(_, child)| child)
                    .collect();
                (next, Join::Agree)
            }
            MarkerTreeKind::String(node) => match self.values.string(node.key()) {
                None => (
                    node.children().map(|(_, child)| child).collect(),
                    Join::Agree,
                ),
                Some(value) if *node.key() == MarkerValueString::PlatformRelease => {
                    release_edges(node.children(), value)
                }
                Some(value) => (string_edges(node.children(), value), Join::All),
            },
            MarkerTreeKind::In(node) => match self.values.string(node.key()) {
                None => (
                    node.children().map(|(_, child)| child).collect(),
                    Join::Agree,
                ),
                Some(value) => (vec![node.edge(node.value().contains(value))], Join::Agree),
            },
            MarkerTreeKind::Contains(node) => match self.values.string(node.key()) {
                None => (
                    node.children().map(|(_, child)| child).collect(),
                    Join::Agree,
                ),
                Some(value) => (vec![node.edge(value.contains(node.value()))], Join::Agree),
            },
            MarkerTreeKind::Extra(node) => {
                let asked = match node.name() {
                    MarkerValueExtra::Extra(name) => self.extras.contains(name),
                    MarkerValueExtra::Arbitrary(_) => false,
                };
                (vec![node.edge(asked)], Join::Agree)
            }
        };
        self.join(tree, next, join)
    }

    fn join(&mut self, tree: &MarkerTree, mut next: Vec<MarkerTree>, join: Join) -> Truth {
        next.dedup();
        if let [only] = next.as_slice() {
            return self.tree(only);
        }
        if let Some(truth) = self.known.get(tree) {
            return *truth;
        }
        let answers: Vec<Truth> = next.iter().map(|child| self.tree(child)).collect();
        let truth = match answers.first() {
            Some(first) if answers.iter().all(|answer| answer == first) => *first,
            Some(_) if join == Join::All && answers.contains(&Truth::False) => Truth::False,
            _ => Truth::Undecided,
        };
        self.known.insert(tree.clone(), truth);
        truth
    }

    /// The versions that a key may have.
    fn possible(&self, key: &MarkerValueVersion) -> Ranges<Version> {
        let Some(version) = self.values.version(key) else {
            return Ranges::full();
        };
        let version = version.only_release();
        let python = *key == MarkerValueVersion::PythonFullVersion
            || self.values.implementation_name.as_deref() == Some("cpython");
        match version.release() {
            [major, minor, ..] if self.every_patch && python => Ranges::between(
                Version::new([*major, *minor]),
                Version::new([*major, minor.saturating_add(1)]),
            ),
            _ => Ranges::singleton(version),
        }
    }
}

/// The edges of a string node that a value may take, all of which must hold.
///
/// Strings have no order: `<` and `>` never hold, `<=` and `>=` hold where both are equal. A value
/// that some comparison names takes the edge that holds it. Any other value makes `==` false, `!=`
/// true and every comparison by order false; markers know no negation, so an edge on which one of
/// these were true can only hold more: the answer is the least of all edges that are not equality.
fn string_edges<'a>(
    edges: impl Iterator<Item = (&'a Ranges<String>, MarkerTree)>,
    value: &str,
) -> Vec<MarkerTree> {
    let mut least = Vec::new();
    for (range, child) in edges {
        let named = range.bounding_range().is_some_and(|(low, high)| {
            [low, high]
                .iter()
                .any(|bound| matches!(bound, Bound::Included(named) if *named == value))
        });
        if named {
            return vec![child];
        }
        if range.as_singleton().is_none() {
            least.push(child);
        }
    }
    least
}

/// The edges of a `platform_release` node that a value may take.
///
/// Where both sides are versions they compare as such; a value that is none (`6.8.0-45-generic`)
/// is outside of every version specifier, `!=` included. The diagram has sorted its bounds as
/// text; where that is not their order as versions, every edge may be the one.
fn release_edges<'a>(
    edges: impl Iterator<Item = (&'a Ranges<String>, MarkerTree)>,
    value: &str,
) -> (Vec<MarkerTree>, Join) {
    let edges: Vec<_> = edges.collect();
    let bounds: Option<Vec<Version>> = edges
        .iter()
        .filter_map(|(range, _)| range.bounding_range())
        .filter_map(|(_, high)| match high {
            Bound::Included(text) | Bound::Excluded(text) => Some(Version::from_str(text).ok()),
            Bound::Unbounded => None,
        })
        .collect();
    let Some(bounds) = bounds else {
        return (string_edges(edges.into_iter(), value), Join::All);
    };
    let children = |edges: Vec<(&Ranges<String>, MarkerTree)>| {
        edges.into_iter().map(|(_, child)| child).collect()
    };
    let Ok(version) = Version::from_str(value) else {
        return (children(edges), Join::All);
    };
    if !bounds.is_sorted() {
        return (children(edges), Join::Agree);
    }
    let holding = edges
        .into_iter()
        .filter(|(range, _)| holds(range, &version))
        .collect();
    (children(holding), Join::Agree)
}

/// Whether a version lies in a range of texts that are versions.
fn holds(range: &Ranges<String>, version: &Version) -> bool {
    let Some((low, high)) = range.bounding_range() else {
        return false;
    };
    let above = match low {
        Bound::Included(low) => Version::from_str(low).is_ok_and(|low| low <= *version),
        Bound::Excluded(low) => Version::from_str(low).is_ok_and(|low| low < *version),
        Bound::Unbounded => true,
    };
    let below = match high {
        Bound::Included(high) => Version::from_str(high).is_ok_and(|high| *version <= high),
        Bound::Excluded(high) => Version::from_str(high).is_ok_and(|high| *version < high),
        Bound::Unbounded => true,
    };
    above && below
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn values(python: &str) -> MarkerValues {
        MarkerValues {
            implementation_name: Some("cpython".into()),
            os_name: Some("posix".into()),
            sys_platform: Some("linux".into()),
            python_full_version: python.into(),
            python_version: python.split('.').take(2).collect::<Vec<_>>().join("."),
            ..MarkerValues::default()
        }
    }

    fn check(marker: &str, expected: Truth) {
        let marker = MarkerTree::from_str(marker).unwrap();
        assert_eq!(evaluate(&marker, &values("3.12.0"), &[]), expected);
    }

    #[test]
    fn open_values_decide_only_what_they_change() {
        check("platform_release >= '10'", Truth::Undecided);
        check("platform_machine == 'arm64'", Truth::Undecided);
        check("'gen' in platform_release", Truth::Undecided);
        check("platform_version in '1 2'", Truth::Undecided);
        check("implementation_version < '7'", Truth::Undecided);
        check(
            "platform_machine == 'arm64' and os_name == 'nt'",
            Truth::False,
        );
        check(
            "platform_machine == 'arm64' or os_name == 'posix'",
            Truth::True,
        );
        check(
            "platform_machine == 'x' or platform_machine != 'x'",
            Truth::True,
        );
        check(
            "platform_machine == 'x' and python_version < '3'",
            Truth::False,
        );
    }

    #[test]
    fn extras_are_a_set() {
        let marker = MarkerTree::from_str("extra == 'a' and extra == 'b_c'").unwrap();
        let extras: Vec<ExtraName> = vec!["A".parse().unwrap(), "b.c".parse().unwrap()];
        let values = values("3.12.0");
        assert_eq!(evaluate(&marker, &values, &extras), Truth::True);
        assert_eq!(evaluate(&marker, &values, &extras[..1]), Truth::False);
    }

    #[test]
    fn later_patches() {
        let every = |marker: &str| {
            let marker = MarkerTree::from_str(marker).unwrap();
            evaluate_every_patch(&marker, &values("3.12.0"), &[])
        };
        check("python_full_version >= '3.12.4'", Truth::False);
        assert_eq!(every("python_full_version >= '3.12.4'"), Truth::Undecided);
        assert_eq!(every("python_full_version < '3.12.4'"), Truth::Undecided);
        assert_eq!(every("python_full_version >= '3.11.4'"), Truth::True);
        assert_eq!(every("python_full_version < '3.12'"), Truth::False);
        assert_eq!(every("python_version == '3.12'"), Truth::True);
        assert_eq!(every("python_version < '3.13'"), Truth::True);
    }

    #[test]
    fn many_open_values_take_no_exponential_time() {
        // (each pair's values stand side by side in the diagram, or it would itself be exponential)
        let pair = |n: u32| format!("('{n}a' in platform_version or '{n}b' in platform_version)");
        let text = (10..74).map(pair).collect::<Vec<_>>().join(" and ");
        check(&text, Truth::Undecided);
    }

    #[test]
    fn names_are_those_of_pep_508() {
        let text = serde_json::to_string(&values("3.12.0")).unwrap();
        assert_eq!(
            serde_json::from_str::<MarkerValues>(&text).unwrap(),
            values("3.12.0")
        );
        let map: BTreeMap<String, String> = serde_json::from_str(&text).unwrap();
        assert_eq!(MarkerValues::from_map(&map), Some(values("3.12.0")));
        assert_eq!(MarkerValues::from_map(&BTreeMap::new()), None);
    }
}
