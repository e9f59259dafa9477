//! Why there is no wheel.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use wh_environment::{ApplyError, VenvError};
use wh_sdist::{PyprojectError, SdistError};
use wh_wheel::WheelError;

use crate::hook::Hook;
use crate::supply::SupplyError;

/// A build that failed.
#[derive(Debug)]
pub struct BuildError {
    /// What was built, as [`Source::called`](crate::Source::called) has it.
    pub called: String,
    /// Why.
    pub fault: Box<BuildFault>,
}

// By hand, since what was built and why not are one sentence: what led to it comes behind.
impl std::fmt::Display for BuildError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} cannot be built: {}", self.called, self.fault)
    }
}

impl std::error::Error for BuildError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.fault.source()
    }
}

/// Why a build failed.
#[derive(Debug, thiserror::Error)]
pub enum BuildFault {
    /// The sdist is refused, or the project's folder cannot be read.
    #[error("it cannot be used")]
    Source(#[from] SdistError),
    /// Its pyproject.toml cannot be understood.
    #[error(transparent)]
    Pyproject(#[from] PyprojectError),
    /// `backend-path` names something outside of the project, or nothing.
    #[error(
        "`backend-path` of its pyproject.toml names `{place}`, which is no folder of the project"
    )]
    BackendPath {
        /// As written.
        place: String,
    },
    /// What its build requires cannot be had.
    #[error("what its build requires cannot be had: {}", requires.join(", "))]
    Supply {
        /// What was asked for.
        requires: Vec<String>,
        /// Why not.
        #[source]
        source: SupplyError,
    },
    /// No environment could be made for the build.
    #[error("no environment could be made for its build")]
    Environment(#[source] VenvError),
    /// What its build requires could not be installed for it.
    #[error("what its build requires could not be installed for it")]
    Install(#[source] ApplyError),
    /// The interpreter could not be started.
    #[error("cannot run `{}`", interpreter.display())]
    Start {
        /// The interpreter.
        interpreter: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// A hook of the backend failed.
    #[error(transparent)]
    Hook(Box<HookError>),
    /// The wheel is damaged, or would be refused when it is installed.
    #[error("the wheel that it gave is refused")]
    Refused(#[source] WheelError),
    /// The wheel is another one than was asked for.
    #[error("the wheel that it gave has another {field}: {found} instead of {expected}")]
    Differs {
        /// In what it differs.
        field: Field,
        /// What was asked for.
        expected: String,
        /// What came.
        found: String,
    },
    /// A file could not be read, written or renamed.
    #[error("cannot {doing} `{}`", path.display())]
    Io {
        /// What was tried, as a verb.
        doing: &'static str,
        /// With what.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
}

impl BuildFault {
    pub(crate) fn io(
        doing: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io {
            doing,
            path,
            source,
        }
    }
}

/// A hook that failed.
#[derive(Debug, thiserror::Error)]
#[error("{hook} of `{backend}` {fault}")]
pub struct HookError {
    /// The hook.
    pub hook: Hook,
    /// `build-backend`
    pub backend: String,
    /// What it did.
    pub fault: HookFault,
    /// What it printed.
    pub output: Output,
}

/// In what a built wheel is another one than was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// The project.
    Name,
    /// The version.
    Version,
    /// None of its tags is one of the interpreter that built it.
    Tags,
    /// `Requires-Dist`
    RequiresDist,
    /// `Requires-Python`
    RequiresPython,
}

impl std::fmt::Display for Field {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Field::Name => "name",
            Field::Version => "version",
            Field::Tags => "tag",
            Field::RequiresDist => "Requires-Dist",
            Field::RequiresPython => "Requires-Python",
        })
    }
}

/// What a hook did instead of its work.
#[derive(Debug, thiserror::Error)]
pub enum HookFault {
    /// It imports a module that nobody declared.
    #[error("needs the module `{module}`, which nothing that its build requires has")]
    NoModule {
        /// The module.
        module: String,
    },
    /// An exception.
    #[error("failed with {}", exception(kind, message))]
    Raised {
        /// Its type.
        kind: String,
        /// What it says.
        message: String,
    },
    /// The backend cannot be imported.
    #[error(
        "cannot be called, for the backend cannot be imported: {}",
        exception(kind, message)
    )]
    NoBackend {
        /// The type of the exception.
        kind: String,
        /// What it says.
        message: String,
    },
    /// The backend is another one than that of `backend-path`.
    #[error("was not called: the backend was found at `{found}`, outside of `backend-path`")]
    BackendElsewhere {
        /// The file of its module.
        found: String,
    },
    /// The backend has no such hook.
    #[error("is missing: the backend does not have it")]
    NoHook,
    /// The process ended before there was an answer.
    #[error("ended without an answer: {status}")]
    Died {
        /// How, in words.
        status: String,
    },
    /// It took too long, and was stopped.
    #[error("was stopped after {} s", .0.as_secs_f64())]
    TimeLimit(Duration),
    /// It answered, but left processes running. They were stopped.
    #[error("left processes running, which were stopped: {}", .0.join(", "))]
    LeftProcesses(Vec<String>),
    /// Its answer is none that PEP 517 knows.
    #[error("answered what PEP 517 does not allow: {reason}")]
    BadAnswer {
        /// What is wrong.
        reason: String,
    },
}

fn exception(kind: &str, message: &str) -> String {
    let line = message.trim().lines().next().unwrap_or_default();
    if line.is_empty() {
        kind.to_owned()
    } else {
        format!("{kind}: {line}")
    }
}

/// What a backend printed.
#[derive(Debug, Clone, Default)]
pub struct Output {
    /// The last lines.
    pub last: Vec<String>,
    /// The file with all of them.
    pub log: PathBuf,
}
