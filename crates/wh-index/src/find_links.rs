//! `--find-links`: folders (searched in depth), pages of links, and single files.
//!
//! Names decide: no file is opened here. What is not a wheel or an sdist by its name does not
//! count.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use url::Url;
use wh_packaging::{DistributionFile, ProjectName};

use crate::client::{Client, ClientError};

/// One `--find-links`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FindLink {
    /// A folder on this machine.
    Folder(PathBuf),
    /// One file on this machine: a wheel, an sdist, or a page of links (`.html`).
    File(PathBuf),
    /// A page of links, or one file, elsewhere.
    Url(Url),
}

/// Why a `--find-links` is of no use.
#[derive(Debug, thiserror::Error)]
pub enum FindLinksError {
    /// There is nothing at this path.
    #[error("{} does not exist", .0.display())]
    Missing(PathBuf),
    /// It cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The path.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The page cannot be had.
    #[error("cannot read the page {url}")]
    Page {
        /// Its address, credentials removed.
        url: String,
        /// Why.
        #[source]
        source: ClientError,
    },
}

/// The files behind all `--find-links`, by project.
#[derive(Debug, Clone, Default)]
pub struct FindLinks {
    wheels: BTreeMap<ProjectName, Vec<Arc<DistributionFile>>>,
    sdists: Vec<Arc<DistributionFile>>,
}

impl FindLink {
    /// Reads what a user gave: a URL (`https:`, `http:`, `file:`) or a path.
    ///
    /// # Errors
    /// Nothing stands at that path.
    pub fn parse(text: &str, base: &Path) -> Result<Self, FindLinksError> {
        let _ = (text, base);
        todo!()
    }
}

impl FindLinks {
    /// Reads folders alone.
    ///
    /// # Errors
    /// One of them cannot be read.
    pub fn of_folders(folders: &[PathBuf]) -> Result<Self, FindLinksError> {
        let _ = folders;
        todo!()
    }

    /// Reads all sources, in order; pages are fetched through the client.
    ///
    /// # Errors
    /// One of them cannot be read.
    pub fn read(sources: &[FindLink], client: &Client) -> Result<Self, FindLinksError> {
        let _ = (sources, client);
        todo!()
    }

    /// The files of a project, in the order found; sdists too.
    pub fn files(&self, project: &ProjectName) -> Vec<Arc<DistributionFile>> {
        let _ = (project, &self.sdists);
        todo!()
    }

    /// All projects that have a wheel, by name.
    pub fn projects(&self) -> impl Iterator<Item = &ProjectName> {
        self.wheels.keys()
    }
}
