//! `wh install`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{BuildArgs, ChangeArgs, PlaceArgs, RequirementArgs};

/// Install from a wheelhouse: no index, no network
///
/// With no requirement, the folder's `pylock.toml` is installed, exactly. Without a lock, every
/// project of the folder that has a fitting file. With requirements, these and what they require,
/// the lock's versions preferred. A failed install changes nothing.
///
/// The path of a project or of its source distribution, and `-e PATH`, mean that it is built, which
/// runs its code; so does --build for the source distributions of the folder, and for paths that a
/// requirements file names. Nothing else runs any code.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  wh install --find-links wheels
  wh install --find-links wheels --python .venv pandas
  wh install --find-links wheels -r wheels/pylock.plant.toml
  wh install --find-links wheels --build       # builds its source distributions, which runs their code
  wh install --find-links wheels -e .          # a project, imported from where it lies")]
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

    /// Take the highest version that the folder has, also where an installed one would do
    #[arg(short = 'U', long)]
    pub upgrade: bool,
    /// Which of them --upgrade means
    #[arg(long, value_name = "STRATEGY", default_value = "only-if-needed")]
    pub upgrade_strategy: UpgradeStrategy,
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
    /// Accepted for pip's sake: never an index
    #[arg(long)]
    pub no_index: bool,
}

/// What `--upgrade` upgrades.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum UpgradeStrategy {
    /// What is named; what it requires only where the installed version will not do
    OnlyIfNeeded,
    /// What is named and all that it requires
    Eager,
}
