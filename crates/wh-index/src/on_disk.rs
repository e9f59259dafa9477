//! Files that a run needs on this machine itself, to build with or to build: each by its own name,
//! since readers tell its form by that.
//!
//! What lies on this machine under its name is taken from there. What is fetched is kept in the
//! cache by its digest, where the index gives one, so that the next run need not fetch it; whoever
//! uses a file compares its digest, wherever it comes from.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use tempfile::{NamedTempFile, TempDir};
use wh_packaging::DistributionFile;
use wh_wheel::{Algorithm, hash_file};

use crate::cache::{Cache, FILES};
use crate::client::{Client, ClientError};
use crate::metadata::{Whole, whole_file};

/// Where such files lie.
pub(crate) struct OnDisk {
    cache: Cache,
    /// For what the cache does not keep; goes with the run.
    folder: OnceLock<Result<TempDir, String>>,
}

impl OnDisk {
    pub(crate) fn new(cache: Cache) -> Self {
        Self {
            cache,
            folder: OnceLock::new(),
        }
    }

    /// The file; `here` is where it lies under any name, if it does.
    pub(crate) async fn get(
        &self,
        client: &Client,
        file: &DistributionFile,
        here: Option<PathBuf>,
    ) -> Result<PathBuf, ClientError> {
        let named = |path: &&PathBuf| path.file_name().is_some_and(|name| *name == *file.name);
        if let Some(path) = here.as_ref().filter(named) {
            return Ok(path.clone());
        }
        let place = self.place(file)?;
        let failed = |error: io::Error| ClientError::File {
            path: place.clone(),
            reason: error.to_string(),
        };
        if is_whole(&place, file) {
            return Ok(place);
        }
        let folder = place.parent().unwrap_or(Path::new("")).to_owned();
        fs_err::create_dir_all(&folder).map_err(failed)?;
        let whole = match here {
            Some(path) => {
                let whole = NamedTempFile::new_in(&folder).map_err(failed)?;
                fs_err::copy(path, whole.path()).map_err(failed)?;
                whole
            }
            None => whole_file(client, &Whole::of(file), &self.cache).await?,
        };
        match whole.persist(&place) {
            Ok(_) => {}
            // another file system than the cache's
            Err(error) => {
                fs_err::copy(error.file.path(), &place).map_err(failed)?;
            }
        }
        Ok(place)
    }

    /// In the cache by its digest, else for this run by where it comes from.
    fn place(&self, file: &DistributionFile) -> Result<PathBuf, ClientError> {
        if let Some(place) = self.cache.file_path(FILES, file) {
            return Ok(place.join(&file.name));
        }
        let make = || TempDir::with_prefix("wh-files-").map_err(|error| error.to_string());
        match self.folder.get_or_init(make) {
            Ok(folder) => {
                let own = crate::cache::hex(&[file.url.as_str()]);
                Ok(folder.path().join(&own[..16]).join(&file.name))
            }
            Err(error) => Err(ClientError::Setup {
                reason: format!("no temporary folder can be made: {error}"),
            }),
        }
    }
}

/// Whether what lies there is the file. What nobody knows a digest of lies there for this run only.
fn is_whole(place: &Path, file: &DistributionFile) -> bool {
    let expected = file.hashes.sha256();
    place.is_file()
        && expected.is_none_or(|expected| {
            let found = hash_file(place, &[Algorithm::Sha256]);
            found.is_ok_and(|found| found.sha256() == Some(expected))
        })
}
