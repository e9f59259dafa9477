//! The command line as a whole: what holds for every command, and the commands.
//!
//! To define all of them takes a tenth of the time in which an environment is frozen. So a command line that begins with
//! the name of a command is read with the definition of that one alone ([`Cli::with`]).

use clap::error::Error;
use clap::{ArgMatches, Args, CommandFactory, FromArgMatches, Parser, Subcommand};

use super::*;

/// Moves Python environments to places that have no network.
///
/// Three commands do the job: `wh freeze` writes down what is installed, `wh download` fetches
/// everything it needs for the machines it is meant for, `wh install` installs it there with no
/// index and no network.
#[derive(Debug, Parser)]
#[command(
    name = "wh",
    version,
    max_term_width = 100,
    subcommand_required = true,
    arg_required_else_help = true,
    after_help = "\
Examples:
  wh freeze > requirements.txt
  wh download -r requirements.txt -d wheels --target cp312-linux --target cp312-windows
  wh install --find-links wheels

Exit status: 0 done and verified; 1 understood, and the answer is no; 2 the request is
malformed; 3 could not find out (network, permission, disk). 130 after Ctrl-C.

Every long option has a variable: --index-url is WH_INDEX_URL. Settings of a project stand in
wh.toml, which is looked for here and in the folders above; `wh init` writes one."
)]
struct Root {
    #[command(flatten)]
    global: GlobalArgs,
}

/// What was typed.
#[derive(Debug)]
pub struct Cli {
    /// What holds for every command.
    pub global: GlobalArgs,
    /// What to do.
    pub command: Command,
}

impl Cli {
    /// The definitions for a command line whose first word is this: of that command alone, if it is one.
    pub fn with(first: &str) -> clap::Command {
        match Command::definition(first) {
            Some(command) => Root::command().subcommand(command),
            None => Self::command(),
        }
    }
}

impl CommandFactory for Cli {
    fn command() -> clap::Command {
        Command::augment_subcommands(Root::command())
    }

    fn command_for_update() -> clap::Command {
        Command::augment_subcommands_for_update(Root::command_for_update())
    }
}

impl FromArgMatches for Cli {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        Ok(Self {
            global: GlobalArgs::from_arg_matches(matches)?,
            command: Command::from_arg_matches(matches)?,
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// The commands, each by its name.
macro_rules! commands {
    ($($name:literal: $command:ident($args:ty),)*) => {
        // the commands; clap would take a doc comment here for what all of `wh` is about
        #[derive(Debug, Subcommand)]
        #[allow(clippy::large_enum_variant)] // one is made a run
        pub enum Command {
            $(#[command(name = $name)] $command($args),)*
        }

        impl Command {
            /// The definition of the command of this name.
            fn definition(name: &str) -> Option<clap::Command> {
                match name {
                    $($name => Some(<$args>::augment_args(clap::Command::new($name))),)*
                    _ => None,
                }
            }
        }
    };
}

commands! {
    "freeze": Freeze(FreezeArgs),
    "download": Download(DownloadArgs),
    "install": Install(InstallArgs),
    "wheel": Wheel(WheelArgs),
    "sync": Sync(SyncArgs),
    "diff": Diff(DiffArgs),
    "prune": Prune(PruneArgs),
    "list": List(ListArgs),
    "show": Show(ShowArgs),
    "tree": Tree(TreeArgs),
    "check": Check(CheckArgs),
    "verify": Verify(VerifyArgs),
    "uninstall": Uninstall(UninstallArgs),
    "venv": Venv(VenvArgs),
    "target": Target(TargetArgs),
    "init": Init(InitArgs),
    "cache": Cache(CacheArgs),
    "completion": Completion(CompletionArgs),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_alone_is_defined_as_among_all() {
        let mut all = Cli::command();
        all.build();
        let names: Vec<String> = all
            .get_subcommands()
            .map(|one| one.get_name().into())
            .collect();
        assert!(names.len() > 18, "{names:?}");
        for name in names.iter().filter(|name| *name != "help") {
            let mut alone = Cli::with(name);
            alone.build();
            assert_eq!(alone.get_subcommands().count(), 2, "{name} and help");
            let help = |root: &mut clap::Command| {
                let command = root.find_subcommand_mut(name).unwrap();
                command.render_long_help().to_string()
            };
            assert_eq!(help(&mut alone), help(&mut all));
        }
    }

    #[test]
    fn help_begins_with_what_the_program_is_about() {
        for mut root in [Cli::command(), Cli::with("freeze")] {
            let help = root.render_long_help().to_string();
            assert!(help.starts_with("Moves Python environments"), "{help}");
        }
    }

    #[test]
    fn other_words_bring_all_commands() {
        for first in ["help", "--quiet", "instal", ""] {
            assert!(Cli::with(first).get_subcommands().count() >= 18, "{first}");
        }
    }
}
