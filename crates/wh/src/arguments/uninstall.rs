//! `wh uninstall`.

use clap::Args;

/// Remove distributions from an environment
///
/// Their files by RECORD, with the bytecode of their modules; all of them or none. What they
/// required stays.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  wh uninstall pandas
  wh uninstall --python .venv -r requirements.txt")]
pub struct UninstallArgs {
    /// Projects to remove
    #[arg(value_name = "NAME")]
    pub names: Vec<String>,
    /// Remove every project that this requirements file names, editables too; may be repeated
    #[arg(short, long, value_name = "FILE")]
    pub requirement: Vec<String>,
    /// The environment: an interpreter, a virtual environment, or a version [default: VIRTUAL_ENV,
    /// else .venv here or above, else python3 or python on PATH]
    #[arg(long, value_name = "PATH|VERSION")]
    pub python: Option<String>,
    /// Change an environment that belongs to the system's package manager (PEP 668)
    #[arg(long)]
    pub break_system_packages: bool,
    /// Have everything on the disk before it counts: safe against power loss too, and slower
    #[arg(long)]
    pub sync: bool,
    /// Change nothing: say what would be removed
    #[arg(long)]
    pub dry_run: bool,
    /// Accepted for pip's sake: nothing is asked
    #[arg(short, long)]
    pub yes: bool,
}
