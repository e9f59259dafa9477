//! Whether what was written and read again means the same.

use std::sync::LazyLock;

use wh_packaging::marker::evaluate;
use wh_packaging::{ExtraName, MarkerTree, Requirement, Target, requirement};

/// Targets that differ in all that markers ask for.
pub(crate) static TARGETS: LazyLock<Vec<Target>> = LazyLock::new(|| {
    let names = ["cp312-linux", "3.9.1-win_amd64", "cp313t-macos"];
    names.map(|name| Target::from_name(name).unwrap()).into()
});

/// Panics unless the requirement, written, reads as one that means the same.
pub(crate) fn comes_back(found: &Requirement) {
    let shown = requirement::display(found);
    let mut again = requirement::parse(&shown).unwrap_or_else(|e| panic!("{shown}: {e}"));
    same_marker(&found.marker, &again.marker, &shown);
    again.marker = found.marker.clone();
    assert_eq!(&again, found, "{shown}");
}

/// Panics unless both are one marker, or hold for the same targets: one that never holds is
/// written as one that no Python meets.
pub(crate) fn same_marker(one: &MarkerTree, other: &MarkerTree, shown: &str) {
    if one == other {
        return;
    }
    let extras: [&[ExtraName]; 2] = [&[], &["x".parse().unwrap()]];
    for target in TARGETS.iter() {
        for extras in extras {
            let [one, other] = [one, other].map(|m| evaluate(m, &target.markers, extras));
            assert_eq!(one, other, "{shown} for {}", target.name);
        }
    }
}
