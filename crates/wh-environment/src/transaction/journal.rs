//! The journal: all moves of a change as a value, made before the first of them.
//!
//! Steps are done in order and undone in reverse. The list stands on disk before step one
//! ([`super::log`]), and whether a step was done can be told from the disk alone: what goes was
//! moved once it is in a staging folder, what comes once it is not there any more, and a link tells where
//! it leads. So a run that was killed can be undone by the next, and that one's undoing by a third.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use wh_wheel::{Namer, remove_folder_link, rename};

use super::change::{ApplyError, io_error};

/// One reversible step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// What is there goes into a staging folder; nothing is there yet.
    MoveOut { from: PathBuf, to: PathBuf },
    /// What is staged goes to its place; nothing is there yet.
    MoveIn { from: PathBuf, to: PathBuf },
    /// A link to a folder is made; nothing is there yet.
    Link { folder: PathBuf, at: PathBuf },
    /// A folder that must be empty goes, as a file takes its place; with its permissions, to make
    /// it again.
    Remove { folder: PathBuf, mode: u32 },
    /// A folder goes if nothing is in it any more.
    RemoveIfEmpty { folder: PathBuf, mode: u32 },
}

/// What a change does to names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Journal {
    /// Whether each state is to be on the disk before the next begins.
    pub sync: bool,
    /// What makes the new state of the old one.
    pub steps: Vec<Step>,
}

impl Journal {
    /// Does all steps, then what makes them count.
    ///
    /// # Errors
    /// A step failed, or `commit` did; what was done was undone.
    pub fn run(
        &self,
        commit: impl FnOnce() -> Result<(), ApplyError>,
        kept: &Path,
    ) -> Result<(), ApplyError> {
        let mut done = 0;
        let mut namer = Namer::default();
        let mut steps = self.steps.iter();
        let all = steps.try_for_each(|step| step.run(&mut namer).map(|()| done += 1));
        let Err(failure) = all.and_then(|()| commit()) else {
            return Ok(());
        };
        Err(match each_back(&self.steps[..done], |_| Ok(true)) {
            Ok(()) => failure,
            Err(source) => ApplyError::Undo {
                failure: Box::new(failure),
                kept: kept.to_owned(),
                source: Box::new(source),
            },
        })
    }

    /// Undoes those of the steps that a killed run had done.
    ///
    /// # Errors
    /// One could not be undone; all others were.
    pub fn undo_what_was_done(&self) -> Result<(), ApplyError> {
        each_back(&self.steps, Step::was_done)
    }

    /// All paths that it changes.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        let steps = self.steps.iter().flat_map(|step| match step {
            Step::MoveOut { from, to } | Step::MoveIn { from, to } => [from, to],
            Step::Link { at, .. } => [at, at],
            Step::Remove { folder, .. } | Step::RemoveIfEmpty { folder, .. } => [folder, folder],
        });
        steps.map(PathBuf::as_path)
    }
}

/// Undoes steps, the last first; goes on after a failure, of which it returns the first.
fn each_back(
    steps: &[Step],
    was_done: impl Fn(&Step) -> Result<bool, ApplyError>,
) -> Result<(), ApplyError> {
    let mut result = Ok(());
    for step in steps.iter().rev() {
        let undone = was_done(step).and_then(|done| match done {
            true => step.undo(),
            false => Ok(()),
        });
        result = result.and(undone);
    }
    result
}

impl Step {
    fn run(&self, namer: &mut Namer) -> Result<(), ApplyError> {
        let failed = |what, path: &Path, error: io::Error| match error.kind() {
            io::ErrorKind::AlreadyExists => ApplyError::InTheWay {
                path: path.to_owned(),
            },
            _ => io_error(what, self.place())(error),
        };
        match self {
            Step::MoveOut { from, to } | Step::MoveIn { from, to } => {
                let moved = namer.rename(from, to);
                moved.map_err(|error| failed("move", to, error))
            }
            Step::Link { folder, at } => {
                let made = namer.link(folder, at);
                made.map_err(|error| failed("link", at, error))
            }
            Step::Remove { folder, .. } | Step::RemoveIfEmpty { folder, .. } => self.remove(folder),
        }
    }

    fn remove(&self, folder: &Path) -> Result<(), ApplyError> {
        use io::ErrorKind::{DirectoryNotEmpty, NotADirectory, NotFound, ResourceBusy};
        let may_stay = matches!(self, Step::RemoveIfEmpty { .. });
        fs::remove_dir(folder).or_else(|error| match error.kind() {
            DirectoryNotEmpty | NotADirectory | NotFound | ResourceBusy if may_stay => Ok(()),
            DirectoryNotEmpty => Err(ApplyError::InTheWay {
                path: folder.to_owned(),
            }),
            _ => Err(io_error("remove", folder)(error)),
        })
    }

    fn undo(&self) -> Result<(), ApplyError> {
        let undone = match self {
            Step::MoveOut { from, to } | Step::MoveIn { from, to } => rename(to, from),
            Step::Link { at, .. } => remove_folder_link(at),
            Step::Remove { folder, mode } | Step::RemoveIfEmpty { folder, mode } => {
                make_again(folder, *mode)
            }
        };
        undone.map_err(io_error("bring back", self.place()))
    }

    /// The path that a user knows.
    fn place(&self) -> &Path {
        match self {
            Step::MoveOut { from: place, .. }
            | Step::MoveIn { to: place, .. }
            | Step::Link { at: place, .. }
            | Step::Remove { folder: place, .. }
            | Step::RemoveIfEmpty { folder: place, .. } => place,
        }
    }

    /// Whether the disk says that it was done.
    fn was_done(&self) -> Result<bool, ApplyError> {
        match self {
            Step::MoveOut { to, .. } => is_there(to),
            // what somebody took away since cannot be moved back
            Step::MoveIn { from, to } => Ok(!is_there(from)? && is_there(to)?),
            Step::Link { folder, at } => leads_to(at, folder),
            // it may be there again without its permissions
            Step::Remove { .. } | Step::RemoveIfEmpty { .. } => Ok(true),
        }
    }
}

/// Whether something has that name. Not to be able to tell is no answer.
fn is_there(path: &Path) -> Result<bool, ApplyError> {
    match path.symlink_metadata() {
        Ok(_) => Ok(true),
        Err(error) => match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Ok(false),
            _ => Err(io_error("read", path)(error)),
        },
    }
}

/// Whether a link stands there that leads to this folder: what else does is somebody else's.
fn leads_to(at: &Path, folder: &Path) -> Result<bool, ApplyError> {
    if !is_there(at)? || !at.is_symlink() {
        return Ok(false);
    }
    let there = fs::read_link(at).map_err(io_error("read", at))?;
    Ok(there == *folder)
}

/// Makes a folder where it was removed, and gives it its permissions where it lacks them.
fn make_again(folder: &Path, mode: u32) -> io::Result<()> {
    match fs::create_dir(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    let there = folder.symlink_metadata()?;
    match there.is_dir() && mode_of(&there) != mode {
        true => set_mode(folder, mode),
        false => Ok(()),
    }
}

/// The permissions of a folder; 0 where the system has none.
#[cfg(unix)]
pub(super) fn mode_of(metadata: &fs::Metadata) -> u32 {
    use std::os::unix::fs::MetadataExt as _;
    metadata.mode() & 0o7777
}

#[cfg(unix)]
fn set_mode(folder: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(folder, fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
pub(super) fn mode_of(_: &fs::Metadata) -> u32 {
    0
}

#[cfg(not(unix))]
fn set_mode(_: &Path, _: u32) -> io::Result<()> {
    Ok(())
}
