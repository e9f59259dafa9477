//! Why a wheel is refused: one variant for each fault, with the entry that shows it.

use std::io;
use std::path::{Path, PathBuf};

use wh_packaging::entry_points::EntryPointsError;
use wh_packaging::metadata::MetadataError;
use wh_packaging::record::RecordError;
use wh_packaging::wheel_file::WheelFileError;

/// A wheel that cannot be read, that is refused, or that could not be unpacked.
#[derive(Debug, thiserror::Error)]
#[error("{}", path.display())]
pub struct WheelError {
    /// The wheel.
    pub path: PathBuf,
    /// What is wrong with it.
    #[source]
    pub fault: Fault,
}

impl WheelError {
    pub(crate) fn new(path: &Path, fault: impl Into<Fault>) -> Self {
        Self {
            path: path.to_owned(),
            fault: fault.into(),
        }
    }
}

/// What is wrong with a wheel.
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
    #[error("not a zip archive, or a damaged one: {reason}")]
    NotZip { reason: String },
    #[error("{bytes} bytes stand before the archive")]
    BytesBefore { bytes: u64 },
    #[error("the archive does not end with its end record: bytes follow it or stand before it")]
    BytesAfter,
    #[error("the archive's comment holds another end record")]
    AmbiguousEnd,
    #[error("`{entry}`: the local header and the central directory disagree: {reason}")]
    HeadersDisagree { entry: String, reason: String },
    #[error("the archive is inconsistent: {reason}")]
    Inconsistent { reason: String },

    // names of entries
    #[error("the name of an entry is not UTF-8: `{entry}`")]
    NameNotUtf8 { entry: String },
    #[error("the name of `{entry}` is beyond ASCII and not marked as UTF-8: readers would differ")]
    NameEncoding { entry: String },
    #[error("`{entry}` escapes its folder, is absolute, or has an unclean path")]
    NameEscapes { entry: String },
    #[error("`{entry:?}` has a character that no file name may have")]
    NameForbidden { entry: String },
    #[error("`{entry}` cannot be the name of a file on Windows, for which it is meant")]
    NameNotForWindows { entry: String },
    #[error("`{entry}` occurs twice")]
    Duplicate { entry: String },
    #[error("`{entry}` and `{other}` differ only by case")]
    CaseClash { entry: String, other: String },
    #[error("`{entry}` is a file and a folder")]
    FileAndFolder { entry: String },

    // kinds, sizes and data of entries
    #[error("`{entry}` is a link or a device (mode {mode:o})")]
    NotRegular { entry: String, mode: u32 },
    #[error("`{entry}` is a folder with content")]
    FolderWithData { entry: String },
    #[error("`{entry}` is encrypted")]
    Encrypted { entry: String },
    #[error(
        "`{entry}` is compressed by method {method}; only stored, deflate and zstd are allowed"
    )]
    Method { entry: String, method: String },
    #[error("`{entry}` claims to unpack from {compressed} to {size} bytes")]
    Bomb {
        entry: String,
        compressed: u64,
        size: u64,
    },
    #[error("the archive of {file} bytes claims to unpack to {total} bytes")]
    TotalBomb { file: u64, total: u64 },
    #[error("`{entry}` is damaged: {reason}")]
    Damaged { entry: String, reason: String },

    // dist-info
    #[error("there is no .dist-info folder")]
    NoDistInfo,
    #[error("there is more than one .dist-info folder: `{one}` and `{other}`")]
    SeveralDistInfos { one: String, other: String },
    #[error("there is more than one .data folder: `{one}` and `{other}`")]
    SeveralDataFolders { one: String, other: String },
    #[error("`{folder}` is not the folder of {expected}")]
    FolderMismatch { folder: String, expected: String },
    #[error("`{file}` is missing")]
    Missing { file: String },
    #[error("`{file}` is not UTF-8")]
    NotUtf8 { file: String },
    #[error("`{file}` has {size} bytes, more than any such file needs")]
    MetadataTooLarge { file: String, size: u64 },
    #[error(transparent)]
    Metadata(#[from] MetadataError),
    #[error("METADATA names {found}, the file name {expected}")]
    MetadataMismatch { found: String, expected: String },
    #[error(transparent)]
    WheelFile(#[from] WheelFileError),
    #[error("wheel version {major}.{minor} is not supported")]
    WheelVersion { major: u32, minor: u32 },
    #[error(transparent)]
    EntryPoints(#[from] EntryPointsError),

    // RECORD
    #[error(transparent)]
    Record(#[from] RecordError),
    #[error("`{entry}` is not listed in RECORD")]
    NotInRecord { entry: String },
    #[error("RECORD lists `{entry}` twice")]
    TwiceInRecord { entry: String },
    #[error("RECORD lists `{entry}`, which is not in the wheel")]
    OnlyInRecord { entry: String },
    #[error("RECORD has no hash of `{entry}`")]
    NoRecordHash { entry: String },
    #[error("RECORD gives a hash of `{entry}` that cannot be used: `{hash}`")]
    BadRecordHash { entry: String, hash: String },
    #[error("RECORD says that `{entry}` has {expected} bytes; it has {found}")]
    RecordSize {
        entry: String,
        expected: u64,
        found: u64,
    },
    #[error("`{entry}` is not what RECORD says: expected {expected}, found {found}")]
    RecordHash {
        entry: String,
        expected: String,
        found: String,
    },

    // what would be installed
    #[error("`{entry}` is of no known scheme")]
    UnknownScheme { entry: String },
    #[error("`{entry}`: scripts must be plain files")]
    ScriptInFolder { entry: String },
    #[error("a script named `{script}` would stand for the interpreter")]
    ScriptIsInterpreter { script: String },
    #[error("entry point name `{script}` is not a file name")]
    ScriptName { script: String },
    #[error("entry point `{script}` names no function")]
    ScriptWithoutFunction { script: String },
    #[error("entry point `{script}` names no importable object: `{value}`")]
    ScriptTarget { script: String, value: String },
}
