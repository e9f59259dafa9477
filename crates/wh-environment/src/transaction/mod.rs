//! Changing an environment: plan, stage, swap. All of it or nothing.
//!
//! - *Plan*: every wheel is opened and checked, every file gets its one place, every file that
//!   goes is found. Conflicts show here, before anything is written.
//! - *Stage*: all files are unpacked into `.wh-*` folders on the file systems of their roots;
//!   hashes of wheels and, unless a lock vouches, of every file are compared on the way.
//! - *Swap*: files are moved, by a list that is on disk before the first of them. Any error undoes
//!   what was moved. Then the list gets the name that makes the change count.
//!
//! After an error nothing is changed and no `.wh-*` folder is left. A run that is killed is undone,
//! or cleaned up after where it counts, by the next one ([`recover()`]). Bytecode is not compiled.

mod change;
mod journal;
mod lock;
mod log;
mod owners;
mod prepare;
mod recover;
mod removal;
mod replaced;
mod roots;
mod snapshot;
mod staging;
mod swap;
mod sync;

use std::collections::{BTreeSet, HashSet};
use std::path::PathBuf;

use wh_packaging::{Event, ProjectName, Reporter, Warning};

pub use change::{Applied, ApplyError, ApplyOptions, Change, InstalledToRemove, WheelToInstall};
pub use recover::recover;
pub use replaced::replaced;

pub(crate) use log::journal_of;
pub(crate) use recover::is_at_work;
pub(crate) use staging::CHANGE;

use crate::destination::Destination;
use lock::EnvironmentLock;
use roots::Roots;
use snapshot::Snapshot;
use staging::Staging;
use swap::Swap;

/// Makes a change.
///
/// # Errors
/// Everything that [`ApplyError`] names. Nothing is changed then, except with
/// [`ApplyError::Undo`].
pub fn apply(
    destination: &Destination,
    change: &Change,
    options: &ApplyOptions,
    reporter: &dyn Reporter,
) -> Result<Applied, ApplyError> {
    let layout = destination.layout();
    let roots = Roots::of(&layout);
    let mut staging = Staging::none(&roots);
    let library = roots.library();
    staging.make_root(library)?;
    let lock = EnvironmentLock::take(library, reporter)?;
    if recover::recover_locked(&roots, reporter)? {
        // what was asked for was asked in view of a half state
        let path = library.to_owned();
        return Err(ApplyError::Changed { path });
    }
    let distributions = change.install.len();
    reporter.event(Event::InstallPlanned { distributions });

    let (libraries, projects) = touched(change, &roots);
    let before = Snapshot::take(&libraries, &projects);
    let wheels = prepare::prepare(&change.install, &layout)?;
    let placed = prepare::place(&wheels, &roots, *options)?;
    let removal = removal::removal(&change.remove, &roots, reporter)?;
    let swap = Swap::plan(&placed, &removal, &roots)?;
    if !options.allow_conflicts {
        let going: HashSet<PathBuf> = change
            .remove
            .iter()
            .map(|i| i.metadata_path.clone())
            .collect();
        owners::refuse_owned(&swap.foreign, &wheels, &going, &libraries, &roots)?;
    }

    let kept = staging.begin(&roots)?.folder().to_owned();
    staging.unpack(&wheels, &placed, &roots, reporter)?;

    let journal = swap.journal(&mut staging)?;
    before.compare(&Snapshot::take(&libraries, &projects))?;
    staging.write_journal(&journal, &roots, options.sync)?;
    if let Err(error) = journal.run(|| staging.commit(&roots, options.sync), &kept) {
        match error {
            ApplyError::Undo { .. } => staging.keep = true,
            _ => staging.forget_journal(),
        }
        return Err(error);
    }
    for left in staging.remove() {
        let message = format!("`{}` could not be removed", left.display());
        let warning = Warning::Other { message };
        reporter.event(Event::Warning { warning });
    }
    drop(lock);
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
