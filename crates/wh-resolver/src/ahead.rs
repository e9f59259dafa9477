//! Which METADATA the solver will likely want next, so that it can be fetched beforehand.
//!
//! A conflict may send the solver down the versions of a project one by one, and each waits for its
//! METADATA. After a few of them the next ones are named to the provider in growing batches
//! ([`crate::Provider::prefetch`]). Only time depends on this, never a choice.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use wh_packaging::{DistributionFile, ProjectName, Version};

use crate::choice::Candidate;
use crate::formats::is_source;
use crate::knowledge::Project;
use crate::specifiers::{Point, Set};

/// A project of which fewer versions were tried has most likely been settled.
const FEW: usize = 3;

/// Versions that are fetched beforehand, at most.
const MOST: usize = 64;

/// Versions tried and versions named to the provider, by project.
#[derive(Debug, Default)]
pub(crate) struct Ahead {
    projects: BTreeMap<ProjectName, Tries>,
}

#[derive(Debug, Default)]
struct Tries {
    versions: BTreeSet<Version>,
    named: BTreeSet<Version>,
}

impl Ahead {
    /// Notes that a version is about to be tried; answers with the wheels to fetch beforehand.
    pub(crate) fn note(
        &mut self,
        name: &ProjectName,
        project: &Project,
        version: &Version,
        range: &Set,
    ) -> Vec<Arc<DistributionFile>> {
        if !self.projects.contains_key(name) {
            self.projects.insert(name.clone(), Tries::default());
        }
        let Some(tries) = self.projects.get_mut(name) else {
            return Vec::new();
        };
        if !tries.versions.insert(version.clone()) || tries.versions.len() < FEW {
            return Vec::new();
        }
        let depth = (2 * tries.versions.len()).min(MOST);
        let next = next(project, version, range, depth);
        let new = |one: &&&Candidate| {
            !tries.named.contains(&one.version) && !tries.versions.contains(&one.version)
        };
        // the last batch reaches far enough still
        if 2 * next.iter().filter(new).count() < next.len() {
            return Vec::new();
        }
        let new: Vec<&Candidate> = next.iter().filter(new).copied().collect();
        let mut files: Vec<Arc<DistributionFile>> = Vec::new();
        for candidate in new {
            tries.named.insert(candidate.version.clone());
            // an sdist is fetched whole: not on a guess
            let wheels = candidate.files.iter();
            for wheel in wheels.filter(|file| !is_source(&file.filename)) {
                if !files.iter().any(|file| Arc::ptr_eq(file, wheel)) {
                    files.push(Arc::clone(wheel));
                }
            }
        }
        files
    }
}

/// The versions below one, those in range first: others come into range when whoever keeps them
/// out is given up.
fn next<'p>(
    project: &'p Project,
    version: &Version,
    range: &Set,
    depth: usize,
) -> Vec<&'p Candidate> {
    let likely = |one: &&Candidate| {
        one.yanked.is_none() && (version.any_prerelease() || !one.version.any_prerelease())
    };
    let below = project.candidates.iter();
    let below = below
        .skip_while(|one| one.version >= *version)
        .filter(likely);
    // not all of a long list: the next of it will do
    let (mut next, beside): (Vec<&Candidate>, Vec<&Candidate>) = below
        .take(2 * depth)
        .partition(|one| range.contains(&Point::At(one.version.clone())));
    next.extend(beside);
    next.truncate(depth);
    next
}
