//! What is decided first.
//!
//! The order is that of uv, because it is known to be good: what a URL or a pin settles first,
//! then what has been in many conflicts, then breadth first in the order in which requirements
//! were met.

use std::cmp::Reverse;

use crate::package::Package;
use crate::specifiers::Set;

/// After so many conflicts a package is decided before those that were in fewer.
const MANY_CONFLICTS: u32 = 5;

/// The larger is decided first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rank {
    tier: Tier,
    met: Reverse<usize>,
    half: Half,
}

impl Rank {
    /// That of the request itself.
    pub(crate) fn first() -> Self {
        Self {
            tier: Tier::Root,
            met: Reverse(0),
            half: Half::Project,
        }
    }

    /// That of a package; `met` is its project's place in the order in which projects were met.
    pub(crate) fn of(
        package: &Package,
        is_direct: bool,
        range: &Set,
        conflicts: u32,
        met: Option<usize>,
    ) -> Self {
        let tier = if is_direct {
            Tier::Direct
        } else if is_settled(range) {
            Tier::Settled
        } else if conflicts >= MANY_CONFLICTS {
            Tier::Conflicting
        } else {
            Tier::Open
        };
        let half = match package {
            Package::Needs(..) => Half::Needs,
            Package::Extra(..) => Half::Extra,
            Package::Root | Package::Project(_) => Half::Project,
        };
        Self {
            tier,
            met: Reverse(met.unwrap_or(usize::MAX)),
            half,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Tier {
    Open,
    Conflicting,
    Settled,
    Direct,
    Root,
}

/// A project before its extras.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Half {
    Needs,
    Extra,
    Project,
}

/// Whether a range holds one public version only.
fn is_settled(range: &Set) -> bool {
    let mut parts = range.iter();
    match (parts.next(), parts.next()) {
        (Some((start, end)), None) => {
            use std::ops::Bound::Included;
            matches!((start, end), (Included(one), Included(two)) if one.version() == two.version())
        }
        _ => false,
    }
}
