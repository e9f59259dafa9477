//! Why an sdist is refused, with the entry that shows it; and why its metadata is not known.

use std::io;
use std::path::{Path, PathBuf};

use wh_packaging::metadata::MetadataError;

use crate::pyproject::PyprojectError;

/// An sdist that cannot be read or is refused.
#[derive(Debug, thiserror::Error)]
#[error("{}", path.display())]
pub struct SdistError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    #[source]
    pub fault: Fault,
}

impl SdistError {
    pub(crate) fn new(path: &Path, fault: Fault) -> Self {
        Self {
            path: path.to_owned(),
            fault,
        }
    }
}

/// What is wrong with an sdist.
#[allow(missing_docs)] // the messages say it; fields are named for what they hold
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    // the file
    #[error("cannot read the file")]
    Read(#[source] io::Error),
    #[error("cannot write `{}`", path.display())]
    Write {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error(
        "its name does not end as that of a source distribution that can be read (.tar.gz or .zip)"
    )]
    Form,
    #[error("not a {form} archive, or a damaged one: {reason}")]
    Damaged { form: &'static str, reason: String },
    #[error("it has more than {most} entries")]
    TooMany { most: usize },
    #[error("the archive of {file} bytes unpacks to more than {most} bytes")]
    Bomb { file: u64, most: u64 },
    #[error("the name of an entry is longer than {most} bytes")]
    LongName { most: u64 },

    // its entries
    #[error("the name of an entry is not UTF-8: `{entry}`")]
    NameNotUtf8 { entry: String },
    #[error("`{entry}` escapes its folder, is absolute, or has an unclean path")]
    NameEscapes { entry: String },
    #[error("`{entry:?}` has a character that no file name may have")]
    NameForbidden { entry: String },
    #[error("`{entry}` and `{other}` are not below one folder")]
    SeveralFolders { entry: String, other: String },
    #[error("`{entry}` stands beside the folder that an sdist is made of")]
    NoFolder { entry: String },
    #[error("`{entry}` occurs twice")]
    Duplicate { entry: String },
    #[error("`{entry}` is a file or a link, and a folder")]
    FileAndFolder { entry: String },
    #[error(
        "`{entry}` is a link to `{target}`, which is outside of its folder or cannot be followed safely"
    )]
    LinkEscapes { entry: String, target: String },
    #[error("`{entry}` is a device, a pipe, or of a kind that no source file has")]
    NotRegular { entry: String },
    #[error("`{entry}` is encrypted")]
    Encrypted { entry: String },

    // what it says of itself
    #[error("there is no PKG-INFO and no pyproject.toml or setup.py in its folder")]
    NotAnSdist,
    #[error("`{entry}` has more than {most} bytes")]
    TooLong { entry: String, most: u64 },
    #[error("`{entry}` is not UTF-8")]
    NotUtf8 { entry: String },
    #[error("PKG-INFO names {found}, the file name {expected}")]
    Mismatch { found: String, expected: String },
}

/// Why nobody knows what an sdist requires before it is built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotStatic {
    /// PKG-INFO is older than 2.2, and there is no `[project]` table.
    #[error(
        "its PKG-INFO (metadata {version}) may change when it is built, and its pyproject.toml has no [project] table"
    )]
    Old {
        /// `Metadata-Version`
        version: String,
    },
    /// A field that is needed is dynamic.
    #[error("`{field}` is dynamic: only its build backend tells it")]
    Dynamic {
        /// The field, as the file writes it.
        field: String,
    },
    /// There is no PKG-INFO, and no `[project]` table.
    #[error("it has no PKG-INFO, and its pyproject.toml has no [project] table")]
    Nothing,
    /// PKG-INFO cannot be read.
    #[error("PKG-INFO: {0}")]
    PkgInfo(MetadataError),
    /// pyproject.toml cannot be read.
    #[error(transparent)]
    Pyproject(PyprojectError),
}
