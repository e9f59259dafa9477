//! `wh wheel`: what `wh download --build` does for the interpreter here, without a lock.

use super::download::{Ends, fetch};
use crate::arguments::{DownloadArgs, TargetSelection, WheelArgs};
use crate::context::Context;
use crate::failure::{Failure, Status};

/// Builds and fetches wheels.
pub fn run(args: &WheelArgs, context: &Context) -> Result<Status, Failure> {
    let args = DownloadArgs {
        wanted: args.wanted.clone(),
        dest: args.wheel_dir.clone(),
        lock_name: None,
        split_locks: false,
        keep_going: args.keep_going,
        build: true,
        dry_run: args.dry_run,
        report: args.report.clone(),
        targets: TargetSelection {
            python: args.python.clone(),
            ..TargetSelection::default()
        },
        choosing: args.choosing.clone(),
        index: args.index.clone(),
        building: args.building.clone(),
    };
    fetch(&args, Ends::Files, context)
}
