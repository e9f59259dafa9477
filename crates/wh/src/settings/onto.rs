//! Settings as the defaults of options: what is typed and what a variable says comes before them.

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command};

use super::Given;
use crate::failure::Failure;

/// The command line with these settings as defaults of one command's options.
pub fn onto<'a>(
    root: Command,
    command: &str,
    given: impl IntoIterator<Item = &'a Given> + Clone,
) -> Command {
    let with = |arg: Arg| {
        let mut given = given.clone().into_iter();
        let found = given.find(|one| arg.get_long() == Some(one.option.as_str()));
        match found {
            Some(one) => arg
                .default_values(one.values.clone())
                .hide_default_value(true),
            None => arg,
        }
    };
    root.mut_subcommand(command, |sub| sub.mut_args(with))
}

/// The settings that count: nothing that was typed and no variable comes before them.
pub fn effective<'g>(
    given: &'g [Given],
    command: &Command,
    typed: &ArgMatches,
) -> impl Iterator<Item = &'g Given> {
    let counts = |one: &&Given| {
        let mut args = command.get_arguments();
        let arg = args.find(|arg| arg.get_long() == Some(one.option.as_str()));
        arg.is_some_and(|arg| {
            let source = typed.value_source(arg.get_id().as_str());
            // a variable of an option that may be repeated stands as its default, too
            let repeated = matches!(arg.get_action(), ArgAction::Append);
            match source {
                None => true,
                Some(ValueSource::DefaultValue) => !repeated,
                Some(_) => false,
            }
        })
    };
    let effective: Vec<&Given> = given.iter().filter(counts).collect();
    effective.into_iter()
}

/// The setting that a command line cannot be read with, though it can be without settings.
pub fn culprit(
    given: &[Given],
    error: &clap::Error,
    parse: impl Fn(&Given) -> Result<ArgMatches, clap::Error>,
) -> Failure {
    let found = given
        .iter()
        .find_map(|one| parse(one).err().map(|error| (one, error)));
    let (place, text) = match &found {
        Some((one, error)) => (format!("{}: ", one.place), error.to_string()),
        None => (String::new(), error.to_string()),
    };
    let first = text.lines().next().unwrap_or_default();
    let said = first.strip_prefix("error: ").unwrap_or(first);
    Failure::malformed_because(
        format!("{place}{said}"),
        "`wh download --help` lists what each option takes",
    )
}
