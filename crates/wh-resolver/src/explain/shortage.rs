//! Why a project has nothing to take in a range: what there is instead.

use std::sync::Arc;

use wh_packaging::{DistributionFile, ProjectName, Version};

use super::Explanation;
use super::lack::{Lack, all_versions, lack_of};
use super::tags::{tags, wheels_there_are};
use super::words::{holds, range, spans};
use crate::error::{NoWheel, OtherPython, Unknown};
use crate::knowledge::{Knowledge, Project};
use crate::specifiers::Set;
use crate::warnings::unserved;

/// Versions and tags kept for a hint.
const MOST_KEPT: usize = 40;

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
        let mut lacks: Vec<(Lack, Vec<&Version>)> = Vec::new();
        for lack in Lack::ALL {
            let affected: Vec<&Version> = versions
                .iter()
                .copied()
                .filter(|version| holds(&missing, version))
                .filter(|version| lack_of(self.problem, name, &project, version) == Some(lack))
                .collect();
            let beside =
                lack == Lack::PreRelease && self.is_beside_the_point(name, &project, &affected);
            if !affected.is_empty() && !beside {
                lacks.push((lack, affected));
            }
        }
        if lacks.is_empty() && !self.leaves.speaks_of_versions(name) {
            self.gap(name, &project, &missing);
        }
        self.lacks(name, &project, &lacks);
    }

    /// Tells the lacks of a project: each for itself, or, where other versions are what the proof
    /// is about, at once.
    fn lacks(&mut self, name: &ProjectName, project: &Project, lacks: &[(Lack, Vec<&Version>)]) {
        let of_files = lacks.iter().filter(|(lack, _)| !lack.is_asked_for());
        let brief = self.leaves.speaks_of_versions(name) && of_files.count() > 1;
        let highest = lacks
            .iter()
            .filter_map(|(_, affected)| affected.last().copied())
            .max();
        let mut others = Vec::new();
        for (lack, affected) in lacks {
            let of = Affected {
                name,
                project,
                lack: *lack,
                versions: affected,
            };
            let most_hopeful =
                affected.last().copied() == highest && !self.leaves.speaks_of_versions(name);
            self.keep(&of, most_hopeful);
            let listed = of.listed();
            let why = self.why(&of, brief);
            if lack.is_asked_for() {
                self.fact(why);
            } else if brief {
                others.push(format!("{listed} {why}"));
            } else if *lack == Lack::OnlySdist && affected.len() == all_versions(project).len() {
                self.fact(format!("{name} {why}"));
            } else {
                self.fact(format!("{name} {listed} {why}"));
            }
        }
        if brief {
            let others = others.join("; ");
            self.fact(format!("no other version of {name} will do ({others})"));
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
        let mut asked = self.problem.specifiers(name).flat_map(|all| all.iter());
        if asked.any(|one| one.version().is_local()) {
            self.found.no_local.push(name.clone());
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

    /// Keeps what hints are made of. What is only beside other versions gives no good hint.
    fn keep(&mut self, of: &Affected<'_>, most_hopeful: bool) {
        let (name, found) = (of.name, &mut self.found);
        match of.lack {
            Lack::OnlySdist if most_hopeful => found.only_sdists.push(name.clone()),
            Lack::TooNew => found.too_new.push(name.clone()),
            Lack::Digest => found.other_digests.push(name.clone()),
            Lack::PreRelease if most_hopeful => found.only_pre_releases.push(name.clone()),
            Lack::OtherPython => {
                if let Some(highest) = of.versions.last() {
                    found.requires_python.push(OtherPython {
                        project: name.clone(),
                        version: (*highest).clone(),
                        requires_python: of.requires_python(highest),
                    });
                }
            }
            Lack::NoWheel => {
                let files = of.files();
                let mut available = tags(files.iter().map(|file| file.as_ref()));
                available.truncate(MOST_KEPT);
                let highest_first = of.hopeful().into_iter().rev();
                found.no_wheel.push(NoWheel {
                    project: name.clone(),
                    versions: highest_first.take(MOST_KEPT).cloned().collect(),
                    targets: unserved(self.problem.class(), files.iter().copied()),
                    available,
                });
            }
            _ => {}
        }
    }

    /// What there is to say of versions; `brief`: without what there is instead.
    fn why(&self, of: &Affected<'_>, brief: bool) -> String {
        let (name, listed) = (of.name, of.listed());
        match of.lack {
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
            Lack::TooNew => format!(
                "{name} {listed} was uploaded after the cut-off{}",
                of.first_upload()
            ),
            Lack::Digest => {
                format!("no fitting file of {name} {listed} has one of the digests you require")
            }
            Lack::OtherPython => of.other_python(),
            Lack::OnlySdist => "has only source distributions".to_owned(),
            Lack::OnlyWheels => "has no source distribution that can be read".to_owned(),
            Lack::NoWheel => {
                let (class, files) = (self.problem.class(), of.files());
                let targets = unserved(class, files.iter().copied()).join(", ");
                let instead = match brief {
                    true => String::new(),
                    false => wheels_there_are(class, files.iter().map(|file| file.as_ref())),
                };
                format!("has no wheel for {targets}{instead}")
            }
            Lack::PreRelease => "is a pre-release, which nothing asks for".to_owned(),
            Lack::Yanked => "is yanked, and not pinned by `==`".to_owned(),
        }
    }
}

/// Versions of a project that lack the same.
struct Affected<'a> {
    name: &'a ProjectName,
    project: &'a Project,
    lack: Lack,
    versions: &'a [&'a Version],
}

