//! `wh init`.

use clap::Args;

/// Write a `wh.toml` for this folder, with what is seen here and a word about each setting
///
/// `wh download` finds it from here and from every folder below, and takes from it what is not said
/// on its command line: requirements, targets, indexes and the rest. A file that is there is never
/// written over.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  wh init && wh download")]
pub struct InitArgs {
    /// A requirement to write down (`pandas>=2`); left out: the files of requirements that are here
    #[arg(value_name = "REQUIREMENT")]
    pub requirements: Vec<String>,
    /// A target to write down; left out: that of the Python environment here
    #[arg(long, value_name = "NAME|FILE")]
    pub target: Vec<String>,
}
