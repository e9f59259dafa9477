//! A folder that files of wheels are written into, opened once.
//!
//! On Unix every file is created relative to the opened folder and must not exist (`O_EXCL`), so
//! that three system calls make a file and none of them follows a link that was planted.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::error::{Fault, WheelError};
use crate::link::Stamp;
#[cfg(unix)]
use crate::own::refuse_unless_own;
use crate::plan::{Content, Mode, PlannedFile};
use crate::unpacked::Unpacked;

/// No text in the store has so many bytes.
const LARGE: usize = 1 << 30;

/// An opened folder, empty at first.
pub struct Root {
    path: PathBuf,
    #[cfg(unix)]
    folder: rustix::fd::OwnedFd,
    // whether the umask takes execute bits away, so that they have to be set by hand
    #[cfg(unix)]
    umask_hides_execute: bool,
    // the user that it belongs to
    #[cfg(unix)]
    pub(crate) owner: u32,
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
        let stat = fstat(&folder)?;
        let mode = Mode::from_raw_mode(stat.st_mode);
        let umask_hides_execute = !mode.contains(Mode::from(0o111));
        Ok(Self {
            path: path.to_owned(),
            folder,
            umask_hides_execute,
            owner: stat.st_uid,
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

    /// Opens a folder below it.
    ///
    /// # Errors
    /// It is not there, or not a folder.
    pub fn below(&self, path: &str) -> io::Result<Self> {
        #[cfg(unix)]
        {
            use rustix::fs::{Mode, OFlags, openat};
            #[cfg(target_os = "linux")]
            let only = OFlags::PATH;
            #[cfg(not(target_os = "linux"))]
            let only = OFlags::RDONLY;
            let flags = only | OFlags::DIRECTORY | OFlags::CLOEXEC | OFlags::NOFOLLOW;
            Ok(Self {
                path: self.path.join(path),
                folder: openat(&self.folder, path, flags, Mode::empty())?,
                ..*self
            })
        }
        #[cfg(not(unix))]
        Self::open(&self.path.join(path))
    }

    /// Refuses a folder that another user owns, or that others can write to.
    pub(crate) fn refuse_foreign(&self) -> io::Result<()> {
        #[cfg(unix)]
        {
            refuse_foreign_stat(&rustix::fs::fstat(&self.folder)?)
        }
        #[cfg(not(unix))]
        crate::own::refuse_foreign(&self.path)
    }

    /// The same of a folder below it; a link is refused, too.
    pub(crate) fn refuse_foreign_below(&self, path: &str) -> io::Result<()> {
        #[cfg(unix)]
        {
            use rustix::fs::{AtFlags, statat};
            refuse_foreign_stat(&statat(&self.folder, path, AtFlags::SYMLINK_NOFOLLOW)?)
        }
        #[cfg(not(unix))]
        crate::own::refuse_foreign(&self.path.join(path))
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
    /// not. With [`Contents::Verify`](crate::Contents::Verify) the bytes are compared with RECORD on their way. Returns the
    /// open file.
    ///
    /// # Errors
    /// The entry is damaged or not what RECORD says; the file cannot be written. Half a file may
    /// be left.
    pub fn write(
        &self,
        path: &str,
        file: &PlannedFile,
        from: &Unpacked<'_>,
    ) -> Result<File, WheelError> {
        match &file.content {
            Content::Bytes(bytes) => self
                .write_bytes(path, file.mode, bytes)
                .map_err(|fault| from.wheel.error(fault)),
            Content::Entry(index) => self.write_entry((path, file.mode), *index, from),
            Content::Whole(_) | Content::Folder(_) => {
                Err(from.wheel.error(self.fault(path, no_bytes())))
            }
        }
    }

    /// Writes the entry of this name of a wheel to `path`, as [`write`](Self::write) does.
    ///
    /// # Errors
    /// As of [`write`](Self::write); or the wheel has no such entry.
    pub fn write_named(
        &self,
        (path, name): (&str, &str),
        from: &Unpacked<'_>,
    ) -> Result<File, WheelError> {
        let missing = || Fault::Missing {
            file: name.to_owned(),
        };
        let index = from.wheel.index_of(name);
        let index = index.ok_or_else(|| from.wheel.error(missing()))?;
        let mode = Mode::of(name, from.wheel.entries[index].is_executable());
        self.write_entry((path, mode), index, from)
    }

    /// Writes a planned file that an installer makes itself.
    ///
    /// # Errors
    /// It cannot be written, or is an entry of a wheel.
    pub fn write_made(&self, path: &str, file: &PlannedFile) -> io::Result<()> {
        match &file.content {
            Content::Bytes(bytes) => self.create(path, file.mode)?.write_all(bytes),
            Content::Entry(_) | Content::Whole(_) | Content::Folder(_) => Err(no_bytes()),
        }
    }

    fn write_bytes(&self, path: &str, mode: Mode, bytes: &[u8]) -> Result<File, Fault> {
        let mut out = self.create(path, mode).map_err(|e| self.fault(path, e))?;
        out.write_all(bytes).map_err(|e| self.fault(path, e))?;
        Ok(out)
    }

    /// Writes an entry of a wheel.
    pub(crate) fn write_entry(
        &self,
        (path, mode): (&str, Mode),
        index: usize,
        from: &Unpacked<'_>,
    ) -> Result<File, WheelError> {
        let hash = from.checked.compared(index, from.contents);
        let entry = &from.wheel.entries[index];
        let write = || {
            let mut out = self.create(path, mode).map_err(|e| self.fault(path, e))?;
            from.unpack(entry, hash, &mut |piece| {
                out.write_all(piece).map_err(|e| self.fault(path, e))
            })?;
            Ok(out)
        };
        write().map_err(|fault| from.wheel.error(fault))
    }

    fn fault(&self, path: &str, source: io::Error) -> Fault {
        Fault::Write {
            path: self.path.join(path),
            source,
        }
    }

    /// Opens a file below it; a link is refused.
    pub(crate) fn read(&self, path: &str) -> io::Result<File> {
        #[cfg(unix)]
        {
            use rustix::fs::{Mode, OFlags, openat};
            let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW;
            Ok(openat(&self.folder, path, flags, Mode::empty())?.into())
        }
        #[cfg(not(unix))]
        File::open(self.path.join(path))
    }

    /// The text of a small file below it, and the time of its last change; a link, and what belongs to another user, is
    /// refused.
    pub(crate) fn read_own_text(&self, path: &str) -> io::Result<(String, SystemTime)> {
        let mut file = self.read(path)?;
        let metadata = file.metadata()?;
        #[cfg(unix)]
        if std::os::unix::fs::MetadataExt::uid(&metadata) != self.owner {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        let invalid = || io::Error::from(io::ErrorKind::InvalidData);
        let size = usize::try_from(metadata.len()).ok();
        let size = size.filter(|size| *size < LARGE).ok_or_else(invalid)?;
        // no more than one call: whoever reads it can tell whether it is whole
        let mut bytes = vec![0; size];
        file.read_exact(&mut bytes)?;
        let text = String::from_utf8(bytes).map_err(|_| invalid())?;
        Ok((text, metadata.modified()?))
    }

    /// The stamp of a file below it that is nobody else's; `None` of everything else.
    pub(crate) fn stamp(&self, path: &str) -> io::Result<Option<Stamp>> {
        #[cfg(unix)]
        {
            use rustix::fs::{AtFlags, FileType, statat};
            let stat = statat(&self.folder, path, AtFlags::SYMLINK_NOFOLLOW)?;
            let is_file = FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile;
            let is_ours = stat.st_uid == self.owner;
            Ok((is_file && is_ours).then(|| Stamp::of_stat(&stat)))
        }
        #[cfg(not(unix))]
        {
            let metadata = self.path.join(path).symlink_metadata()?;
            let modified = crate::link::nanoseconds(metadata.modified()?);
            Ok(metadata.is_file().then_some(Stamp {
                size: metadata.len(),
                modified,
            }))
        }
    }

    /// Whether a folder below it is one that nobody may write to.
    #[cfg(unix)]
    pub(crate) fn is_read_only(&self, path: &str) -> bool {
        use rustix::fs::{AtFlags, FileType, statat};
        let stat = statat(&self.folder, path, AtFlags::SYMLINK_NOFOLLOW);
        stat.is_ok_and(|stat| {
            let is_folder = FileType::from_raw_mode(stat.st_mode) == FileType::Directory;
            is_folder && stat.st_uid == self.owner && stat.st_mode & 0o222 == 0
        })
    }

    // folders have no such bit there
    #[cfg(not(unix))]
    pub(crate) fn is_read_only(&self, _: &str) -> bool {
        false
    }

    /// The folder, for calls that take paths relative to it.
    #[cfg(unix)]
    pub(crate) fn handle(&self) -> rustix::fd::BorrowedFd<'_> {
        use rustix::fd::AsFd as _;
        self.folder.as_fd()
    }

    #[cfg(unix)]
    pub(crate) fn create(&self, path: &str, mode: Mode) -> io::Result<File> {
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
    pub(crate) fn create(&self, path: &str, _mode: Mode) -> io::Result<File> {
        File::options()
            .write(true)
            .create_new(true)
            .open(self.path.join(path))
    }
}

/// Refuses what is no folder, what another user owns, and what others can write to.
#[cfg(unix)]
fn refuse_foreign_stat(stat: &rustix::fs::Stat) -> io::Result<()> {
    use rustix::fs::{FileType, Mode};
    let is_folder = FileType::from_raw_mode(stat.st_mode) == FileType::Directory;
    // of another type on each system
    #[allow(clippy::useless_conversion)]
    let mode = u32::from(Mode::from_raw_mode(stat.st_mode).bits());
    refuse_unless_own(is_folder, stat.st_uid, mode)
}

/// What is planned from something else has no bytes of its own.
fn no_bytes() -> io::Error {
    io::ErrorKind::InvalidInput.into()
}
