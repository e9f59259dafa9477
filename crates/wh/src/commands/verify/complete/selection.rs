//! A lock's selection: whether it is there, sound and closed.

use std::collections::BTreeMap;

use wh_index::wheelhouse::FolderLock;
use wh_packaging::lock::{LockedFile, LockedPackage, Selected, SelectedKind};
use wh_packaging::requirement::VersionOrUrl;
use wh_packaging::{Requirement, Target, Version};
use wh_resolver::closure::{Met, Unmet, Walk, walk};
use wh_resolver::lock::unmet_by_build;
use wh_resolver::{Options, Provider, ProviderError, admits, metadata_as_needed};

use super::from_folder::{FolderAlone, there_is};
use super::outcome::Found;
use crate::commands::verify::files::{Files, short};

/// A lock's selection for one target.
pub struct Selection<'a> {
    pub from: &'a FolderLock,
    pub selected: &'a [Selected<'a>],
    pub folder: &'a FolderAlone<'a>,
    pub files: &'a Files,
}

impl Selection<'_> {
    pub fn found(&self, asked: &Walk<'_>) -> Found {
        let walked = walk(*asked, &|requirement| self.meet(requirement, asked.options));
        let mut found = Found {
            chosen: BTreeMap::new(),
            chains: walked.chains,
            unmet: walked.unmet,
        };
        for one in self.selected {
            let (project, name) = (&one.package.name, one.file.name.clone());
            // what nothing asks for any more has to be there all the same
            if !found.chains.contains_key(project)
                && let Some(why) = self.files.why_not(&name)
                && !found.unmet.iter().any(|unmet| unmet.why.starts_with(&name))
            {
                found.unmet.push(Unmet {
                    requirement: version(one).map_or_else(
                        || project.to_string(),
                        |version| format!("{project}=={version}"),
                    ),
                    requested_by: vec![short(&self.from.path)],
                    why,
                });
            }
            if let Some(version) = version(one) {
                found.chosen.insert(project.clone(), (version, name));
            }
        }
        found
    }

    /// What building the sdists of the selection needs: said by the lock, there and sound, and closed.
    pub fn unmet_by_builds(&self, target: &Target) -> Vec<Unmet<String>> {
        let lock = &self.from.lock;
        let unmet = |requirement: String, why: String| Unmet {
            requirement,
            requested_by: vec![short(&self.from.path)],
            why,
        };
        let mut all = Vec::new();
        for one in self.selected {
            let name = &one.file.name;
            let is_wheel = name.parse::<wh_packaging::WheelFilename>().is_ok();
            if !is_wheel && lock.build_of(name, &target.name).is_none() {
                let why = "it has to be built, and the lock does not say with what".to_owned();
                all.push(unmet(name.clone(), why));
            }
        }
        let metadata = |package: &LockedPackage, file: &LockedFile| {
            if let Some(why) = self.files.why_not(&file.name) {
                return Err(why);
            }
            let known = self.folder.files(&package.name);
            let known = known.map_err(|error| error.to_string())?;
            let found = known.files.iter().find(|one| one.name == file.name);
            let found = found.ok_or_else(|| format!("{} is not there", file.name))?;
            let metadata = self.folder.house.metadata(found);
            metadata.map_err(|error| error.to_string())
        };
        let builds = lock.tool.iter().flat_map(|tool| &tool.builds);
        for build in builds.filter(|build| build.targets.contains(&target.name)) {
            let missing = unmet_by_build(lock, build, target, &metadata);
            all.extend(missing.into_iter().map(|mut one| {
                one.requested_by.insert(0, build.sdist.clone());
                one
            }));
        }
        all
    }

    fn meet(&self, requirement: &Requirement, options: &Options) -> Result<Met, String> {
        let lock = short(&self.from.path);
        let name = &requirement.name;
        let one = self.selected.iter().find(|one| one.package.name == *name);
        let Some(one) = one else {
            let there = there_is(name, self.folder);
            return Err(format!("{lock} selects none; {there}"));
        };
        let Some(version) = version(one) else {
            return Err(format!("nothing says which version {} is", one.file.name));
        };
        let fits = match &requirement.version_or_url {
            None => true,
            Some(VersionOrUrl::VersionSpecifier(specifiers)) => admits(specifiers, &version),
            Some(VersionOrUrl::Url(url)) => {
                let source = one.package.source.as_ref();
                one.kind == SelectedKind::Archive
                    || source.is_some_and(|source| source.answers(url))
            }
        };
        if !fits {
            return Err(format!("{lock} selects {}", one.file.name));
        }
        if let Some(why) = self.files.why_not(&one.file.name) {
            return Err(why);
        }
        let unread = |error: ProviderError| error.to_string();
        let locked = self.folder.locked.as_ref().ok_or_else(|| lock.clone())?;
        let known = locked.files(name).map_err(unread)?;
        let mut files = known.files.iter();
        let file = files
            .find(|file| file.name == one.file.name)
            .ok_or_else(|| format!("{} has no distribution's name", one.file.name))?;
        let metadata = metadata_as_needed(locked, file, options).map_err(unread)?;
        Ok(Met { version, metadata })
    }
}

/// The version that is selected; `None` where neither the lock nor the file's name tells it.
pub fn version(selected: &Selected<'_>) -> Option<Version> {
    let of_name = || {
        let filename: wh_packaging::WheelFilename = selected.file.name.parse().ok()?;
        Some(filename.version)
    };
    selected.package.version.clone().or_else(of_name)
}
