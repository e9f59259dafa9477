//! A wheelhouse: folders of wheels and the locks beside them, read without a network.
//!
//! Reading takes no lock and writes nothing, so that a read-only medium serves. As a
//! [`Provider`] it answers from the wheels' own METADATA.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use wh_packaging::lock::LockedFile;
use wh_packaging::{DistributionFile, Lock, Metadata, ProjectFiles, ProjectName};
use wh_resolver::{Provider, ProviderError};

use crate::find_links::{FindLinks, FindLinksError};

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
    files: FindLinks,
    locks: Vec<PathBuf>,
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
    Lock {
        /// The lock.
        path: PathBuf,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl Wheelhouse {
    /// Reads the folders, in depth, and notes the locks at their top.
    ///
    /// # Errors
    /// A folder cannot be read.
    pub fn open(folders: &[PathBuf]) -> Result<Self, WheelhouseError> {
        let _ = folders;
        todo!()
    }

    /// The folders as given.
    pub fn folders(&self) -> &[PathBuf] {
        &self.folders
    }

    /// The locks at the top of the folders: `pylock.toml` and `pylock.*.toml`.
    pub fn locks(&self) -> &[PathBuf] {
        &self.locks
    }

    /// The one lock: the only `pylock.toml`, or, where there is none, the only other one.
    ///
    /// # Errors
    /// There are several, or it cannot be read.
    pub fn lock(&self) -> Result<Option<FolderLock>, WheelhouseError> {
        todo!()
    }

    /// All projects that have a wheel here.
    pub fn projects(&self) -> impl Iterator<Item = &ProjectName> {
        self.files.projects()
    }

    /// The file that a lock means: at its path beside the lock, else one of that name and digest
    /// anywhere in the folders.
    pub fn find(&self, lock_folder: &Path, file: &LockedFile) -> Option<PathBuf> {
        let _ = (lock_folder, file);
        todo!()
    }
}

impl Provider for Wheelhouse {
    fn files(&self, project: &ProjectName) -> Result<Arc<ProjectFiles>, ProviderError> {
        let _ = project;
        todo!()
    }

    fn metadata(&self, file: &DistributionFile) -> Result<Arc<Metadata>, ProviderError> {
        let _ = file;
        todo!()
    }
}
