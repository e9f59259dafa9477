//! What to do about every failure. Only here are flags named in advice: [`choosing`] for what no
//! choice was found for, [`building`] for builds, [`sources`] for indexes and files, the rest in this file.

mod building;
mod choosing;
mod other_targets;
mod sources;

use std::io;

use wh_environment::transaction::ApplyError;
use wh_environment::{DiscoverError, InstalledError, ProbeError, VenvError};
use wh_index::compare::CompareError;
use wh_packaging::requirements_file::RequirementsFileError;

use super::Failure;
use choosing::{of_build, of_folder, of_resolve, of_select, of_target};
use sources::{of_download, of_find_links, of_index, of_prune, of_source, of_wheelhouse};

type Hints = Vec<String>;

fn one(hint: impl Into<String>) -> Hints {
    vec![hint.into()]
}

const NAME_AN_ENVIRONMENT: &str = "name one with --python (an interpreter, a virtual environment's folder, or a version), or make one with `wh venv`";
const FETCH_AGAIN: &str =
    "fetch the folder again with `wh download`: it replaces what does not match its lock";
const MALFORMED_LINE: &str =
    "a line is a requirement (`pandas>=2`), an option of pip's (`-r more.txt`), or a comment";

impl Failure {
    /// What the user can do, the most likely first.
    pub fn hints(&self) -> Hints {
        match self {
            Failure::Discover(error) => of_discover(error),
            Failure::Probe(error) => of_probe(error),
            Failure::Installed(error)
            | Failure::Freeze(wh_environment::FreezeError::Installed(error)) => of_installed(error),
            Failure::Freeze(wh_environment::FreezeError::Requirement { .. })
            | Failure::RequirementsFile(RequirementsFileError::Line { .. }) => one(MALFORMED_LINE),
            Failure::Venv(error) => of_venv(error),
            Failure::Apply(error) => of_apply(error),
            Failure::Target(error) => of_target(error),
            Failure::RequirementsFile(RequirementsFileError::Read { error, .. }) => {
                of_reading(error)
            }
            Failure::RequirementsFile(RequirementsFileError::Recursion { .. }) => {
                one("take one of the two lines out")
            }
            Failure::Index(error) => of_index(error),
            Failure::FindLinks(error) => of_find_links(error),
            Failure::Source(error) => of_source(error),
            Failure::Wheelhouse(error) => of_wheelhouse(error),
            Failure::Resolve(error) => of_resolve(error),
            Failure::Build(error) => of_build(error),
            Failure::Building(error) => building::of_building(error),
            Failure::NotInFolder { error, locked, .. } => of_folder(error, *locked),
            Failure::Download(error) => of_download(error),
            Failure::Compare(CompareError::Read { .. }) => {
                one("check the path and that this user may read it")
            }
            Failure::Compare(CompareError::Wheelhouse(error)) => of_wheelhouse(error),
            Failure::Prune(error) => of_prune(error),
            Failure::SelfCheck(_) => one(
                "this is a fault of wh: no lock was written. Please report it with the requirements and the target",
            ),
            Failure::Wheel(_) => one(FETCH_AGAIN),
            Failure::Lock { .. } => {
                one("write it again with `wh download`, or name another with -r")
            }
            Failure::Select { source, .. } => of_select(source),
            Failure::Malformed { hint, .. } | Failure::No { hint, .. } => {
                hint.iter().cloned().collect()
            }
            Failure::Faults { hint, .. } => one(hint.clone()),
            Failure::NotTogether { .. } => one(
                "each of them can be served, but one lock cannot tell them apart: --split-locks writes a lock for each, with versions of its own",
            ),
            Failure::Incomplete { hints, .. } => hints.clone(),
            Failure::Offline { failure, .. } => match &**failure {
                Failure::Several(all) => all.first().map(Failure::hints).unwrap_or_default(),
                one => one.hints(),
            },
            Failure::File(..) | Failure::Several(_) => Vec::new(),
        }
    }
}

