//! `wh completion`.

use clap::CommandFactory;

use crate::arguments::{Cli, CompletionArgs};
use crate::failure::{Failure, Status};
use crate::terminal;

/// Prints the script.
pub fn run(args: &CompletionArgs) -> Result<Status, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "wh", &mut script);
    terminal::print(&String::from_utf8_lossy(&script)).map_err(Failure::file)?;
    Ok(Status::Done)
}
