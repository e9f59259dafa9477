//! One side of a comparison: the distribution files of a folder or of a lock.
//!
//! A folder with locks is what its locks name; a folder without one is the files in it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use wh_packaging::lock::{LockedFile, LockedPackage};
use wh_packaging::sdist_filename::SdistFilename;
use wh_packaging::{Hashes, ProjectName, Version, WheelFilename};

use super::CompareError;
use crate::wheelhouse::{FolderLock, Wheelhouse, read_lock};

/// A distribution file.
#[derive(Debug, Clone, PartialEq)]
pub struct SideFile {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: Version,
    /// Bytes, where they are known.
    pub size: Option<u64>,
    /// Digests, where a lock gives them.
    pub hashes: Hashes,
    /// Where it is, if it is there.
    pub path: Option<PathBuf>,
}

/// The files of one side, by project.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Side {
    /// Each name once.
    pub projects: BTreeMap<ProjectName, Vec<SideFile>>,
}

impl Side {
    /// Reads a folder or a lock.
    ///
    /// # Errors
    /// There is none, or it cannot be read.
    pub fn read(path: &Path) -> Result<Self, CompareError> {
        let metadata = fs_err::metadata(path).map_err(|source| CompareError::Read {
            path: path.to_owned(),
            source,
        })?;
        let mut side = Self::default();
        if !metadata.is_dir() {
            side.add_lock(&read_lock(path)?);
            return Ok(side);
        }
        let wheelhouse = Wheelhouse::open(&[path.to_owned()])?;
        for lock in wheelhouse.locks()? {
            side.add_lock(&read_lock(lock)?);
        }
        if wheelhouse.locks()?.is_empty() {
            side.add_folder(&wheelhouse);
        }
        Ok(side)
    }

    /// The files of a project.
    pub fn files(&self, project: &ProjectName) -> &[SideFile] {
        self.projects.get(project).map_or(&[], Vec::as_slice)
    }

    /// Bytes of all files, as far as they are known.
    pub fn bytes(&self) -> u64 {
        let files = self.projects.values().flatten();
        files.filter_map(|file| file.size).sum()
    }

    fn add_lock(&mut self, lock: &FolderLock) {
        let folder = lock.path.parent().unwrap_or(Path::new(""));
        for package in lock.lock.all_packages() {
            for file in package.files() {
                if let Some(version) = version(package, file) {
                    let there = SideFile {
                        name: file.name.clone(),
                        version,
                        size: file.size,
                        hashes: file.hashes.clone(),
                        path: place(folder, file),
                    };
                    self.add(&package.name, there);
                }
            }
        }
    }

    fn add_folder(&mut self, wheelhouse: &Wheelhouse) {
        let of_wheels = wheelhouse
            .projects()
            .into_iter()
            .flat_map(|project| wheelhouse.files_of(&project));
        for file in of_wheels.chain(wheelhouse.lone_sdists()) {
            let there = SideFile {
                name: file.name.clone(),
                version: file.version().clone(),
                size: file.size,
                hashes: file.hashes.clone(),
                path: file.path.clone(),
            };
            self.add(file.filename.project(), there);
        }
    }

    fn add(&mut self, project: &ProjectName, file: SideFile) {
        let files = self.projects.entry(project.clone()).or_default();
        if files.iter().all(|other| other.name != file.name) {
            files.push(file);
        }
    }
}

/// The version of an entry; where it gives none, that of its file's name.
fn version(package: &LockedPackage, file: &LockedFile) -> Option<Version> {
    let of_wheel = || Some(file.name.parse::<WheelFilename>().ok()?.version);
    let of_sdist = || Some(SdistFilename::parse(&file.name, &package.name)?.version);
    let given = package.version.clone();
    given.or_else(of_wheel).or_else(of_sdist)
}

fn place(folder: &Path, file: &LockedFile) -> Option<PathBuf> {
    let by_path = file.path.as_ref().map(|path| folder.join(path));
    let path = by_path.unwrap_or_else(|| folder.join(&file.name));
    path.is_file().then_some(path)
}
