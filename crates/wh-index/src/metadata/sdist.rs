//! What an sdist says of itself. It is fetched whole, once: its content is checked and what it says
//! is kept; the file itself stays until the run ends, so that a download takes it from here.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use tempfile::TempPath;
use wh_packaging::sdist_filename::SdistFilename;
use wh_packaging::{BuildSystem, DistributionFile, Filename, Metadata};
use wh_sdist::{Sdist, check_below};

use super::{MetadataError, MetadataSource, Whole, blocking, unusable, whole_file};
use crate::client::Client;

/// Sdists that were fetched for what they say, by URL.
#[derive(Default)]
pub(crate) struct FetchedSdists {
    files: Mutex<HashMap<String, TempPath>>,
}

impl FetchedSdists {
    /// Where an sdist lies, if it was fetched in this run.
    pub(crate) fn path(&self, file: &DistributionFile) -> Option<PathBuf> {
        let files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        let path = files.get(file.url.as_str())?;
        Some(path.to_path_buf())
    }

    fn keep(&self, file: &DistributionFile, path: TempPath) {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.insert(file.url.as_str().to_owned(), path);
    }
}

impl MetadataSource {
    /// What an sdist says of itself, and whether no request was needed.
    pub(crate) async fn sdist(
        &self,
        client: &Client,
        file: &DistributionFile,
    ) -> Result<(Sdist, bool), MetadataError> {
        let Filename::Sdist(filename) = &file.filename else {
            return Err(MetadataError::Unusable {
                reason: format!("{} is no source distribution", file.name),
            });
        };
        let (name, filename) = (file.name.clone(), filename.clone());
        let below = file.subdirectory.clone();
        if let Some(path) = file.path.clone() {
            let sdist = blocking(move || read(&path, &name, &filename, below.as_deref())).await?;
            return Ok((sdist, true));
        }
        let (cache, key) = (self.cache.clone(), file.clone());
        if let Some(sdist) = blocking(move || Ok(cache.sdist(&key))).await? {
            return Ok((sdist, true));
        }
        let fetched = whole_file(client, &Whole::of(file), &self.cache)
            .await?
            .into_temp_path();
        let work = move || {
            let sdist = read(&fetched, &name, &filename, below.as_deref())?;
            Ok((sdist, fetched))
        };
        let (sdist, fetched) = blocking(work).await?;
        let (key, kept) = (file.clone(), sdist.clone());
        self.cache
            .behind(move |cache| cache.keep_sdist(&key, &kept));
        self.sdists.keep(file, fetched);
        Ok((sdist, false))
    }
}

fn read(
    path: &Path,
    name: &str,
    filename: &SdistFilename,
    below: Option<&str>,
) -> Result<Sdist, MetadataError> {
    check_below(path, name, filename, below).map_err(|error| MetadataError::Unusable {
        reason: format!("{name} is refused: {}", error.fault),
    })
}

/// The metadata of what an sdist is built into.
pub(crate) fn metadata(sdist: &Sdist, file: &DistributionFile) -> Result<Metadata, MetadataError> {
    let Filename::Sdist(filename) = &file.filename else {
        return Err(MetadataError::Unusable {
            reason: format!("{} is no source distribution", file.name),
        });
    };
    sdist
        .metadata(filename)
        .map_err(|error| MetadataError::NeedsBuild {
            reason: error.to_string(),
        })
}

/// How an sdist is built.
pub(crate) fn build_system(sdist: &Sdist) -> Result<BuildSystem, MetadataError> {
    sdist.build_system().map_err(|error| unusable(&error))
}
