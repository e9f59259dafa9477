//! What a build's environment is filled from.

use std::error::Error;
use std::path::PathBuf;

use wh_packaging::{Hashes, Requirement, WheelFilename};

/// Finds build requirements. `wh` implements it over an index or over a wheelhouse.
pub trait Supply: Sync {
    /// Wheels on disk that satisfy these requirements for the interpreter that builds, closed over
    /// their dependencies. `wanted_by` is what is built, for messages.
    ///
    /// # Errors
    /// There are none, or it could not be found out.
    fn wheels(
        &self,
        requirements: &[Requirement],
        wanted_by: &str,
    ) -> Result<Vec<SuppliedWheel>, SupplyError>;
}

/// A wheel that goes into a build's environment.
#[derive(Debug, Clone)]
pub struct SuppliedWheel {
    /// The file.
    pub path: PathBuf,
    /// Its name as published.
    pub filename: WheelFilename,
    /// What the file must hash to; where nothing is expected nothing is compared.
    pub expected: Hashes,
    /// Whether a lock vouches that RECORD was verified for the file of that hash.
    pub vouched: bool,
}

/// Why build requirements cannot be had: an error of whoever supplies them.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct SupplyError(pub Box<dyn Error + Send + Sync>);
