//! The journal: all moves of a change as a value, made before the first of them.
//!
//! Steps are done in order and undone in reverse. Whoever writes the list to disk before step one
//! can finish or undo it after a crash; nothing else would have to change.

use std::fs;
use std::io;
use std::path::PathBuf;

use wh_wheel::rename;

use super::change::{ApplyError, io_error};

/// One reversible step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// A file, link or folder goes elsewhere on its file system; nothing is there yet.
    Move { from: PathBuf, to: PathBuf },
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

    /// Does all steps.
    ///
    /// # Errors
    /// A step failed; those before it were undone.
    pub fn run(mut self, stage_of_kept: impl Fn() -> PathBuf) -> Result<(), ApplyError> {
        for step in std::mem::take(&mut self.steps) {
            match step.run() {
                Ok(true) => self.done.push(step),
                Ok(false) => {}
                Err(failure) => {
                    return Err(match self.undo() {
                        Ok(()) => failure,
                        Err(source) => ApplyError::Undo {
                            failure: Box::new(failure),
                            kept: stage_of_kept(),
                            source,
                        },
                    });
                }
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

impl Step {
    /// Whether anything was done.
    fn run(&self) -> Result<bool, ApplyError> {
        match self {
            Step::Move { to, .. } if to.symlink_metadata().is_ok() => {
                Err(ApplyError::InTheWay { path: to.clone() })
            }
            Step::Move { from, to } => match rename(from, to) {
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
            Step::Move { from, to } => rename(to, from),
            Step::Remove { folder } | Step::RemoveIfEmpty { folder } => fs::create_dir(folder),
        }
    }
}
