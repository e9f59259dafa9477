//! Folders that go when nobody needs them any more.
//!
//! A run that is killed leaves its folders behind; whoever makes the next one removes them. A folder
//! that somebody is at work in is told by the lock of its file `lock`.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;

use tempfile::TempDir;

const PREFIX: &str = "build-";

/// A folder that is removed when this is dropped, or, after a kill, by the next run.
#[derive(Debug)]
pub struct Transient {
    folder: TempDir,
    _lock: File,
}

impl Transient {
    /// Makes one below a folder, which is made where it is not there.
    ///
    /// # Errors
    /// It cannot be made, or the folder is not this user's alone.
    pub fn make(below: &Path) -> io::Result<Self> {
        // where others can write, they could put another file in place of one that is run
        wh_wheel::own_folder(below)?;
        sweep(below);
        let mut builder = tempfile::Builder::new();
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
        let folder = builder.prefix(PREFIX).tempdir_in(below)?;
        let path = folder.path().join("lock.new");
        let lock = fs_err::File::create(&path)?.into_file();
        match lock.try_lock() {
            // a file system without locks: nobody sweeps there either
            Ok(()) | Err(TryLockError::Error(_)) => {}
            Err(TryLockError::WouldBlock) => return Err(io::ErrorKind::WouldBlock.into()),
        }
        // it has its name once it is held: a sweeper must not come in between
        fs_err::rename(path, folder.path().join("lock"))?;
        Ok(Self {
            folder,
            _lock: lock,
        })
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for Transient {
    fn drop(&mut self) {
        // a backend may have made folders that nobody may write to
        if std::fs::remove_dir_all(self.path()).is_err() {
            make_writable(self.path());
        }
    }
}

/// Gives the folders back to their owner. Links are not followed.
fn make_writable(folder: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let _ = std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700));
    }
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            make_writable(&entry.path());
        }
    }
}

/// Removes what killed runs left. Nothing depends on it, so that what cannot be removed stays.
fn sweep(below: &Path) {
    for entry in std::fs::read_dir(below).into_iter().flatten().flatten() {
        let path = entry.path();
        if !entry.file_name().to_string_lossy().starts_with(PREFIX) {
            continue;
        }
        let Ok(lock) = File::open(path.join("lock")) else {
            // it is being made, or going
            continue;
        };
        if lock.try_lock().is_ok() && std::fs::remove_dir_all(&path).is_err() {
            make_writable(&path);
            let _ = std::fs::remove_dir_all(&path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_killed_runs_left_goes_and_what_is_at_work_stays() {
        let below = tempfile::tempdir().unwrap();
        let at_work = Transient::make(below.path()).unwrap();
        let left = below.path().join("build-left");
        fs_err::create_dir_all(left.join("source/a")).unwrap();
        fs_err::write(left.join("lock"), "").unwrap();
        fs_err::create_dir(below.path().join("another's")).unwrap();
        let second = Transient::make(below.path()).unwrap();
        assert!(!left.exists());
        assert!(at_work.path().is_dir() && second.path().is_dir());
        assert!(below.path().join("another's").is_dir());
        drop((at_work, second));
        assert_eq!(fs_err::read_dir(below.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_nobody_may_write_to_goes_too() {
        use std::os::unix::fs::PermissionsExt;
        let below = tempfile::tempdir().unwrap();
        let scratch = Transient::make(below.path()).unwrap();
        let shut = scratch.path().join("shut");
        fs_err::create_dir(&shut).unwrap();
        fs_err::write(shut.join("file"), "").unwrap();
        fs_err::set_permissions(&shut, std::fs::Permissions::from_mode(0o500)).unwrap();
        drop(scratch);
        assert_eq!(fs_err::read_dir(below.path()).unwrap().count(), 0);
    }
}
