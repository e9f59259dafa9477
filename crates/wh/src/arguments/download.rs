//! `wh download`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use wh_index::wheelhouse::is_lock_name;

use super::{BuildArgs, IndexArgs, RequirementArgs, TargetSelection};

/// Fetch everything that requirements need, for every machine they are meant for
///
/// Resolves the requirements for each target (its markers, its tags, its Python: never this
/// machine's), fetches the wheels into one folder, checks each as `wh install` would, and writes
/// `pylock.toml` last: where it stands, everything it names is there. pip and uv install from the
/// folder and from the lock as they are. No code of a package runs, unless --build asks for it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  wh download -r requirements.txt -d wheels
  wh download 'fastapi[standard]' --target cp312-linux --target cp312-windows
  wh download -r requirements.txt --target plant.json      # from `wh target` over there
  wh download pandas --python-version 3.12 --python-version 3.13 \\
      --platform manylinux_2_28_x86_64 --platform win_amd64  # each Python on each platform
  wh download --build ./my-project 'app @ git+https://git.example/app.git@v2'  # wheels of both")]
pub struct DownloadArgs {
    /// What to fetch.
    #[command(flatten)]
    pub wanted: RequirementArgs,
    /// The folder to fill
    #[arg(short, long, value_name = "DIR", default_value = "wheels")]
    pub dest: PathBuf,
    /// Write `pylock.NAME.toml`, so that several sets share a folder
    #[arg(long, value_name = "NAME", value_parser = lock_name)]
    pub lock_name: Option<String>,
    /// Write one lock a target, `pylock.TARGET.toml`, in place of one for all: targets that one
    /// lock cannot tell apart (manylinux and musllinux, cp313 and cp313t) then choose by themselves
    #[arg(long)]
    pub split_locks: bool,
    /// Go on after a failure: fetch what can be had, say at the end what each target goes without;
    /// a lock is written only where it is complete
    #[arg(long)]
    pub keep_going: bool,
    /// Build wheels of source distributions, local projects and repositories here, which runs their
    /// code, so that the folder holds wheels alone; for other machines than this one only wheels
    /// without native parts
    #[arg(long)]
    pub build: bool,
    /// Write no file but the report: say what would be fetched and built (with --build, backends are
    /// asked, which runs their code, for metadata that source does not tell by itself)
    #[arg(long)]
    pub dry_run: bool,
    /// Write the plan as JSON to this file; `-` is standard output
    #[arg(long, value_name = "FILE")]
    pub report: Option<String>,

    /// Which machines.
    #[command(flatten)]
    pub targets: TargetSelection,
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

/// How to choose.
#[derive(Debug, Args, Clone)]
#[command(next_help_heading = "Choosing")]
pub struct ChoosingArgs {
    /// Only what is named; nothing that it requires
    #[arg(long)]
    pub no_deps: bool,
    /// Pre-releases count
    #[arg(long)]
    pub pre: bool,
    /// Prefer versions that targets share over the highest one for each
    #[arg(long)]
    pub agree: bool,
    /// Leave out this project and what only it requires; may be repeated
    #[arg(long, value_name = "NAME")]
    pub exclude: Vec<String>,
    /// Every file needs a hash in the requirements (on as soon as one has one)
    #[arg(long)]
    pub require_hashes: bool,
    /// Which version to take of those that will do
    #[arg(long, value_name = "WHICH", default_value = "highest")]
    pub resolution: WhichVersion,
    /// A file of requirements that replace all others on their projects, whoever asks; may be
    /// repeated
    #[arg(long = "override", value_name = "FILE")]
    pub overrides: Vec<String>,
    /// What is on the other side already, as `wh freeze` printed it there, or a lock: its versions
    /// are preferred, and do not travel; may be repeated
    #[arg(long, value_name = "FILE")]
    pub baseline: Vec<String>,
    /// Files that were uploaded later do not count: a date (the whole of it, in UTC), a time
    /// (RFC 3339), or an age (P7D, `7 days`)
    #[arg(long, value_name = "DATE|AGE")]
    pub exclude_newer: Option<String>,
    /// pip's name for --exclude-newer: a date is its first moment
    #[arg(long, value_name = "DATE|AGE")]
    pub uploaded_prior_to: Option<String>,
    /// Another cut-off for one project, or none: NAME=2026-01-31, NAME=false; may be repeated
    #[arg(long, value_name = "NAME=DATE|AGE|false")]
    pub exclude_newer_package: Vec<String>,
    /// Requires-Python does not count
    #[arg(long)]
    pub ignore_requires_python: bool,
    /// Take wheels alone of these projects (names with commas between, or `:all:`); `:none:` takes
    /// back what was said before
    #[arg(long, value_name = "NAMES")]
    pub only_binary: Vec<String>,
    /// Take source distributions alone of these projects, to be built where they are installed;
    /// what that needs comes along
    #[arg(long, value_name = "NAMES")]
    pub no_binary: Vec<String>,
    /// A version without a fitting wheel counts only if no version in range has one: always so
    #[arg(long, overrides_with = "no_prefer_binary")]
    pub prefer_binary: bool,
    /// The highest version counts, wheel or not, as for pip and uv
    #[arg(long)]
    pub no_prefer_binary: bool,
}

/// Which of the versions that will do is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum WhichVersion {
    /// The highest
    Highest,
    /// The lowest
    Lowest,
    /// The lowest of what is asked for, the highest of what that requires
    LowestDirect,
}

/// The name of a lock must make one file name, on every system, that readers know as a lock's.
fn lock_name(name: &str) -> Result<String, String> {
    let strange = |c: char| c.is_control() || r#"/\:*?"<>|"#.contains(c);
    if name.contains(strange) || !is_lock_name(&format!("pylock.{name}.toml")) {
        return Err(
            "the name of a lock is not empty and has no dot, no slash and none of : * ? \" < > |"
                .to_owned(),
        );
    }
    Ok(name.to_owned())
}
