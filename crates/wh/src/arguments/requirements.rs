//! Options that say what is asked for.

use clap::Args;

/// What is asked for.
#[derive(Debug, Args, Clone, Default)]
pub struct RequirementArgs {
    /// Requirements (`pandas>=2`); paths and URLs of wheels; paths of projects and of their source
    /// distributions; `wh download`: also URLs of these and of git repositories
    /// (`git+https://host/path@revision`)
    #[arg(value_name = "REQUIREMENT")]
    pub requirements: Vec<String>,
    /// A project's folder, to be imported from where it lies (PEP 660); may be repeated
    #[arg(short, long, value_name = "PATH")]
    pub editable: Vec<String>,
    /// What is needed, in a file: a requirements file, pyproject.toml, a script (PEP 723), pylock.toml
    /// or uv.lock (`wh download`: or a URL); `-` is standard input; may be repeated
    #[arg(short, long, value_name = "FILE")]
    pub requirement: Vec<String>,
    /// An extra of the project or lock that -r names; may be repeated
    #[arg(long, value_name = "NAME")]
    pub extra: Vec<String>,
    /// All extras of it
    #[arg(long)]
    pub all_extras: bool,
    /// A dependency group of it, or of ./pyproject.toml where -r names no project or lock; may be
    /// repeated
    #[arg(long, value_name = "[FILE:]NAME")]
    pub group: Vec<String>,
    /// A constraints file: limits versions without asking for anything; may be repeated
    #[arg(short, long, value_name = "FILE")]
    pub constraint: Vec<String>,
}
