//! What the folder alone can serve, and how its choice differs from a lock's.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use url::Url;
use wh_index::locked::LockedFiles;
use wh_index::wheelhouse::Wheelhouse;
use wh_packaging::class::TargetClass;
use wh_packaging::requirement::{Root, VersionOrUrl};
use wh_packaging::{
    BuildSystem, DistributionFile, Metadata, Origin, ProjectFiles, ProjectName, Requirement, Target,
};
use wh_resolver::builds::{BuildError, BuildOptions, build_trees};
use wh_resolver::closure::{Met, Unmet, Walked, walk};
use wh_resolver::{
    Provider, ProviderError, Resolution, ResolveError, admits, candidates, metadata_as_needed,
};

use super::Question;
use super::outcome::{Found, Outcome};
use crate::commands::verify::files::Files;
use crate::commands::verify::targets::everything;
use crate::failure::Failure;

/// The files of the folder; direct URLs are answered from the lock, too.
pub struct FolderAlone<'a> {
    pub house: &'a Wheelhouse,
    pub locked: Option<LockedFiles<'a>>,
}

impl Provider for FolderAlone<'_> {
    fn files(&self, project: &ProjectName) -> Result<Arc<ProjectFiles>, ProviderError> {
        self.house.files(project)
    }

    fn metadata(&self, file: &DistributionFile) -> Result<Arc<Metadata>, ProviderError> {
        match &self.locked {
            Some(locked) if file.origin == Origin::Direct => locked.metadata(file),
            _ => self.house.metadata(file),
        }
    }

    fn source(
        &self,
        project: &ProjectName,
        url: &Url,
    ) -> Result<Option<Arc<DistributionFile>>, ProviderError> {
        match &self.locked {
            Some(locked) => locked.source(project, url),
            None => Ok(None),
        }
    }

    fn build_system(&self, sdist: &DistributionFile) -> Result<Arc<BuildSystem>, ProviderError> {
        self.house.build_system(sdist)
    }
}

