//! Runs an interpreter once and asks what only it knows.

use std::path::{Path, PathBuf};

use wh_packaging::Target;

use crate::scheme::SchemePaths;

/// What an interpreter says of itself.
#[derive(Debug, Clone)]
pub struct Probe {
    /// `sys.executable`
    pub executable: PathBuf,
    /// Major, minor and patch version.
    pub version: (u32, u32, u32),
    /// `sys.prefix`
    pub prefix: PathBuf,
    /// `sys.base_prefix`
    pub base_prefix: PathBuf,
    /// `sys.path` without the folder of the script, existing or not.
    pub sys_path: Vec<PathBuf>,
    /// The standard library's folder.
    pub stdlib: PathBuf,
    /// Where pip would install by default.
    pub scheme: SchemePaths,
    /// Where pip would install with `--user`; `None` where there is no such scheme or a virtual
    /// environment hides it.
    pub user_scheme: Option<SchemePaths>,
    /// `site.getusersitepackages()`, where the user's folder counts.
    pub user_site: Option<PathBuf>,
    /// The message of EXTERNALLY-MANAGED, where the environment is (PEP 668).
    pub externally_managed: Option<String>,
}

impl Probe {
    /// The environment as a target for choosing wheels.
    ///
    /// # Errors
    /// The facts are not those of an interpreter.
    pub fn target(&self) -> Result<Target, ProbeError> {
        todo!()
    }

    /// Whether `sys.prefix` is a virtual environment's.
    pub fn is_virtual(&self) -> bool {
        self.prefix != self.base_prefix
    }

    /// Where pip would install with `--prefix`.
    pub fn prefix_scheme(&self, prefix: &Path) -> SchemePaths {
        let _ = prefix;
        todo!()
    }

    /// Where pip's staging for `--target` would install (the home scheme): modules lie in
    /// `target` itself, scripts in `target/bin`.
    pub fn target_scheme(&self, target: &Path) -> SchemePaths {
        let _ = target;
        todo!()
    }
}

/// Why an interpreter could not be asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProbeError {
    /// It could not be started.
    #[error("cannot run `{}`", interpreter.display())]
    Start {
        /// The interpreter.
        interpreter: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// It ended with an error.
    #[error("`{}` ended with {status}", interpreter.display())]
    Failed {
        /// The interpreter.
        interpreter: PathBuf,
        /// Exit code or signal, in words.
        status: String,
        /// The end of its standard error.
        stderr: String,
    },
    /// It answered nothing that could be understood: not a Python, or one that prints noise only.
    #[error("`{}` does not answer as a Python interpreter does: {reason}", interpreter.display())]
    Answer {
        /// The interpreter.
        interpreter: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// It is older than what is supported.
    #[error("`{}` is Python {version}", interpreter.display())]
    TooOld {
        /// The interpreter.
        interpreter: PathBuf,
        /// `X.Y`
        version: String,
    },
}

/// Asks an interpreter.
///
/// # Errors
/// [`ProbeError`]
pub fn probe(interpreter: &Path) -> Result<Probe, ProbeError> {
    let _ = interpreter;
    todo!()
}
