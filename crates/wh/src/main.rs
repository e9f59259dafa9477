//! `wh` moves Python environments to places that have no network.
//!
//! This crate is the command line alone: flags, words, hints, exit status. Only here are things
//! printed, environment variables read and flags named; the libraries below decide and do.

mod arguments;
mod commands;
mod context;
mod failure;
mod terminal;

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};

use crate::arguments::Cli;
use crate::context::Context;
use crate::failure::Status;

fn main() -> ExitCode {
    let command = arguments::with_variables(Cli::command(), &|name| std::env::var_os(name));
    let cli = match command
        .try_get_matches()
        .and_then(|found| Cli::from_arg_matches(&found))
    {
        Ok(cli) => cli,
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
    let context = match Context::new(&cli.global) {
        Ok(context) => context,
        Err(failure) => return failure.report(terminal::Style::new(false), cli.global.json),
    };
    let (style, json) = (context.terminal.style, context.terminal.json);
    let outcome = commands::run(cli.command, &context);
    // bars are cleared before an error is written below them
    drop(context);
    match outcome {
        Ok(status) => status.into(),
        Err(failure) => failure.report(style, json),
    }
}
