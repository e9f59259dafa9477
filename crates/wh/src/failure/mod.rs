//! What a user reads when something failed, and the status that `wh` then exits with.
//!
//! Libraries tell what happened, as data; here each of their errors gets its exit status
//! ([`status`]) and its hints ([`hints`]), by exhaustive match, and nowhere else. A user reads
//! `error:` with one line, what led to it, a blank line, and `hint:` what to do.

mod hints;
mod status;

use std::error::Error;
use std::fmt::Write as _;
use std::io;
use std::process::ExitCode;

use serde_json::json;
use wh_environment::transaction::ApplyError;
use wh_environment::{DiscoverError, FreezeError, InstalledError, ProbeError, VenvError};
use wh_index::IndexError;
use wh_index::compare::CompareError;
use wh_index::download::DownloadError;
use wh_index::find_links::FindLinksError;
use wh_index::prune::PruneError;
use wh_index::source::SourceError;
use wh_index::wheelhouse::WheelhouseError;
use wh_packaging::lock::{LockError, SelectError};
use wh_packaging::requirements_file::RequirementsFileError;
use wh_packaging::target::TargetError;
use wh_resolver::ResolveError;
use wh_resolver::builds::BuildError;
use wh_resolver::self_check::SelfCheckError;
use wh_wheel::WheelError;

use crate::terminal::{Style, json_without_secrets, say, without_secrets};

/// How `wh` exits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Done, everything verified.
    Done = 0,
    /// Understood, and the answer is no.
    No = 1,
    /// The request is malformed.
    Malformed = 2,
    /// Could not find out.
    Unknown = 3,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        ExitCode::from(status as u8)
    }
}

