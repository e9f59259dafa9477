//! `wh wheel`.

use std::path::PathBuf;

use clap::Args;

use super::{BuildArgs, ChoosingArgs, IndexArgs, RequirementArgs};

/// Build wheels, with those of their dependencies, into a folder
///
/// Local projects, git repositories, archives of source and source distributions are built, which
/// runs their code; what they require is fetched as a wheel, or built where it has none. Each build
/// has an environment of its own, without pip, and may write to nothing else. For the interpreter
/// here alone; `wh download --build` fills a folder for other machines too, and writes a lock.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  wh wheel . -w dist --no-deps
  wh wheel 'app @ git+https://git.example/app.git@v2' -w wheels
  wh wheel -r requirements.txt -w wheels
  wh wheel --no-index --find-links wheels iniconfig     # from a wheelhouse, with no network")]
pub struct WheelArgs {
    /// What to build.
    #[command(flatten)]
    pub wanted: RequirementArgs,
    /// The folder to fill
    #[arg(short, long, value_name = "DIR", default_value = ".")]
    pub wheel_dir: PathBuf,
    /// The interpreter or virtual environment to build with and for
    #[arg(long, value_name = "PATH|VERSION")]
    pub python: Option<String>,
    /// Go on after a failure, and say at the end what is missing
    #[arg(long)]
    pub keep_going: bool,
    /// Write no file but the report: say what would be fetched and built (backends are asked, which
    /// runs their code, for metadata that source does not tell by itself)
    #[arg(long)]
    pub dry_run: bool,
    /// Write the plan as JSON to this file; `-` is standard output
    #[arg(long, value_name = "FILE")]
    pub report: Option<String>,

    /// How to choose.
    #[command(flatten)]
    pub choosing: ChoosingArgs,
    /// Where from.
    #[command(flatten)]
    pub index: IndexArgs,
    /// How what is source is built.
    #[command(flatten)]
    pub building: BuildArgs,
}
