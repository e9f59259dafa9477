//! Distribution files, from where they are published into a folder.
//!
//! A file is fetched to `.<name>.part`, hashed while it streams, compared in size and digest,
//! checked as `wh install` would check it, and only then gets its name. What lies there already
//! with the right digest is kept without a request. One `wh` writes to a folder at a time.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use wh_packaging::{DistributionFile, Lock, Reporter};

use crate::client::Client;

mod error;
pub use error::DownloadError;

/// How to download.
#[derive(Debug, Clone)]
pub struct DownloadOptions {
    /// How many files at a time.
    pub jobs: usize,
    /// Go on after a failure and report all of them together.
    pub keep_going: bool,
}

/// Files on their way into one folder.
pub struct Downloads {
    folder: PathBuf,
}

/// What lies in the folder now, by file name.
#[derive(Debug, Clone, Default)]
pub struct Fetched {
    /// By file name.
    pub files: BTreeMap<String, FetchedFile>,
}

/// One file that lies in the folder, verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchedFile {
    /// Where.
    pub path: PathBuf,
    /// Bytes.
    pub size: u64,
    /// Hexadecimal.
    pub sha256: String,
    /// Whether it lay there before.
    pub kept: bool,
}

/// What would be done with a file.
#[derive(Debug, Clone)]
pub struct Planned {
    /// The file.
    pub file: Arc<DistributionFile>,
    /// What.
    pub action: Action,
}

/// What is done with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// It is fetched (or copied from a find-links folder).
    Fetch,
    /// It lies there already, with the right digest.
    Keep,
}

impl Downloads {
    /// Opens the folder (made if it is not there) and waits until no other `wh` writes to it.
    ///
    /// # Errors
    /// The folder cannot be made or written to.
    pub fn open(
        client: Arc<Client>,
        folder: &Path,
        options: DownloadOptions,
        reporter: Arc<dyn Reporter>,
    ) -> Result<Self, DownloadError> {
        let _ = (client, folder, options, reporter);
        todo!()
    }

    /// Begins with a file at once, in the background. Asking twice is asking once.
    pub fn start(&self, file: &Arc<DistributionFile>) {
        let _ = file;
        todo!()
    }

    /// Fetches what was not started yet and waits for all of `files`; what was started and is not
    /// among them is stopped.
    ///
    /// # Errors
    /// A file cannot be had, or is not what it should be: its final name does not stand.
    pub fn finish(self, files: &[Arc<DistributionFile>]) -> Result<Fetched, DownloadError> {
        let _ = (files, &self.folder);
        todo!()
    }
}

/// What [`Downloads::finish`] would do, file by file; reads, and writes nothing.
///
/// # Errors
/// A file in the folder cannot be read, or is another than it should be and no lock names it.
pub fn plan(files: &[Arc<DistributionFile>], folder: &Path) -> Result<Vec<Planned>, DownloadError> {
    let _ = (files, folder);
    todo!()
}

/// Writes a lock into the folder, by rename: `name` is `pylock.toml` or `pylock.<name>.toml`.
///
/// # Errors
/// It cannot be written.
pub fn write_lock(folder: &Path, name: &str, lock: &Lock) -> Result<PathBuf, DownloadError> {
    let _ = (folder, name, lock);
    todo!()
}
