//! Installed distributions as requirements.

use std::path::PathBuf;

use serde::Serialize;
use wh_packaging::ProjectName;
use wh_packaging::report::Reporter;

use crate::discover::Environment;
use crate::installed::{InstalledError, InstalledFilter};

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub struct FreezeRequest {
    /// Which distributions.
    pub filter: InstalledFilter,
    /// Also pip and, before Python 3.12, setuptools, wheel and distribute (`--all`).
    pub all: bool,
    /// Left out (`--exclude`).
    pub exclude: Vec<ProjectName>,
    /// Editable ones are left out (`--exclude-editable`).
    pub exclude_editable: bool,
    /// `-r` files: path as given and text. `wh` reads them.
    pub requirements: Vec<(String, String)>,
    /// The folders of `PATH`, for git.
    pub path: Vec<PathBuf>,
}

/// One frozen distribution.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FrozenDistribution {
    /// `Name` as METADATA has it.
    pub name: String,
    /// The version.
    pub version: String,
    /// The requirement, without `-e` and comments.
    pub requirement: String,
    /// Installed in place.
    pub editable: bool,
    /// Comment lines above the requirement.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub comments: Vec<String>,
}

/// The answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Freeze {
    /// The distributions, in the order of the lines.
    pub distributions: Vec<FrozenDistribution>,
    /// The lines of standard output.
    pub lines: Vec<String>,
}

/// Why an environment could not be frozen.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FreezeError {
    /// The environment could not be read.
    #[error(transparent)]
    Installed(#[from] InstalledError),
    /// A line of a `-r` file is not a requirement.
    #[error("{file}:{line}: {reason}")]
    Requirement {
        /// The file as given.
        file: String,
        /// The line, from 1.
        line: usize,
        /// The text of the line.
        text: String,
        /// What is wrong.
        reason: String,
    },
}

/// Freezes an environment.
///
/// # Errors
/// [`FreezeError`]
pub fn freeze(
    environment: &Environment,
    request: &FreezeRequest,
    reporter: &dyn Reporter,
) -> Result<Freeze, FreezeError> {
    let _ = (environment, request, reporter);
    todo!()
}
