//! Having on the disk what was written: only where the user asks for it, as it may take long.

use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::path::Path;

use super::change::{ApplyError, io_error};
use super::journal::Journal;
use super::roots::Roots;

/// Has the moves of a journal on the disk, where it asks for that.
pub(super) fn moves(roots: &Roots, journal: &Journal) -> Result<(), ApplyError> {
    if !journal.sync {
        return Ok(());
    }
    if cfg!(target_os = "linux") {
        let there = roots.folders().iter().filter(|root| root.is_dir());
        return there
            .into_iter()
            .try_for_each(|root| file_system(root, root).map_err(io_error("sync", root)));
    }
    let folders: BTreeSet<&Path> = journal.paths().filter_map(Path::parent).collect();
    let mut there = folders.into_iter().filter(|folder| folder.is_dir());
    there.try_for_each(|folder| sync_folder(folder).map_err(io_error("sync", folder)))
}

/// Makes the renames in a folder survive a power loss, where the system can do that.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Syncs the whole file system that a root lies on: one call, whatever was staged or moved.
#[cfg(target_os = "linux")]
pub(super) fn file_system(root: &Path, _stage: &Path) -> io::Result<()> {
    Ok(rustix::fs::syncfs(File::open(root)?)?)
}

/// Syncs all that is staged, file by file, then the folder it goes to.
#[cfg(not(target_os = "linux"))]
pub(super) fn file_system(root: &Path, stage: &Path) -> io::Result<()> {
    each(stage)?;
    sync_folder(root)
}

#[cfg(not(target_os = "linux"))]
fn each(folder: &Path) -> io::Result<()> {
    for entry in folder.read_dir()? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            each(&entry.path())?;
        } else if kind.is_file() {
            // Windows syncs only what is open for writing
            let mut options = File::options();
            options.read(true).write(cfg!(windows));
            options.open(entry.path())?.sync_all()?;
        }
    }
    sync_folder(folder)
}
