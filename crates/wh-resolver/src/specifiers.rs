//! Version specifiers as sets (PEP 440, with the living version specifiers page).
//!
//! `==1.0` admits `1.0+cpu`, `>1.0` does not. A set of plain versions cannot say so, because any
//! number of local versions lie between `1.0` and the next version; so the line of versions has
//! points besides: one just after all local versions of a public version. Sets say nothing about
//! pre-releases as such; that rule is a matter of choosing, see [`crate::choice`].

use std::cmp::Ordering;
use std::fmt;

use version_ranges::Ranges;
use wh_packaging::{Operator, Version, VersionSpecifier, VersionSpecifiers};

/// A set of versions.
pub(crate) type Set = Ranges<Point>;

/// A place on the line of versions.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Point {
    /// A version.
    At(Version),
    /// Just after the local versions of this public one, before everything else above it.
    AfterLocals(Version),
}

impl Point {
    /// The version at or below this place.
    pub(crate) fn version(&self) -> &Version {
        match self {
            Point::At(version) | Point::AfterLocals(version) => version,
        }
    }
}

impl Ord for Point {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Point::At(one), Point::At(two))
            | (Point::AfterLocals(one), Point::AfterLocals(two)) => one.cmp(two),
            (Point::At(version), Point::AfterLocals(public)) => at_to_after(version, public),
            (Point::AfterLocals(public), Point::At(version)) => {
                at_to_after(version, public).reverse()
            }
        }
    }
}

impl PartialOrd for Point {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.version().fmt(f)
    }
}

fn at_to_after(version: &Version, public: &Version) -> Ordering {
    match version.cmp(public) {
        Ordering::Less | Ordering::Equal => Ordering::Less,
        Ordering::Greater if version.is_local() && version.clone().without_local() == *public => {
            Ordering::Less
        }
        Ordering::Greater => Ordering::Greater,
    }
}

/// Exactly this version.
pub(crate) fn only(version: &Version) -> Set {
    Ranges::singleton(Point::At(version.clone()))
}

/// What all of these specifiers admit.
pub(crate) fn set_of(specifiers: &VersionSpecifiers) -> Set {
    specifiers
        .iter()
        .map(set_of_one)
        .reduce(|all, set| all.intersection(&set))
        .unwrap_or_else(Ranges::full)
}

/// Whether specifiers admit a version of a project, a pre-release like any other.
///
/// `VersionSpecifiers::contains` has faults of its own (`==2.1.*` admits 2); this follows the
/// standard.
pub fn admits(specifiers: &VersionSpecifiers, version: &Version) -> bool {
    specifiers.iter().all(|one| admits_one(one, version))
}

fn admits_one(specifier: &VersionSpecifier, version: &Version) -> bool {
    set_of_one(specifier).contains(&Point::At(version.clone()))
}

/// What one specifier admits.
fn set_of_one(specifier: &VersionSpecifier) -> Set {
    let version = specifier.version();
    match specifier.operator() {
        Operator::Equal => equal(version),
        Operator::NotEqual => equal(version).complement(),
        // compared as text by the standard; one project has a version in one spelling only
        Operator::ExactEqual => only(version),
        Operator::EqualStar => prefix(version),
        Operator::NotEqualStar => prefix(version).complement(),
        Operator::TildeEqual => Ranges::from_range_bounds(at(version)..compatible_end(version)),
        Operator::GreaterThanEqual => Ranges::higher_than(at(version)),
        Operator::LessThanEqual => Ranges::lower_than(Point::AfterLocals(version.clone())),
        Operator::GreaterThan => greater(version),
        Operator::LessThan => Ranges::strictly_lower_than(at(&first_excluded(version))),
    }
}

fn at(version: &Version) -> Point {
    Point::At(version.clone())
}

fn equal(version: &Version) -> Set {
    if version.is_local() {
        only(version)
    } else {
        Ranges::from_range_bounds(at(version)..=Point::AfterLocals(version.clone()))
    }
}

/// `==1.2.*`: from `1.2.dev0` to before `1.3.dev0`.
fn prefix(version: &Version) -> Set {
    let low = release(version, version.release().to_vec());
    let high = release(version, raised(version.release()));
    Ranges::from_range_bounds(Point::At(low)..Point::At(high))
}

/// `~=1.2.3`: before `1.3.dev0`.
fn compatible_end(version: &Version) -> Point {
    let parts = version.release();
    let kept = &parts[..parts.len().saturating_sub(1).max(1)];
    Point::At(release(version, raised(kept)))
}

