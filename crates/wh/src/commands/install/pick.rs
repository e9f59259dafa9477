//! One wheel that an environment is to have.

use std::path::PathBuf;

use wh_packaging::{DirectUrl, Hashes, ProjectName, Version, WheelFilename};

/// A chosen wheel of the wheelhouse, or what is installed already.
#[derive(Debug, Clone)]
pub struct Pick {
    pub project: ProjectName,
    pub version: Version,
    /// The wheel; `None` where the installed distribution was chosen.
    pub wheel: Option<PickedWheel>,
    /// Whether somebody asked for it by name.
    pub requested: bool,
    /// The shortest chain, root first.
    pub requested_by: Vec<String>,
}

/// A wheel on this machine.
#[derive(Debug, Clone)]
pub struct PickedWheel {
    pub filename: WheelFilename,
    pub path: PathBuf,
    pub size: Option<u64>,
    /// The digests that a lock or a requirement gives.
    pub expected: Hashes,
    /// Whether the lock says that RECORD was verified.
    pub vouched: bool,
    /// Where it came from, where PEP 610 asks for it.
    pub direct_url: Option<DirectUrl>,
}
