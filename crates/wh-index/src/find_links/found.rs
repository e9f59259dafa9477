//! A file that has the name of a distribution, and what is known of it besides.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use url::Url;
use wh_packaging::{
    CoreMetadataFile, DistributionFile, Filename, Hashes, Origin, VersionSpecifiers,
};

/// A file, by its name.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub name: String,
    pub place: Place,
}

/// Where it is.
#[derive(Debug, Clone)]
pub(super) enum Place {
    /// On this machine; the path is absolute.
    Here(PathBuf),
    /// Where a link leads, or what a lock tells more of.
    Linked(Box<Linked>),
}

/// What a page says of a file.
#[derive(Debug, Clone)]
pub(super) struct Linked {
    pub url: Url,
    pub path: Option<PathBuf>,
    pub size: Option<u64>,
    pub hashes: Hashes,
    pub requires_python: Option<VersionSpecifiers>,
    pub yanked: Option<String>,
    pub core_metadata: CoreMetadataFile,
    pub upload_time: Option<String>,
}

impl Linked {
    /// Of which nothing else is known.
    pub fn new(url: Url, path: Option<PathBuf>) -> Self {
        Self {
            url,
            path,
            size: None,
            hashes: Hashes::none(),
            requires_python: None,
            yanked: None,
            core_metadata: CoreMetadataFile::Absent,
            upload_time: None,
        }
    }

    /// A file of this machine, by its absolute path.
    fn here(path: &Path) -> Option<Self> {
        let url = Url::from_file_path(path).ok()?;
        let size = path.metadata().ok().map(|metadata| metadata.len());
        Some(Self {
            size,
            ..Self::new(url, Some(path.to_owned()))
        })
    }
}

impl Found {
    /// Its path, if it is on this machine.
    pub fn path(&self) -> Option<&Path> {
        match &self.place {
            Place::Here(path) => Some(path),
            Place::Linked(linked) => linked.path.as_deref(),
        }
    }

    /// All that is known of it.
    pub fn linked(&self) -> Option<Linked> {
        match &self.place {
            Place::Here(path) => Linked::here(path),
            Place::Linked(linked) => Some((**linked).clone()),
        }
    }

    /// As one of the files of a project.
    pub fn file(&self, filename: Filename) -> Option<Arc<DistributionFile>> {
        let linked = self.linked()?;
        let (name, url) = (self.name.clone(), linked.url);
        Some(Arc::new(DistributionFile {
            path: linked.path,
            size: linked.size,
            hashes: linked.hashes,
            requires_python: linked.requires_python,
            yanked: linked.yanked,
            core_metadata: linked.core_metadata,
            upload_time: linked.upload_time,
            ..DistributionFile::new(filename, name, url, Origin::FindLinks)
        }))
    }
}
