//! A wheelhouse: folders of wheels and the locks beside them, read without a network.
//!
//! Reading takes no lock and writes nothing to the folders, so that a read-only medium serves.
//! Names decide which wheels are opened, and where a lock says which files count, not even the
//! folders are read. As a [`Provider`] it answers from what wheels and sdists say of themselves; what
//! wheels say may be kept in a cache folder.

use std::collections::{BTreeSet, HashMap};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use percent_encoding::percent_decode_str;
use rayon::prelude::*;
use url::Url;
use wh_packaging::lock::{LockError, LockedFile};
use wh_packaging::sdist_filename::SdistFilename;
use wh_packaging::{
    BuildSystem, DistributionFile, Filename, Hashes, Lock, Metadata, ProjectFiles, ProjectName,
};
use wh_resolver::{Provider, ProviderError};
use wh_sdist::Sdist;
use wh_wheel::{Algorithm, hash_file};

use crate::cache::Cache;
use crate::find_links::{FindLinks, FindLinksError};

mod local;
mod verify;

use local::metadata_of_wheel;

pub use verify::{FileCheck, FileFault, verify_files};

/// The lock of a folder that has but one.
const LOCK_NAME: &str = "pylock.toml";

/// A lock and where it stands.
#[derive(Debug, Clone)]
pub struct FolderLock {
    /// The file.
    pub path: PathBuf,
    /// What it says.
    pub lock: Lock,
}

/// Folders of wheels with their locks.
pub struct Wheelhouse {
    folders: Vec<PathBuf>,
    // what lies in the folders, once they were read
    files: OnceLock<FindLinks>,
    metadata: Mutex<HashMap<PathBuf, Result<Arc<Metadata>, ProviderError>>>,
    cache: Cache,
}

/// Why a wheelhouse cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum WheelhouseError {
    /// A folder cannot be read.
    #[error(transparent)]
    Folder(#[from] FindLinksError),
    /// There is more than one lock, and none was chosen.
    #[error("{} locks stand in the folders", .0.len())]
    SeveralLocks(Vec<PathBuf>),
    /// A lock cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The lock.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A lock is not one.
    #[error("{} is not a lock that can be used", path.display())]
    Lock {
        /// The lock.
        path: PathBuf,
        /// Why.
        #[source]
        source: Box<LockError>,
    },
}

impl Wheelhouse {
    /// Reads the folders, in depth.
    ///
    /// # Errors
    /// A folder cannot be read.
    pub fn open(folders: &[PathBuf]) -> Result<Self, WheelhouseError> {
        let this = Self::unread(folders, None)?;
        this.read()?;
        Ok(this)
    }

    /// Reads nothing yet: only files beside a lock are found before [`read`](Self::read). METADATA of
    /// wheels is kept in the cache folder.
    ///
    /// # Errors
    /// A folder does not exist.
    pub fn unread(folders: &[PathBuf], cache: Option<&Path>) -> Result<Self, WheelhouseError> {
        if let Some(missing) = folders.iter().find(|folder| !folder.exists()) {
            return Err(FindLinksError::Missing(missing.clone()).into());
        }
        Ok(Self {
            folders: folders.to_vec(),
            files: OnceLock::new(),
            metadata: Mutex::default(),
            cache: Cache::new(cache.map(Path::to_path_buf)),
        })
    }

    /// The METADATA of a file that somebody has just read, so that it is not read again.
    pub fn knows(&self, path: &Path, metadata: Arc<Metadata>) {
        let mut known = self.metadata.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(path.to_owned(), Ok(metadata));
    }

    /// Reads the folders, in depth, if they were not read yet.
    ///
    /// # Errors
    /// A folder cannot be read.
    pub fn read(&self) -> Result<(), FindLinksError> {
        if self.files.get().is_none() {
            let _ = self.files.set(FindLinks::of_folders(&self.folders)?);
        }
        Ok(())
    }

    fn found(&self) -> &FindLinks {
        static NOTHING: LazyLock<FindLinks> = LazyLock::new(FindLinks::default);
        self.files.get().unwrap_or(&NOTHING)
    }

    /// The folders as given.
    pub fn folders(&self) -> &[PathBuf] {
        &self.folders
    }

