//! The command line as typed: what each command takes, and the words of its help.
//!
//! Flags keep pip's names and meaning wherever pip has the flag. Nothing here decides anything:
//! [`crate::commands`] turns what was typed into what was meant. Every long option has a variable
//! (`--index-url`: `WH_INDEX_URL`), given to it in [`environment`] for all options alike.

mod building;
mod cache;
mod change;
mod cli;
mod diff;
mod download;
mod environment;
mod freeze;
mod init;
mod install;
mod installed;
mod prune;
#[cfg(test)]
mod reference;
mod requirements;
mod sources;
mod sync;
mod target;
mod uninstall;
mod venv;
mod verify;
mod wheel;

use std::path::PathBuf;

use clap::{ArgAction, Args, ValueEnum};

pub use building::BuildArgs;
pub use cache::{CacheArgs, CacheCommand, CacheInfoArgs, CachePruneArgs, CacheVerifyArgs};
pub use change::{ChangeArgs, LinkMode, PlaceArgs};
pub use cli::{Cli, Command};
pub use diff::{DiffArgs, DiffFormat};
pub use download::{ChoosingArgs, DownloadArgs, WhichVersion};
pub use environment::with_process_variables;
pub use freeze::{FreezeArgs, FreezeFormat};
pub use init::InitArgs;
pub use install::{InstallArgs, UpgradeStrategy};
pub use installed::{CheckArgs, LinesOrJson, ListArgs, ListFormat, ShowArgs, TreeArgs};
pub use prune::PruneArgs;
pub use requirements::RequirementArgs;
pub use sources::{IndexArgs, IndexStrategy, KeyringProvider};
pub use sync::SyncArgs;
pub use target::{TargetArgs, TargetSelection};
pub use uninstall::UninstallArgs;
pub use venv::VenvArgs;
pub use verify::VerifyArgs;
pub use wheel::WheelArgs;

/// Print a script that completes the commands and options of `wh` in a shell
#[derive(Debug, Args)]
pub struct CompletionArgs {
    /// The shell
    pub shell: clap_complete::Shell,
}

/// Options of every command.
#[derive(Debug, Args, Clone)]
#[command(next_help_heading = "Everywhere")]
pub struct GlobalArgs {
    /// Say less: once for no progress and no notes, twice for errors only
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub quiet: u8,
    /// Say more: every page, metadata file and retry
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub verbose: u8,
    /// Whether to colour the output; NO_COLOR is honoured
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: Color,
    /// No progress bars
    #[arg(long, global = true)]
    pub no_progress: bool,
    /// Write events as JSON lines to standard error, in place of words
    #[arg(long, global = true)]
    pub json: bool,
    /// Append every event, with its time, to this file
    #[arg(long, global = true, value_name = "FILE")]
    pub log: Option<PathBuf>,
    /// Where pages and metadata are kept between runs
    #[arg(long, global = true, value_name = "DIR")]
    pub cache_dir: Option<PathBuf>,
    /// Keep nothing between runs, and use nothing kept
    #[arg(long, global = true)]
    pub no_cache: bool,
    /// Make no request; what the cache does not hold is an error
    #[arg(long, global = true)]
    pub offline: bool,
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}
