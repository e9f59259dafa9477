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

/// Gives names that nothing has. The folders of the last are kept open for the next: most of many go from one folder
/// to one other, and to find these takes a fifth of a rename.
#[derive(Default)]
pub struct Namer {
    #[cfg(target_os = "linux")]
    from: LastParent,
    #[cfg(target_os = "linux")]
    to: LastParent,
}

impl Namer {
    /// Renames a file or folder to a name that nothing has.
    ///
    /// Where the system and the file system can do it, that is one step, so that nothing that somebody else puts there
    /// meanwhile is lost.
    ///
    /// # Errors
    /// It cannot be renamed; something has the name.
    pub fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        #[cfg(any(target_os = "linux", target_vendor = "apple"))]
        {
            use rustix::fs::{RenameFlags, renameat_with};
            use rustix::io::Errno;
            #[cfg(target_os = "linux")]
            let ((from_in, name), (to_in, new)) = (self.from.of(from)?, self.to.of(to)?);
            // there to open a folder asks for more permissions than to rename what is in it
            #[cfg(target_vendor = "apple")]
            let ((from_in, name), (to_in, new)) = ((rustix::fs::CWD, from), (rustix::fs::CWD, to));
            match renameat_with(from_in, name, to_in, new, RenameFlags::NOREPLACE) {
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

    /// Makes a link to a folder, under a name that nothing has.
    ///
    /// # Errors
    /// It cannot be made; something has the name.
    pub fn link(&mut self, folder: &Path, at: &Path) -> io::Result<()> {
        #[cfg(target_os = "linux")]
        {
            let (parent, name) = self.to.of(at)?;
            Ok(rustix::fs::symlinkat(folder, parent, name)?)
        }
        #[cfg(not(target_os = "linux"))]
        crate::make_folder_link(folder, at)
    }
}

/// The folder that something lay in last.
#[cfg(target_os = "linux")]
#[derive(Default)]
struct LastParent(Option<(std::path::PathBuf, rustix::fd::OwnedFd)>);

#[cfg(target_os = "linux")]
impl LastParent {
    /// A folder that a path lies below, and the path from there.
    fn of<'p>(&mut self, path: &'p Path) -> io::Result<(rustix::fd::BorrowedFd<'_>, &'p Path)> {
        use rustix::fd::AsFd as _;
        use rustix::fs::{CWD, Mode, OFlags, openat};
        let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
            return Ok((CWD, path));
        };
        let open = match self.0.take() {
            Some(open) if open.0.as_os_str() == parent.as_os_str() => open,
            _ => {
                let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
                let folder = openat(CWD, parent, flags, Mode::empty())?;
                (parent.to_owned(), folder)
            }
        };
        let (_, folder) = &*self.0.insert(open);
        Ok((folder.as_fd(), Path::new(name)))
    }
}

/// Access denied, or a sharing violation.
fn is_held(error: &io::Error) -> bool {
    const SHARING_VIOLATION: i32 = 32;
    error.kind() == io::ErrorKind::PermissionDenied
        || error.raw_os_error() == Some(SHARING_VIOLATION)
}
