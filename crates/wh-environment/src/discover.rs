//! Finds the environment that a command means, from its own files where they tell.

use std::path::PathBuf;

use crate::probe::{Probe, ProbeError};

/// What a command knows of where to look. `wh` fills it; nothing is read from the process.
#[derive(Debug, Clone, Default)]
pub struct Discovery {
    /// `--python`: the path of an interpreter or of an environment's folder, or a version (`3.12`).
    pub python: Option<String>,
    /// `VIRTUAL_ENV`
    pub virtual_env: Option<PathBuf>,
    /// The working folder, absolute.
    pub cwd: PathBuf,
    /// The folders of `PATH`.
    pub path: Vec<PathBuf>,
    /// The folders of `PYTHONPATH`: they count for the active environment only.
    pub pythonpath: Vec<PathBuf>,
    /// The home folder of the user.
    pub home: Option<PathBuf>,
    /// `PYTHONUSERBASE`
    pub user_base: Option<PathBuf>,
    /// `PYTHONNOUSERSITE` is set.
    pub no_user_site: bool,
}

/// One environment on disk.
#[derive(Debug, Clone)]
pub struct Environment {
    /// Its folder: `sys.prefix`.
    pub prefix: PathBuf,
    /// The interpreter that serves it.
    pub interpreter: PathBuf,
    /// Major and minor version.
    pub version: (u32, u32),
    /// Whether it is a virtual environment (PEP 405).
    pub is_virtual: bool,
    /// Whether a virtual environment sees the distributions of the interpreter it was made from.
    pub system_site_packages: bool,
    /// Its own site-packages folders, purelib first.
    pub site_packages: Vec<PathBuf>,
    /// The user's site-packages folder, where it counts.
    pub user_site: Option<PathBuf>,
    /// Where distributions are looked for, in the order of `sys.path`, `.pth` lines followed.
    pub search_path: Vec<PathBuf>,
    /// What the interpreter said, where it had to be run to find the environment.
    pub probe: Option<Box<Probe>>,
}

/// Why no environment was found.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DiscoverError {
    /// There is none in any of the places.
    #[error("no Python environment found")]
    NotFound,
    /// The path or version that was named is there, but is no Python environment.
    #[error("`{path}` is not a Python environment: {reason}")]
    NotPython {
        /// What was looked at.
        path: PathBuf,
        /// What is missing.
        reason: String,
    },
    /// No interpreter of the version that was named is on `PATH`.
    #[error("no interpreter for Python {version} found")]
    NoSuchVersion {
        /// As asked for.
        version: String,
    },
    /// The interpreter had to be run and did not answer.
    #[error(transparent)]
    Probe(#[from] ProbeError),
}

impl Environment {
    /// Finds the environment.
    ///
    /// # Errors
    /// [`DiscoverError`]
    pub fn discover(discovery: &Discovery) -> Result<Self, DiscoverError> {
        let _ = discovery;
        todo!()
    }

    /// The facts of the interpreter: runs it, unless it had to be run already.
    ///
    /// # Errors
    /// [`ProbeError`]
    pub fn probe(&self) -> Result<Probe, ProbeError> {
        todo!()
    }
}
