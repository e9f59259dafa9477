//! One file in two places: cloned, linked or copied, as asked and as the file systems can.
//!
//! What the file systems cannot do is learnt from the first refusal, and not tried again: another
//! file system (EXDEV), one without links or clones, links that the kernel forbids (EPERM). That
//! one file has as many links as it may have (EMLINK) says nothing about the next.

use std::fs::File;
use std::io;
use std::sync::atomic::{AtomicU8, Ordering};

use crate::plan::Mode;
use crate::root::Root;

/// How files get from the store into an environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LinkMode {
    /// A clone that shares its blocks until one of both is written to (btrfs, xfs, APFS).
    Clone,
    /// A second name of the same file.
    #[default]
    Hardlink,
    /// A file of its own.
    Copy,
    /// Whole folders are links into the store; single files as with [`LinkMode::Hardlink`].
    Symlink,
}

const CLONE: u8 = 2;
const HARDLINK: u8 = 1;
const COPY: u8 = 0;

/// Links files between two folders, falling back as the file systems ask for it.
pub struct Linker {
    way: AtomicU8,
}

impl Linker {
    /// Starts with the way that was asked for.
    pub fn new(mode: LinkMode) -> Self {
        let way = match mode {
            LinkMode::Clone => CLONE,
            LinkMode::Hardlink | LinkMode::Symlink => HARDLINK,
            LinkMode::Copy => COPY,
        };
        Self {
            way: AtomicU8::new(way),
        }
    }

    /// Makes a file of `from` appear in `to`, where nothing of that name is.
    ///
    /// # Errors
    /// The one cannot be read or the other not be made.
    pub(crate) fn share(
        &self,
        (from, name): (&Root, &str),
        (to, path): (&Root, &str),
        mode: Mode,
    ) -> io::Result<()> {
        match self.share_blocks((from, name), (to, path)) {
            Ok(true) => Ok(()),
            Ok(false) => copy((from, name), (to, path), mode).map(drop),
            Err(error) => Err(error),
        }
    }

    /// The same, without a copy: `false` where only that would do.
    ///
    /// # Errors
    /// The file is not there, or already there, or the disk is full.
    pub(crate) fn share_blocks(
        &self,
        (from, name): (&Root, &str),
        (to, path): (&Root, &str),
    ) -> io::Result<bool> {
        loop {
            let way = self.way.load(Ordering::Relaxed);
            let linked = match way {
                CLONE => reflink_copy::reflink(from.path().join(name), to.path().join(path)),
                HARDLINK => hard_link((from, name), (to, path)),
                _ => return Ok(false),
            };
            match linked {
                Ok(()) => return Ok(true),
                Err(error) if error.kind() == io::ErrorKind::TooManyLinks => return Ok(false),
                Err(error) if says_nothing_of_the_way(&error) => return Err(error),
                Err(_) => {
                    let next = way - 1;
                    // another thread may have learnt it too
                    let _ =
                        self.way
                            .compare_exchange(way, next, Ordering::Relaxed, Ordering::Relaxed);
                }
            }
        }
    }
}

/// Makes a file of its own of one.
pub(crate) fn copy(
    (from, name): (&Root, &str),
    (to, path): (&Root, &str),
    mode: Mode,
) -> io::Result<File> {
    let (mut source, mut made) = (from.read(name)?, to.create(path, mode)?);
    io::copy(&mut source, &mut made)?;
    Ok(made)
}

/// Errors that a copy would meet, too.
fn says_nothing_of_the_way(error: &io::Error) -> bool {
    use io::ErrorKind::{AlreadyExists, NotFound, QuotaExceeded, StorageFull};
    matches!(
        error.kind(),
        AlreadyExists | NotFound | QuotaExceeded | StorageFull
    )
}

#[cfg(unix)]
fn hard_link((from, name): (&Root, &str), (to, path): (&Root, &str)) -> io::Result<()> {
    use rustix::fs::{AtFlags, linkat};
    // without SYMLINK_FOLLOW: a link that was planted is linked itself, and found to be no file
    Ok(linkat(
        from.handle(),
        name,
        to.handle(),
        path,
        AtFlags::empty(),
    )?)
}

#[cfg(not(unix))]
fn hard_link((from, name): (&Root, &str), (to, path): (&Root, &str)) -> io::Result<()> {
    std::fs::hard_link(from.path().join(name), to.path().join(path))
}

/// What tells that a file was written to since it was stored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Stamp {
    /// Bytes.
    pub size: u64,
    /// The time of the last change of its content, in nanoseconds since 1970.
    pub modified: i64,
}

impl Stamp {
    /// That of an open file.
    #[cfg(unix)]
    pub fn of(file: &File) -> io::Result<Self> {
        Ok(Self::of_stat(&rustix::fs::fstat(file)?))
    }

    /// That of a file that was looked at.
    #[cfg(unix)]
    pub fn of_stat(stat: &rustix::fs::Stat) -> Self {
        let modified = stat.st_mtime.saturating_mul(1_000_000_000);
        // of another type on each system
        #[allow(clippy::unnecessary_cast)]
        let nanoseconds = stat.st_mtime_nsec as i64;
        Self {
            size: stat.st_size as u64,
            modified: modified.saturating_add(nanoseconds),
        }
    }

    /// That of an open file.
    #[cfg(not(unix))]
    pub fn of(file: &File) -> io::Result<Self> {
        let metadata = file.metadata()?;
        Ok(Self {
            size: metadata.len(),
            modified: nanoseconds(metadata.modified()?),
        })
    }
}

#[cfg(not(unix))]
pub(crate) fn nanoseconds(time: std::time::SystemTime) -> i64 {
    let since = time.duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)
    })
}
