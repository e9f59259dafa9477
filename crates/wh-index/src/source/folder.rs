//! A folder of source: read, told from where a lock stands, and packed.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use tempfile::TempDir;
use url::Url;
use wh_packaging::lock::{LockedDirectory, LockedSource};
use wh_sdist::Sdist;

use super::{SourceError, Sources};

/// The folder that a `file:` URL names.
pub(super) fn path_of(url: &Url, shown: &str) -> Result<PathBuf, SourceError> {
    let gone = || SourceError::Gone {
        place: shown.to_owned(),
    };
    let path = url.to_file_path().map_err(|()| gone())?;
    match path.exists() {
        true => Ok(path),
        false => Err(gone()),
    }
}

/// What it says of itself.
pub(super) fn look_into(
    folder: &Path,
    below: Option<&str>,
    shown: &str,
) -> Result<Sdist, SourceError> {
    wh_sdist::look_into(folder, below).map_err(|error| SourceError::Refused {
        place: shown.to_owned(),
        fault: Arc::new(error.fault),
    })
}

/// As a lock has it: by its path from the folder of the lock, which names no more of this machine
/// than it must.
pub(super) fn locked(
    path: &Path,
    beside: Option<&Path>,
    subdirectory: Option<String>,
) -> LockedSource {
    let path = match beside {
        Some(beside) => relative(path, beside),
        None => path.to_owned(),
    };
    let parts: Vec<_> = path
        .components()
        .map(|part| part.as_os_str().to_string_lossy().into_owned())
        .collect();
    LockedSource::Directory(LockedDirectory {
        path: match path.is_absolute() {
            true => path.to_string_lossy().into_owned(),
            false if parts.is_empty() => ".".to_owned(),
            false => parts.join("/"),
        },
        editable: false,
        subdirectory,
    })
}

/// The way from a folder to a path, by their names alone.
fn relative(path: &Path, from: &Path) -> PathBuf {
    let (mut here, mut there) = (from.components().peekable(), path.components().peekable());
    while here.peek().is_some() && here.peek() == there.peek() {
        here.next();
        there.next();
    }
    let mut way: PathBuf = here.map(|_| Component::ParentDir).collect();
    way.extend(there);
    way
}

/// An archive that was made of a folder; it goes with this.
#[derive(Debug)]
pub(super) struct Packed {
    pub(super) path: PathBuf,
    _folder: TempDir,
}

/// Packs it.
pub(super) fn pack(
    folder: &Path,
    top: &str,
    skip: &[PathBuf],
    sources: &Sources,
    shown: &str,
) -> Result<Packed, SourceError> {
    let failed = |error| SourceError::io(folder, error);
    let own = sources.settings.temporary("packed-").map_err(failed)?;
    let path = own.path().join(format!("{top}.tar.gz"));
    let file = File::create(&path).map_err(failed)?;
    let packed = wh_sdist::pack(folder, top, skip, BufWriter::new(file));
    packed.map_err(|error| SourceError::Pack {
        place: shown.to_owned(),
        error: Arc::new(error),
    })?;
    Ok(Packed { path, _folder: own })
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn folders_are_told_from_the_lock() {
        let check = |path: &str, beside: &str, expected: &str| {
            let found = locked(path.as_ref(), Some(beside.as_ref()), None);
            let LockedSource::Directory(found) = found else {
                panic!("a folder is a directory")
            };
            assert_eq!(found.path, expected);
        };
        check("/a/b/project", "/a/b/wheels", "../project");
        check("/a/b", "/a/b/wheels", "..");
        check("/a/b/wheels/p", "/a/b/wheels", "p");
        check("/c", "/a/b", "../../c");
    }
}
