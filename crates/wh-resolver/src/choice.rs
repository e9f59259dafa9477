//! Which files of a project fit a class of targets, and in what order: pure, used by the solver
//! and by the crawler alike.

use std::sync::Arc;

use wh_packaging::{DistributionFile, ProjectFiles, TargetClass, Version, VersionSpecifiers};

/// A version of a project that every member of a class can load.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The version.
    pub version: Version,
    /// The best wheel for each member, in the members' order.
    pub wheels: Vec<Arc<DistributionFile>>,
    /// The reason, if one of these wheels is yanked.
    pub yanked: Option<String>,
}

/// The versions that every member has a wheel for (Requires-Python of the page respected unless
/// told otherwise), the highest first.
pub fn candidates(
    files: &ProjectFiles,
    class: &TargetClass,
    ignore_requires_python: bool,
) -> Vec<Candidate> {
    let _ = (files, class, ignore_requires_python);
    todo!()
}

/// The candidate that a solver would most likely take for these specifiers, taken together: the
/// highest allowed one. For crawling ahead; the solver decides for itself.
pub fn likely_candidate<'a>(
    candidates: &'a [Candidate],
    specifiers: &[&VersionSpecifiers],
    pre: bool,
) -> Option<&'a Candidate> {
    let _ = (candidates, specifiers, pre);
    todo!()
}
