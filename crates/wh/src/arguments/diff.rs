//! `wh diff`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Say what tells two wheelhouses apart
///
/// Each side is a folder or a lock; a folder with locks is what its locks name, one without is the
/// files in it. Projects that were added (+), removed (-) or have another version (~) or other
/// files (=) are listed with their sizes; where the wheels are there, also what they bring that
/// was not there before: native code, files that run when Python starts (.pth, .start), commands,
/// and another licence. Nothing is written and no network is used.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  wh diff wheels-march wheels\n  wh diff wheels-march/pylock.toml wheels/pylock.toml --format json"
)]
pub struct DiffArgs {
    /// The wheelhouse or lock as it was
    #[arg(value_name = "OLD")]
    pub old: PathBuf,
    /// The wheelhouse or lock as it is
    #[arg(value_name = "NEW")]
    pub new: PathBuf,
    /// What to write
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: DiffFormat,
    /// Exit with 1 if there is a difference
    #[arg(long)]
    pub exit_code: bool,
}

/// What diff writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DiffFormat {
    /// A line for each project, and what it brings below it
    Text,
    /// One JSON object
    Json,
}
