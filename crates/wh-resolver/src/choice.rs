//! Which files of a project fit a class of targets, and in what order: pure, used by the solver
//! and by the crawler alike.
//!
//! Only wheels count. A version counts if every member of the class has a wheel that it loads and
//! whose Requires-Python admits it (PEP 345, as the page gives it). Among the wheels of a version
//! each member takes the one with the best tag (PEP 425), then the highest build tag, then the
//! first by name; a yanked file (PEP 592) only where no other fits.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use wh_packaging::{
    DistributionFile, ProjectFiles, Target, TargetClass, Version, VersionSpecifiers, WheelFilename,
};

use crate::specifiers::names_pre_release;

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
    candidates_of(&files.files, class, ignore_requires_python)
}

/// As [`candidates`], for some files.
pub(crate) fn candidates_of(
    files: &[Arc<DistributionFile>],
    class: &TargetClass,
    ignore_requires_python: bool,
) -> Vec<Candidate> {
    let width = class.members.len();
    let mut best: BTreeMap<&Version, Vec<Option<Pick<'_>>>> = BTreeMap::new();
    for file in files {
        let Some(wheel) = file.filename.as_wheel() else {
            continue;
        };
        for (index, member) in class.members.iter().enumerate() {
            let Some(pick) = Pick::of(file, wheel, member, ignore_requires_python) else {
                continue;
            };
            let picks = match best.entry(&wheel.version) {
                Entry::Occupied(picks) => picks.into_mut(),
                Entry::Vacant(vacant) => vacant.insert(vec![None; width]),
            };
            if picks[index].is_none_or(|other| pick.beats(&other)) {
                picks[index] = Some(pick);
            }
        }
    }
    best.into_iter()
        .rev()
        .filter_map(|(version, picks)| candidate(version, picks))
        .collect()
}

fn candidate(version: &Version, picks: Vec<Option<Pick<'_>>>) -> Option<Candidate> {
    let picks = picks.into_iter().collect::<Option<Vec<_>>>()?;
    Some(Candidate {
        version: version.clone(),
        yanked: picks.iter().find_map(|pick| pick.file.yanked.clone()),
        wheels: picks.iter().map(|pick| Arc::clone(pick.file)).collect(),
    })
}

/// A wheel that a member loads.
#[derive(Clone, Copy)]
struct Pick<'a> {
    file: &'a Arc<DistributionFile>,
    wheel: &'a WheelFilename,
    rank: usize,
}

impl<'a> Pick<'a> {
    fn of(
        file: &'a Arc<DistributionFile>,
        wheel: &'a WheelFilename,
        member: &Target,
        ignore_requires_python: bool,
    ) -> Option<Self> {
        let rank = wheel.rank(&member.tags)?;
        if !ignore_requires_python
            && let Some(requires_python) = &file.requires_python
            && !member.satisfies(requires_python)
        {
            return None;
        }
        Some(Self { file, wheel, rank })
    }

    /// The first of two equal files stays, so that an index comes before find-links.
    fn beats(&self, other: &Self) -> bool {
        let key = |pick: &Self| (pick.file.yanked.is_some(), pick.rank);
        key(self)
            .cmp(&key(other))
            .then_with(|| other.wheel.build.cmp(&self.wheel.build))
            .then_with(|| self.file.name.cmp(&other.file.name))
            .is_lt()
    }
}

/// The candidate that a solver would most likely take for these specifiers, taken together: the
/// highest allowed one. For crawling ahead; the solver decides for itself.
pub fn likely_candidate<'a>(
    candidates: &'a [Candidate],
    specifiers: &[&VersionSpecifiers],
    pre: bool,
) -> Option<&'a Candidate> {
    let pre = pre || specifiers.iter().any(|one| names_pre_release(one));
    let mut only_pre = None;
    for candidate in candidates {
        let version = &candidate.version;
        if !specifiers.iter().all(|one| one.contains(version)) {
            continue;
        }
        let pinned = || {
            specifiers
                .iter()
                .any(|one| crate::specifiers::pins(one, version))
        };
        if candidate.yanked.is_some() && !pinned() {
            continue;
        }
        if pre || !version.any_prerelease() {
            return Some(candidate);
        }
        only_pre = only_pre.or(Some(candidate));
    }
    only_pre
}
