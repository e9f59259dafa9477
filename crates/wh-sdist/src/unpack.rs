//! An sdist on disk, as its build backend will see it.
//!
//! PEP 721, with PEP 706's `data` filter: names and links are judged before (`names`); programs stay
//! programs, and of modes nothing else counts; owners are forgotten, times are kept, since what
//! is built may hold them.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use wh_packaging::sdist_filename::SdistFilename;

use crate::archive::{Entry, Sink, agrees, walk};
use crate::contents::Sdist;
use crate::error::{Fault, SdistError};
use crate::names::Kind;

/// An sdist that was unpacked.
#[derive(Debug)]
pub struct Unpacked {
    /// The folder of the project.
    pub folder: PathBuf,
    /// What it says of itself.
    pub sdist: Sdist,
}

/// Unpacks an sdist into a folder that exists and is empty, and refuses it as [`check`](crate::check)
/// does.
///
/// # Errors
/// Those of [`check`](crate::check), or something cannot be written. What was written by then stays.
pub fn unpack(path: &Path, filename: &SdistFilename, into: &Path) -> Result<Unpacked, SdistError> {
    unpack_below(path, Some(filename), None, into)
}

/// As [`unpack`], for an archive of source: its project may be in a folder below its top (PEP 751,
/// `archive.subdirectory`), and nobody may know yet which one it is.
///
/// # Errors
/// As [`unpack`].
pub fn unpack_below(
    path: &Path,
    filename: Option<&SdistFilename>,
    subdirectory: Option<&str>,
    into: &Path,
) -> Result<Unpacked, SdistError> {
    let unpacked = || {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let mut unpacking = Unpacking {
            into,
            top: None,
            copies: Vec::new(),
        };
        walk(path, &name, &mut unpacking)?;
        unpacking.copy_links()?;
        let mut folder = into.join(unpacking.top.ok_or(Fault::NotAnSdist)?);
        if let Some(below) = subdirectory {
            folder = inside(&folder, below)?;
        }
        let sdist = Sdist::read_folder(&folder)?;
        if let Some(filename) = filename {
            agrees(&sdist, filename)?;
        }
        Ok(Unpacked { folder, sdist })
    };
    unpacked().map_err(|fault| SdistError::new(path, fault))
}

/// A folder below another, links followed: they stay inside by the rules of names, and so does it.
fn inside(folder: &Path, below: &str) -> Result<PathBuf, Fault> {
    let place = folder.join(below);
    let real = |path: &Path| path.canonicalize().map_err(|_| Fault::NotAnSdist);
    match real(&place)?.starts_with(real(folder)?) {
        true => Ok(place),
        false => Err(Fault::NameEscapes {
            entry: below.to_owned(),
        }),
    }
}

struct Unpacking<'a> {
    into: &'a Path,
    top: Option<String>,
    /// Links, from and to, where the system has none for everybody.
    copies: Vec<(PathBuf, PathBuf)>,
}

impl Sink for Unpacking<'_> {
    fn entry(&mut self, entry: &Entry<'_>, bytes: &mut dyn Read) -> Result<(), Fault> {
        let path = self.into.join(entry.name);
        let written = |source| Fault::Write {
            path: path.clone(),
            source,
        };
        if self.top.is_none() {
            self.top = entry.name.split('/').next().map(str::to_owned);
        }
        if *entry.kind == Kind::Folder {
            return std::fs::create_dir_all(&path).map_err(written);
        }
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(written)?;
        }
        match entry.kind {
            Kind::File => file(&path, entry, bytes),
            Kind::Symlink(target) => self.symlink(target, &path).map_err(written),
            // a file of its own: what is written to the one must not show in the other
            Kind::Hardlink(target) => std::fs::copy(self.into.join(target), &path)
                .map(drop)
                .map_err(written),
            Kind::Folder => Ok(()),
        }
    }
}

impl Unpacking<'_> {
    #[cfg(unix)]
    fn symlink(&mut self, target: &str, path: &Path) -> io::Result<()> {
        std::os::unix::fs::symlink(target, path)
    }

    #[cfg(not(unix))]
    fn symlink(&mut self, target: &str, path: &Path) -> io::Result<()> {
        let from = path.parent().unwrap_or(path).join(target);
        self.copies.push((from, path.to_owned()));
        Ok(())
    }

    /// Where there are no links: copies of the files that they lead to, as Python does it. A link that
    /// leads to nothing is left out.
    fn copy_links(&self) -> Result<(), Fault> {
        for (from, path) in self.copies.iter().filter(|(from, _)| from.is_file()) {
            std::fs::copy(from, path).map_err(|source| Fault::Write {
                path: path.clone(),
                source,
            })?;
        }
        Ok(())
    }
}

/// Writes a file where nothing is. What goes wrong with its bytes is the archive's fault.
fn file(path: &Path, entry: &Entry<'_>, bytes: &mut dyn Read) -> Result<(), Fault> {
    let written = |source| Fault::Write {
        path: path.to_owned(),
        source,
    };
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(if entry.executable { 0o755 } else { 0o644 });
    }
    let mut file = options.open(path).map_err(written)?;
    let mut buffer = vec![0; 64 << 10];
    loop {
        let read = match bytes.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(Fault::Read(error)),
        };
        io::Write::write_all(&mut file, &buffer[..read]).map_err(written)?;
    }
    // a time that the system cannot hold is no reason to refuse the file
    let modified = |time| SystemTime::UNIX_EPOCH.checked_add(time);
    if let Some(modified) = entry.modified.and_then(modified) {
        let _ = file.set_modified(modified);
    }
    Ok(())
}
