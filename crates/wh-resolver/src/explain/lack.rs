//! Why a version that fits a range is none to take.

use std::sync::Arc;

use wh_packaging::{DistributionFile, ProjectName, Version};

use super::words::holds;
use crate::knowledge::Project;
use crate::problem::Problem;
use crate::warnings::unserved;

/// Why a version in range is none to take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Lack {
    Constrained,
    TooNew,
    Digest,
    OtherPython,
    OnlySdist,
    OnlyWheels,
    NoWheel,
    PreRelease,
    Yanked,
}

impl Lack {
    /// In the order in which they are told.
    pub(super) const ALL: [Self; 9] = [
        Self::Constrained,
        Self::TooNew,
        Self::Digest,
        Self::OtherPython,
        Self::OnlySdist,
        Self::OnlyWheels,
        Self::NoWheel,
        Self::PreRelease,
        Self::Yanked,
    ];

    /// Whether it lies in the request rather than in the files.
    pub(super) fn is_asked_for(self) -> bool {
        matches!(self, Self::Constrained | Self::TooNew | Self::Digest)
    }
}

/// All versions that there are files of, those too new to count among them, the lowest first.
pub(super) fn all_versions(project: &Project) -> Vec<&Version> {
    let mut versions: Vec<&Version> = project
        .files
        .files
        .iter()
        .chain(&project.files.too_new)
        .map(|file| file.version())
        .collect();
    versions.sort_unstable();
    versions.dedup();
    versions
}

/// `None` for a candidate that nothing speaks against.
pub(super) fn lack_of(
    problem: &Problem<'_>,
    name: &ProjectName,
    project: &Project,
    version: &Version,
) -> Option<Lack> {
    if let Some(candidate) = project.candidate(version) {
        return if candidate.yanked.is_some() {
            Some(Lack::Yanked)
        } else {
            version.any_prerelease().then_some(Lack::PreRelease)
        };
    }
    if !holds(&problem.constrained(name), version) {
        return Some(Lack::Constrained);
    }
    let files = || {
        let all = project.files.files.iter();
        all.filter(|file| file.version() == version)
    };
    if files().next().is_none() {
        return Some(Lack::TooNew);
    }
    if !files().any(|file| problem.hash_allows(name, file)) {
        return Some(Lack::Digest);
    }
    let is_wheel = |file: &&Arc<DistributionFile>| file.filename.as_wheel().is_some();
    if !problem.request.options.formats.of(name).takes_wheels() {
        return Some(Lack::OnlyWheels);
    }
    let wheels = || files().filter(is_wheel);
    if unserved(problem.class(), wheels()).is_empty() {
        let allowed = wheels().filter(|file| problem.hash_allows(name, file));
        return Some(match unserved(problem.class(), allowed).is_empty() {
            true => Lack::OtherPython,
            false => Lack::Digest,
        });
    }
    let admitted = |file: &Arc<DistributionFile>| {
        problem.request.options.ignore_requires_python
            || file.requires_python.as_ref().is_none_or(|one| {
                let members = &problem.class().members;
                members.iter().all(|member| member.satisfies(one))
            })
    };
    if !files().any(admitted) {
        return Some(Lack::OtherPython);
    }
    if files().any(|file| is_wheel(&file)) {
        Some(Lack::NoWheel)
    } else {
        Some(Lack::OnlySdist)
    }
}
