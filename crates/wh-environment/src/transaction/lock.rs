//! The lock that makes two `wh` wait for each other. pip knows nothing of it.
//!
//! Windows keeps the name of a removed file as long as somebody has it open, as those who wait
//! have: there the empty file stays, and is nobody's.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use wh_packaging::{Event, Reporter};

use super::change::{ApplyError, io_error};

const NAME: &str = ".wh-lock";

/// A held lock; dropping it removes the file, where that can be done.
pub(super) struct EnvironmentLock {
    path: PathBuf,
    _file: File,
}

impl EnvironmentLock {
    /// Waits for the lock of a site-packages folder, which exists.
    pub fn take(folder: &Path, reporter: &dyn Reporter) -> Result<Self, ApplyError> {
        let path = folder.join(NAME);
        loop {
            let file = open(&path).map_err(io_error("lock", &path))?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    let what = folder.to_string_lossy();
                    reporter.event(Event::Waiting { what: &what });
                    file.lock().map_err(io_error("lock", &path))?;
                }
                // a file system without locks
                Err(TryLockError::Error(e)) if e.kind() == io::ErrorKind::Unsupported => {}
                Err(TryLockError::Error(error)) => return Err(io_error("lock", &path)(error)),
            }
            // Whoever held it removed the file: what was locked may be nobody's any more.
            if is_still(&file, &path) {
                return Ok(Self { path, _file: file });
            }
        }
    }
}

/// Whether somebody holds the lock of a folder, or was killed with it.
pub(super) fn is_there(folder: &Path) -> bool {
    folder.join(NAME).exists()
}

/// Waits until whoever holds the lock of a folder is done; `false` if nobody does.
pub(super) fn wait(folder: &Path, reporter: &dyn Reporter) -> bool {
    let Ok(file) = File::open(folder.join(NAME)) else {
        return false;
    };
    match file.try_lock_shared() {
        Err(TryLockError::WouldBlock) => {
            let what = folder.to_string_lossy();
            reporter.event(Event::Waiting { what: &what });
            file.lock_shared().is_ok()
        }
        Ok(()) | Err(TryLockError::Error(_)) => false,
    }
}

impl Drop for EnvironmentLock {
    fn drop(&mut self) {
        if cfg!(unix) {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

fn open(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.read(true).write(true).create(true).truncate(false);
    options.open(path)
}

#[cfg(unix)]
fn is_still(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    match (file.metadata(), path.symlink_metadata()) {
        (Ok(held), Ok(there)) => (held.dev(), held.ino()) == (there.dev(), there.ino()),
        _ => false,
    }
}

#[cfg(not(unix))]
fn is_still(_file: &File, _path: &Path) -> bool {
    true
}
