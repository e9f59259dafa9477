//! The last check of a lock before it is written: what the installer will read out of it, for
//! every target, is what was resolved, and nothing that it asks for is missing.

use std::collections::{BTreeMap, BTreeSet};

use pep508_rs::VersionOrUrl;
use wh_packaging::lock::{LockedFile, LockedPackage};
use wh_packaging::{
    ExtraName, Lock, Metadata, ProjectName, Requirement, Root, Target, TargetClass, Truth, Version,
    marker,
};

use crate::builds::BuildTree;
use crate::lock::unmet_by_build;
use crate::{Chosen, Options, Provider, ProviderError, Resolution, admits, override_metadata};

/// What the lock is held against.
#[derive(Clone, Copy)]
pub struct SelfCheck<'a> {
    /// The classes and what was chosen for each.
    pub classes: &'a [(&'a TargetClass, &'a Resolution)],
    /// What was chosen for the builds of sdists.
    pub builds: &'a [&'a BuildTree],
    /// The requirements as asked.
    pub requirements: &'a [Root],
    /// How was chosen.
    pub options: &'a Options,
    /// Who knows the metadata of the chosen files.
    pub provider: &'a dyn Provider,
}

/// Why a lock must not be written.
#[derive(Debug, thiserror::Error)]
pub enum SelfCheckError {
    /// The text cannot be read back.
    #[error("the lock cannot be read back")]
    Unreadable(#[source] Box<wh_packaging::lock::LockError>),
    /// Nothing can be selected for a target.
    #[error("the lock has no selection for {target}")]
    NoSelection {
        /// The target's name.
        target: String,
        /// Why.
        #[source]
        source: Box<wh_packaging::lock::SelectError>,
    },
    /// The selection is not what was resolved.
    #[error("the lock selects {selected} for {target} where {resolved} was resolved")]
    Differs {
        /// The target's name.
        target: String,
        /// The file that the lock gives; `nothing` where it gives none.
        selected: String,
        /// The file that was resolved; `nothing` where there is none.
        resolved: String,
    },
    /// What building an sdist needs is not among the files of that build.
    #[error("{requirement}, which building {sdist} needs for {target}, is not met: {why}")]
    BuildNotClosed {
        /// The file.
        sdist: String,
        /// The target's name.
        target: String,
        /// The requirement; the sdist itself, where the lock says nothing of its build.
        requirement: String,
        /// Why.
        why: String,
    },
    /// A requirement is not met within the selection.
    #[error("{requirement} (of {of}) is not met in the selection for {target}")]
    NotClosed {
        /// The target's name.
        target: String,
        /// The requirement.
        requirement: String,
        /// Who asks: `name==version`, or the origin of a requirement of the user.
        of: String,
        /// The version that is selected of the project, if one is.
        selected: Option<Version>,
    },
    /// The METADATA of a chosen wheel could not be had.
    #[error("the metadata of {project} cannot be read")]
    Metadata {
        /// The project.
        project: ProjectName,
        /// Why.
        #[source]
        source: ProviderError,
    },
}

/// Reads the text of a lock as an installer does and compares.
///
/// # Errors
/// The first difference.
pub fn self_check(text: &str, against: &SelfCheck<'_>) -> Result<(), SelfCheckError> {
    let lock = Lock::parse(text).map_err(|error| SelfCheckError::Unreadable(Box::new(error)))?;
    for (class, resolution) in against.classes {
        for (member, target) in class.members.iter().enumerate() {
            let selection = Selection {
                target,
                member,
                resolution,
                against,
            };
            selection.equals(&lock)?;
            selection.is_closed()?;
            selection.can_be_built(&lock)?;
        }
    }
    Ok(())
}

/// What was resolved for one member of a class.
struct Selection<'a> {
    target: &'a Target,
    member: usize,
    resolution: &'a Resolution,
    against: &'a SelfCheck<'a>,
}

