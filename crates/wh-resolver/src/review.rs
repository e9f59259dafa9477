//! A solution compared with the rules that depend on the specifiers in force ([`crate::admission`]),
//! which are known only now.

use wh_packaging::{ProjectName, VersionSpecifiers};

use crate::admission::Assumptions;
use crate::problem::Problem;
use crate::specifiers::{Set, names_pre_release, pins, set_of};
use crate::walk::{Node, Walk};

/// What the next attempt must assume; `None` where the solution may stand.
///
/// Each project turns at most twice (assumed, then withdrawn), so that attempts come to an end.
pub(crate) fn review(
    problem: &Problem<'_>,
    assumptions: &Assumptions,
    walk: &Walk,
) -> Option<Assumptions> {
    let mut next = assumptions.clone();
    let mut changed = false;
    for (name, node) in &walk.nodes {
        if node.project.direct.is_some() || is_preferred(problem, name, node) {
            continue;
        }
        let asked = problem.asks_for_pre(name) || node.in_force.iter().any(names_pre_release);
        let assumed = assumptions.pre.get(name).copied();
        if node.version.any_prerelease() && !asked && admits_final(problem, name, node) {
            changed |= assumed != Some(false);
            next.pre.insert(name.clone(), false);
        } else if asked && assumed.is_none() && has_better_pre_release(problem, name, node) {
            changed = true;
            next.pre.insert(name.clone(), true);
        }
        let pinned = problem.pins(name, &node.version)
            || node.in_force.iter().any(|one| pins(one, &node.version));
        let yanked = node
            .project
            .candidate(&node.version)
            .is_some_and(|candidate| candidate.yanked.is_some());
        if yanked && !pinned {
            let key = (name.clone(), node.version.clone());
            changed |= assumptions.yanked.get(&key) != Some(&false);
            next.yanked.insert(key, false);
        }
    }
    changed.then_some(next)
}

fn is_preferred(problem: &Problem<'_>, name: &ProjectName, node: &Node) -> bool {
    let preferences = &problem.request.options.preferences;
    preferences
        .get(name)
        .is_some_and(|versions| versions.contains(&node.version))
}

fn combined(problem: &Problem<'_>, name: &ProjectName, in_force: &[VersionSpecifiers]) -> Set {
    in_force
        .iter()
        .map(set_of)
        .fold(problem.constrained(name), |all, set| all.intersection(&set))
}

fn admits_final(problem: &Problem<'_>, name: &ProjectName, node: &Node) -> bool {
    let combined = combined(problem, name, &node.in_force);
    node.project
        .within(&combined)
        .any(|candidate| !candidate.version.any_prerelease() && candidate.yanked.is_none())
}

/// Whether the attempt took another version because it did not know yet that a distribution asks
/// for pre-releases.
fn has_better_pre_release(problem: &Problem<'_>, name: &ProjectName, node: &Node) -> bool {
    if problem.asks_for_pre(name) {
        return false;
    }
    let lowest = problem.seeks_lowest(name);
    let combined = combined(problem, name, &node.in_force);
    node.project
        .within(&combined)
        .filter(|candidate| match lowest {
            true => candidate.version < node.version,
            false => candidate.version > node.version,
        })
        .any(|candidate| candidate.version.any_prerelease() && candidate.yanked.is_none())
}
