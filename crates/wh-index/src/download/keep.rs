//! What is to be done with a file, by what lies in the folder under its name.

use std::path::{Path, PathBuf};

use wh_packaging::{DistributionFile, Hashes};
use wh_wheel::{Algorithm, hash_file};

use super::expected::Expected;
use super::folder::Named;
use super::{DownloadError, DownloadOptions};

/// What lies in the folder under the name of a file.
#[derive(Debug)]
pub(super) enum There {
    /// Nothing, or something that a lock of the folder names: the way is free.
    Free,
    /// The very file.
    Same { size: u64, actual: Hashes },
    /// A file of which nobody can say yet whether it is the same: no digest is known before the
    /// file was fetched.
    Unknown { actual: Hashes },
}

/// A file, what it must be, and what lies in its place.
pub(super) struct Judged {
    pub expected: Expected,
    pub there: There,
}

/// Judges by name, size and digest. Reads files, writes nothing.
pub(super) fn judge(
    file: &DistributionFile,
    folder: &Path,
    named: &Named,
    options: &DownloadOptions,
) -> Result<Judged, DownloadError> {
    let mut expected = Expected::of(file, options);
    if let Some(source) = &file.path
        && !expected.is_known()
    {
        // what lies on this machine is its own authority
        expected.announced = hashes_of(source, &[Algorithm::Sha256])?;
    }
    let place = folder.join(&file.name);
    let Some(size) = size_of(&place)? else {
        return Ok(Judged {
            expected,
            there: There::Free,
        });
    };
    let actual = hashes_of(&place, &expected.algorithms())?;
    let right = expected.admits(&actual) && expected.size.is_none_or(|wanted| wanted == size);
    let there =
        if right && (expected.is_known() || named.names_from(&file.name, &file.url, &actual)) {
            There::Same { size, actual }
        } else if named.names(&file.name) {
            There::Free
        } else if expected.is_known() || !right {
            return Err(occupied(place, expected.failed_by(&actual), &actual));
        } else {
            There::Unknown { actual }
        };
    Ok(Judged { expected, there })
}

pub(super) fn occupied(path: PathBuf, expected: Hashes, actual: &Hashes) -> DownloadError {
    DownloadError::Occupied {
        path,
        expected,
        actual: actual.sha256().unwrap_or_default().to_owned(),
    }
}

pub(super) fn hashes_of(path: &Path, algorithms: &[Algorithm]) -> Result<Hashes, DownloadError> {
    hash_file(path, algorithms).map_err(|source| read_error(path, source))
}

/// Bytes of a file; `None` where there is nothing. A folder in its place is an error.
fn size_of(path: &Path) -> Result<Option<u64>, DownloadError> {
    match fs_err::metadata(path) {
        Ok(metadata) if metadata.is_dir() => {
            Err(read_error(path, std::io::ErrorKind::IsADirectory.into()))
        }
        Ok(metadata) => Ok(Some(metadata.len())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(read_error(path, source)),
    }
}

fn read_error(path: &Path, source: std::io::Error) -> DownloadError {
    DownloadError::Read {
        path: path.to_owned(),
        source,
    }
}
