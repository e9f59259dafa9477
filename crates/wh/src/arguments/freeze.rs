//! `wh freeze`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Print what is installed as requirements
///
/// Sorted and written as `pip freeze` does. No interpreter is started for a virtual environment
/// and no code of a package runs. Two differences are on purpose: `user:password@` is removed
/// from URLs, and a URL of a local path that is gone becomes `name==version`; a warning names
/// each.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  wh freeze --python .venv > requirements.txt\n  wh freeze --find-links wheels --hashes > requirements.txt\n  wh freeze --find-links wheels --format pylock > wheels/pylock.toml"
)]
pub struct FreezeArgs {
    /// The environment: an interpreter, a virtual environment, or a version [default: VIRTUAL_ENV,
    /// else .venv here or above, else python3 or python on PATH]
    #[arg(long, value_name = "PATH|VERSION")]
    pub python: Option<String>,
    /// List what is in this folder, in place of an environment; may be repeated
    #[arg(long, value_name = "DIR", conflicts_with_all = ["python", "local", "user"])]
    pub path: Vec<PathBuf>,
    /// In a virtual environment that sees its base's packages, leave these out
    #[arg(long)]
    pub local: bool,
    /// Only what is in the user's site-packages
    #[arg(long)]
    pub user: bool,
    /// Also pip, setuptools and wheel, where pip leaves them out
    #[arg(long)]
    pub all: bool,
    /// Leave out this project; may be repeated
    #[arg(long, value_name = "NAME")]
    pub exclude: Vec<String>,
    /// Leave out what is installed in place
    #[arg(long)]
    pub exclude_editable: bool,
    /// Only what nothing else that is installed requires
    #[arg(long, conflicts_with_all = ["path", "hashes"])]
    pub top_level: bool,
    /// Keep the order and the comments of this file; may be repeated
    #[arg(short, long, value_name = "FILE")]
    pub requirement: Vec<PathBuf>,
    /// What to write
    #[arg(long, value_name = "FORMAT", default_value = "requirements")]
    pub format: FreezeFormat,
    /// Add the sha256 of each wheel, found below --find-links; status 1 if one is not there
    #[arg(long, requires = "find_links")]
    pub hashes: bool,
    /// A folder with the wheels that are installed, for --hashes and --format pylock; a wheel is
    /// the installed one if its tags and the digests in its RECORD are; may be repeated
    #[arg(short, long, value_name = "DIR")]
    pub find_links: Vec<String>,
}

/// What freeze writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FreezeFormat {
    /// A requirements file
    Requirements,
    /// A JSON array with an object for each distribution
    Json,
    /// A lock (PEP 751) for this environment, to lie in the folder of --find-links
    Pylock,
}
