//! Why a project has nothing to take in a range: what there is instead.

use std::sync::Arc;

use wh_packaging::{DistributionFile, ProjectName, Version};

use super::Explanation;
use super::words::{holds, range, spans, tags, wheels_there_are};
use crate::error::{NoWheel, OtherPython, Unknown};
use crate::knowledge::{Knowledge, Project};
use crate::problem::Problem;
use crate::specifiers::Set;
use crate::warnings::unserved;

/// Versions and tags kept for a hint.
const MOST_KEPT: usize = 40;

/// Why a version in range is none to take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Lack {
    Constrained,
    Digest,
    OtherPython,
    OnlySdist,
    NoWheel,
    PreRelease,
    Yanked,
}

impl Explanation<'_> {
    /// Tells why nothing could be taken where the proof says so.
    pub(super) fn shortage(&mut self, name: &ProjectName) {
        let Some(missing) = self.leaves.missing(name).cloned() else {
            return;
        };
        let Some(project) = self.knowledge.seen(name) else {
            return;
        };
        if let Some(fault) = &project.fault {
            self.fact(format!("{name} cannot be looked up ({fault})"));
            return;
        }
        if !project.files.known {
            self.unknown(name);
            return;
        }
        let versions = all_versions(&project);
        let mut any = false;
        for lack in [
            Lack::Constrained,
            Lack::Digest,
            Lack::OtherPython,
            Lack::OnlySdist,
            Lack::NoWheel,
            Lack::PreRelease,
            Lack::Yanked,
        ] {
            let affected: Vec<&Version> = versions
                .iter()
                .copied()
                .filter(|version| holds(&missing, version))
                .filter(|version| lack_of(self.problem, name, &project, version) == Some(lack))
                .collect();
            let beside =
                lack == Lack::PreRelease && self.is_beside_the_point(name, &project, &affected);
            if !affected.is_empty() && !beside {
                any = true;
                self.lack(name, &project, lack, &affected);
            }
        }
        if !any && !self.leaves.speaks_of_versions(name) {
            self.gap(name, &project, &missing);
        }
    }

    /// Old pre-releases of versions that are spoken of themselves help nobody.
    fn is_beside_the_point(
        &self,
        name: &ProjectName,
        project: &Project,
        pre_releases: &[&Version],
    ) -> bool {
        let mut finals = project
            .candidates
            .iter()
            .map(|candidate| &candidate.version);
        let newest = finals.find(|version| !version.any_prerelease());
        self.leaves.speaks_of_versions(name) && pre_releases.last().copied() < newest
    }

    fn unknown(&mut self, name: &ProjectName) {
        self.fact(format!("no index or folder knows {name}"));
        let problem = self.problem;
        let mut requested_by: Vec<String> = problem
            .roots
            .iter()
            .filter(|ask| ask.root.requirement.name == *name)
            .map(|ask| ask.root.origin.clone())
            .collect();
        for (from, set) in self.leaves.requirers(name) {
            if let Some(project) = self.knowledge.seen(from)
                && let Some(candidate) = project.within(set).next()
            {
                requested_by.push(format!("{from} {}", candidate.version));
            }
        }
        self.found.unknown.push(Unknown {
            project: name.clone(),
            requested_by,
        });
    }

    /// There is no version at all in the range.
    fn gap(&mut self, name: &ProjectName, project: &Project, missing: &Set) {
        if let Some(direct) = &project.direct {
            let version = direct.file.version();
            let fact = format!(
                "{name} is {version}, from {} ({})",
                direct.url, direct.origin
            );
            self.fact(fact);
            return;
        }
        let versions = all_versions(project);
        let there = match (versions.first(), versions.last()) {
            (Some(low), Some(high)) if low != high => {
                format!("there are {} from {low} to {high}", versions.len())
            }
            (Some(only), _) => format!("there is {only}"),
            _ => "it has no files".to_owned(),
        };
        self.fact(format!(
            "{name} has no version {} ({there})",
            range(missing).replace(" or ", ", nor ")
        ));
    }

    fn lack(&mut self, name: &ProjectName, project: &Project, lack: Lack, affected: &[&Version]) {
        let all = all_versions(project);
        let listed = spans(&all, |one| affected.contains(&one)).unwrap_or_default();
        let highest = affected.last().copied();
        let files: Vec<&Arc<DistributionFile>> = project
            .files
            .files
            .iter()
            .filter(|file| Some(file.version()) == highest)
            .collect();
        let plain = || files.iter().map(|file| file.as_ref());
        let fact = match lack {
            Lack::Constrained => {
                let constraints: Vec<String> = self
                    .problem
                    .constraints(name)
                    .iter()
                    .map(|root| format!("{} ({})", root.requirement, root.origin))
                    .collect();
                format!(
                    "your constraint {} shuts out {name} {listed}",
                    constraints.join(", ")
                )
            }
            Lack::Digest => {
                format!("no file of {name} {listed} has one of the digests you require")
            }
            Lack::OtherPython => self.another_python(name, project, affected, &listed),
            Lack::OnlySdist => {
                self.found.only_sdists.push(name.clone());
                if affected.len() == all.len() {
                    format!("{name} has only source distributions")
                } else {
                    format!("{name} {listed} has only source distributions")
                }
            }
            Lack::NoWheel => {
                let targets = unserved(self.problem.class(), files.iter().copied());
                let fact = format!(
                    "{name} {listed} has no wheel for {}{}",
                    targets.join(", "),
                    wheels_there_are(plain())
                );
                let mut available = tags(plain());
                available.truncate(MOST_KEPT);
                self.found.no_wheel.push(NoWheel {
                    project: name.clone(),
                    versions: affected
                        .iter()
                        .rev()
                        .take(MOST_KEPT)
                        .map(|v| (*v).clone())
                        .collect(),
                    targets,
                    available,
                });
                fact
            }
            Lack::PreRelease => {
                self.found.only_pre_releases.push(name.clone());
                format!("{name} {listed} is a pre-release, which nothing asks for")
            }
            Lack::Yanked => format!("{name} {listed} is yanked, and not pinned by `==`"),
        };
        self.fact(fact);
    }

    fn another_python(
        &mut self,
        name: &ProjectName,
        project: &Project,
        affected: &[&Version],
        listed: &str,
    ) -> String {
        let of = |version: &Version| {
            let mut files = project.files.files.iter();
            let asked = files.find_map(|file| {
                let asked = file.requires_python.as_ref();
                asked.filter(|_| file.version() == version)
            });
            asked.map(ToString::to_string).unwrap_or_default()
        };
        let Some(highest) = affected.last() else {
            return String::new();
        };
        let asked = of(highest);
        self.found.requires_python.push(OtherPython {
            project: name.clone(),
            version: (*highest).clone(),
            requires_python: asked.clone(),
        });
        if affected.iter().all(|version| of(version) == asked) {
            format!("{name} {listed} requires Python {asked}")
        } else {
            format!("{name} {listed} requires another Python ({highest} requires {asked})")
        }
    }
}

/// All versions that there are files of, the lowest first.
fn all_versions(project: &Project) -> Vec<&Version> {
    let mut versions: Vec<&Version> = project
        .files
        .files
        .iter()
        .map(|file| file.version())
        .collect();
    versions.sort_unstable();
    versions.dedup();
    versions
}

/// `None` for a candidate that nothing speaks against.
fn lack_of(
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
    if !files().any(|file| problem.hash_allows(name, file)) {
        return Some(Lack::Digest);
    }
    let is_wheel = |file: &&Arc<DistributionFile>| file.filename.as_wheel().is_some();
    if unserved(problem.class(), files().filter(is_wheel)).is_empty() {
        return Some(Lack::OtherPython);
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

/// The highest version in a set that is for another Python.
pub(super) fn other_python(
    knowledge: &Knowledge<'_>,
    name: &ProjectName,
    set: &Set,
    requires_python: &str,
) -> Option<OtherPython> {
    let project = knowledge.seen(name)?;
    let candidate = project.within(set).next()?;
    Some(OtherPython {
        project: name.clone(),
        version: candidate.version.clone(),
        requires_python: requires_python.to_owned(),
    })
}
