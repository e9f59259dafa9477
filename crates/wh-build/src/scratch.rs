//! The folder that a build has to itself: all that it may write to lies in here, and all of it goes
//! when the build is done.
//!
//! A run that is killed leaves its folder behind; the next build removes it. A folder that somebody is
//! at work in is told by the lock of its file `lock`.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::error::BuildFault;

const PREFIX: &str = "build-";

/// A build's folder, which is removed when this is dropped.
#[derive(Debug)]
pub(crate) struct Scratch {
    folder: TempDir,
    _lock: File,
}

impl Scratch {
    /// Makes one below a folder, which is made where it is not there.
    pub(crate) fn make(below: &Path) -> Result<Self, BuildFault> {
        fs_err::create_dir_all(below).map_err(BuildFault::io("create", below))?;
        sweep(below);
        let mut builder = tempfile::Builder::new();
        builder.prefix(PREFIX);
        let folder = builder
            .tempdir_in(below)
            .map_err(BuildFault::io("create a folder in", below))?;
        let path = folder.path().join("lock");
        let lock = File::create(&path)
            .and_then(|file| match file.try_lock() {
                // a file system without locks: nobody sweeps there either
                Ok(()) | Err(TryLockError::Error(_)) => Ok(file),
                Err(TryLockError::WouldBlock) => Err(std::io::ErrorKind::WouldBlock.into()),
            })
            .map_err(BuildFault::io("lock", path))?;
        let this = Self {
            folder,
            _lock: lock,
        };
        for part in ["home", "tmp", "source", "out", "metadata", "calls"] {
            let path = this.part(part);
            fs_err::create_dir(&path).map_err(BuildFault::io("create", path))?;
        }
        Ok(this)
    }

    /// The folder.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Its name, which no other build has.
    pub(crate) fn name(&self) -> String {
        let name = self.path().file_name().unwrap_or_default();
        name.to_string_lossy().into_owned()
    }

    /// What lies in it under a name.
    pub(crate) fn part(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }
}

impl Drop for Scratch {
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
        let at_work = Scratch::make(below.path()).unwrap();
        let left = below.path().join("build-left");
        fs_err::create_dir_all(left.join("source/a")).unwrap();
        fs_err::write(left.join("lock"), "").unwrap();
        fs_err::create_dir(below.path().join("another's")).unwrap();
        let second = Scratch::make(below.path()).unwrap();
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
        let scratch = Scratch::make(below.path()).unwrap();
        let shut = scratch.part("tmp").join("shut");
        fs_err::create_dir(&shut).unwrap();
        fs_err::write(shut.join("file"), "").unwrap();
        fs_err::set_permissions(&shut, std::fs::Permissions::from_mode(0o500)).unwrap();
        drop(scratch);
        assert_eq!(fs_err::read_dir(below.path()).unwrap().count(), 0);
    }
}
