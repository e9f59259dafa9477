//! What the cache folder keeps of indexes, of wheels on this machine and of builds: told, and removed.
//!
//! All of it can be had again, so that nothing is asked of a file but its size and its time.

use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use walkdir::WalkDir;

use crate::cache::{FILES, METADATA, PAGES, SDISTS, WHEELS};

/// The folders below the cache folder, with what they hold in words.
const FOLDERS: [(&str, &str); 7] = [
    (PAGES, "pages of indexes"),
    (METADATA, "metadata from indexes"),
    (SDISTS, "metadata of sdists from indexes"),
    (WHEELS, "metadata of wheels on this machine"),
    (FILES, "files that builds need"),
    ("builds/kept", "wheels that were built"),
    ("builds/logs", "logs of builds"),
];

/// One kept file.
#[derive(Debug)]
pub struct KeptFile {
    /// What it is, in words.
    pub what: &'static str,
    /// Where it is.
    pub path: PathBuf,
    /// Bytes.
    pub size: u64,
    /// How long ago it was written.
    pub age: Duration,
}

/// All that is kept; nothing where there is no such folder.
///
/// # Errors
/// A folder cannot be read.
pub fn kept(cache: &Path) -> io::Result<Vec<KeptFile>> {
    let mut all = Vec::new();
    for (folder, what) in FOLDERS {
        let folder = cache.join(folder);
        if !folder.is_dir() {
            continue;
        }
        for entry in WalkDir::new(folder) {
            let entry = entry?;
            let metadata = entry.metadata()?;
            if !metadata.is_file() {
                continue;
            }
            let written = metadata.modified()?;
            all.push(KeptFile {
                what,
                path: entry.into_path(),
                size: metadata.len(),
                age: SystemTime::now()
                    .duration_since(written)
                    .unwrap_or_default(),
            });
        }
    }
    Ok(all)
}

/// Removes one; that it is gone already is no error.
///
/// # Errors
/// It cannot be removed.
pub fn remove(file: &KeptFile) -> io::Result<()> {
    match fs_err::remove_file(&file.path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}