    /// The locks at the top of the folders: `pylock.toml` and `pylock.*.toml`.
    ///
    /// # Errors
    /// A folder cannot be read.
    pub fn locks(&self) -> Result<&[PathBuf], WheelhouseError> {
        self.read()?;
        Ok(self.found().locks())
    }

    /// The one lock: the only `pylock.toml`, or, where there is none, the only other one.
    ///
    /// # Errors
    /// There are several, or it cannot be read.
    pub fn lock(&self) -> Result<Option<FolderLock>, WheelhouseError> {
        // a folder of thousands need not be read for its lock
        let unnamed = self.folders.iter().map(|folder| folder.join(LOCK_NAME));
        let unnamed: Vec<PathBuf> = unnamed.filter(|path| path.is_file()).collect();
        match unnamed.as_slice() {
            [path] => return read_lock(path).map(Some),
            [] => {}
            _ => return Err(WheelhouseError::SeveralLocks(unnamed)),
        }
        match self.locks()? {
            [] => Ok(None),
            [path] => read_lock(path).map(Some),
            several => Err(WheelhouseError::SeveralLocks(several.to_vec())),
        }
    }

    /// All projects that have a wheel here.
    pub fn projects(&self) -> BTreeSet<ProjectName> {
        self.found().projects()
    }

    /// Files of projects that have no wheel here, by name: sdists, variants of wheels, and what has
    /// no wheel's name.
    pub fn left_aside(&self) -> Vec<&str> {
        self.found().left_aside()
    }

    /// Wheel variants (PEP 825), which are left aside, by name.
    pub fn variants(&self) -> Vec<&str> {
        self.found().variants()
    }

    /// The sdists of projects that have no wheel here.
    pub fn lone_sdists(&self) -> Vec<Arc<DistributionFile>> {
        self.found().lone_sdists()
    }

    /// The files of a project, all of them, the same name possibly in several places.
    pub fn files_of(&self, project: &ProjectName) -> Vec<Arc<DistributionFile>> {
        self.found().all(project)
    }

    /// The file that a lock means: at its path beside the lock, else one of that name and digest
    /// anywhere in the folders. What is found by its path is not looked into; whoever installs it
    /// compares its digest.
    pub fn find(&self, lock_folder: &Path, file: &LockedFile) -> Option<PathBuf> {
        if let Some(path) = beside(lock_folder, file) {
            return Some(path);
        }
        self.found()
            .places_of(&file.name)
            .find(|path| is_the_file(path, file))
            .map(Path::to_owned)
    }
}

impl Wheelhouse {
    /// The file that a direct URL means, by the name at its end and a digest of it; nothing where
    /// no digest is given, since a name alone proves nothing.
    pub fn find_by_hash(&self, url: &Url, hashes: &Hashes) -> Option<PathBuf> {
        let name = url.path_segments()?.next_back()?;
        let wanted = LockedFile {
            name: percent_decode_str(name).decode_utf8().ok()?.into_owned(),
            hashes: hashes.clone(),
            ..LockedFile::default()
        };
        self.find(Path::new(""), &wanted)
    }
}

/// The files that a lock means, each where it stands at its path beside the lock.
pub fn all_beside(lock_folder: &Path, files: &[&LockedFile]) -> Vec<Option<PathBuf>> {
    // a look at a file takes a microsecond
    let files = files.par_iter().with_min_len(64);
    files.map(|file| beside(lock_folder, file)).collect()
}

/// The file that a lock means, where it stands at its path beside the lock.
fn beside(lock_folder: &Path, file: &LockedFile) -> Option<PathBuf> {
    let path = lock_folder.join(file.path.as_ref()?);
    path.is_file().then_some(path)
}

/// Reads a lock.
///
/// # Errors
/// There is none, or it is not a lock.
pub fn read_lock(path: &Path) -> Result<FolderLock, WheelhouseError> {
    let text = fs_err::read_to_string(path).map_err(|source| WheelhouseError::Read {
        path: path.to_owned(),
        source,
    })?;
    let lock = Lock::parse(&text).map_err(|source| WheelhouseError::Lock {
        path: path.to_owned(),
        source: Box::new(source),
    })?;
    Ok(FolderLock {
        path: path.to_owned(),
        lock,
    })
}

