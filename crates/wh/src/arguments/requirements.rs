//! Options that say what is asked for.

use clap::Args;

/// What is asked for.
#[derive(Debug, Args, Clone, Default)]
pub struct RequirementArgs {
    /// Requirements (`pandas>=2`), or paths and URLs of wheels
    #[arg(value_name = "REQUIREMENT")]
    pub requirements: Vec<String>,
    /// A requirements file or a lock (`wh download`: or the URL of a requirements file); `-` is
    /// standard input; may be repeated
    #[arg(short, long, value_name = "FILE")]
    pub requirement: Vec<String>,
    /// A constraints file: limits versions without asking for anything; may be repeated
    #[arg(short, long, value_name = "FILE")]
    pub constraint: Vec<String>,
}
