//! Which targets are meant, and `wh target`.
//!
//! A value of `--target` with `/`, `\` or `.json` is a file; any other is a name. pip's flags name
//! targets too; what they leave open comes from the environment that `wh freeze` would take.

use wh_environment::DiscoverError;
use wh_packaging::Target;
use wh_packaging::class::{TargetClass, classes};
use wh_packaging::target::Flags;

use super::requirements::read_text;
use crate::arguments::{TargetArgs, TargetSelection};
use crate::context::Context;
use crate::failure::{Failure, Status};
use crate::terminal;

/// `wh target`: prints a target environment as JSON.
pub fn run(args: &TargetArgs, context: &Context) -> Result<Status, Failure> {
    let target = match &args.name {
        Some(name) => Target::from_name(name)?,
        None => of_environment(args.python.as_deref(), context)?,
    };
    terminal::print(&(target.to_json() + "\n")).map_err(Failure::file)?;
    Ok(Status::Done)
}

/// The targets that the options mean, in classes.
pub fn selected(
    selection: &TargetSelection,
    context: &Context,
) -> Result<Vec<TargetClass>, Failure> {
    let mut targets = Vec::new();
    for given in selection
        .target
        .iter()
        .chain(of_settings(selection, context))
    {
        targets.push(named(given, context)?);
    }
    let flags = Flags {
        python_versions: selection.python_version.clone(),
        platforms: selection.platform.clone(),
        implementation: selection.implementation.clone(),
        abis: selection.abi.clone(),
    };
    let python = selection.python.as_deref();
    if flags != Flags::default() {
        // the interpreter is run only where the flags leave something open
        let complete = !flags.python_versions.is_empty() && !flags.platforms.is_empty();
        let fallback = if complete {
            None
        } else {
            Some(of_this_machine(python, context)?)
        };
        targets.extend(Target::from_flags(&flags, fallback.as_ref())?);
    } else if targets.is_empty() || python.is_some() {
        targets.push(of_this_machine(python, context)?);
    }
    Ok(classes(targets))
}

/// The targets that `wh.toml` names count where no option says anything of targets.
fn of_settings<'c>(selection: &TargetSelection, context: &'c Context) -> &'c [String] {
    match &context.settings.file {
        Some(file) if *selection == TargetSelection::default() => &file.targets,
        _ => &[],
    }
}

/// The target that is meant where options leave it open.
fn of_this_machine(python: Option<&str>, context: &Context) -> Result<Target, Failure> {
    match of_environment(python, context) {
        Err(Failure::Discover(DiscoverError::NotFound)) => Err(Failure::No {
            message: "no target is named, and there is no Python environment here to take it from"
                .to_owned(),
            details: Vec::new(),
            hint: Some(
                "name one with --target (cp312-linux, cp312-windows, a file from `wh target`), or an interpreter with --python"
                    .to_owned(),
            ),
        }),
        other => other,
    }
}

/// The target of an environment on this machine.
fn of_environment(python: Option<&str>, context: &Context) -> Result<Target, Failure> {
    Ok(context.environment(python)?.probe()?.target())
}

fn named(given: &str, context: &Context) -> Result<Target, Failure> {
    if given.contains(['/', '\\']) || given.ends_with(".json") {
        return Ok(Target::from_json(&read_text(given, context)?, given)?);
    }
    Ok(Target::from_name(given)?)
}
