//! Makes a virtual environment (PEP 405) without running anything.

use std::path::PathBuf;

use crate::probe::Probe;

/// What is asked for.
#[derive(Debug, Clone)]
pub struct VenvRequest<'a> {
    /// The folder, absolute.
    pub folder: PathBuf,
    /// The interpreter it is made from.
    pub probe: &'a Probe,
    /// What the shell's prompt shows; the folder's name where `None`.
    pub prompt: Option<String>,
    /// Whether it sees the distributions of the interpreter it is made from.
    pub system_site_packages: bool,
    /// Empty the folder first, also one that is not a virtual environment (`--clear`).
    pub clear: bool,
}

/// Why no environment was made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VenvError {
    /// The folder holds something else.
    #[error("`{}` is not empty and not a virtual environment", folder.display())]
    NotEmpty {
        /// The folder.
        folder: PathBuf,
    },
    /// The path cannot stand in `PATH`.
    #[error("`{}` cannot be the path of a virtual environment: {reason}", folder.display())]
    BadPath {
        /// The folder.
        folder: PathBuf,
        /// Why not.
        reason: String,
    },
    /// A file could not be written.
    #[error(transparent)]
    Write(#[from] std::io::Error),
}

/// Makes it; gives the path of its interpreter.
///
/// # Errors
/// [`VenvError`]
pub fn create(request: &VenvRequest<'_>) -> Result<PathBuf, VenvError> {
    let _ = request;
    todo!()
}