impl Selection<'_> {
    fn equals(&self, lock: &Lock) -> Result<(), SelfCheckError> {
        let selected = lock
            .select(self.target)
            .map_err(|source| SelfCheckError::NoSelection {
                target: self.target.name.clone(),
                source: Box::new(source),
            })?;
        let selected: BTreeMap<&ProjectName, &str> = selected
            .iter()
            .map(|selected| (&selected.package.name, selected.file.name.as_str()))
            .collect();
        let resolved: BTreeMap<&ProjectName, &str> = self
            .resolution
            .chosen
            .iter()
            .map(|(name, chosen)| (name, self.file_name(chosen)))
            .collect();
        let names: BTreeSet<_> = selected.keys().chain(resolved.keys()).collect();
        for name in names {
            let (selected, resolved) = (selected.get(*name), resolved.get(*name));
            if selected != resolved {
                return Err(SelfCheckError::Differs {
                    target: self.target.name.clone(),
                    selected: (*selected.unwrap_or(&"nothing")).to_owned(),
                    resolved: (*resolved.unwrap_or(&"nothing")).to_owned(),
                });
            }
        }
        Ok(())
    }

    fn file_name<'c>(&self, chosen: &'c Chosen) -> &'c str {
        chosen
            .files
            .get(self.member)
            .map_or("nothing", |file| file.name.as_str())
    }

    fn is_closed(&self) -> Result<(), SelfCheckError> {
        for root in self.against.requirements {
            if self.is_active(&root.requirement, &[]) {
                self.must_meet(&root.requirement, &root.origin)?;
            }
        }
        if self.against.options.no_deps {
            return Ok(());
        }
        for (name, chosen) in &self.resolution.chosen {
            let Some(file) = chosen.files.get(self.member) else {
                continue;
            };
            let metadata = self.against.provider.metadata(file).map_err(|source| {
                SelfCheckError::Metadata {
                    project: name.clone(),
                    source,
                }
            })?;
            let of = format!("{name}=={}", chosen.version);
            let metadata = override_metadata(&metadata, &self.against.options.overrides);
            for requirement in self.active(name, chosen, &metadata) {
                self.must_meet(requirement, &of)?;
            }
        }
        Ok(())
    }

    /// Every sdist of the selection, and every one that a build needs, has a build, whose files
    /// bring all that it needs.
    fn can_be_built(&self, lock: &Lock) -> Result<(), SelfCheckError> {
        let files = || self.against.builds.iter().flat_map(|tree| tree.files());
        let metadata = |_: &LockedPackage, file: &LockedFile| {
            let known = files().find(|one| one.name == file.name);
            let known = known.ok_or_else(|| format!("nobody chose {}", file.name))?;
            let metadata = self.against.provider.metadata(known);
            metadata.map_err(|error| error.to_string())
        };
        let error =
            |sdist: &str, requirement: String, why: String| SelfCheckError::BuildNotClosed {
                sdist: sdist.to_owned(),
                target: self.target.name.clone(),
                requirement,
                why,
            };
        for chosen in self.resolution.chosen.values() {
            let name = self.file_name(chosen);
            let is_source = chosen
                .files
                .iter()
                .any(|file| file.name == name && file.filename.as_wheel().is_none());
            if is_source && lock.build_of(name, &self.target.name).is_none() {
                let why = "the lock does not say with what".to_owned();
                return Err(error(name, name.to_owned(), why));
            }
        }
        let builds = lock.tool.iter().flat_map(|tool| &tool.builds);
        for build in builds.filter(|build| build.targets.contains(&self.target.name)) {
            let unmet = unmet_by_build(lock, build, self.target, &metadata);
            if let Some(unmet) = unmet.into_iter().next() {
                return Err(error(&build.sdist, unmet.requirement, unmet.why));
            }
        }
        Ok(())
    }

    /// The requirements of a distribution that are in force, those on its own extras followed.
    fn active<'m>(
        &self,
        name: &ProjectName,
        chosen: &Chosen,
        metadata: &'m Metadata,
    ) -> Vec<&'m Requirement> {
        let mut extras: BTreeSet<ExtraName> = chosen.extras.clone();
        loop {
            let asked: Vec<ExtraName> = extras.iter().cloned().collect();
            let active: Vec<&Requirement> = metadata
                .requires_dist
                .iter()
                .filter(|requirement| self.is_active(requirement, &asked))
                .collect();
            let before = extras.len();
            extras.extend(
                active
                    .iter()
                    .filter(|requirement| requirement.name == *name)
                    .flat_map(|requirement| requirement.extras.iter().cloned()),
            );
            if extras.len() == before {
                return active
                    .into_iter()
                    .filter(|requirement| requirement.name != *name)
                    .collect();
            }
        }
    }

    /// Whether a requirement counts, with no extra or with one of these. Open values of the target
    /// decide for it, and so does a later patch release where none was named.
    fn is_active(&self, requirement: &Requirement, extras: &[ExtraName]) -> bool {
        let (marker, values) = (&requirement.marker, &self.target.markers);
        let holds = |extras: &[ExtraName]| {
            marker::evaluate(marker, values, extras) != Truth::False
                || !self.target.exact
                    && marker::evaluate_every_patch(marker, values, extras) != Truth::False
        };
        holds(&[])
            || extras
                .iter()
                .any(|extra| holds(std::slice::from_ref(extra)))
    }

    fn must_meet(&self, requirement: &Requirement, of: &str) -> Result<(), SelfCheckError> {
        if self.against.options.exclude.contains(&requirement.name) {
            return Ok(());
        }
        let there = self.resolution.baseline.get(&requirement.name);
        if there.is_some_and(|version| is_met_by(requirement, version)) {
            return Ok(());
        }
        let selected = self.resolution.chosen.get(&requirement.name);
        if selected.is_some_and(|chosen| meets(chosen, requirement)) {
            return Ok(());
        }
        Err(SelfCheckError::NotClosed {
            target: self.target.name.clone(),
            requirement: requirement.to_string(),
            of: of.to_owned(),
            selected: selected.map(|chosen| chosen.version.clone()),
        })
    }
}

/// Whether what is there already will do; its extras nobody knows.
fn is_met_by(requirement: &Requirement, version: &Version) -> bool {
    match &requirement.version_or_url {
        None => true,
        Some(VersionOrUrl::VersionSpecifier(specifiers)) => admits(specifiers, version),
        Some(VersionOrUrl::Url(_)) => false,
    }
}

fn meets(chosen: &Chosen, requirement: &Requirement) -> bool {
    let version = match &requirement.version_or_url {
        None => true,
        Some(VersionOrUrl::VersionSpecifier(specifiers)) => admits(specifiers, &chosen.version),
        Some(VersionOrUrl::Url(_)) => chosen.direct.is_some(),
    };
    version
        && requirement
            .extras
            .iter()
            .all(|extra| chosen.extras.contains(extra))
}

#[cfg(test)]
mod tests;
