//! `wh sync`.

use std::path::PathBuf;

use clap::Args;

use super::{BuildArgs, ChangeArgs, PlaceArgs};

/// Make an environment exactly what a lock says
///
/// Installs what is missing, replaces what has another version, another origin or, against a lock,
/// other files, and removes everything else that is installed there: all of it or nothing. From
/// requirements, what they require belongs to it too, unless --no-deps says that they are the whole
/// list.
///
/// What stays though nothing names it: pip, and before Python 3.12 setuptools and wheel, with what
/// they require, where the environment was made with them (not by `wh venv`, nor by `uv venv`
/// without --seed); what the lock leaves to this side (`wh download --exclude`, `--baseline`); and
/// what a base Python or a user folder adds to the environment from outside.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  wh sync wheels
  wh sync wheels/pylock.plant.toml --python .venv
  wh sync requirements.txt --find-links wheels --dry-run")]
pub struct SyncArgs {
    /// A wheelhouse with its lock, a lock, or a requirements file
    #[arg(value_name = "FOLDER|FILE")]
    pub sources: Vec<String>,
    /// A requirements file or a lock; `-` is standard input; may be repeated
    #[arg(short, long, value_name = "FILE")]
    pub requirement: Vec<String>,
    /// A constraints file: limits versions without asking for anything; may be repeated
    #[arg(short, long, value_name = "FILE")]
    pub constraint: Vec<String>,
    /// A wheelhouse: a folder of wheels, searched in depth; may be repeated
    #[arg(short, long, value_name = "DIR")]
    pub find_links: Vec<PathBuf>,

    /// Where to.
    #[command(flatten)]
    pub place: PlaceArgs,
    /// Build the source distributions among what is chosen, which runs their code; what that needs
    /// comes from the folders, too
    #[arg(long)]
    pub build: bool,
    /// How.
    #[command(flatten)]
    pub change: ChangeArgs,
    /// How what is source is built.
    #[command(flatten)]
    pub building: BuildArgs,
    /// Go on where nothing at all is to be installed, which removes everything
    #[arg(long)]
    pub allow_empty_requirements: bool,
    /// Accepted for pip's sake: never an index
    #[arg(long)]
    pub no_index: bool,
}
