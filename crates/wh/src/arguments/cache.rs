//! `wh cache`.

use clap::{Args, Subcommand};

/// Look after what is kept between runs
#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub struct CacheArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: CacheCommand,
}

/// What can be done with the cache.
#[derive(Debug, Subcommand)]
pub enum CacheCommand {
    Info(CacheInfoArgs),
    Prune(CachePruneArgs),
    Verify(CacheVerifyArgs),
}

/// Say where the cache is and what it holds
///
/// Pages and metadata of indexes, metadata of wheels on this machine, and the store: distributions
/// that were unpacked once and are linked into the next environment.
#[derive(Debug, Args)]
pub struct CacheInfoArgs {
    /// List every distribution of the store
    #[arg(long)]
    pub list: bool,
}

/// Remove what was not used for some time
///
/// Environments keep their files: what is linked into them stays there under their own names. Only
/// distributions whose folders are links (`--link-mode symlink`) are needed by environments; they
/// stay, unless `--all` is given.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  wh cache prune                  # what nobody used for 30 days
  wh cache prune --unused-for 7
  wh cache prune --all            # everything, also what environments are linked to by folders")]
pub struct CachePruneArgs {
    /// Days since the last use after which something goes
    #[arg(
        long,
        value_name = "DAYS",
        default_value_t = 30,
        conflicts_with = "all"
    )]
    pub unused_for: u64,
    /// Remove everything
    #[arg(long)]
    pub all: bool,
    /// Remove nothing; list what would be removed
    #[arg(long)]
    pub dry_run: bool,
}

/// Compare every file of the store with the digest that its RECORD gives
///
/// What differs was edited in some environment that shares the file. Such distributions are removed
/// from the store, and unpacked again where they are needed; environments are not changed.
#[derive(Debug, Args)]
pub struct CacheVerifyArgs {
    /// Remove nothing; list what differs
    #[arg(long)]
    pub dry_run: bool,
}
