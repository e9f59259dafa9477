//! Changing an environment: lock, plan, stage, swap. All of it or nothing.
//!
//! - *Lock*: one `wh` at a time, from before what is installed is read until all is done. What a
//!   killed run left is put right first.
//! - *Plan*: every wheel is opened and checked, every file gets its one place, every file that
//!   goes is found. Conflicts show here, before anything is written.
//! - *Stage*: all files are unpacked into `.wh-*` folders on the file systems of their roots, or
//!   linked from the store; hashes of wheels and, unless a lock vouches, of every file are compared
//!   on the way.
//! - *Swap*: files are moved, and links to whole folders made, by a list that is on disk before the first of
//!   them. Any error undoes what was done. Then the list gets the name that makes the change count.
//!
//! After an error nothing is changed and no `.wh-*` folder is left. A run that is killed is undone,
//! or cleaned up after where it counts, by the next one ([`Transaction::begin`]). Bytecode, where it is
//! asked for, is made of what is staged, and so comes and goes with the rest.

mod change;
mod compile;
mod format;
mod journal;
mod lock;
mod log;
mod owners;
mod pieces;
mod prepare;
mod recover;
mod removal;
mod replaced;
mod roots;
mod snapshot;
mod source;
mod staging;
mod swap;
mod sync;
mod taken;
mod unpacking;
mod whole;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use wh_packaging::{Event, ProjectName, Reporter, Warning};
use wh_wheel::Layout;

pub use change::{Applied, ApplyError, ApplyOptions, Change, InstalledToRemove, WheelToInstall};
pub use replaced::replaced;

pub(crate) use log::journal_of;
pub(crate) use recover::is_at_work;
pub(crate) use staging::CHANGE;

use crate::destination::Destination;
use change::io_error;
use journal::Journal;
use lock::EnvironmentLock;
use owners::Staying;
use roots::Roots;
use snapshot::Snapshot;
use staging::{Staging, make_missing};
use swap::Swap;
use taken::Taken;

/// The right to change one environment, which nobody else has at the same time.
///
/// What is installed is read after [`Transaction::begin`] and changed by [`Transaction::apply`]:
/// of two runs at once, the second decides on what the first one left.
#[derive(Debug)]
pub struct Transaction {
    layout: Layout,
    roots: Roots,
    /// `None`: this user may not write there, which matters only where something is to change.
    lock: Option<EnvironmentLock>,
    made: Vec<PathBuf>,
}

impl Transaction {
    /// Waits until nobody else changes the environment, and puts right what a killed run left. A
    /// folder for modules that is not there is made, and goes again if it stays empty.
    ///
    /// `command` is told to those who wait meanwhile, `wh install` say: no secrets.
    ///
    /// # Errors
    /// The lock cannot be had; or what was moved could not be moved back; or a journal cannot be
    /// used.
    pub fn begin(
        destination: &Destination,
        command: &str,
        reporter: &dyn Reporter,
    ) -> Result<Self, ApplyError> {
        let layout = destination.layout();
        let mut this = Self {
            roots: Roots::of(&layout),
            layout,
            lock: None,
            made: Vec::new(),
        };
        match lock(&this.roots, &mut this.made, command, reporter) {
            Ok(lock) => this.lock = Some(lock),
            Err(error) if error.is_refused_permission() => return Ok(this),
            Err(error) => return Err(error),
        }
        recover::put_right(&this.roots, reporter)?;
        Ok(this)
    }

    /// Makes a change.
    ///
    /// # Errors
    /// Everything that [`ApplyError`] names. Nothing is changed then, except with
    /// [`ApplyError::Undo`].
    pub fn apply(
        &self,
        change: &Change,
        options: &ApplyOptions<'_>,
        reporter: &dyn Reporter,
    ) -> Result<Applied, ApplyError> {
        if self.lock.is_none() {
            lock(&self.roots, &mut Vec::new(), "", reporter)?;
            // it can be had by now, and what was read without it may be out of date
            let path = self.roots.library().to_owned();
            return Err(ApplyError::Changed { path });
        }
        let distributions = change.install.len();
        reporter.event(Event::InstallPlanned { distributions });
        change_all(change, options, (&self.layout, &self.roots), reporter)?;
        let applied = Applied {
            installed: change.install.len(),
            removed: change.remove.len(),
        };
        reporter.event(Event::InstallFinished {
            installed: applied.installed,
            removed: applied.removed,
        });
        Ok(applied)
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        // its file lies in what may have been made for it
        self.lock = None;
        for folder in self.made.iter().rev() {
            let _ = std::fs::remove_dir(folder);
        }
    }
}

