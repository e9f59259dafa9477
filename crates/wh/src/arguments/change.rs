//! Options of the commands that change an environment: where it is, and how it is changed.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

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

/// How an environment is made to have what was asked for.
#[derive(Debug, Args, Clone)]
pub struct ChangeArgs {
    /// Only what is named; nothing that it requires
    #[arg(long)]
    pub no_deps: bool,
    /// Install again what is there
    #[arg(long)]
    pub force_reinstall: bool,
    /// Pre-releases count
    #[arg(long)]
    pub pre: bool,
    /// Every file needs a hash, of a lock or of the requirements
    #[arg(long)]
    pub require_hashes: bool,
    /// Compare every file with RECORD, also where the lock vouches for the wheel
    #[arg(long)]
    pub verify_record: bool,
    /// Compile modules to bytecode, with the environment's interpreter; no module is run
    #[arg(long, overrides_with = "no_compile")]
    pub compile: bool,
    /// Compile nothing, which is the default: Python compiles what it imports
    #[arg(long, overrides_with = "compile")]
    pub no_compile: bool,
    /// Where two distributions bring one file, the later one wins, in place of stopping
    #[arg(long)]
    pub allow_conflicts: bool,
    /// Have everything on the disk before it counts: safe against power loss too, and slower
    #[arg(long)]
    pub sync: bool,
    /// How files get from the store of unpacked distributions into the environment; where file
    /// systems cannot do it, the next one down to a copy
    #[arg(long, value_name = "HOW", default_value = "hardlink")]
    pub link_mode: LinkMode,
    /// Use no store: unpack every wheel, and keep nothing for the next environment
    #[arg(long)]
    pub no_store: bool,
    /// Change nothing: say what would be done
    #[arg(long)]
    pub dry_run: bool,
    /// Write the plan as JSON to this file; `-` is standard output
    #[arg(long, value_name = "FILE")]
    pub report: Option<String>,
}

/// How files get from the store into an environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LinkMode {
    /// Clones that share their blocks until they are written to
    Clone,
    /// Further names of the same files
    Hardlink,
    /// Files of their own; such an install puts nothing into the store
    Copy,
    /// Folders that one distribution owns alone are links into the store, which has to stay there
    Symlink,
}