impl Question<'_> {
    /// Requirements that no lock answers: the folder alone has to.
    pub fn of_folder(
        &self,
        class: &TargetClass,
        folder: &FolderAlone<'_>,
        files: &Files,
        outcome: &mut Outcome,
    ) -> Result<(), Failure> {
        let roots = match &self.roots {
            Some(roots) => roots.clone(),
            None => everything(folder, class)?,
        };
        let resolution = self.resolved(&roots, class, folder);
        for (member, target) in class.members.iter().enumerate() {
            let mut found = Found::default();
            match &resolution {
                Ok(resolution) => {
                    found = of_resolution(resolution, member, files);
                    found
                        .unmet
                        .extend(self.unmet_by_builds(resolution, class, member, folder));
                }
                Err(ResolveError::Provider(ProviderError::Failed(_))) => {}
                Err(error) => {
                    found.unmet = self.greedy(target, &roots, folder, files).unmet;
                    if found.unmet.is_empty() {
                        found.unmet.push(conflict(&roots, error));
                    }
                }
            }
            if self.roots.is_none() && roots.is_empty() {
                found.unmet.push(Unmet {
                    requirement: "any wheel".to_owned(),
                    requested_by: Vec::new(),
                    why: "the folder has none for this target".to_owned(),
                });
            }
            outcome.add(target, found, files);
        }
        match resolution {
            Err(error @ ResolveError::Provider(ProviderError::Failed(_))) => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// What the sdists of a choice need to be built, where the folder does not have it.
    fn unmet_by_builds(
        &self,
        resolution: &Resolution,
        class: &TargetClass,
        member: usize,
        folder: &FolderAlone<'_>,
    ) -> Option<Unmet<String>> {
        let options = BuildOptions {
            formats: &self.options.formats,
            pre: self.options.pre,
            more: &BTreeMap::new(),
            constraints: &[],
        };
        let target = &class.members[member].name;
        match build_trees(class, resolution, options, folder) {
            Err(BuildError::NoTree { target: other, .. }) if other != *target => None,
            Ok(_) => None,
            Err(error) => Some(Unmet {
                requirement: match &error {
                    BuildError::NoTree { sdist, .. } | BuildError::Unknown { sdist, .. } => {
                        sdist.clone()
                    }
                    BuildError::Circle { chain } => chain.first().cloned().unwrap_or_default(),
                },
                requested_by: match &error {
                    BuildError::NoTree { requested_by, .. } => requested_by.clone(),
                    _ => Vec::new(),
                },
                why: error.reason(),
            }),
        }
    }

    /// What is missing where each requirement takes the best file that the folder has for it.
    pub fn greedy(
        &self,
        target: &Target,
        roots: &[Root],
        folder: &FolderAlone<'_>,
        files: &Files,
    ) -> Walked<String> {
        let class = TargetClass {
            members: vec![target.clone()],
            marker: wh_packaging::MarkerTree::TRUE,
        };
        let meet = |requirement: &Requirement| {
            let known = folder
                .files(&requirement.name)
                .map_err(|error| error.to_string())?;
            let fitting = candidates(&requirement.name, &known, &class, &self.options);
            let sound = |name: &str| files.sound(name).is_some();
            let candidate = fitting.iter().find(|one| {
                sound(&one.files[0].name)
                    && match &requirement.version_or_url {
                        Some(VersionOrUrl::VersionSpecifier(specifiers)) => {
                            admits(specifiers, &one.version)
                        }
                        Some(VersionOrUrl::Url(url)) => {
                            url.path().ends_with(&format!("/{}", one.files[0].name))
                        }
                        None => true,
                    }
            });
            let Some(candidate) = candidate else {
                return Err(there_is(&requirement.name, folder));
            };
            let metadata = metadata_as_needed(folder, &candidate.files[0], &self.options)
                .map_err(|error| error.to_string())?;
            Ok(Met {
                version: candidate.version.clone(),
                metadata,
            })
        };
        walk(self.walk(target, roots), &meet)
    }
}

/// What the folder has of a project.
pub fn there_is(project: &ProjectName, folder: &FolderAlone<'_>) -> String {
    let known = folder.files(project).unwrap_or_default();
    let names: Vec<&str> = known.files.iter().map(|file| file.name.as_str()).collect();
    match names.as_slice() {
        [] => format!("the folder has no file of {project}"),
        names => format!("the folder has {}", names.join(", ")),
    }
}

pub fn of_resolution(resolution: &Resolution, member: usize, files: &Files) -> Found {
    let mut found = Found::default();
    for (project, chosen) in &resolution.chosen {
        let Some(file) = chosen.files.get(member) else {
            continue;
        };
        if let Some(why) = files.why_not(&file.name) {
            found.unmet.push(Unmet {
                requirement: format!("{project}=={}", chosen.version),
                requested_by: chosen.requested_by.clone(),
                why,
            });
        }
        let what = (chosen.version.clone(), file.name.clone());
        found.chosen.insert(project.clone(), what);
        found
            .chains
            .insert(project.clone(), chosen.requested_by.clone());
    }
    found
}

/// Everything that is asked for is there by itself, and does not go together.
pub fn conflict(roots: &[Root], error: &ResolveError) -> Unmet<String> {
    let names: Vec<String> = roots
        .iter()
        .map(|root| root.requirement.to_string())
        .collect();
    Unmet {
        requirement: names.join(", "),
        requested_by: Vec::new(),
        why: match error {
            ResolveError::NoSolution(no) => no.explanation.join(" "),
            other => other.to_string(),
        },
    }
}

/// How resolving from the folder alone chooses otherwise than the lock.
pub fn otherwise(
    lock: &str,
    found: &Found,
    resolution: &Result<Resolution, ResolveError>,
    member: usize,
) -> Option<String> {
    let resolution = match resolution {
        Ok(resolution) => resolution,
        Err(error) => {
            let why = conflict(&[], error).why;
            return Some(format!(
                "{lock} is closed, but resolving from the folder without it finds no choice: {why}"
            ));
        }
    };
    let mut differences = Vec::new();
    let all: BTreeSet<&ProjectName> = found
        .chosen
        .keys()
        .chain(resolution.chosen.keys())
        .collect();
    for project in all {
        let locked = found.chosen.get(project).map(|(_, name)| name.as_str());
        let resolved = resolution.chosen.get(project);
        let resolved = resolved
            .and_then(|chosen| chosen.files.get(member))
            .map(|file| file.name.as_str());
        if locked != resolved {
            let (resolved, locked) = (resolved.unwrap_or("nothing"), locked.unwrap_or("nothing"));
            differences.push(format!("{resolved} in place of {locked}"));
        }
    }
    (!differences.is_empty()).then(|| {
        format!(
            "resolving from the folder without {lock} chooses {}",
            differences.join(", ")
        )
    })
}
