//! The commands, one module each: from what was typed to what was done.

mod baseline;
mod building;
mod cache;
mod check;
mod completion;
mod cut_offs;
mod diff;
mod download;
mod file_options;
mod format_control;
mod formats;
mod freeze;
mod init;
mod install;
mod list;
mod locked;
mod prune;
mod reading;
mod remote;
mod report;
mod requirements;
mod show;
mod side_by_side;
mod sources;
mod split_locks;
mod sync;
mod targets;
mod tree;
mod uninstall;
mod venv;
mod verify;
mod wheel;

pub use sources::index_url;

use side_by_side::{few_at_a_time, side_by_side};

use crate::arguments::Command;
use crate::context::Context;
use crate::failure::{Failure, Status};

/// Runs a command to its end.
pub fn run(command: Command, context: &Context) -> Result<Status, Failure> {
    match command {
        Command::Freeze(args) => freeze::run(&args, context),
        Command::Download(args) => download::run(&args, context),
        Command::Install(args) => install::run(&args, context),
        Command::Wheel(args) => wheel::run(&args, context),
        Command::Sync(args) => sync::run(&args, context),
        Command::Diff(args) => diff::run(&args, context),
        Command::Prune(args) => prune::run(&args, context),
        Command::List(args) => list::run(&args, context),
        Command::Show(args) => show::run(&args, context),
        Command::Tree(args) => tree::run(&args, context),
        Command::Check(args) => check::run(&args, context),
        Command::Verify(args) => verify::run(&args, context),
        Command::Uninstall(args) => uninstall::run(&args, context),
        Command::Venv(args) => venv::run(&args, context),
        Command::Target(args) => targets::run(&args, context),
        Command::Init(args) => init::run(&args, context),
        Command::Cache(args) => cache::run(&args.command, context),
        Command::Completion(args) => completion::run(&args),
    }
}
