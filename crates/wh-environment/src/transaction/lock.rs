//! The lock that makes two `wh` wait for each other. pip knows nothing of it.
//!
//! Its file says who holds it, for the words of those who wait. Windows lets nobody else read a
//! locked file, so there they are not told; and it keeps the name of a removed file as long as
//! somebody has it open, as those who wait have: there the file stays, and is nobody's.

use std::fs::{File, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use wh_packaging::report::Holder;
use wh_packaging::{Event, Reporter};

use super::change::{ApplyError, io_error};

const NAME: &str = ".wh-lock";

/// A held lock; dropping it removes the file, where that can be done.
#[derive(Debug)]
pub(super) struct EnvironmentLock {
    path: PathBuf,
    _file: File,
}

impl EnvironmentLock {
    /// Waits for the lock of a site-packages folder, which exists.
    pub fn take(folder: &Path, command: &str, reporter: &dyn Reporter) -> Result<Self, ApplyError> {
        let path = folder.join(NAME);
        loop {
            let mut file = open(&path).map_err(io_error("lock", &path))?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    say_waiting(folder, &file, reporter);
                    file.lock().map_err(io_error("lock", &path))?;
                }
                // a file system without locks
                Err(TryLockError::Error(e)) if e.kind() == io::ErrorKind::Unsupported => {}
                Err(TryLockError::Error(error)) => return Err(io_error("lock", &path)(error)),
            }
            // Whoever held it removed the file: what was locked may be nobody's any more.
            if is_still(&file, &path) {
                // a word for others: where it cannot be written, they do without
                let _ = sign(&mut file, command);
                return Ok(Self { path, _file: file });
            }
        }
    }
}

/// Waits until whoever holds the lock of a folder is done; `false` if nobody does.
pub(super) fn wait(folder: &Path, reporter: &dyn Reporter) -> bool {
    let Ok(file) = File::open(folder.join(NAME)) else {
        return false;
    };
    match file.try_lock_shared() {
        Err(TryLockError::WouldBlock) => {
            say_waiting(folder, &file, reporter);
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

/// Writes who holds the lock: the number of the process and its command, each on a line.
fn sign(file: &mut File, command: &str) -> io::Result<()> {
    file.set_len(0)?;
    file.write_all(format!("{}\n{command}\n", std::process::id()).as_bytes())
}

/// Who holds the lock, by what its file says; it is as little trusted as any other.
fn holder(mut file: &File) -> Option<Holder> {
    let mut bytes = [0; 100];
    let length = file.read(&mut bytes).ok()?;
    let mut lines = std::str::from_utf8(&bytes[..length]).ok()?.lines();
    let process = lines.next()?.parse().ok()?;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, ' ' | '-');
    let command = lines.next().filter(|command| command.chars().all(is_plain));
    Some(Holder {
        process,
        command: command.filter(|command| !command.is_empty())?.to_owned(),
    })
}

fn say_waiting(folder: &Path, file: &File, reporter: &dyn Reporter) {
    reporter.event(Event::Waiting {
        what: &folder.to_string_lossy(),
        holder: holder(file),
    });
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
