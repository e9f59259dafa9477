//! Where the files of builds come from.

use std::path::PathBuf;

use wh_index::Index;
use wh_packaging::{DistributionFile, Lock};
use wh_resolver::{Provider, ProviderError};

use crate::commands::locked::vouched;

/// A provider whose files can be had on this machine.
pub trait Stock: Sync {
    /// What there is.
    fn provider(&self) -> &dyn Provider;

    /// The file on this machine. Whoever uses it compares its digests.
    ///
    /// # Errors
    /// It cannot be had.
    fn on_disk(&self, file: &DistributionFile) -> Result<PathBuf, ProviderError>;

    /// The folders, where nothing may come from anywhere else.
    fn folders(&self) -> Option<&[PathBuf]> {
        None
    }

    /// Whether a lock says that RECORD of this wheel was verified.
    fn vouched(&self, _file: &DistributionFile) -> bool {
        false
    }
}

/// Files that lie in folders.
pub struct InFolder<'a> {
    provider: &'a dyn Provider,
    folders: &'a [PathBuf],
    lock: Option<&'a Lock>,
}

impl<'a> InFolder<'a> {
    /// Any of them.
    pub fn new(provider: &'a dyn Provider, folders: &'a [PathBuf]) -> Self {
        Self {
            provider,
            folders,
            lock: None,
        }
    }

    /// Those of a lock alone, of which the provider knows.
    pub fn of_lock(self, lock: &'a Lock) -> Self {
        Self {
            lock: Some(lock),
            ..self
        }
    }
}

impl Stock for InFolder<'_> {
    fn provider(&self) -> &dyn Provider {
        self.provider
    }

    fn folders(&self) -> Option<&[PathBuf]> {
        Some(self.folders)
    }

    fn vouched(&self, file: &DistributionFile) -> bool {
        self.lock
            .is_some_and(|lock| vouched(lock, &file.name, &file.hashes))
    }

    fn on_disk(&self, file: &DistributionFile) -> Result<PathBuf, ProviderError> {
        file.path.clone().ok_or_else(|| ProviderError::Unusable {
            reason: format!("{} is not in the folder", file.name),
        })
    }
}

/// Files of indexes and find-links: fetched where they are not here.
pub struct OnIndex<'a>(pub &'a Index);

impl Stock for OnIndex<'_> {
    fn provider(&self) -> &dyn Provider {
        self.0
    }

    fn on_disk(&self, file: &DistributionFile) -> Result<PathBuf, ProviderError> {
        self.0.on_disk(file)
    }
}