/// `>1.0` admits no post-release and no local version of 1.0; `>1.0.post1` none of that one.
fn greater(version: &Version) -> Set {
    if version.is_dev() || version.is_post() {
        Ranges::strictly_higher_than(Point::AfterLocals(version.clone().without_local()))
    } else {
        let above_posts = version.clone().without_local().with_max(Some(0));
        Ranges::strictly_higher_than(Point::At(above_posts))
    }
}

/// `<1.0` admits no pre-release of 1.0, unless it names one itself.
fn first_excluded(version: &Version) -> Version {
    if version.any_prerelease() {
        version.clone()
    } else {
        version.clone().without_local().with_dev(Some(0))
    }
}

/// The earliest version of a release.
fn release(like: &Version, parts: Vec<u64>) -> Version {
    Version::new(parts)
        .with_epoch(like.epoch())
        .with_dev(Some(0))
}

fn raised(parts: &[u64]) -> Vec<u64> {
    let mut parts = parts.to_vec();
    if let Some(last) = parts.last_mut() {
        *last = last.saturating_add(1);
    }
    parts
}

/// Whether a specifier names a pre-release, which asks for them.
pub(crate) fn names_pre_release(specifiers: &VersionSpecifiers) -> bool {
    specifiers.iter().any(|specifier| {
        // `!=2.0b1` and `<2.0a1` ask for none
        !matches!(
            specifier.operator(),
            Operator::NotEqual | Operator::NotEqualStar
        ) && specifier.any_prerelease()
    })
}

/// Whether one of the specifiers pins this version (`==` or `===`, without `.*`).
pub(crate) fn pins(specifiers: &VersionSpecifiers, version: &Version) -> bool {
    specifiers.iter().any(|specifier| {
        matches!(specifier.operator(), Operator::Equal | Operator::ExactEqual)
            && admits_one(specifier, version)
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct Table {
        versions: Vec<Version>,
        admits: BTreeMap<String, Vec<Version>>,
    }

    #[test]
    fn sets_admit_what_packaging_admits() {
        let table = include_str!("../tests/oracle/specifiers.json");
        let table: Table = serde_json::from_str(table).unwrap();
        assert!(table.versions.len() > 150 && table.admits.len() > 80);
        for (text, admitted) in &table.admits {
            let set = set_of(&text.parse().unwrap());
            for version in &table.versions {
                let contains = set.contains(&Point::At(version.clone()));
                assert_eq!(contains, admitted.contains(version), "{version} in {text}");
                assert_eq!(contains, admits(&text.parse().unwrap(), version));
            }
        }
    }

    fn version() -> impl Strategy<Value = String> {
        "[0-3](\\.[0-3]){0,2}(a1|rc2)?(\\.post[01])?(\\.dev1)?(\\+cpu)?"
    }

    fn ordered() -> impl Strategy<Value = String> {
        "(>=|<=|>|<|~=|==|!=)[0-3]\\.[0-3](a1|rc2)?(\\.post[01])?(\\.dev1)?|(==|!=)[0-2](\\.[0-2])?\\.\\*"
    }

    proptest! {
        #[test]
        fn several_specifiers_admit_what_each_does(
            texts in proptest::collection::vec(ordered(), 0..4),
            version in version(),
        ) {
            let all: VersionSpecifiers = texts.join(",").parse().unwrap();
            let point = Point::At(version.parse().unwrap());
            let each = all.iter().all(|one| set_of_one(one).contains(&point));
            prop_assert_eq!(set_of(&all).contains(&point), each);
        }

        #[test]
        fn places_are_in_order(one in version(), two in version(), three in version()) {
            let places: Vec<Point> = [one, two, three]
                .iter()
                .flat_map(|text| {
                    let version: Version = text.parse().unwrap();
                    let public = version.clone().without_local();
                    [Point::At(version), Point::AfterLocals(public)]
                })
                .collect();
            for (a, b) in places.iter().flat_map(|a| places.iter().map(move |b| (a, b))) {
                prop_assert_eq!(a.cmp(b), b.cmp(a).reverse());
                for c in &places {
                    prop_assert!(!(a <= b && b <= c) || a <= c, "{:?} {:?} {:?}", a, b, c);
                }
            }
        }

        // where pep440_rs follows the standard: it pads no prefix (`==2.1.*` admits 2), and compares
        // pre-, post- and development releases otherwise than packaging
        #[test]
        fn a_set_agrees_with_its_specifier(
            text in "(>=|<=|>|<|==|!=)[0-3]\\.[0-3]",
            version in "[0-3](\\.[0-3]){0,2}(a1|rc2)?(\\+cpu)?",
        ) {
            let specifiers: VersionSpecifiers = text.parse().unwrap();
            let version: Version = version.parse().unwrap();
            let contains = set_of(&specifiers).contains(&Point::At(version.clone()));
            prop_assert_eq!(contains, specifiers.contains(&version));
        }
    }
}
