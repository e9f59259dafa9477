//! What is asked of a transaction, what it did, and why it did nothing.

use std::io;
use std::path::PathBuf;

use wh_packaging::record::RecordError;
use wh_packaging::{DirectUrl, Hashes, ProjectName, WheelFilename};
use wh_wheel::{LinkMode, Store, WheelError};

use crate::installed::{InstalledDistribution, InstalledKind};

/// One change of an environment: these come, those go.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// Wheels to install.
    pub install: Vec<WheelToInstall>,
    /// Installed distributions to remove, those included that a wheel of `install` replaces.
    pub remove: Vec<InstalledToRemove>,
}

/// A wheel to install.
#[derive(Debug, Clone)]
pub struct WheelToInstall {
    /// The file.
    pub path: PathBuf,
    /// Its name as published.
    pub filename: WheelFilename,
    /// What the file must hash to; where nothing is expected nothing is compared.
    pub expected: Hashes,
    /// Whether a lock vouches that RECORD was verified for the file of that hash.
    pub vouched: bool,
    /// Whether a user asked for it by itself (REQUESTED).
    pub requested: bool,
    /// Written as direct_url.json.
    pub direct_url: Option<DirectUrl>,
}

/// An installed distribution to remove.
#[derive(Debug, Clone)]
pub struct InstalledToRemove {
    /// The project.
    pub project: ProjectName,
    /// Its version, for reports.
    pub version: String,
    /// How its metadata lies on disk.
    pub kind: InstalledKind,
    /// Its dist-info or egg-info.
    pub metadata_path: PathBuf,
    /// The folder that this lies in.
    pub location: PathBuf,
    /// The `.egg-link` of a legacy editable install.
    pub egg_link: Option<PathBuf>,
}

impl From<&InstalledDistribution> for InstalledToRemove {
    fn from(installed: &InstalledDistribution) -> Self {
        Self {
            project: installed.project.clone(),
            version: installed.version.clone(),
            kind: installed.kind,
            metadata_path: installed.metadata_path.clone(),
            location: installed.location.clone(),
            egg_link: installed.egg_link.clone(),
        }
    }
}

/// How a change is made.
#[derive(Clone, Copy, Default)]
pub struct ApplyOptions<'a> {
    /// Let the later wheel of a change win where two bring different files of one path, and let a
    /// wheel overwrite a file of an installed distribution, as pip does.
    pub allow_conflicts: bool,
    /// Compile modules to bytecode, with the interpreter of the destination.
    pub compile: bool,
    /// Have everything on the disk before it counts, so that a power loss is like a kill.
    pub sync: bool,
    /// Where unpacked distributions are kept; those it holds are linked, the others go in there.
    pub store: Option<&'a Store>,
    /// How files of the store get into the environment.
    pub link_mode: LinkMode,
}

/// What was done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Applied {
    /// Distributions installed.
    pub installed: usize,
    /// Distributions removed, replaced ones included.
    pub removed: usize,
}

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// A wheel is refused, damaged, or could not be unpacked.
    #[error(transparent)]
    Wheel(#[from] WheelError),
    /// A wheel is not the file that was expected.
    #[error("`{}` has the wrong {algorithm}: expected {expected}, found {found}", path.display())]
    Hash {
        /// The wheel.
        path: PathBuf,
        /// `sha256`
        algorithm: String,
        /// In hexadecimal.
        expected: String,
        /// In hexadecimal.
        found: String,
    },
    /// A wheel is expected to have a digest of which none proves anything.
    #[error("no digest that is known of `{}` can be trusted", path.display())]
    WeakHash {
        /// The wheel.
        path: PathBuf,
    },
    /// Two wheels bring different files of one path.
    #[error("`{one}` and `{other}` both bring `{}`, with different content", path.display())]
    Conflict {
        /// The file.
        path: PathBuf,
        /// A wheel.
        one: String,
        /// Another.
        other: String,
    },
    /// A wheel would overwrite a file of an installed distribution.
    #[error("`{wheel}` would overwrite `{}` of the installed {owner}", path.display())]
    InstalledConflict {
        /// The file.
        path: PathBuf,
        /// The wheel.
        wheel: String,
        /// The project that owns it.
        owner: String,
    },
    /// A folder with files of nobody stands where a file has to go, or the other way round.
    #[error("`{}` is in the way", path.display())]
    InTheWay {
        /// The folder or file.
        path: PathBuf,
    },
    /// An installed distribution does not say which files are its own.
    #[error("cannot remove {project} {version}: `{}` has no list of its files", path.display())]
    NoFileList {
        /// The project.
        project: ProjectName,
        /// Its version.
        version: String,
        /// Its metadata.
        path: PathBuf,
    },
    /// RECORD of an installed distribution cannot be read.
    #[error("`{}`", path.display())]
    Record {
        /// The RECORD.
        path: PathBuf,
        /// What is wrong.
        #[source]
        source: RecordError,
    },
    /// Somebody else changed a distribution while this change was prepared.
    #[error("`{}` was changed by someone else", path.display())]
    Changed {
        /// Its dist-info.
        path: PathBuf,
    },
    /// The interpreter that should compile does not work.
    #[error("`{}` cannot compile", interpreter.display())]
    Compile {
        /// The interpreter.
        interpreter: PathBuf,
        /// Why not.
        reason: String,
    },
    /// A file or folder could not be read, written or moved.
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
    /// The journal of a killed run cannot be used.
    #[error("`{}` cannot be used: {reason}", path.display())]
    Journal {
        /// The journal.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// What a killed run had moved could not all be moved back.
    #[error("what a killed run had moved could not all be moved back and stays in `{}`", path.display())]
    Recover {
        /// Its staging folder.
        path: PathBuf,
        /// Why not.
        #[source]
        source: Box<ApplyError>,
    },
    /// The change failed, and so did bringing back what had been moved.
    #[error("{failure}; what was moved could not all be moved back and stays in `{}`", kept.display())]
    Undo {
        /// Why the change failed.
        failure: Box<ApplyError>,
        /// Where the old files are.
        kept: PathBuf,
        /// Why they could not be moved back.
        #[source]
        source: Box<ApplyError>,
    },
}

impl ApplyError {
    /// Whether this user may not write there.
    pub(super) fn is_refused_permission(&self) -> bool {
        use io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem};
        matches!(self, ApplyError::Io { source, .. }
            if matches!(source.kind(), PermissionDenied | ReadOnlyFilesystem))
    }
}

/// Makes an [`ApplyError::Io`].
pub(super) fn io_error(
    doing: &'static str,
    path: impl Into<PathBuf>,
) -> impl FnOnce(io::Error) -> ApplyError {
    move |source| ApplyError::Io {
        doing,
        path: path.into(),
        source,
    }
}
