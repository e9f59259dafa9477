//! Renaming a file or folder that somebody else may be looking at.

use std::io;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

/// The pause before the first new attempt; each is twice as long as the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(5);
/// Pauses are shorter than this; all of them are less than twice this.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Renames a file or folder.
///
/// Windows refuses that as long as another program has the file open, or one in the folder, and
/// virus scanners open what was just written: there it is tried again for some seconds.
///
/// # Errors
/// It cannot be renamed.
pub fn rename(from: &Path, to: &Path) -> io::Result<()> {
    let mut pause = FIRST_PAUSE;
    loop {
        match std::fs::rename(from, to) {
            Err(error) if cfg!(windows) && is_held(&error) && pause < LONGEST_PAUSE => {
                sleep(pause);
                pause *= 2;
            }
            renamed => return renamed,
        }
    }
}

/// The same, to a name that nothing has.
///
/// Where the system and the file system can do it, that is one step, so that nothing that somebody else puts there
/// meanwhile is lost.
///
/// # Errors
/// It cannot be renamed; something has the name.
pub fn rename_to_free(from: &Path, to: &Path) -> io::Result<()> {
    #[cfg(any(target_os = "linux", target_vendor = "apple"))]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        use rustix::io::Errno;
        match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {}
            renamed => return Ok(renamed?),
        }
    }
    match to.symlink_metadata() {
        Ok(_) => Err(io::ErrorKind::AlreadyExists.into()),
        // not to be able to tell is no answer
        Err(error) if error.kind() == io::ErrorKind::NotFound => rename(from, to),
        Err(error) => Err(error),
    }
}

/// Access denied, or a sharing violation.
fn is_held(error: &io::Error) -> bool {
    const SHARING_VIOLATION: i32 = 32;
    error.kind() == io::ErrorKind::PermissionDenied
        || error.raw_os_error() == Some(SHARING_VIOLATION)
}
