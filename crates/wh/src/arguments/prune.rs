//! `wh prune`.

use std::path::PathBuf;

use clap::Args;

/// Remove the files of a wheelhouse that no lock names
///
/// All locks beside the files count: pylock.toml and every pylock.NAME.toml. Removed are wheels and
/// sdists at the top of the folder, and what a download that was cut off left there; nothing else
/// is touched. A folder without a lock is left alone.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  wh prune wheels --dry-run    # what would go, and how much it takes\n  wh prune wheels"
)]
pub struct PruneArgs {
    /// The wheelhouse
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,
    /// Remove nothing; list what would be removed
    #[arg(long)]
    pub dry_run: bool,
}
