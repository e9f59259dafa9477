//! What a wheelhouse holds and no lock of it names: found, and removed.
//!
//! Only the top of the folder is looked at, where `wh` itself writes. A file counts if it is a
//! wheel by its name, an sdist by its name and content ([`sdist`]), or what a download that was cut
//! off left behind; links, folders and everything else are never touched. A lock that cannot be
//! read names files that nobody knows: then nothing is removed.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use wh_packaging::{Reporter, WheelFilename};

use crate::download::{DownloadError, Folder, whole_name};
use crate::wheelhouse::{WheelhouseError, lock_paths, read_lock};

mod sdist;

/// A file that no lock names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unnamed {
    /// Its name in the folder.
    pub name: String,
    /// Bytes.
    pub size: u64,
}

/// Why a folder could not be pruned.
#[derive(Debug, thiserror::Error)]
pub enum PruneError {
    /// No lock stands there: every file would count as unnamed.
    #[error("no lock stands in {}", .0.display())]
    NoLock(PathBuf),
    /// The folder cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The folder, or a file in it.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A lock cannot be read.
    #[error(transparent)]
    Lock(#[from] WheelhouseError),
    /// The folder cannot be taken hold of.
    #[error(transparent)]
    Hold(#[from] DownloadError),
    /// A file cannot be removed.
    #[error("cannot remove {}", path.display())]
    Remove {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// The files at the top of a folder that none of its locks names, by name. Nothing is written, so
/// that what another `wh` is about to name may be among them.
///
/// # Errors
/// There is no lock, or something cannot be read.
pub fn unnamed(folder: &Path) -> Result<Vec<Unnamed>, PruneError> {
    let read_error = |source| PruneError::Read {
        path: folder.to_owned(),
        source,
    };
    let locks = lock_paths(folder).map_err(read_error)?;
    // a missing folder has no locks either
    let entries = fs_err::read_dir(folder).map_err(read_error)?;
    if locks.is_empty() {
        return Err(PruneError::NoLock(folder.to_owned()));
    }
    let named = named(&locks)?;
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry.map_err(read_error)?;
        let Some(name) = entry.file_name().to_str().map(str::to_owned) else {
            continue;
        };
        if named.contains(&name) || !entry.file_type().map_err(read_error)?.is_file() {
            continue;
        }
        if is_ours(&name, &entry.path()) {
            let size = entry.metadata().map_err(read_error)?.len();
            found.push(Unnamed { name, size });
        }
    }
    found.sort();
    Ok(found)
}

/// Removes them, and says which. No other `wh` writes to the folder meanwhile.
///
/// # Errors
/// As [`unnamed`]; the folder cannot be written. What was removed before stays removed.
pub fn prune(folder: &Path, reporter: &dyn Reporter) -> Result<Vec<Unnamed>, PruneError> {
    // looked at before anything is written there: holding makes a folder that is missing
    unnamed(folder)?;
    let held = Folder::open(folder, reporter)?;
    let found = unnamed(folder)?;
    for file in &found {
        let path = held.place(&file.name);
        fs_err::remove_file(&path).map_err(|source| PruneError::Remove { path, source })?;
    }
    Ok(found)
}

/// The file names that locks mean, wherever below the folder: a reader finds a file by its path,
/// else by its name.
fn named(locks: &[PathBuf]) -> Result<BTreeSet<String>, PruneError> {
    let mut names = BTreeSet::new();
    for path in locks {
        for package in read_lock(path)?.lock.all_packages() {
            for file in package.files() {
                let last = file
                    .path
                    .as_deref()
                    .and_then(|path| path.rsplit('/').next());
                names.extend(last.map(str::to_owned));
                names.insert(file.name.clone());
            }
        }
    }
    Ok(names)
}

fn is_ours(name: &str, path: &Path) -> bool {
    if let Some(whole) = whole_name(name) {
        return is_plain_wheel(whole) || sdist::has_name(whole) || whole.starts_with("pylock-");
    }
    is_plain_wheel(name) || (sdist::has_name(name) && sdist::is_one(path))
}

/// A variant (PEP 825) is left aside: `wh` never wrote one.
fn is_plain_wheel(name: &str) -> bool {
    let parsed = name.parse::<WheelFilename>();
    parsed.is_ok_and(|wheel| wheel.variant.is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_distributions_and_parts_are_ours() {
        let check = |name: &str, expected: bool| {
            assert_eq!(is_ours(name, Path::new("/nowhere")), expected, "{name}");
        };
        check("a-1-py3-none-any.whl", true);
        check(".a-1-py3-none-any.whl.part", true);
        check(".a-1.tar.gz.part", true);
        check(".a-1-py3-none-any.whl.part.json", true);
        check(".pylock-x7.part", true);
        check("a.whl", false);
        check("a-1-py3-none-any-x86_64_v3.whl", false);
        check("a-1-py3-none-any.whl.part", false);
        check(".notes.part", false);
        check(".wh-lock", false);
        check("pylock.toml", false);
        // the name of an sdist alone is not enough
        check("photos-2024.tar.gz", false);
    }
}
