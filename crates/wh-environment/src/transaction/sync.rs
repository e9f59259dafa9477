//! Having on the disk what was written: only where the user asks for it, as it may take long.

use std::fs::File;
use std::io;
use std::path::Path;

/// Syncs the whole file system that a root lies on: one call, whatever was staged or moved.
#[cfg(target_os = "linux")]
pub(super) fn file_system(root: &Path, _stage: &Path) -> io::Result<()> {
    Ok(rustix::fs::syncfs(File::open(root)?)?)
}

/// Syncs all that is staged, file by file, then the folder it goes to.
#[cfg(not(target_os = "linux"))]
pub(super) fn file_system(root: &Path, stage: &Path) -> io::Result<()> {
    each(stage)?;
    super::log::sync_folder(root)
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
    super::log::sync_folder(folder)
}
