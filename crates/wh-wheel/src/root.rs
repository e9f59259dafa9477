//! A folder that files of wheels are written into, opened once.
//!
//! On Unix every file is created relative to the opened folder and must not exist (`O_EXCL`), so
//! that three system calls make a file and none of them follows a link that was planted.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::check::{Checked, Contents};
use crate::contents::unpack_checked;
use crate::error::{Fault, WheelError};
use crate::plan::{Content, Mode, PlannedFile};
use crate::unpack::BufferPool;
use crate::wheel::Wheel;

/// An opened folder, empty at first.
pub struct Root {
    path: PathBuf,
    #[cfg(unix)]
    folder: rustix::fd::OwnedFd,
    // whether the umask takes execute bits away, so that they have to be set by hand
    #[cfg(unix)]
    umask_hides_execute: bool,
}

impl Root {
    /// Opens an existing folder that was just made with the usual mode.
    ///
    /// # Errors
    /// It cannot be opened.
    #[cfg(unix)]
    pub fn open(path: &Path) -> io::Result<Self> {
        use rustix::fs::{CWD, Mode, OFlags, fstat, openat};
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC | OFlags::NOFOLLOW;
        let folder = openat(CWD, path, flags, Mode::empty())?;
        let mode = Mode::from_raw_mode(fstat(&folder)?.st_mode);
        let umask_hides_execute = !mode.contains(Mode::from(0o111));
        Ok(Self {
            path: path.to_owned(),
            folder,
            umask_hides_execute,
        })
    }

    /// Opens an existing folder.
    ///
    /// # Errors
    /// It is no folder.
    #[cfg(not(unix))]
    pub fn open(path: &Path) -> io::Result<Self> {
        match path.metadata()?.is_dir() {
            true => Ok(Self {
                path: path.to_owned(),
            }),
            false => Err(io::ErrorKind::NotADirectory.into()),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Makes a folder below it, whose parent exists; it may exist.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn make_folder(&self, path: &str) -> io::Result<()> {
        #[cfg(unix)]
        let made = rustix::fs::mkdirat(&self.folder, path, rustix::fs::Mode::from(0o777))
            .map_err(io::Error::from);
        #[cfg(not(unix))]
        let made = std::fs::create_dir(self.path.join(path));
        match made {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            made => made,
        }
    }

    /// Writes one planned file of a wheel to `path` below this folder; its parent exists, it does
    /// not. With [`Contents::Verify`] the bytes are compared with RECORD on their way.
    ///
    /// # Errors
    /// The entry is damaged or not what RECORD says; the file cannot be written. Half a file may
    /// be left.
    pub fn write(
        &self,
        path: &str,
        file: &PlannedFile,
        from: (&Wheel, &Checked, Contents),
        pool: &BufferPool,
    ) -> Result<(), WheelError> {
        let (wheel, checked, contents) = from;
        let fail = |source| Fault::Write {
            path: self.path.join(path),
            source,
        };
        let write = || {
            let mut out = self.create(path, file.mode).map_err(fail)?;
            match &file.content {
                Content::Bytes(bytes) => out.write_all(bytes).map_err(fail),
                Content::Entry(index) => {
                    let row = checked.row_of[*index].map(|place| &checked.rows[place]);
                    let row = row.filter(|_| contents == Contents::Verify);
                    let entry = &wheel.entries[*index];
                    unpack_checked(&wheel.archive, entry, row, pool, &mut |piece| {
                        out.write_all(piece).map_err(fail)
                    })
                }
            }
        };
        write().map_err(|fault| wheel.error(fault))
    }

    #[cfg(unix)]
    fn create(&self, path: &str, mode: Mode) -> io::Result<File> {
        use rustix::fs::{self, OFlags};
        let flags =
            OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC | OFlags::NOFOLLOW;
        let bits = match mode {
            Mode::Plain => 0o666,
            Mode::Executable | Mode::Script => 0o777,
        };
        let file = fs::openat(&self.folder, path, flags, fs::Mode::from(bits))?;
        let more = fs::Mode::from(match mode {
            Mode::Plain => return Ok(file.into()),
            Mode::Executable if !self.umask_hides_execute => return Ok(file.into()),
            Mode::Executable => 0o111,
            Mode::Script => 0o555,
        });
        let has = fs::Mode::from_raw_mode(fs::fstat(&file)?.st_mode);
        if !has.contains(more) {
            fs::fchmod(&file, has | more)?;
        }
        Ok(file.into())
    }

    #[cfg(not(unix))]
    fn create(&self, path: &str, _mode: Mode) -> io::Result<File> {
        File::options()
            .write(true)
            .create_new(true)
            .open(self.path.join(path))
    }
}
