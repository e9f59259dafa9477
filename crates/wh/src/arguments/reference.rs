//! docs/reference.md, written from the definitions of the command line: what a user reads there is
//! what `--help` says. Only tests are compiled from this file; with WH_UPDATE_REFERENCE set, the
//! test writes the page anew.

use std::fmt::Write as _;
use std::path::Path;

use clap::{Arg, ArgAction, Command, CommandFactory};

use super::Cli;
use super::environment::{variable_of, with_variables};

const HEAD: &str = "# Reference\n\nWritten from the definitions by `just reference`; a test compares.\n\n\
## Exit status\n\n| status | meaning |\n|---|---|\n\
| 0 | done, everything verified |\n\
| 1 | understood, and the answer is no: no solution, unknown project, a wrong hash, a missing file |\n\
| 2 | the request is malformed: a bad flag, requirement, marker or lock |\n\
| 3 | could not find out: network, 401/403/407/5xx, disk full, permission, an interpreter that does not run |\n\
| 130 | interrupted |\n\n3 outranks 1 where several things failed.\n";

fn page() -> String {
    let mut root = with_variables(Cli::command(), &|_| None);
    root.build();
    let mut page = HEAD.to_owned();
    page.push_str("\n## Options of every command\n\n");
    options(
        &mut page,
        root.get_arguments().filter(|arg| arg.is_global_set()),
    );
    for command in root
        .get_subcommands()
        .filter(|command| command.get_name() != "help")
    {
        match command.has_subcommands() {
            true => command
                .get_subcommands()
                .for_each(|inner| match inner.get_name() {
                    "help" => {}
                    _ => section(&mut page, inner),
                }),
            false => section(&mut page, command),
        }
    }
    page
}

fn section(page: &mut String, command: &Command) {
    let about = command
        .get_long_about()
        .or(command.get_about())
        .map(ToString::to_string);
    let _ = writeln!(
        page,
        "\n## {}\n\n{}\n",
        command.get_bin_name().unwrap_or(command.get_name()),
        about.unwrap_or_default()
    );
    let usage = command.clone().render_usage().to_string();
    let _ = writeln!(page, "    {}\n", usage.trim_start_matches("Usage: "));
    options(
        page,
        command.get_arguments().filter(|arg| !arg.is_global_set()),
    );
    if let Some(after) = command.get_after_help() {
        let _ = writeln!(page, "\n```\n{}\n```", after.to_string().trim_end());
    }
}

fn options<'a>(page: &mut String, args: impl Iterator<Item = &'a Arg>) {
    page.push_str("| option | meaning | variable |\n|---|---|---|\n");
    for arg in args.filter(|arg| !matches!(arg.get_id().as_str(), "help" | "version")) {
        let _ = writeln!(
            page,
            "| {} | {} | {} |",
            spelled(arg),
            meaning(arg),
            variable(arg)
        );
    }
}

fn spelled(arg: &Arg) -> String {
    let value = arg
        .get_value_names()
        .map(|names| names.join(" "))
        .unwrap_or_default();
    let takes_value = matches!(arg.get_action(), ArgAction::Set | ArgAction::Append);
    let names: Vec<String> = arg
        .get_short()
        .map(|short| format!("-{short}"))
        .into_iter()
        .chain(arg.get_long().map(|long| format!("--{long}")))
        .collect();
    match (names.is_empty(), takes_value) {
        (true, _) => format!("`{value}`"),
        (false, true) => format!("`{} {value}`", names.join("`, `")).replace('|', "\\|"),
        (false, false) => format!("`{}`", names.join("`, `")),
    }
}

fn meaning(arg: &Arg) -> String {
    let mut text = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let values: Vec<String> = arg
        .get_possible_values()
        .iter()
        .map(|value| format!("`{}`", value.get_name()))
        .collect();
    if !values.is_empty() && !matches!(arg.get_action(), ArgAction::SetTrue | ArgAction::Count) {
        let _ = write!(text, ": {}", values.join(", "));
    }
    let defaults: Vec<_> = arg
        .get_default_values()
        .iter()
        .map(|value| value.to_string_lossy())
        .collect();
    if !defaults.is_empty() && !matches!(arg.get_action(), ArgAction::SetTrue | ArgAction::Count) {
        let _ = write!(text, " [default: {}]", defaults.join(" "));
    }
    text.replace('\n', " ").replace('|', "\\|")
}

fn variable(arg: &Arg) -> String {
    match (arg.get_long(), arg.get_action()) {
        (Some(long), ArgAction::Set | ArgAction::Append | ArgAction::SetTrue) => {
            format!("`{}`", variable_of(long))
        }
        _ => String::new(),
    }
}

#[test]
fn the_reference_is_that_of_the_definitions() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference.md");
    if std::env::var_os("WH_UPDATE_REFERENCE").is_some() {
        std::fs::write(&path, page()).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page(),
        "docs/reference.md is out of date: `just reference` writes it"
    );
}
