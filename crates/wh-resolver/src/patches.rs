//! Patch releases of one `X.Y`, as a set: at which of them something is required.
//!
//! A target that names no patch release stands for all of them and is resolved at `X.Y.0`. What
//! only later ones require is resolved and fetched with the rest; a lock says for which of them it
//! is meant.

use wh_packaging::marker::evaluate;
use wh_packaging::{ExtraName, MarkerTree, MarkerValues, Target, Truth};

/// No minor version of Python has had as many patch releases; the last stands for all from it on.
const COUNT: u32 = 40;

/// A set of patch releases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Patches(u64);

impl Patches {
    pub(crate) const ALL: Self = Self((1 << COUNT) - 1);
    pub(crate) const NONE: Self = Self(0);

    /// Those at which a marker holds, for a target that stands for all of them.
    pub(crate) fn where_true(marker: &MarkerTree, target: &Target, extras: &[ExtraName]) -> Self {
        let mut found = Self::NONE;
        for patch in 0..COUNT {
            let values = at(&target.markers, patch);
            if evaluate(marker, &values, extras) != Truth::False {
                found.0 |= 1 << patch;
            }
        }
        found
    }

    pub(crate) fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// `python_full_version >= '3.12.4'`: the marker of those in the set, unless `X.Y.0`, at which
    /// is resolved, is among them (then everything stands for all patch releases).
    pub(crate) fn clause(self, target: &Target) -> Option<String> {
        let [major, minor, ..] = *target.python.release() else {
            return None;
        };
        if self == Self::NONE || self.0 & 1 != 0 {
            return None;
        }
        let has = |patch: u32| patch < COUNT && self.0 & (1 << patch) != 0;
        let starts = (1..COUNT).filter(|patch| has(*patch) && !has(patch - 1));
        let runs: Vec<String> = starts
            .map(|start| {
                let end = (start..COUNT).find(|patch| !has(*patch));
                let from = format!("python_full_version >= '{major}.{minor}.{start}'");
                match end {
                    Some(end) => {
                        format!("{from} and python_full_version < '{major}.{minor}.{end}'")
                    }
                    None => from,
                }
            })
            .collect();
        Some(match runs.as_slice() {
            [one] => one.clone(),
            several => format!("({})", several.join(") or (")),
        })
    }
}

/// The values at another patch release.
fn at(values: &MarkerValues, patch: u32) -> MarkerValues {
    let mut values = values.clone();
    let full = format!("{}.{patch}", values.python_version);
    // other implementations number their releases for themselves
    if values.implementation_name.as_deref() == Some("cpython") {
        values.implementation_version = Some(full.clone());
    }
    values.python_full_version = full;
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(marker: &str, expected: Option<&str>) {
        let target = Target::from_name("cp312-win_amd64").unwrap();
        let requirement = wh_packaging::requirement::parse(&format!("a; {marker}")).unwrap();
        let patches = Patches::where_true(&requirement.marker, &target, &[]);
        assert_eq!(patches.clause(&target).as_deref(), expected, "{marker}");
    }

    #[test]
    fn clauses() {
        check(
            "python_full_version >= '3.12.4'",
            Some("python_full_version >= '3.12.4'"),
        );
        check(
            "python_full_version == '3.12.4' and os_name == 'nt'",
            Some("python_full_version >= '3.12.4' and python_full_version < '3.12.5'"),
        );
        check(
            "python_full_version == '3.12.2' or implementation_version > '3.12.4'",
            Some(
                "(python_full_version >= '3.12.2' and python_full_version < '3.12.3') \
                 or (python_full_version >= '3.12.5')",
            ),
        );
        // required at 3.12.0, where all is resolved
        check("python_full_version < '3.12.4'", None);
        check("python_version >= '3.8'", None);
        check("python_full_version >= '3.13'", None);
    }
}