/// The locks at the top of a folder, by name; none where there is no such folder.
///
/// # Errors
/// The folder cannot be read.
pub fn lock_paths(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs_err::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut locks = Vec::new();
    for entry in entries {
        let entry = entry?;
        if entry.file_name().to_str().is_some_and(is_lock_name) && entry.path().is_file() {
            locks.push(entry.path());
        }
    }
    locks.sort();
    Ok(locks)
}

/// Whether a file name is a lock's (PEP 751, "File name").
pub fn is_lock_name(name: &str) -> bool {
    let inner = name
        .strip_prefix("pylock.")
        .and_then(|rest| rest.strip_suffix(".toml"));
    name == LOCK_NAME || inner.is_some_and(|inner| !inner.is_empty() && !inner.contains('.'))
}

fn is_the_file(path: &Path, locked: &LockedFile) -> bool {
    let algorithms: Vec<Algorithm> = locked
        .hashes
        .iter()
        .filter_map(|(name, _)| Algorithm::from_name(name))
        .collect();
    let same_size = |size| path.metadata().is_ok_and(|there| there.len() == size);
    !algorithms.is_empty()
        && locked.size.is_none_or(same_size)
        && hash_file(path, &algorithms).is_ok_and(|hashes| !hashes.disagrees_with(&locked.hashes))
}

impl Provider for Wheelhouse {
    fn files(&self, project: &ProjectName) -> Result<Arc<ProjectFiles>, ProviderError> {
        let files = self
            .found()
            .files(project)
            .map_err(|error| ProviderError::Failed(Arc::new(error)))?;
        Ok(Arc::new(ProjectFiles {
            known: !files.is_empty(),
            files,
            passed_over: self.found().passed_over(project),
            ..ProjectFiles::default()
        }))
    }

    fn metadata(&self, file: &DistributionFile) -> Result<Arc<Metadata>, ProviderError> {
        let elsewhere = || self.find_by_hash(&file.url, &file.hashes);
        let Some(path) = &file.path.clone().or_else(elsewhere) else {
            return Err(ProviderError::Unusable {
                reason: format!("{} is not in the folders", file.name),
            });
        };
        let memory = || self.metadata.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = memory().get(path) {
            return known.clone();
        }
        let read = match &file.filename {
            Filename::Wheel(_) => {
                metadata_of_wheel(path, &self.cache).map_err(|error| ProviderError::Unusable {
                    reason: format!("{} cannot be read: {}", file.name, error.fault),
                })
            }
            Filename::Sdist(filename) => {
                look_into(path, file, filename).and_then(|sdist| metadata_of(&sdist, filename))
            }
        };
        let read = read.map(Arc::new);
        memory().insert(path.clone(), read.clone());
        read
    }

    fn build_system(&self, sdist: &DistributionFile) -> Result<Arc<BuildSystem>, ProviderError> {
        let elsewhere = || self.find_by_hash(&sdist.url, &sdist.hashes);
        let path = sdist.path.clone().or_else(elsewhere);
        let (Filename::Sdist(filename), Some(path)) = (&sdist.filename, path) else {
            return Err(ProviderError::Unusable {
                reason: format!("{} is no source distribution of the folders", sdist.name),
            });
        };
        let found = look_into(&path, sdist, filename)?;
        let system = found.build_system();
        system
            .map(Arc::new)
            .map_err(|error| ProviderError::Unusable {
                reason: error.to_string(),
            })
    }
}

fn look_into(
    path: &Path,
    file: &DistributionFile,
    filename: &SdistFilename,
) -> Result<Sdist, ProviderError> {
    let below = file.subdirectory.as_deref();
    let checked = wh_sdist::check_below(path, &file.name, filename, below);
    checked.map_err(|error| ProviderError::Unusable {
        reason: format!("{} is refused: {}", file.name, error.fault),
    })
}

fn metadata_of(sdist: &Sdist, filename: &SdistFilename) -> Result<Metadata, ProviderError> {
    sdist
        .metadata(filename)
        .map_err(|error| ProviderError::NeedsBuild {
            reason: error.to_string(),
        })
}

#[cfg(test)]
mod tests;
