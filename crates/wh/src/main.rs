//! `wh` moves Python environments to places that have no network.
//!
//! This crate is the command line alone: flags, words, hints, exit status. Only here are things
//! printed, environment variables read and flags named; the libraries below decide and do.

#![allow(clippy::result_large_err)] // one failure a run: its size costs nothing

mod arguments;
mod commands;
mod context;
mod failure;
mod interrupt;
mod terminal;

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};

use crate::arguments::Cli;
use crate::context::Context;
use crate::failure::Status;

/// An install keeps a file open for each wheel, and some systems allow 256 by default. Where more
/// cannot be had, the install says so.
fn raise_open_file_limit() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
        // macOS reports no maximum, and refuses more than this
        let current = Some(maximum.map_or(10_240, |most| most.min(65_536)));
        let _ = setrlimit(Resource::Nofile, Rlimit { current, maximum });
    }
}

fn main() -> ExitCode {
    let command = arguments::with_variables(Cli::command(), &|name| std::env::var_os(name));
    let found = command.try_get_matches().and_then(|found| {
        let name = found.subcommand_name().unwrap_or_default().to_owned();
        Ok((name, Cli::from_arg_matches(&found)?))
    });
    let (name, cli) = match found {
        Ok(found) => found,
        Err(error) => {
            // nobody is left to tell where this cannot be printed
            let _ = error.print();
            let status = if error.use_stderr() {
                Status::Malformed
            } else {
                Status::Done
            };
            return status.into();
        }
    };
    let context = match Context::new(&name, &cli.global) {
        Ok(context) => context,
        Err(failure) => return failure.report(terminal::Style::new(false), cli.global.json),
    };
    let (style, json) = (context.terminal.style, context.terminal.json);
    raise_open_file_limit();
    interrupt::watch();
    let outcome = commands::run(cli.command, &context);
    // bars are cleared before an error is written below them
    drop(context);
    match outcome {
        Ok(status) => status.into(),
        Err(failure) => failure.report(style, json),
    }
}
