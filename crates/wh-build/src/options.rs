//! How builds are done.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

/// Settings for a backend, as PEP 517 has them: a key with one value, or with several.
pub type ConfigSettings = BTreeMap<String, Vec<String>>;

/// How builds are done, the same for all of a run.
#[derive(Debug, Clone)]
pub struct BuildOptions {
    /// Whether a build has an environment of its own. Else it is done in that of the interpreter,
    /// whose distributions must be what the project asks for; nobody looks after that.
    pub isolation: bool,
    /// What backends are told.
    pub config_settings: ConfigSettings,
    /// What a build may take, from its first hook on; then it is stopped.
    pub time_limit: Option<Duration>,
    /// The folder for what backends print, a file for each build. It is made where it is not there.
    pub logs: PathBuf,
    /// The folder for what builds need while they are done. It is made where it is not there.
    pub scratch: PathBuf,
    /// The folder for wheels that were built, to be taken again where all that went into them is the
    /// same. `None`: each is built anew.
    pub kept: Option<PathBuf>,
    /// All variables of the caller's environment. Which of them a backend sees is decided here.
    pub variables: BTreeMap<OsString, OsString>,
    /// Names of those that it sees in any case.
    pub handed_over: BTreeSet<String>,
}
