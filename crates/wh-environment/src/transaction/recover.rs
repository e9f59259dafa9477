//! What a run that was killed left behind: undone where its change does not count, cleaned up
//! where it does.
//!
//! A journal is as little trusted as everything else in an environment: no path leaves the roots.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use wh_packaging::report::Recovery;
use wh_packaging::{Event, Reporter, Warning};

use super::change::{ApplyError, io_error};
use super::journal::Journal;
use super::lock;
use super::roots::{Roots, resolve};
use super::staging::{CHANGE, PART};
use super::{log, roots, sync};

/// Brings an environment back to a state that is whole, if a killed run left it in another; by who
/// holds the lock.
///
/// # Errors
/// What was moved could not be moved back; or the journal cannot be used.
pub(super) fn put_right(roots: &Roots, reporter: &dyn Reporter) -> Result<(), ApplyError> {
    for stage in changes_in(roots.library()) {
        let outcome = outcome(&stage, roots)?;
        clean_up(&stage, roots)?;
        if let Some(outcome) = outcome {
            let path = roots.library().display().to_string();
            let warning = Warning::KilledInstall { path, outcome };
            reporter.event(Event::Warning { warning });
        }
    }
    Ok(())
}

/// Brings what a change moved to the end that its journal tells of; `None` where its clean-up was
/// cut short.
fn outcome(stage: &Path, roots: &Roots) -> Result<Option<Recovery>, ApplyError> {
    let path = log::journal_of(stage);
    if let Some(journal) = journal(&path, roots)? {
        let undone = journal
            .undo_what_was_done()
            .and_then(|()| sync::moves(roots, &journal));
        undone.map_err(|source| ApplyError::Recover {
            path: stage.to_owned(),
            source: Box::new(source),
        })?;
        // without it what is left is rubbish, in whatever state
        fs::remove_file(&path).map_err(io_error("remove", &path))?;
        return Ok(Some(Recovery::RolledBack));
    }
    if log::is_committed(stage) {
        return Ok(Some(Recovery::Committed));
    }
    let mut entries = stage.read_dir().into_iter().flatten();
    Ok(entries.next().map(|_| Recovery::Staged))
}

/// Whether a run is at work in a site-packages folder that was found half changed; waits for it.
pub(crate) fn is_at_work(library: &Path, reporter: &dyn Reporter) -> bool {
    let waited = lock::wait(library, reporter);
    waited
        || !changes_in(library)
            .iter()
            .any(|stage| log::journal_of(stage).exists())
}

/// The staging folders of changes of a library.
fn changes_in(library: &Path) -> Vec<PathBuf> {
    let entries = library.read_dir().into_iter().flatten().flatten();
    let ours = entries.filter(|entry| {
        let is_ours = entry
            .file_name()
            .to_str()
            .is_some_and(|n| n.starts_with(CHANGE));
        is_ours && entry.file_type().is_ok_and(|kind| kind.is_dir())
    });
    ours.map(|entry| entry.path()).collect()
}

/// A journal, all of whose paths lie in the environment.
fn journal(path: &Path, roots: &Roots) -> Result<Option<Journal>, ApplyError> {
    let refused = |reason: String| ApplyError::Journal {
        path: path.to_owned(),
        reason,
    };
    let journal = log::read(path, roots.library()).map_err(|error| match error.kind() {
        io::ErrorKind::InvalidData => refused(error.to_string()),
        _ => io_error("read", path)(error),
    })?;
    let mut inside = Inside::new(roots);
    for path in journal.iter().flat_map(Journal::paths) {
        if !inside.holds(path) {
            return Err(refused(format!("`{}` lies elsewhere", path.display())));
        }
    }
    Ok(journal)
}

/// Tells whether paths lie below the roots, links resolved; steps of a folder stand together.
struct Inside<'a> {
    roots: &'a Roots,
    folder: PathBuf,
    is_inside: bool,
}

impl<'a> Inside<'a> {
    fn new(roots: &'a Roots) -> Self {
        Self {
            roots,
            folder: PathBuf::new(),
            is_inside: false,
        }
    }

    fn holds(&mut self, path: &Path) -> bool {
        let Some(folder) = path.parent() else {
            return false;
        };
        if self.folder != folder {
            let real = resolve(folder).join("x");
            self.is_inside = self.roots.place_of(&real).is_some();
            self.folder = folder.to_owned();
        }
        self.is_inside && roots::normal(path) == path
    }
}

/// Removes what a change staged, the folder of the library last: it tells of the others.
fn clean_up(stage: &Path, roots: &Roots) -> Result<(), ApplyError> {
    let name = stage.file_name().and_then(|name| name.to_str());
    let mark = name.and_then(|name| name.strip_prefix(CHANGE));
    for root in roots.folders() {
        let part = root.join(format!("{PART}{}", mark.unwrap_or_default()));
        let is_folder = part.symlink_metadata().is_ok_and(|there| there.is_dir());
        if is_folder {
            fs::remove_dir_all(&part).map_err(io_error("remove", &part))?;
        }
    }
    for folder in log::made(stage, roots.library()).iter().rev() {
        if roots.folders().iter().any(|root| root.starts_with(folder)) {
            let _ = fs::remove_dir(folder);
        }
    }
    log::remove_stage(stage).map_err(io_error("remove", stage))
}