/// A requirements file that cannot be had.
fn of_reading(error: &io::Error) -> Hints {
    if let Some(error) = error.get_ref().and_then(|error| error.downcast_ref()) {
        return sources::of_client(error);
    }
    one(match error.kind() {
        io::ErrorKind::Unsupported => "carry that file over too, and name it by its path",
        _ => {
            "paths of included files are relative to the file that names them; `-` is standard input"
        }
    })
}

fn of_installed(error: &InstalledError) -> Hints {
    one(match error {
        InstalledError::Read { .. } => "check that the folder can be read by this user",
        InstalledError::HalfChanged { .. } => {
            "run `wh install ...` again, or `wh uninstall` of anything there: what changes it first puts it right"
        }
    })
}

fn of_discover(error: &DiscoverError) -> Hints {
    match error {
        DiscoverError::NotFound => one(NAME_AN_ENVIRONMENT),
        DiscoverError::NotPython { .. } => one(NAME_AN_ENVIRONMENT),
        DiscoverError::NoSuchInterpreter { .. } => {
            one("name the interpreter by its path with --python")
        }
        DiscoverError::Probe(error) => of_probe(error),
    }
}

fn of_probe(error: &ProbeError) -> Hints {
    match error {
        ProbeError::Start { .. }
        | ProbeError::Failed { .. }
        | ProbeError::Silent { .. }
        | ProbeError::Answer { .. } => {
            one("run it by hand to see what is wrong, or name another with --python")
        }
        ProbeError::TooOld { .. } => one("name a newer one with --python"),
    }
}

fn of_venv(error: &VenvError) -> Hints {
    match error {
        VenvError::NotEmpty { .. } => one("name another folder"),
        VenvError::OtherPython { .. } => {
            one("name another folder, or remove all that is in it with --clear")
        }
        VenvError::BadPath { .. } => one("name another folder"),
        VenvError::BadPrompt => one("give another text with --prompt"),
        VenvError::Write(error) => of_write(error),
    }
}

fn of_write(error: &io::Error) -> Hints {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            one("the disk is full: make room, or name another folder; nothing was left half done")
        }
        io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory => {
            one("something else has that name: name another folder, or move it away")
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            one("this user may not write there: name another folder, or change its permissions")
        }
        _ => Vec::new(),
    }
}

fn of_apply(error: &ApplyError) -> Hints {
    let nothing_changed = "nothing was changed";
    match error {
        ApplyError::Wheel(wheel) => match &wheel.fault {
            wh_wheel::Fault::Write { source, .. } => of_write(source),
            _ => one(format!("{nothing_changed}; {FETCH_AGAIN}")),
        },
        ApplyError::Hash { .. } | ApplyError::WeakHash { .. } => one(format!(
            "{nothing_changed}: the file is not the one that was locked; {FETCH_AGAIN}"
        )),
        ApplyError::Conflict { .. } => one(
            "both cannot be installed together; leave one of them out (`wh download --exclude NAME`), or have the later one win with --allow-conflicts",
        ),
        ApplyError::InstalledConflict { owner, .. } => one(format!(
            "uninstall {owner} first, install into another environment, or overwrite its file with --allow-conflicts"
        )),
        ApplyError::InTheWay { .. } => one("move it away, and install again"),
        ApplyError::NoFileList { project, .. } => one(format!(
            "it was installed without a list of its files: remove {project} with what installed it"
        )),
        ApplyError::Record { .. } => one("reinstall that distribution with what installed it"),
        ApplyError::Compile { reason, .. } => one(format!(
            "{reason}; nothing was changed: install with --no-compile, and Python compiles what it imports"
        )),
        ApplyError::Changed { .. } => {
            one("another program is at work there: try again when it is done")
        }
        ApplyError::Io { source, .. } => of_write(source),
        ApplyError::Journal { .. } => one(
            "nobody can tell what the killed run had done: make the environment anew; if it is whole, remove the folder of that file",
        ),
        ApplyError::Recover { .. } => {
            one("mend that, and run the same again: it goes on from there")
        }
        ApplyError::Undo { .. } => {
            one("mend the fault, and run the same again: it moves them back first")
        }
    }
}
