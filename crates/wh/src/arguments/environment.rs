//! Every long option has a variable: `--index-url` is `WH_INDEX_URL`.
//!
//! The command line comes first, a variable second. An option that may be repeated takes several
//! values from its variable, separated by white space, as pip does.

use std::ffi::OsString;

use clap::builder::FalseyValueParser;
use clap::{Arg, ArgAction, Command};

/// Gives each long option its variable of this process. Those of a subcommand's options are looked up
/// once it is the one that was typed: there are hundreds.
pub fn with_process_variables(command: Command) -> Command {
    let lookup = |name: &str| std::env::var_os(name);
    command
        .mut_args(|arg| with_variable(arg, &lookup))
        .mut_subcommands(|subcommand| {
            subcommand.defer(|this| with_variables(this, &|name| std::env::var_os(name)))
        })
}

/// Gives each long option of the command and of its subcommands its variable, read with `lookup`.
pub(super) fn with_variables(
    command: Command,
    lookup: &dyn Fn(&str) -> Option<OsString>,
) -> Command {
    command
        .mut_args(|arg| with_variable(arg, lookup))
        .mut_subcommands(|subcommand| with_variables(subcommand, lookup))
}

fn with_variable(arg: Arg, lookup: &dyn Fn(&str) -> Option<OsString>) -> Arg {
    let Some(long) = arg.get_long() else {
        return arg;
    };
    if matches!(long, "help" | "version") {
        return arg;
    }
    let variable = variable_of(long);
    match arg.get_action() {
        ArgAction::Append => match lookup(&variable).and_then(|value| value.into_string().ok()) {
            Some(value) => {
                let values: Vec<String> = value.split_whitespace().map(str::to_owned).collect();
                arg.default_values(values).hide_default_value(true)
            }
            None => arg,
        },
        ArgAction::Set => arg.env(variable).hide_env(true),
        ArgAction::SetTrue => arg
            .env(variable)
            .hide_env(true)
            .value_parser(FalseyValueParser::new()),
        _ => arg,
    }
}

/// The variable of a long option.
pub(super) fn variable_of(long: &str) -> String {
    format!("WH_{}", long.replace('-', "_").to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, FromArgMatches};

    use super::*;
    use crate::arguments::{Cli, Command as Chosen};

    fn parse(variables: &[(&str, &str)], arguments: &[&str]) -> Cli {
        let lookup = |name: &str| {
            variables
                .iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| OsString::from(value))
        };
        let command = with_variables(Cli::command(), &lookup);
        Cli::from_arg_matches(&command.get_matches_from(arguments)).unwrap()
    }

    #[test]
    fn repeated_options_split_at_white_space() {
        let cli = parse(&[("WH_FIND_LINKS", "a b")], &["wh", "install"]);
        let Chosen::Install(args) = cli.command else {
            panic!("not install")
        };
        assert_eq!(args.find_links, ["a", "b"].map(std::path::PathBuf::from));
    }

    #[test]
    fn the_command_line_comes_first() {
        let cli = parse(&[("WH_FIND_LINKS", "a b")], &["wh", "install", "-f", "c"]);
        let Chosen::Install(args) = cli.command else {
            panic!("not install")
        };
        assert_eq!(args.find_links, [std::path::PathBuf::from("c")]);
    }

    #[test]
    fn those_of_the_process_are_those_of_all_commands() {
        let mut deferred = with_process_variables(Cli::command());
        let mut all = with_variables(Cli::command(), &|name| std::env::var_os(name));
        deferred.build();
        all.build();
        let variables = |command: &Command| -> Vec<Option<OsString>> {
            let commands = command.get_subcommands().flat_map(Command::get_arguments);
            let args = command.get_arguments().chain(commands);
            args.map(|arg| arg.get_env().map(Into::into)).collect()
        };
        assert!(variables(&all).iter().flatten().count() > 100);
        assert_eq!(variables(&deferred), variables(&all));
    }

    #[test]
    fn definitions_are_consistent() {
        with_variables(Cli::command(), &|_| None).debug_assert();
    }
}
