//! Lists what is installed.

use std::path::PathBuf;

use wh_packaging::report::Reporter;
use wh_packaging::{DirectUrl, ProjectName};

use crate::discover::Environment;

/// How a distribution's metadata lies on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InstalledKind {
    /// A `.dist-info` folder.
    DistInfo,
    /// An `.egg-info` folder.
    EggInfo,
    /// An `.egg-info` file, as distutils wrote it.
    EggInfoFile,
    /// An `EGG-INFO` folder inside an `.egg` folder.
    Egg,
}

/// One installed distribution.
#[derive(Debug, Clone)]
pub struct InstalledDistribution {
    /// The project name, normalised.
    pub project: ProjectName,
    /// `Name` as METADATA has it.
    pub name: String,
    /// The version as METADATA or the folder's name has it.
    pub version: String,
    /// How the metadata lies on disk.
    pub kind: InstalledKind,
    /// The dist-info or egg-info folder or file.
    pub metadata_path: PathBuf,
    /// The folder that it lies in: a site-packages folder, or a project's (legacy editables).
    pub location: PathBuf,
    /// `direct_url.json`, where there is a valid one.
    pub direct_url: Option<DirectUrl>,
    /// The `.egg-link` file of a legacy editable install.
    pub egg_link: Option<PathBuf>,
}

/// Which distributions are listed.
#[derive(Debug, Clone, Default)]
pub struct InstalledFilter {
    /// Only these folders instead of the environment's search path (`--path`).
    pub paths: Vec<PathBuf>,
    /// Only what lies in the environment itself (`--local`).
    pub local: bool,
    /// Only what lies in the user's site-packages (`--user`).
    pub user: bool,
}

/// Why nothing could be listed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InstalledError {
    /// A site-packages folder could not be read.
    #[error("cannot read `{}`", path.display())]
    Read {
        /// The folder.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
}

/// The installed distributions, in the order in which they are found; the first of a name counts.
///
/// # Errors
/// [`InstalledError`]
pub fn installed(
    environment: &Environment,
    filter: &InstalledFilter,
    reporter: &dyn Reporter,
) -> Result<Vec<InstalledDistribution>, InstalledError> {
    let _ = (environment, filter, reporter);
    todo!()
}
