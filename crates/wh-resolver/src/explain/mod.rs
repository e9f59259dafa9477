//! An unsolvable request in the user's own requirements.

use pubgrub::DerivationTree;
use wh_packaging::DistributionFile;

use crate::admission::Assumptions;
use crate::error::NoSolution;
use crate::knowledge::{Knowledge, Reason};
use crate::package::Package;
use crate::problem::Problem;
use crate::specifiers::Set;

pub(crate) type Tree = DerivationTree<Package, Set, Reason>;

/// Explains.
pub(crate) fn no_solution(
    problem: &Problem<'_>,
    _knowledge: &Knowledge<'_>,
    _assumptions: &Assumptions,
    tree: Tree,
) -> NoSolution {
    NoSolution {
        targets: problem.class().names(),
        explanation: vec![format!("{tree:?}")],
        ..NoSolution::default()
    }
}

/// ` (there are wheels for cp312-win_amd64, ...)`.
pub(crate) fn wheels_there_are<'f>(_files: impl Iterator<Item = &'f DistributionFile>) -> String {
    String::new()
}
