//! Core metadata (METADATA, PKG-INFO), versions 1.0 to 2.6, as far as choosing and installing need.

use crate::requirement::Requirement;
use crate::{ExtraName, ProjectName, Version, VersionSpecifiers};

/// The fields of METADATA that choosing needs.
#[derive(Debug, Clone, PartialEq)]
pub struct Metadata {
    /// `Metadata-Version`
    pub metadata_version: String,
    /// `Name` as written.
    pub raw_name: String,
    /// `Name`, normalised.
    pub name: ProjectName,
    /// `Version`
    pub version: Version,
    /// `Version` as written.
    pub raw_version: String,
    /// `Requires-Dist`
    pub requires_dist: Vec<Requirement>,
    /// `Requires-Python`
    pub requires_python: Option<VersionSpecifiers>,
    /// `Provides-Extra`
    pub provides_extra: Vec<ExtraName>,
    /// `Dynamic`, lower-cased field names
    pub dynamic: Vec<String>,
}

/// Why METADATA could not be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("METADATA line {line}: {reason}")]
pub struct MetadataError {
    /// The line, from 1; 0 where a field is missing altogether.
    pub line: usize,
    /// What is wrong.
    pub reason: String,
}

impl Metadata {
    /// Reads METADATA.
    ///
    /// # Errors
    /// A field that is needed is missing or cannot be read; the major version is unknown.
    pub fn parse(bytes: &[u8]) -> Result<Self, MetadataError> {
        let _ = bytes;
        todo!()
    }
}