/// Takes the lock, in a folder that is made for it where it is not there.
fn lock(
    roots: &Roots,
    made: &mut Vec<PathBuf>,
    command: &str,
    reporter: &dyn Reporter,
) -> Result<EnvironmentLock, ApplyError> {
    let library = roots.library();
    make_missing(library, made).map_err(io_error("create", library))?;
    EnvironmentLock::take(library, command, reporter)
}

/// Plans, stages and swaps, under the lock.
fn change_all(
    change: &Change,
    options: &ApplyOptions<'_>,
    (layout, roots): (&Layout, &Roots),
    reporter: &dyn Reporter,
) -> Result<(), ApplyError> {
    let (libraries, projects) = touched(change, roots);
    let before = Snapshot::take(&libraries, &projects);
    let mut wheels = prepare::prepare(&change.install, layout, *options)?;
    let taken = Taken::of(roots);
    while let Err(number) = whole::settle(&mut wheels, (roots, &taken), options) {
        // the store cannot tell what is in its folders
        wheels[number] = source::Prepared::of_wheel(&change.install[number], layout)?;
    }
    let mut placed = prepare::place(&wheels, roots, *options)?;
    let staying = Staying {
        libraries: &libraries,
        going: change
            .remove
            .iter()
            .map(|one| &*one.metadata_path)
            .collect(),
        roots,
    };
    let mut removal = removal::removal(&change.remove, roots, reporter)?;
    owners::leave_shared(&mut removal, &staying);
    let mut swap = Swap::plan(&placed, &removal, (roots, &taken))?;
    if !options.allow_conflicts {
        owners::refuse_owned(&swap.foreign, &wheels, &staying)?;
    }

    let mut staging = Staging::none(roots);
    let kept = staging.begin(roots)?.folder().to_owned();
    staging.make_folders(&placed, &wheels, roots)?;
    unpacking::Unpacking::new(&wheels, &placed, *options).run(&staging, reporter)?;
    if options.compile {
        compile::compile_staged(&wheels, &mut placed, &staging, (layout, roots), reporter)?;
        swap = Swap::plan(&placed, &removal, (roots, &taken))?;
    }
    let mut journal = swap.journal(&mut staging)?;
    journal.sync = options.sync;
    before.compare(&Snapshot::take(&libraries, &projects))?;
    rayon::in_place_scope(|scope| {
        // plans of 59,275 files take one thread 15 ms to free
        scope.spawn(|_| drop((wheels, placed)));
        move_all(&journal, &mut staging, (roots, &kept))
    })?;
    for left in staging.remove() {
        let message = format!("`{}` could not be removed", left.display());
        let warning = Warning::Other { message };
        reporter.event(Event::Warning { warning });
    }
    Ok(())
}

/// Does what a journal says, which is on disk before.
fn move_all(
    journal: &Journal,
    staging: &mut Staging,
    (roots, kept): (&Roots, &Path),
) -> Result<(), ApplyError> {
    staging.write_journal(journal, roots)?;
    let done = journal.run(|| staging.commit(journal, roots), kept);
    // what could not be brought back is in there
    if matches!(&done, Err(error) if !matches!(error, ApplyError::Undo { .. })) {
        staging.forget_journal(journal, roots);
    }
    done
}

/// The site-packages folders and the projects that a change has to do with.
fn touched(change: &Change, roots: &Roots) -> (BTreeSet<PathBuf>, BTreeSet<ProjectName>) {
    use wh_wheel::Scheme::{Platlib, Purelib};
    let going = change
        .remove
        .iter()
        .map(|installed| installed.location.clone());
    let coming = [Purelib, Platlib].map(|scheme| roots.folder(roots.of_scheme(scheme)).to_owned());
    let removed = change
        .remove
        .iter()
        .map(|installed| installed.project.clone());
    let installed = change
        .install
        .iter()
        .map(|wheel| wheel.filename.project.clone());
    (
        going.chain(coming).collect(),
        removed.chain(installed).collect(),
    )
}
