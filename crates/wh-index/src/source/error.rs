//! Why source cannot be had, or is of no use.

use std::path::PathBuf;
use std::sync::Arc;

use wh_packaging::requirement::SourceUrlError;
use wh_sdist::{Fault, NotStatic, PackError};

use crate::client::ClientError;

/// Why source cannot be had. Places are without credentials.
#[allow(missing_docs)] // the messages say it; `place` is what was asked for
#[derive(Debug, Clone, thiserror::Error)]
pub enum SourceError {
    #[error("{place} cannot be used")]
    Url {
        place: String,
        #[source]
        error: SourceUrlError,
    },
    #[error("{place} is a repository of `{system}`, and only git is known here")]
    OtherVcs { place: String, system: String },
    #[error("{place} is a git repository, and there is no `git` command on PATH")]
    NoGit { place: String },
    #[error("{place} is a git repository elsewhere, and no request may be made")]
    Offline { place: String },
    #[error("git cannot {doing} {place}")]
    Git {
        place: String,
        doing: &'static str,
        #[source]
        said: GitSaid,
    },
    #[error("{place} has no branch, no tag and no commit `{revision}`")]
    NoRevision { place: String, revision: String },
    #[error("there is nothing at {place}")]
    Gone { place: String },
    #[error("{place} is refused")]
    Refused {
        place: String,
        #[source]
        fault: Arc<Fault>,
    },
    #[error("{place} cannot be packed")]
    Pack {
        place: String,
        #[source]
        error: Arc<PackError>,
    },
    #[error("only building {place} tells what it is: {why}")]
    Unnamed { place: String, why: NotStatic },
    #[error("cannot fetch {place}")]
    Fetch {
        place: String,
        #[source]
        error: ClientError,
    },
    #[error("cannot use {}", path.display())]
    Io {
        path: PathBuf,
        #[source]
        error: Arc<std::io::Error>,
    },
}

/// The last lines that git wrote to standard error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("; "))]
pub struct GitSaid(pub Vec<String>);

impl SourceError {
    pub(super) fn io(path: impl Into<PathBuf>, error: std::io::Error) -> Self {
        Self::Io {
            path: path.into(),
            error: Arc::new(error),
        }
    }
}
