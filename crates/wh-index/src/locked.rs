//! The files of one lock, found in folders: what `wh install` may choose from beside a lock.
//!
//! A locked file is found by its path beside the lock, else by its name and digest anywhere in the
//! folders. A direct URL is answered from the lock's `archive` of that URL, else from a file of
//! that name whose digest the requirement gives; nothing is ever fetched.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use url::Url;
use wh_packaging::lock::{LockedFile, LockedPackage};
use wh_packaging::sdist_filename::SdistFilename;
use wh_packaging::{
    BuildSystem, DistributionFile, Filename, Hashes, Lock, Metadata, Origin, ProjectFiles,
    ProjectName, WheelFilename,
};
use wh_resolver::{Provider, ProviderError};

use crate::wheelhouse::Wheelhouse;

/// A lock's files as candidates.
pub struct LockedFiles<'a> {
    wheelhouse: &'a Wheelhouse,
    lock: &'a Lock,
    folder: PathBuf,
    projects: BTreeMap<ProjectName, Arc<ProjectFiles>>,
}

impl<'a> LockedFiles<'a> {
    /// The files of a lock that stands in `folder`. What is missing is missed when it is asked for.
    pub fn new(wheelhouse: &'a Wheelhouse, lock: &'a Lock, folder: &Path) -> Self {
        Self::among(lock.packages.iter(), (wheelhouse, lock, folder))
    }

    /// These, and those that it has for builds.
    pub fn with_builds(wheelhouse: &'a Wheelhouse, lock: &'a Lock, folder: &Path) -> Self {
        Self::among(lock.all_packages(), (wheelhouse, lock, folder))
    }

    fn among<'l>(
        packages: impl Iterator<Item = &'l LockedPackage>,
        (wheelhouse, lock, folder): (&'a Wheelhouse, &'a Lock, &Path),
    ) -> Self {
        let mut projects: BTreeMap<ProjectName, ProjectFiles> = BTreeMap::new();
        for package in packages {
            let files = projects.entry(package.name.clone()).or_default();
            files.known = true;
            for file in package.files() {
                // what is installed may be what builds, too
                let known = |one: &Arc<DistributionFile>| one.name == file.name;
                if !files.files.iter().any(known) {
                    files
                        .files
                        .extend(candidate(wheelhouse, folder, package, file).map(Arc::new));
                }
            }
        }
        let projects = projects
            .into_iter()
            .map(|(name, files)| (name, Arc::new(files)))
            .collect();
        Self {
            wheelhouse,
            lock,
            folder: folder.to_owned(),
            projects,
        }
    }

    /// The file on this machine that a direct URL means here.
    pub fn of_url(&self, url: &Url, hashes: &Hashes) -> Option<PathBuf> {
        let asked = without_fragment(url);
        let archive = self
            .lock
            .packages
            .iter()
            .filter_map(|package| package.archive.as_ref())
            .find(|archive| {
                archive
                    .url
                    .as_deref()
                    .and_then(|text| Url::parse(text).ok())
                    .is_some_and(|url| without_fragment(&url) == asked)
            });
        match archive {
            Some(archive) => self.wheelhouse.find(&self.folder, archive),
            None => self.wheelhouse.find_by_hash(url, hashes),
        }
    }
}

impl LockedFiles<'_> {
    /// The same with its place on this machine.
    fn here(&self, file: &DistributionFile) -> Result<DistributionFile, ProviderError> {
        let path = match file.origin {
            Origin::Direct => self.of_url(&file.url, &file.hashes),
            _ => file.path.clone(),
        };
        match path {
            Some(_) => Ok(DistributionFile {
                path,
                ..file.clone()
            }),
            None => Err(ProviderError::Unusable {
                reason: format!("{} is not in the folder", file.name),
            }),
        }
    }
}

/// A file of a lock as a candidate; `None` where its name is no distribution's. The lock stands in
/// `folder`.
pub fn candidate(
    wheelhouse: &Wheelhouse,
    folder: &Path,
    package: &LockedPackage,
    file: &LockedFile,
) -> Option<DistributionFile> {
    let filename = match file.name.parse::<WheelFilename>() {
        Ok(wheel) => Filename::Wheel(wheel),
        Err(_) => Filename::Sdist(SdistFilename::parse(&file.name, &package.name)?),
    };
    let path = wheelhouse.find(folder, file);
    // a file that is missing keeps its place among the candidates, so that it is missed by name
    let place = path.clone().unwrap_or_else(|| folder.join(&file.name));
    let url = Url::from_file_path(&place).ok()?;
    let mut candidate = DistributionFile::new(filename, &file.name, url, Origin::FindLinks);
    candidate.path = path;
    candidate.size = file.size;
    candidate.hashes = file.hashes.clone();
    candidate.requires_python = package.requires_python.clone();
    candidate.subdirectory = file.subdirectory.clone();
    candidate.made_from = package.source.clone().map(Arc::new);
    Some(candidate)
}

fn without_fragment(url: &Url) -> Url {
    let mut url = url.clone();
    url.set_fragment(None);
    url
}

impl Provider for LockedFiles<'_> {
    fn files(&self, project: &ProjectName) -> Result<Arc<ProjectFiles>, ProviderError> {
        Ok(self.projects.get(project).cloned().unwrap_or_default())
    }

    fn metadata(&self, file: &DistributionFile) -> Result<Arc<Metadata>, ProviderError> {
        self.wheelhouse.metadata(&self.here(file)?)
    }

    fn build_system(&self, sdist: &DistributionFile) -> Result<Arc<BuildSystem>, ProviderError> {
        self.wheelhouse.build_system(&self.here(sdist)?)
    }

    /// What a lock says was made of just that.
    fn source(
        &self,
        project: &ProjectName,
        url: &Url,
    ) -> Result<Option<Arc<DistributionFile>>, ProviderError> {
        let files = self.projects.get(project);
        let mut files = files.iter().flat_map(|project| &project.files);
        let made = files.find(|file| {
            let source = file.made_from.as_ref();
            source.is_some_and(|source| source.answers(url))
        });
        if let Some(made) = made {
            return Ok(Some(Arc::clone(made)));
        }
        let mut archives = self.lock.packages.iter().filter(|one| one.name == *project);
        let found = archives.find_map(|package| {
            let archive = package.archive.as_ref()?;
            let place = Url::parse(archive.url.as_deref()?).ok()?;
            let same =
                without_fragment(&place) == without_fragment(url) && package.source.is_none();
            let mut file = candidate(self.wheelhouse, &self.folder, package, archive)?;
            file.origin = Origin::Direct;
            file.url = without_fragment(&place);
            same.then_some(file)
        });
        Ok(found.map(Arc::new))
    }
}