/// Why a command ended without success.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error(transparent)]
    Discover(#[from] DiscoverError),
    #[error(transparent)]
    Probe(#[from] ProbeError),
    #[error(transparent)]
    Installed(#[from] InstalledError),
    #[error(transparent)]
    Freeze(#[from] FreezeError),
    #[error(transparent)]
    Venv(#[from] VenvError),
    #[error(transparent)]
    Apply(#[from] ApplyError),
    #[error(transparent)]
    Target(#[from] TargetError),
    #[error(transparent)]
    RequirementsFile(#[from] RequirementsFileError<io::Error>),
    #[error(transparent)]
    Index(#[from] IndexError),
    #[error(transparent)]
    FindLinks(#[from] FindLinksError),
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error(transparent)]
    Wheelhouse(#[from] WheelhouseError),
    #[error(transparent)]
    Resolve(#[from] ResolveError),
    #[error(transparent)]
    Build(#[from] BuildError),
    #[error(transparent)]
    Building(#[from] wh_build::BuildError),
    #[error(transparent)]
    Download(#[from] DownloadError),
    #[error(transparent)]
    Compare(#[from] CompareError),
    #[error(transparent)]
    Prune(#[from] PruneError),
    #[error(transparent)]
    SelfCheck(#[from] SelfCheckError),
    #[error(transparent)]
    Wheel(#[from] WheelError),
    /// A lock that is not one.
    #[error("{file} is not a lock that can be used")]
    Lock {
        file: String,
        #[source]
        source: LockError,
    },
    /// A lock that does not serve this environment.
    #[error("{file} cannot be installed here")]
    Select {
        file: String,
        #[source]
        source: SelectError,
    },
    /// The folders do not have what is asked for.
    #[error("{} cannot serve {target}", folders.join(", "))]
    NotInFolder {
        folders: Vec<String>,
        target: String,
        /// Whether only the files of a lock count.
        locked: bool,
        error: ResolveError,
    },
    /// A file that a user named, or the terminal.
    #[error("{0}")]
    File(String, #[source] Option<io::Error>, Status),
    /// The request cannot be understood: what is wrong, and what to do.
    #[error("{message}")]
    Malformed {
        message: String,
        hint: Option<String>,
    },
    /// Understood, and the answer is no: what, and what to do.
    #[error("{message}")]
    No {
        message: String,
        details: Vec<String>,
        hint: Option<String>,
    },
    /// Faults that were found and are told already: how many, and what to do.
    #[error("{message}")]
    Faults {
        message: String,
        hint: String,
        status: Status,
    },
    /// Targets that each can be served, but not by one choice, and one lock cannot tell apart.
    #[error("{error}")]
    NotTogether { error: ResolveError },
    /// A run that went on after failures, which are told already: how many, and what to do.
    #[error("{message}")]
    Incomplete {
        message: String,
        hints: Vec<String>,
        status: Status,
    },
    /// Only the cache was asked, and it has not all that is needed: URLs.
    #[error("{} things that are needed are neither in the cache nor in the folder", missing.len())]
    Offline {
        missing: Vec<String>,
        failure: Box<Failure>,
    },
    /// Several at once.
    #[error("{} targets cannot be served", .0.len())]
    Several(Vec<Failure>),
}

impl Failure {
    /// An error of a file or stream that is not the request's fault.
    pub fn file(error: io::Error) -> Self {
        let status = if error.kind() == io::ErrorKind::NotFound {
            Status::Malformed
        } else {
            Status::Unknown
        };
        Failure::File(error.to_string(), None, status)
    }

    /// A malformed request, in words.
    pub fn malformed(message: impl Into<String>) -> Self {
        Failure::Malformed {
            message: message.into(),
            hint: None,
        }
    }

    /// A malformed request, with what to do.
    pub fn malformed_because(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Failure::Malformed {
            message: message.into(),
            hint: Some(hint.into()),
        }
    }

    /// Tells the user and gives the exit status.
    pub fn report(&self, style: Style, as_json: bool) -> ExitCode {
        let status = self.status();
        if as_json {
            let parts: Vec<_> = self.parts().iter().map(|failure| failure.json()).collect();
            let event = json!({"event": "error", "status": status as u8, "errors": parts});
            say(&format!("{}\n", json_without_secrets(&event.to_string())));
        } else {
            for failure in self.parts() {
                say(&without_secrets(&failure.words(style)));
            }
        }
        status.into()
    }

    fn parts(&self) -> Vec<&Failure> {
        match self {
            Failure::Several(failures) => failures.iter().flat_map(Failure::parts).collect(),
            other => vec![other],
        }
    }

    /// The hints of all its parts.
    pub fn all_hints(&self) -> Vec<String> {
        self.parts().into_iter().flat_map(Failure::hints).collect()
    }

    /// What led to it, the nearest first.
    fn causes(&self) -> Vec<String> {
        let mut causes: Vec<String> = Vec::new();
        let mut next = self.source();
        while let Some(error) = next {
            let text = error.to_string();
            // transparent layers would say the same twice
            if causes.last() != Some(&text) && text != self.to_string() {
                causes.push(text);
            }
            next = error.source();
        }
        causes
    }

    /// Lines that explain, where the error is more than a sentence.
    fn details(&self) -> Vec<String> {
        match self {
            Failure::Resolve(ResolveError::NoSolution(no))
            | Failure::NotTogether {
                error: ResolveError::NoSolution(no),
            }
            | Failure::NotInFolder {
                error: ResolveError::NoSolution(no),
                ..
            } => no.explanation.clone(),
            Failure::Build(BuildError::NoTree { source, .. }) => match &**source {
                ResolveError::NoSolution(no) => no.explanation.clone(),
                _ => Vec::new(),
            },
            Failure::Building(error) => building(error),
            Failure::No { details, .. } => details.clone(),
            Failure::Offline { missing, .. } => missing.clone(),
            Failure::Wheelhouse(WheelhouseError::SeveralLocks(locks)) => locks
                .iter()
                .map(|lock| lock.display().to_string())
                .collect(),
            Failure::Probe(ProbeError::Failed { stderr, .. })
            | Failure::Discover(DiscoverError::Probe(ProbeError::Failed { stderr, .. })) => {
                stderr.lines().map(str::to_owned).collect()
            }
            _ => Vec::new(),
        }
    }

    fn words(&self, style: Style) -> String {
        let mut out = format!("{} {self}\n", style.error("error:"));
        for line in self.details() {
            let _ = writeln!(out, "  {line}");
        }
        for cause in self.causes() {
            let _ = writeln!(out, "{} {}", style.error("caused by:"), cause.trim_end());
        }
        let hints = self.hints();
        if !hints.is_empty() {
            out.push('\n');
        }
        for hint in hints {
            let _ = writeln!(out, "{} {hint}", style.hint("hint:"));
        }
        out
    }

    fn json(&self) -> serde_json::Value {
        json!({
            "message": self.to_string(),
            "details": self.details(),
            "causes": self.causes(),
            "hints": self.hints(),
        })
    }
}

/// The last lines of what a backend printed.
fn building(error: &wh_build::BuildError) -> Vec<String> {
    match &*error.fault {
        wh_build::BuildFault::Hook(error) => error.output.last.clone(),
        wh_build::BuildFault::Supply { source, .. } => {
            let failure = source.0.downcast_ref();
            failure.map(Failure::details).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

/// An error with what led to it, on one line.
pub fn with_causes(error: &dyn Error) -> String {
    let mut words = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let cause_words = cause.to_string();
        if !words.ends_with(&cause_words) {
            words = format!("{words}: {cause_words}");
        }
        next = cause.source();
    }
    words
}
