//! What a dry run has in the place of a wheel that would be built: its source as a candidate, with what
//! that says of itself. Where it does not say all, its backend is asked for the metadata, as by pip.

use std::sync::Arc;

use url::Url;
use wh_index::source::Source;
use wh_packaging::lock::LockedSource;
use wh_packaging::sdist_filename::SdistFilename;
use wh_packaging::{DistributionFile, Filename, Metadata, Origin};

use super::way_in::to_build;
use crate::commands::building::Building;
use crate::failure::Failure;

/// The candidate for what a URL leads to, and what the wheel would say.
pub fn planned(
    source: &Source,
    url: &Url,
    building: &Building<'_>,
) -> Result<(DistributionFile, Metadata), Failure> {
    let metadata = match of_itself(source) {
        Some(metadata) => metadata,
        None => building.metadata_of(&to_build(source))?,
    };
    let filename = SdistFilename {
        project: metadata.name.clone(),
        version: metadata.version.clone(),
    };
    let name = match &source.from {
        LockedSource::Archive(file) => file.name.clone(),
        _ => filename.to_string(),
    };
    let filename = Filename::Sdist(filename);
    let mut file = DistributionFile::new(filename, name, url.clone(), Origin::Direct);
    file.made_from = Some(Arc::new(source.from.clone()));
    Ok((file, metadata))
}

/// What source says of the wheel without being run.
fn of_itself(source: &Source) -> Option<Metadata> {
    let identity = source.told.identity().ok()?;
    let filename = SdistFilename {
        project: identity.name,
        version: identity.version.ok()?,
    };
    source.told.metadata(&filename).ok()
}
