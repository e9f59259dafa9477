//! `wh` moves Python environments to places that have no network.
//!
//! This crate is the command line alone: flags, words, hints, exit status. Only here are things
//! printed, environment variables read and flags named; the libraries below decide and do.

#![allow(clippy::result_large_err)] // one failure a run: its size costs nothing

mod allocator;
mod arguments;
mod commands;
mod context;
mod failure;
mod interrupt;
mod open_files;
mod settings;
mod terminal;
mod threads;

use std::cell::LazyCell;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};

use crate::arguments::{Cli, with_process_variables};
use crate::context::Context;
use crate::failure::{Failure, Status};
use crate::settings::{Given, Settings};

/// What was typed, with what variables and files of settings say besides.
struct Understood {
    /// The name of the command.
    command: String,
    cli: Cli,
    settings: Settings,
    /// Which settings count, and where they stand.
    told: Vec<String>,
}

/// The definitions of all commands live as long as the process: to free them takes as long as to make
/// them, and the exit does it for nothing.
fn left_to_the_exit(commands: clap::Command) -> &'static mut clap::Command {
    Box::leak(Box::new(commands))
}

/// Understands what was typed. What cannot be understood is told here.
fn understood() -> Result<Understood, ExitCode> {
    let refused = |error: clap::Error| {
        // nobody is left to tell where this cannot be printed
        let _ = error.print();
        ExitCode::from(match error.use_stderr() {
            true => Status::Malformed,
            false => Status::Done,
        })
    };
    let first = std::env::args_os().nth(1).unwrap_or_default();
    let commands = Cli::with(first.to_str().unwrap_or_default());
    let commands = left_to_the_exit(with_process_variables(commands));
    let typed = commands.try_get_matches_from_mut(std::env::args_os());
    let typed = typed.map_err(refused)?;
    let told =
        |failure: Failure| failure.report(terminal::Style::new(false), typed.get_flag("json"));
    let name = typed.subcommand_name().unwrap_or_default();
    // to define all commands takes longer than some of them run
    let root = LazyCell::new(|| &*left_to_the_exit(Cli::command()));
    let settings = match commands.find_subcommand(name) {
        Some(command) if settings::goes_to_an_index(command) => {
            context::settings(&root).map_err(told)?
        }
        _ => Settings::default(),
    };
    let with = |given: &[Given]| {
        with_process_variables(settings::onto((*root).clone(), name, given)).try_get_matches()
    };
    let with_settings = match settings.given.as_slice() {
        [] => None,
        given => Some(with(given).map_err(|error| {
            let alone = |one: &Given| with(std::slice::from_ref(one));
            told(settings::culprit(given, &error, alone))
        })?),
    };
    let all = with_settings.as_ref().unwrap_or(&typed);
    let cli = Cli::from_arg_matches(all).map_err(refused)?;
    let told = match settings.given.is_empty() {
        true => told_settings(None, &typed, &settings),
        false => told_settings(Some(&root), &typed, &settings),
    };
    Ok(Understood {
        command: name.to_owned(),
        cli,
        settings,
        told,
    })
}

/// What is said of settings with `-v`; `root` defines what options they are.
fn told_settings(
    root: Option<&clap::Command>,
    typed: &clap::ArgMatches,
    settings: &Settings,
) -> Vec<String> {
    let mut told = Vec::new();
    told.extend(
        settings
            .file
            .iter()
            .map(|file| format!("Settings of {}", file.path.display())),
    );
    if let Some((name, of_command)) = typed.subcommand()
        && let Some(command) = root.and_then(|root| root.find_subcommand(name))
    {
        let counts = settings::effective(&settings.given, command, of_command);
        told.extend(counts.map(ToString::to_string));
    }
    told.extend(settings.pip_index_url.iter().map(ToString::to_string));
    told
}

fn main() -> ExitCode {
    allocator::take_larger_steps();
    let Understood {
        command,
        cli,
        settings,
        told,
    } = match understood() {
        Ok(understood) => understood,
        Err(status) => return status,
    };
    let context = match Context::new(&command, &cli.global, settings) {
        Ok(context) => context,
        Err(failure) => return failure.report(terminal::Style::new(false), cli.global.json),
    };
    let (style, json) = (context.terminal.style, context.terminal.json);
    open_files::make_room();
    interrupt::watch();
    for line in &told {
        context.terminal.detail(line);
    }
    let outcome = commands::run(cli.command, &context);
    // bars are cleared before an error is written below them
    drop(context);
    match outcome {
        Ok(status) => status.into(),
        Err(failure) => failure.report(style, json),
    }
}
