//! An archive of source, at a URL or on this machine. What its name does not say, its first bytes
//! do: `/tarball/main` is one too.

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use percent_encoding::percent_decode_str;
use tempfile::{NamedTempFile, TempDir};
use url::Url;
use wh_packaging::Hashes;
use wh_packaging::lock::{LockedFile, LockedSource};
use wh_sdist::Sdist;
use wh_wheel::{Algorithm, hash_file};

use super::{Lies, SourceError, Sources};
use crate::client::{Client, without_credentials};
use crate::metadata::{Whole, whole_file};

/// An archive that lies on this machine.
pub(super) struct Found {
    path: PathBuf,
    /// The last part of its URL.
    name: String,
    ending: &'static str,
    /// The folder that it was fetched to.
    fetched: Option<Arc<TempDir>>,
}

/// Fetches it, where it is not here. The digest that `asked` gives is that of the file.
pub(super) fn obtain(
    asked: &Url,
    place: &Url,
    sources: &Sources,
    client: &Client,
    shown: &str,
) -> Result<Found, SourceError> {
    let gone = || SourceError::Gone {
        place: shown.to_owned(),
    };
    let last = place.path().rsplit('/').next().unwrap_or_default();
    let name = percent_decode_str(last).decode_utf8_lossy().into_owned();
    let hashes = wh_resolver::fragment_hashes(asked);
    if place.scheme() == "file" {
        let path = place.to_file_path().map_err(|()| gone())?;
        if !path.is_file() {
            return Err(gone());
        }
        return Ok(Found {
            ending: ending(&path, &name)?,
            path,
            name,
            fetched: None,
        });
    }
    let whole = Whole {
        url: place,
        name: &name,
        size: None,
        sha256: hashes.sha256(),
    };
    let fetched = client.block_on(whole_file(client, &whole, &sources.cache));
    let fetched = fetched.map_err(|error| SourceError::Fetch {
        place: shown.to_owned(),
        error,
    })?;
    let ending = ending(fetched.path(), &name)?;
    let folder = sources.settings.temporary("fetched-");
    let found = folder.and_then(|folder| named(fetched, folder, ending));
    let (path, folder) = found.map_err(|error| SourceError::io(shown, error))?;
    Ok(Found {
        path,
        name,
        ending,
        fetched: Some(Arc::new(folder)),
    })
}

/// Readers tell the form of an archive by its name: it gets one that ends as its form does.
fn named(fetched: NamedTempFile, folder: TempDir, ending: &str) -> io::Result<(PathBuf, TempDir)> {
    let path = folder.path().join(format!("source{ending}"));
    if let Err(error) = fetched.persist(&path) {
        // another file system
        fs_err::copy(error.file.path(), &path)?;
    }
    Ok((path, folder))
}

impl Found {
    /// What it says of itself.
    pub(super) fn look_into(&self, below: Option<&str>, shown: &str) -> Result<Sdist, SourceError> {
        let name = format!("source{}", self.ending);
        wh_sdist::look(&self.path, &name, below).map_err(|error| SourceError::Refused {
            place: shown.to_owned(),
            fault: Arc::new(error.fault),
        })
    }

    /// As a lock has it. What lies on this machine has no URL elsewhere.
    pub(super) fn locked(
        &self,
        place: &Url,
        subdirectory: Option<String>,
        shown: &str,
    ) -> Result<LockedSource, SourceError> {
        let hashes: Hashes = hash_file(&self.path, &[Algorithm::Sha256])
            .map_err(|error| SourceError::io(shown, error))?;
        Ok(LockedSource::Archive(LockedFile {
            name: self.name.clone(),
            url: (place.scheme() != "file").then(|| without_credentials(place)),
            hashes,
            subdirectory,
            ..LockedFile::default()
        }))
    }

    pub(super) fn lies(self) -> Lies {
        Lies::Archive(self.path, self.ending, self.fetched)
    }
}

/// The form of an archive: as its name says, else as its first bytes do.
fn ending(path: &Path, name: &str) -> Result<&'static str, SourceError> {
    const KNOWN: [&str; 10] = [
        ".tar.gz", ".tgz", ".zip", ".tar.bz2", ".tar.xz", ".tbz", ".txz", ".tlz", ".tar.lz", ".tar",
    ];
    let lower = name.to_ascii_lowercase();
    if let Some(known) = KNOWN.into_iter().find(|ending| lower.ends_with(ending)) {
        return Ok(known);
    }
    let failed = |error| SourceError::io(path, error);
    let mut first = [0; 4];
    let file = fs_err::File::open(path).map_err(failed)?;
    let mut read = Vec::new();
    file.take(first.len() as u64)
        .read_to_end(&mut read)
        .map_err(failed)?;
    first[..read.len()].copy_from_slice(&read);
    Ok(match first {
        [0x1f, 0x8b, ..] => ".tar.gz",
        [b'P', b'K', 3, 4] => ".zip",
        // refused for its form
        _ => "",
    })
}
