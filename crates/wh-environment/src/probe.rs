//! Runs an interpreter once and asks what only it knows.
//!
//! The interpreter runs isolated (`-I`: no `PYTHON*` variable, no user folder, no working folder
//! on its path), with no input and for a bounded time. Its answer stands between marks, so that
//! what a `sitecustomize` prints does no harm. Two scripts are run in one go: the one of
//! `wh_packaging` for markers and tags, and `probe.py` for folders.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use wh_packaging::Target;
use wh_packaging::target::InterpreterFacts;
use wh_wheel::WindowsMachine;

use crate::scheme::SchemePaths;

mod run;

/// The prefix that the scripts hand to `sysconfig` where the real one is not known yet.
#[cfg(windows)]
pub(crate) const PREFIX_MARK: &str = "C:\\wh-prefix";
#[cfg(not(windows))]
pub(crate) const PREFIX_MARK: &str = "/wh-prefix";

/// What an interpreter says of itself.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Probe {
    /// `sys.executable`
    pub executable: PathBuf,
    /// The interpreter that a virtual environment was made from; else the same.
    pub base_executable: PathBuf,
    /// Major, minor and patch version.
    pub version: (u32, u32, u32),
    /// `sys.implementation.name`: `cpython`, `pypy`
    pub implementation: String,
    /// Whether the build has no global lock.
    pub free_threaded: bool,
    /// Whether it is a Windows Python.
    pub windows: bool,
    /// `sysconfig.get_platform()`: `linux-x86_64`, `win-amd64`
    pub platform: String,
    /// `sys.platlibdir`: `lib`, `lib64`
    pub platlibdir: String,
    /// `sys.prefix`
    pub prefix: PathBuf,
    /// `sys.base_prefix`
    pub base_prefix: PathBuf,
    /// `sys.path`, existing or not; without the user's folder.
    pub sys_path: Vec<PathBuf>,
    /// `site.getsitepackages()`
    pub site_packages: Vec<PathBuf>,
    /// The standard library's folder.
    pub stdlib: PathBuf,
    /// Where pip would install by default.
    pub scheme: SchemePaths,
    /// Where pip would install with `--user`; `None` where there is no such scheme or a virtual
    /// environment hides it.
    pub user_scheme: Option<SchemePaths>,
    /// `site.getusersitepackages()`, where the user's folder counts, existing or not.
    pub user_site: Option<PathBuf>,
    /// Whether it is a virtual environment that sees its base's distributions.
    pub system_site_packages: bool,
    /// The message of EXTERNALLY-MANAGED, possibly empty, where the environment is (PEP 668).
    pub externally_managed: Option<String>,
    pub(crate) prefix_scheme: SchemePaths,
    pub(crate) home_scheme: SchemePaths,
    /// What the script of `wh_packaging` asks for.
    pub(crate) facts: InterpreterFacts,
}

impl Probe {
    /// The environment as a target for choosing wheels.
    pub fn target(&self) -> Target {
        self.facts.target()
    }

    /// Whether `sys.prefix` is a virtual environment's.
    pub fn is_virtual(&self) -> bool {
        self.prefix != self.base_prefix
    }

    /// What a Python for Windows is built for; `None` for all others.
    pub fn windows_machine(&self) -> Option<WindowsMachine> {
        self.windows
            .then(|| WindowsMachine::of_platform(&self.platform))
    }

    /// Where pip would install with `--prefix`. `prefix` is absolute.
    pub fn prefix_scheme(&self, prefix: &Path) -> SchemePaths {
        self.prefix_scheme.moved(Path::new(PREFIX_MARK), prefix)
    }

    /// Where modules, scripts and data go with `--target`: modules lie in `target` itself,
    /// scripts in its `bin`, headers in its `include` (the home scheme, as pip lays it out).
    pub fn target_scheme(&self, target: &Path) -> SchemePaths {
        let home = self.home_scheme.moved(Path::new(PREFIX_MARK), target);
        SchemePaths {
            purelib: target.to_path_buf(),
            platlib: target.to_path_buf(),
            ..home
        }
    }
}

/// Why an interpreter could not be asked.
#[derive(Debug, thiserror::Error)]
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
    /// It did not end in time and was stopped.
    #[error("`{}` did not answer within {seconds} s", interpreter.display())]
    Silent {
        /// The interpreter.
        interpreter: PathBuf,
        /// How long it was waited for.
        seconds: u64,
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
/// It cannot be started, fails, does not end, is too old, or answers something else.
pub fn probe(interpreter: &Path) -> Result<Probe, ProbeError> {
    let answer = run::ask(interpreter)?;
    let both = || -> Result<Probe, serde_json::Error> {
        let mut answers: serde_json::Map<_, _> = serde_json::from_str(&answer.folders)?;
        answers.insert("facts".to_owned(), serde_json::from_str(&answer.facts)?);
        serde_json::from_value(answers.into())
    };
    both().map_err(|error| ProbeError::Answer {
        interpreter: interpreter.to_path_buf(),
        reason: error.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    fn script(text: &str) -> (tempfile::TempDir, PathBuf) {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("python");
        fs_err::write(&path, text).unwrap();
        fs_err::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        (folder, path)
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_python_is_an_error_of_its_own() {
        let (_keep, path) = script("#!/bin/sh\necho hello\n");
        assert!(matches!(probe(&path), Err(ProbeError::Answer { .. })));
        let (_keep, path) = script("#!/bin/sh\necho broken >&2\nexit 3\n");
        match probe(&path) {
            Err(ProbeError::Failed { status, stderr, .. }) => {
                assert_eq!(
                    (status.as_str(), stderr.trim()),
                    ("exit status: 3", "broken")
                );
            }
            other => panic!("{other:?}"),
        }
        let (_keep, path) = script("#!/bin/sh\nprintf '\\n--wh-old 2.7--\\n'\n");
        match probe(&path) {
            Err(ProbeError::TooOld { version, .. }) => assert_eq!(version, "2.7"),
            other => panic!("{other:?}"),
        }
        let (_keep, path) = script("#!/bin/sh\necho Unknown option: -I >&2\nexit 2\n");
        assert!(matches!(probe(&path), Err(ProbeError::TooOld { .. })));
        let missing = Path::new("/nowhere/python");
        assert!(matches!(probe(missing), Err(ProbeError::Start { .. })));
    }

    #[test]
    fn prefix_schemes_move() {
        let paths = |top: &str| SchemePaths {
            purelib: format!("{top}/lib/python3.12/site-packages/").into(),
            platlib: format!("{top}/lib64/python3.12/site-packages").into(),
            scripts: format!("{top}/bin").into(),
            headers: format!("{top}/include/python3.12").into(),
            data: top.into(),
        };
        let moved = paths("/wh-prefix").moved(Path::new("/wh-prefix"), Path::new("/o p/t"));
        assert_eq!(moved, paths("/o p/t"));
    }
}
