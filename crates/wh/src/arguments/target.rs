//! Options that name target environments, and `wh target`.

use clap::Args;

/// For which machines.
#[derive(Debug, Args, Clone, Default, PartialEq)]
#[command(next_help_heading = "For which machines")]
pub struct TargetSelection {
    /// A target by name (cp312-manylinux_2_28_x86_64, cp312-windows) or by the file that
    /// `wh target` printed there; may be repeated
    #[arg(long, value_name = "NAME|FILE")]
    pub target: Vec<String>,
    /// The target's Python version (3.12, 312, 3.12.4); repeated ones multiply
    #[arg(long, value_name = "VERSION")]
    pub python_version: Vec<String>,
    /// The target's platform, a floor (manylinux_2_28_x86_64); those of one system, libc and
    /// architecture are one target with the highest floor, others multiply
    #[arg(long, value_name = "PLATFORM")]
    pub platform: Vec<String>,
    /// The target's implementation (cp, pp)
    #[arg(long, value_name = "IMPLEMENTATION")]
    pub implementation: Option<String>,
    /// An ABI that the target loads; may be repeated
    #[arg(long, value_name = "ABI")]
    pub abi: Vec<String>,
    /// The interpreter or virtual environment that is the target, or that the flags above start
    /// from
    #[arg(long, value_name = "PATH|VERSION")]
    pub python: Option<String>,
}

/// Print this machine's target environment as JSON
///
/// The interpreter found here is asked for its marker values and its compatibility tags. Carry
/// the file to where `wh download --target FILE` runs: it chooses for exactly this machine.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  wh target > plant.json    # there\n  wh download -r requirements.txt --target plant.json    # here"
)]
pub struct TargetArgs {
    /// The interpreter or virtual environment to describe; or name of a target to expand
    #[arg(long, value_name = "PATH|VERSION", conflicts_with = "name")]
    pub python: Option<String>,
    /// Expand this target's name (cp312-linux) in place of a machine
    pub name: Option<String>,
}
