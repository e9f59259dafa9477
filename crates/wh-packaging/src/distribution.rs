//! Files that an index or a folder offers for a project, as the Simple API describes them
//! (PEP 503, 592, 658/714, 691, 700, 792).

use std::path::PathBuf;
use std::sync::Arc;

use url::Url;

use crate::hashes::Hashes;
use crate::lock::LockedSource;
use crate::sdist_filename::SdistFilename;
use crate::{ProjectName, Version, VersionSpecifiers, WheelFilename};

/// What the name of a distribution file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filename {
    /// A wheel.
    Wheel(WheelFilename),
    /// A source distribution.
    Sdist(SdistFilename),
}

impl Filename {
    /// The project that the file name names.
    pub fn project(&self) -> &ProjectName {
        match self {
            Filename::Wheel(name) => &name.project,
            Filename::Sdist(name) => &name.project,
        }
    }

    /// The version that the file name names.
    pub fn version(&self) -> &Version {
        match self {
            Filename::Wheel(name) => &name.version,
            Filename::Sdist(name) => &name.version,
        }
    }

    /// The wheel's name, where it is a wheel.
    pub fn as_wheel(&self) -> Option<&WheelFilename> {
        match self {
            Filename::Wheel(name) => Some(name),
            Filename::Sdist(_) => None,
        }
    }
}

/// Whether and how the METADATA of a wheel can be had as a file of its own (PEP 658, 714).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum CoreMetadataFile {
    /// The index does not say that there is one.
    #[default]
    Absent,
    /// There is one, at the file's URL with `.metadata` appended; with its digests, if given.
    Present(Hashes),
}

/// Where a file comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Listed by an index, named by its base URL (credentials removed).
    Index(Arc<Url>),
    /// Found through `--find-links` (folder, page or URL), or in a wheelhouse.
    FindLinks,
    /// A requirement `name @ url` asked for exactly this file.
    Direct,
    /// Already installed in the environment; nothing is to be fetched.
    Installed,
}

/// One file of a project: a candidate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DistributionFile {
    /// The parsed file name.
    pub filename: Filename,
    /// The file name as published.
    pub name: String,
    /// Where it is: `https:`, `http:` or `file:`, without fragment; credentials stay with the
    /// index client.
    pub url: Url,
    /// The file on this machine, where it is one (find-links folder, wheelhouse).
    pub path: Option<PathBuf>,
    /// Bytes, where known (PEP 700).
    pub size: Option<u64>,
    /// Digests, where known.
    pub hashes: Hashes,
    /// Requires-Python, where the page gives it.
    pub requires_python: Option<VersionSpecifiers>,
    /// The reason it was yanked, possibly empty (PEP 592); `None` if it was not.
    pub yanked: Option<String>,
    /// Whether METADATA can be had apart (PEP 658).
    pub core_metadata: CoreMetadataFile,
    /// RFC 3339 time of the upload (PEP 700), as given.
    pub upload_time: Option<String>,
    /// Where its attestations are (PEP 740).
    pub provenance: Option<String>,
    /// Where it comes from.
    pub origin: Origin,
    /// The folder of the project in an archive of source, where it is not at the top.
    pub subdirectory: Option<String>,
    /// What it was made of on this machine, where it was not published as it is.
    pub made_from: Option<Arc<LockedSource>>,
}

impl DistributionFile {
    /// A file of which only name and place are known.
    pub fn new(filename: Filename, name: impl Into<String>, url: Url, origin: Origin) -> Self {
        Self {
            filename,
            name: name.into(),
            url,
            path: None,
            size: None,
            hashes: Hashes::none(),
            requires_python: None,
            yanked: None,
            core_metadata: CoreMetadataFile::Absent,
            upload_time: None,
            provenance: None,
            origin,
            subdirectory: None,
            made_from: None,
        }
    }

    /// The file's version.
    pub fn version(&self) -> &Version {
        self.filename.version()
    }
}

/// What is known of one project: the union of its owner's page and of find-links.
#[derive(Debug, Clone, Default)]
pub struct ProjectFiles {
    /// Whether any place knows the project at all (a page with no files counts).
    pub known: bool,
    /// The project's status (PEP 792) and its reason, where it is not `active`.
    pub status: Option<(String, Option<String>)>,
    /// All files whose names could be read, in the order given.
    pub files: Vec<Arc<DistributionFile>>,
    /// Names of files that were passed over because they follow no known form (`.egg`, `.exe`,
    /// variant wheels, names that do not parse).
    pub passed_over: Vec<String>,
    /// Files that do not count because they were uploaded after the cut-off.
    pub too_new: Vec<Arc<DistributionFile>>,
    /// The index that owns the project, where one does.
    pub index: Option<Arc<Url>>,
}
