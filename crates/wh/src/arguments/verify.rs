//! `wh verify`.

use std::path::PathBuf;

use clap::Args;

use super::TargetSelection;

/// Prove that a wheelhouse is whole and complete, with no network
///
/// Every wheel is compared with the lock that names it (there, size, digest) and with its own
/// RECORD. Then each target of the lock, or each one named, is resolved again from the folder
/// alone: it is complete, or each missing requirement is named with who asks for it. Without a
/// lock, every project of the folder has to be served. With --env, what is installed is compared
/// with its RECORDs: missing, changed and foreign files. Nothing is written.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  wh verify wheels
  wh verify wheels --target cp312-windows -r requirements.txt
  wh verify wheels --report verified.json
  wh verify --env --python .venv")]
pub struct VerifyArgs {
    /// The wheelhouse: a folder of wheels, searched in depth
    #[arg(value_name = "DIR", required_unless_present = "env")]
    pub folder: Option<PathBuf>,
    /// Compare the installed environment (--python, else the one found here) with its RECORDs
    #[arg(long, conflicts_with_all = ["folder", "requirement", "constraint", "report", "target"])]
    pub env: bool,
    /// What has to be met, in place of what the lock was asked for; or which lock of several; may
    /// be repeated
    #[arg(short, long, value_name = "FILE")]
    pub requirement: Vec<String>,
    /// A constraints file, with -r; may be repeated
    #[arg(short, long, value_name = "FILE")]
    pub constraint: Vec<String>,
    /// Write the result as JSON to this file; `-` is standard output
    #[arg(long, value_name = "FILE")]
    pub report: Option<String>,
    /// Compare files with the lock alone: no wheel is unpacked to compare its entries with RECORD
    #[arg(long, conflicts_with = "env")]
    pub no_record: bool,
    /// For which machines, in place of the lock's.
    #[command(flatten)]
    pub targets: TargetSelection,
}
