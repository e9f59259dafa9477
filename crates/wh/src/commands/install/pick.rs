//! One wheel that an environment is to have.

use std::path::PathBuf;

use wh_packaging::{DirectUrl, Hashes, ProjectName, Version, WheelFilename};

use crate::commands::building::Built;

/// A chosen wheel of the wheelhouse, or what is installed already.
#[derive(Debug, Clone)]
pub struct Pick {
    pub project: ProjectName,
    pub version: Version,
    /// The wheel; `None` where the installed distribution was chosen.
    pub wheel: Option<PickedWheel>,
    /// What a dry run, which builds no sdist, has in place of the wheel.
    pub to_build: Option<BuiltFrom>,
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
    /// What it was built from in this run.
    pub built_from: Option<BuiltFrom>,
}

/// What a wheel is built from.
#[derive(Debug, Clone)]
pub struct BuiltFrom {
    /// The sdist's name, or the project's folder as it was typed.
    pub name: String,
    /// Bytes of the sdist, where known.
    pub size: Option<u64>,
    /// The digests that are known of the sdist.
    pub hashes: Hashes,
}

impl PickedWheel {
    /// A wheel that was built in this run.
    pub fn of_built(built: &Built, from: BuiltFrom) -> Self {
        Self {
            filename: built.wheel.filename.clone(),
            path: built.wheel.path.clone(),
            size: built.size,
            expected: Hashes::sha256_only(&built.wheel.sha256),
            vouched: false,
            direct_url: None,
            built_from: Some(from),
        }
    }
}
