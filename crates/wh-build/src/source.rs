//! What is built, and what is known of it before.

use std::path::PathBuf;

use wh_packaging::sdist_filename::SdistFilename;
use wh_packaging::{Metadata, ProjectName, Requirement, Version};

/// What a wheel is made of.
#[derive(Debug, Clone)]
pub struct Source {
    /// Where it lies.
    pub place: Place,
    /// How messages call it: `foo-1.0.tar.gz`, `./project`.
    pub called: String,
    /// What the wheel must turn out to be.
    pub expected: Expected,
    /// What its build requires beside what it says itself: a user may know better.
    pub requires: Vec<Requirement>,
    /// What stands for all bytes of it: the sha256 of an archive, the commit of a checkout. `None`
    /// where nobody knows: such a source is always built anew.
    pub identity: Option<String>,
}

/// Where a source lies.
#[derive(Debug, Clone)]
pub enum Place {
    /// An sdist, or another archive of source. It is unpacked into a scratch folder.
    Archive {
        /// The file; its name ends as its form does.
        path: PathBuf,
        /// What its name says, where it is an sdist's.
        filename: Option<SdistFilename>,
        /// The folder of the project in it, where it is not at the top.
        subdirectory: Option<String>,
    },
    /// A project's folder, absolute. It is built where it lies, as pip and uv do it: backends write
    /// there.
    Folder(PathBuf),
}

/// What is known of a wheel that is to be built; what is `None` may be anything.
#[derive(Debug, Clone, Default)]
pub struct Expected {
    /// The project.
    pub project: Option<ProjectName>,
    /// The version.
    pub version: Option<Version>,
    /// Metadata that was said to be that of every wheel of this source. What it requires and which
    /// Python it asks for are compared.
    pub metadata: Option<Metadata>,
}

impl Source {
    /// An sdist; project and version are those of its name.
    pub fn archive(path: impl Into<PathBuf>, filename: SdistFilename) -> Self {
        let path = path.into();
        let called = path.file_name().unwrap_or_default().to_string_lossy();
        Self {
            called: called.into_owned(),
            expected: Expected {
                project: Some(filename.project.clone()),
                version: Some(filename.version.clone()),
                metadata: None,
            },
            place: Place::Archive {
                path,
                filename: Some(filename),
                subdirectory: None,
            },
            requires: Vec::new(),
            identity: None,
        }
    }

    /// A project's folder, absolute.
    pub fn folder(path: impl Into<PathBuf>, called: impl Into<String>) -> Self {
        Self {
            place: Place::Folder(path.into()),
            called: called.into(),
            expected: Expected::default(),
            requires: Vec::new(),
            identity: None,
        }
    }
}
