//! `wh venv`.

use std::path::PathBuf;

use clap::Args;

/// Make a virtual environment
///
/// Empty, without pip: `wh install --find-links wheels --python DIR` fills it. Where there is one of
/// the same Python already, its packages stay; one of another Python is left alone unless --clear.
#[derive(Debug, Args)]
pub struct VenvArgs {
    /// The folder to make
    #[arg(default_value = ".venv")]
    pub dir: PathBuf,
    /// The interpreter to base it on [default: python3 or python on PATH]
    #[arg(short, long, value_name = "PATH|VERSION")]
    pub python: Option<String>,
    /// What the prompt shows while it is active [default: the folder's name]
    #[arg(long, value_name = "TEXT")]
    pub prompt: Option<String>,
    /// Let it see the packages of its base
    #[arg(long)]
    pub system_site_packages: bool,
    /// Remove what is in the folder first, if it is a virtual environment
    #[arg(long)]
    pub clear: bool,
}