impl<'a> Affected<'a> {
    /// `1.0 to 1.2, 1.5`. Pre-releases in between count only where they are meant.
    fn listed(&self) -> String {
        let all: Vec<&Version> = all_versions(self.project)
            .into_iter()
            .filter(|one| !one.any_prerelease() || self.versions.contains(one))
            .collect();
        spans(&all, |one| self.versions.contains(&one)).unwrap_or_default()
    }

    /// The versions that a user may want: finals, if there are any.
    fn hopeful(&self) -> Vec<&'a Version> {
        let all = || self.versions.iter().copied();
        let finals: Vec<&Version> = all().filter(|one| !one.any_prerelease()).collect();
        if finals.is_empty() {
            all().collect()
        } else {
            finals
        }
    }

    /// When the first of the files that are too new was uploaded.
    fn first_upload(&self) -> String {
        let too_new = self.project.files.too_new.iter();
        let times = too_new
            .filter(|file| self.versions.contains(&file.version()))
            .filter_map(|file| file.upload_time.as_deref());
        match times.min() {
            Some(time) => format!(" (the first file at {time})"),
            None => String::new(),
        }
    }

    /// The files of the highest of them.
    fn files(&self) -> Vec<&'a Arc<DistributionFile>> {
        let highest = self.hopeful().last().copied();
        let all = self.project.files.files.iter();
        all.filter(|file| Some(file.version()) == highest).collect()
    }

    fn requires_python(&self, version: &Version) -> String {
        let files = self.project.files.files.iter();
        let mut asked = files
            .filter(|file| file.version() == version)
            .filter_map(|file| file.requires_python.as_ref());
        asked.next().map(ToString::to_string).unwrap_or_default()
    }

    fn other_python(&self) -> String {
        let (Some(lowest), Some(highest)) = (self.versions.first(), self.versions.last()) else {
            return String::new();
        };
        let (low, high) = (self.requires_python(lowest), self.requires_python(highest));
        let same = |version: &&Version| self.requires_python(version) == high;
        if self.versions.iter().all(same) {
            format!("requires Python {high}")
        } else if low == high {
            format!("requires another Python ({highest} requires {high})")
        } else {
            format!("requires another Python ({lowest} requires {low}, {highest} requires {high})")
        }
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
