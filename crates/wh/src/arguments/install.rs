//! `wh install`.

use std::path::PathBuf;

use clap::Args;

use super::RequirementArgs;

/// Install from a wheelhouse: no index, no network
///
/// With no requirement, the folder's `pylock.toml` is installed, exactly. Without a lock, every
/// project of the folder that has a fitting file. With requirements, these and what they require,
/// the lock's versions preferred. A failed install changes nothing.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  wh install --find-links wheels
  wh install --find-links wheels --python .venv pandas
  wh install --find-links wheels -r wheels/pylock.plant.toml")]
pub struct InstallArgs {
    /// What to install.
    #[command(flatten)]
    pub wanted: RequirementArgs,
    /// A wheelhouse: a folder of wheels, searched in depth; may be repeated
    #[arg(short, long, value_name = "DIR")]
    pub find_links: Vec<PathBuf>,

    /// Where to.
    #[command(flatten)]
    pub place: PlaceArgs,

    /// Only what is named; nothing that it requires
    #[arg(long)]
    pub no_deps: bool,
    /// Take the highest version that the folder has, also where an installed one would do
    #[arg(short = 'U', long)]
    pub upgrade: bool,
    /// Install again what is there
    #[arg(long)]
    pub force_reinstall: bool,
    /// Pre-releases count
    #[arg(long)]
    pub pre: bool,
    /// Every file needs a hash in the requirements
    #[arg(long)]
    pub require_hashes: bool,
    /// Compare every file with RECORD, also where the lock vouches for the wheel
    #[arg(long)]
    pub verify_record: bool,
    /// Have everything on the disk before it counts: safe against power loss too, and slower
    #[arg(long)]
    pub sync: bool,
    /// Change nothing: say what would be installed
    #[arg(long)]
    pub dry_run: bool,
    /// Write the plan as JSON to this file; `-` is standard output
    #[arg(long, value_name = "FILE")]
    pub report: Option<String>,
    /// Accepted for pip's sake: never an index
    #[arg(long)]
    pub no_index: bool,
    /// Accepted for pip's sake: bytecode is not compiled
    #[arg(long)]
    pub no_compile: bool,
}

/// Where to install.
#[derive(Debug, Args, Clone)]
#[command(next_help_heading = "Where to")]
pub struct PlaceArgs {
    /// The environment: an interpreter, a virtual environment, or a version [default: VIRTUAL_ENV,
    /// else .venv here or above, else python3 or python on PATH]
    #[arg(long, value_name = "PATH|VERSION")]
    pub python: Option<String>,
    /// Into this folder, beside each other
    #[arg(short, long, value_name = "DIR", conflicts_with_all = ["prefix", "root", "user"])]
    pub target: Option<PathBuf>,
    /// Below this prefix, in the layout of the interpreter
    #[arg(long, value_name = "DIR", conflicts_with = "user")]
    pub prefix: Option<PathBuf>,
    /// As if this folder were the root of the file system
    #[arg(long, value_name = "DIR")]
    pub root: Option<PathBuf>,
    /// Into the user's own site-packages
    #[arg(long)]
    pub user: bool,
    /// Change an environment that belongs to the system's package manager (PEP 668)
    #[arg(long)]
    pub break_system_packages: bool,
}
