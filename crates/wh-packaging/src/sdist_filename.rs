//! Names of source distributions (PEP 625, and the older forms that indexes still list).

use crate::{ProjectName, Version};

/// What the name of an sdist says, for a project that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SdistFilename {
    /// The project.
    pub project: ProjectName,
    /// The version.
    pub version: Version,
}

impl SdistFilename {
    /// Reads `name` as an sdist of `project` (`.tar.gz`, `.zip`, `.tar.bz2`, `.tar.xz`, `.tgz`,
    /// `.tar.Z`, `.tar`); `None` where it is not one.
    ///
    /// The project must be known because old names are ambiguous (`a-b-1.0.tar.gz`).
    pub fn parse(name: &str, project: &ProjectName) -> Option<Self> {
        let _ = (name, project);
        todo!()
    }
}
