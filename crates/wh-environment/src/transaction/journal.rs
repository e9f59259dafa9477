//! The journal: all moves of a change as a value, made before the first of them.
//!
//! Steps are done in order and undone in reverse. The list stands on disk before step one
//! ([`super::log`]), and whether a step was done can be told from the disk alone: what goes was
//! moved once it is in a staging folder, what comes once it is not there any more. So a run that
//! was killed can be undone by the next, and that one's undoing by a third.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use wh_wheel::rename;

use super::change::{ApplyError, io_error};

/// One reversible step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// What is there goes into a staging folder; nothing is there yet.
    MoveOut { from: PathBuf, to: PathBuf },
    /// What is staged goes to its place; nothing is there yet.
    MoveIn { from: PathBuf, to: PathBuf },
    /// A folder that should be empty goes; it stays if it is not.
    RemoveIfEmpty { folder: PathBuf },
    /// A folder that must be empty goes.
    Remove { folder: PathBuf },
}

/// The steps, and how many are done.
#[derive(Debug, Default)]
pub(super) struct Journal {
    steps: Vec<Step>,
    done: Vec<Step>,
}

impl Journal {
    /// Adds a step to do.
    pub fn push(&mut self, step: Step) {
        self.steps.push(step);
    }

    /// The steps to do.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Does all steps, then what makes them count.
    ///
    /// # Errors
    /// A step failed, or `commit` did; what was done was undone.
    pub fn run(
        mut self,
        commit: impl FnOnce() -> Result<(), ApplyError>,
        kept: &Path,
    ) -> Result<(), ApplyError> {
        let Err(failure) = self.all().and_then(|()| commit()) else {
            return Ok(());
        };
        Err(match self.undo() {
            Ok(()) => failure,
            Err(source) => ApplyError::Undo {
                failure: Box::new(failure),
                kept: kept.to_owned(),
                source,
            },
        })
    }

    fn all(&mut self) -> Result<(), ApplyError> {
        for step in std::mem::take(&mut self.steps) {
            if step.run()? {
                self.done.push(step);
            }
        }
        Ok(())
    }

    /// Undoes what is done, the last first; goes on after a failure, of which it returns the first.
    fn undo(&mut self) -> io::Result<()> {
        let mut result = Ok(());
        while let Some(step) = self.done.pop() {
            let undone = step.undo();
            if result.is_ok() {
                result = undone;
            }
        }
        result
    }
}

/// Undoes those of the steps that were done, the last first.
///
/// # Errors
/// One could not be undone; all others were.
pub(super) fn undo_what_was_done(steps: &[Step]) -> io::Result<()> {
    let mut result = Ok(());
    for step in steps.iter().rev().filter(|step| step.was_done()) {
        let undone = step.undo();
        if result.is_ok() {
            result = undone;
        }
    }
    result
}

impl Step {
    /// Whether anything was done.
    fn run(&self) -> Result<bool, ApplyError> {
        match self {
            Step::MoveOut { to, .. } | Step::MoveIn { to, .. } if is_there(to) => {
                Err(ApplyError::InTheWay { path: to.clone() })
            }
            Step::MoveOut { from, to } | Step::MoveIn { from, to } => match rename(from, to) {
                Ok(()) => Ok(true),
                Err(error) => Err(io_error("move", from)(error)),
            },
            Step::RemoveIfEmpty { folder } => Ok(fs::remove_dir(folder).is_ok()),
            Step::Remove { folder } => match fs::remove_dir(folder) {
                Ok(()) => Ok(true),
                Err(_) => Err(ApplyError::InTheWay {
                    path: folder.clone(),
                }),
            },
        }
    }

    fn undo(&self) -> io::Result<()> {
        match self {
            Step::MoveOut { from, to } | Step::MoveIn { from, to } => rename(to, from),
            Step::Remove { folder } | Step::RemoveIfEmpty { folder } => fs::create_dir(folder),
        }
    }

    /// Whether the disk says that it was done. A folder to remove was there when the list was made.
    fn was_done(&self) -> bool {
        match self {
            Step::MoveOut { to, .. } => is_there(to),
            // what somebody took away since cannot be moved back
            Step::MoveIn { from, to } => !is_there(from) && is_there(to),
            Step::RemoveIfEmpty { folder } | Step::Remove { folder } => !is_there(folder),
        }
    }

    /// The paths that it changes.
    pub fn paths(&self) -> [&Path; 2] {
        match self {
            Step::MoveOut { from, to } | Step::MoveIn { from, to } => [from, to],
            Step::RemoveIfEmpty { folder } | Step::Remove { folder } => [folder, folder],
        }
    }
}

fn is_there(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}
