//! Why a file could not be put into a folder.

use std::io;
use std::path::PathBuf;

use wh_packaging::Hashes;

use crate::client::ClientError;

/// Why a file could not be put into a folder.
#[derive(Debug, thiserror::Error)]
pub enum DownloadError {
    /// The index does not answer as it should.
    #[error("cannot fetch {file}")]
    Fetch {
        /// The file's name.
        file: String,
        /// Bytes that came before.
        received: u64,
        /// Why.
        #[source]
        source: Box<ClientError>,
    },
    /// The bytes are not those that were announced.
    #[error("{file} is not what its index says: expected {expected:?}, got {actual:?}")]
    HashMismatch {
        /// The file's name.
        file: String,
        /// Where it came from, credentials removed.
        url: String,
        /// The digests that were announced.
        expected: Hashes,
        /// The digests of what came.
        actual: Hashes,
    },
    /// There are more or fewer bytes than were announced.
    #[error("{file} has {actual} bytes where its index says {expected}")]
    SizeMismatch {
        /// The file's name.
        file: String,
        /// Where it came from, credentials removed.
        url: String,
        /// Bytes announced.
        expected: u64,
        /// Bytes that came.
        actual: u64,
    },
    /// A file of this name with other bytes lies in the folder, and no lock there names it.
    #[error("{} is another file than the one to be fetched, and no lock beside it names it", path.display())]
    Occupied {
        /// The file that lies there.
        path: PathBuf,
        /// The digests of the one to be fetched.
        expected: Hashes,
        /// The sha256 of the one that lies there.
        actual: String,
    },
    /// Two different files of one name are to be put into the folder.
    #[error("two different files are named {file}: {first} and {second}")]
    TwoOfOneName {
        /// The name.
        file: String,
        /// Where the one comes from.
        first: String,
        /// Where the other comes from.
        second: String,
    },
    /// The wheel is one that an installer refuses.
    #[error("{file} is damaged or unsafe")]
    Refused {
        /// The file's name.
        file: String,
        /// Why.
        #[source]
        fault: Box<wh_wheel::Fault>,
    },
    /// The sdist is one that whoever builds it refuses.
    #[error("{file} is damaged or unsafe")]
    RefusedSdist {
        /// The file's name.
        file: String,
        /// Why.
        #[source]
        fault: Box<wh_sdist::Fault>,
    },
    /// The file system says no.
    #[error("cannot write {}", path.display())]
    Write {
        /// The path.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A file cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The path.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The work on a file ended by itself (a fault of this program).
    #[error("the work on {file} ended: {reason}")]
    Stopped {
        /// The file's name.
        file: String,
        /// Why.
        reason: String,
    },
}
