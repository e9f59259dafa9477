//! Why an index has no answer.

use std::sync::Arc;

use url::Url;
use wh_packaging::ProjectName;

use crate::client::ClientError;
use crate::find_links::FindLinksError;
use crate::simple::SimpleError;

/// Why an index has no answer. URLs are without credentials.
#[derive(Debug, Clone, thiserror::Error)]
pub enum IndexError {
    /// The client cannot be set up.
    #[error(transparent)]
    Client(ClientError),
    /// The page of a project cannot be had.
    #[error("cannot find out about `{project}`")]
    Page {
        /// The project.
        project: ProjectName,
        /// The index that was asked.
        index: Arc<Url>,
        /// Why.
        #[source]
        source: ClientError,
    },
    /// What an index answers for a project is no page of the Simple API.
    #[error("{url} is not usable")]
    Garbage {
        /// The project.
        project: ProjectName,
        /// The page.
        url: String,
        /// What is wrong with it.
        #[source]
        source: SimpleError,
    },
    /// There is a cut-off by age, and nobody says when a file was uploaded.
    #[error("{place} does not say when {file} was uploaded")]
    NoUploadTime {
        /// The project.
        project: ProjectName,
        /// The index, or the file of find-links.
        place: String,
        /// The file's name.
        file: String,
    },
    /// The METADATA of a file cannot be had.
    #[error("cannot read the METADATA of {file}")]
    Metadata {
        /// The file's name.
        file: String,
        /// Why.
        #[source]
        source: ClientError,
    },
    /// A file that is needed here cannot be had.
    #[error("cannot fetch {file}")]
    File {
        /// The file's name.
        file: String,
        /// Why.
        #[source]
        source: ClientError,
    },
    /// A `--find-links` is of no use, or has another file of a name that the index has too.
    #[error(transparent)]
    FindLinks(Arc<FindLinksError>),
}
