//! `wh check`, `wh list`, `wh show`, `wh tree`: commands that read an environment.

use clap::{Args, ValueEnum};

/// Whether the requirements of what is installed are met
///
/// As `pip check`: what is missing, in conflict, or of wheels for another platform, a line each
/// and status 1. Requirements that an extra brings count too, where an installed distribution
/// asks for that extra. Nothing is changed and no code of a package runs; for a virtual
/// environment no interpreter is started where its files tell what it is.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  wh check --python .venv")]
pub struct CheckArgs {
    /// The environment: an interpreter, a virtual environment, or a version [default: as for
    /// `wh freeze`]
    #[arg(long, value_name = "PATH|VERSION")]
    pub python: Option<String>,
    /// What to write
    #[arg(long, value_name = "FORMAT", default_value = "lines")]
    pub format: LinesOrJson,
}

/// What check writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LinesOrJson {
    /// A line for each fault
    Lines,
    /// A JSON array with an object for each fault
    Json,
}

/// List what is installed
///
/// As `pip list`: sorted by name, with the folder of what is installed in place. For a virtual
/// environment no interpreter is started where its files tell what it is.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  wh list --not-required")]
pub struct ListArgs {
    /// The environment: an interpreter, a virtual environment, or a version [default: as for
    /// `wh freeze`]
    #[arg(long, value_name = "PATH|VERSION")]
    pub python: Option<String>,
    /// Only what is installed in place
    #[arg(short, long)]
    pub editable: bool,
    /// Leave out what is installed in place
    #[arg(long, conflicts_with = "editable")]
    pub exclude_editable: bool,
    /// In a virtual environment that sees its base's packages, leave these out
    #[arg(short, long)]
    pub local: bool,
    /// Only what is in the user's site-packages
    #[arg(long)]
    pub user: bool,
    /// Only what no other installed distribution requires
    #[arg(long)]
    pub not_required: bool,
    /// Leave out this project; may be repeated
    #[arg(long, value_name = "NAME")]
    pub exclude: Vec<String>,
    /// What to write
    #[arg(long, value_name = "FORMAT", default_value = "columns")]
    pub format: ListFormat,
}

/// What list writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// A table
    Columns,
    /// `name==version`, a line each
    Freeze,
    /// A JSON array with an object for each distribution
    Json,
}

/// Show what is known of installed distributions
///
/// As `pip show`: fields of METADATA, where it lies, what it requires here and what requires it.
/// Names that are not installed are warned of; if none is, the status is 1.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  wh show --files numpy")]
pub struct ShowArgs {
    /// Project names
    #[arg(value_name = "NAME", required = true)]
    pub names: Vec<String>,
    /// The environment: an interpreter, a virtual environment, or a version [default: as for
    /// `wh freeze`]
    #[arg(long, value_name = "PATH|VERSION")]
    pub python: Option<String>,
    /// Also its files, as RECORD lists them
    #[arg(short, long)]
    pub files: bool,
}

/// Show what requires what, as a tree
///
/// Begins with what nothing else requires, or with the names given. Requirements that markers
/// leave out do not count; those that an extra brings do, where an installed distribution asks
/// for that extra. What is missing or in conflict is marked; a subtree that stands above already
/// is marked (*).
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  wh tree --depth 1\n  wh tree --invert urllib3    who requires it"
)]
pub struct TreeArgs {
    /// Begin with these projects
    #[arg(value_name = "NAME")]
    pub names: Vec<String>,
    /// The environment: an interpreter, a virtual environment, or a version [default: as for
    /// `wh freeze`]
    #[arg(long, value_name = "PATH|VERSION")]
    pub python: Option<String>,
    /// From what is required to what requires it
    #[arg(long)]
    pub invert: bool,
    /// No deeper than this; 0 are the first lines alone
    #[arg(long, value_name = "N")]
    pub depth: Option<usize>,
}
