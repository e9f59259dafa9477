//! The one walk over an sdist: every entry is judged, and handed to what reads or unpacks it.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::time::Duration;

use wh_packaging::Metadata;
use wh_packaging::sdist_filename::SdistFilename;

use crate::contents::{Reading, Sdist};
use crate::error::{Fault, SdistError};
use crate::names::{Kind, Tree, clean};
use crate::{tar, zip};

/// No sdist has so many entries.
const MOST_ENTRIES: usize = 200_000;
/// Unpacked bytes that any sdist may have, whatever its file's size.
const FLOOR: u64 = 256 << 20;
/// Above the floor: unpacked bytes a byte of the file.
const RATIO: u64 = 100;
/// Above this no sdist goes.
const CAP: u64 = 16 << 30;

/// Reads an sdist to its end and refuses it where it breaks a rule; what it says of itself.
///
/// # Errors
/// It cannot be read, is damaged, holds what no sdist may hold, or is another's by its PKG-INFO.
pub fn check(path: &Path, filename: &SdistFilename) -> Result<Sdist, SdistError> {
    let name = path.file_name().unwrap_or(OsStr::new(""));
    check_named(path, &name.to_string_lossy(), filename)
}

/// As [`check`], for a file that does not have its final name yet.
///
/// # Errors
/// As [`check`].
pub fn check_named(path: &Path, name: &str, filename: &SdistFilename) -> Result<Sdist, SdistError> {
    check_below(path, name, filename, None)
}

/// As [`check_named`], for an archive whose project is in a folder below its top (PEP 751,
/// `archive.subdirectory`).
///
/// # Errors
/// As [`check`].
pub fn check_below(
    path: &Path,
    name: &str,
    filename: &SdistFilename,
    subdirectory: Option<&str>,
) -> Result<Sdist, SdistError> {
    let sdist = read(path, name, subdirectory).and_then(|sdist| {
        agrees(&sdist, filename)?;
        Ok(sdist)
    });
    sdist.map_err(|fault| SdistError::new(path, fault))
}

/// Reads an archive of source of which nobody knows yet what project it is, to its end, by the same
/// rules; `name` tells its form.
///
/// # Errors
/// It cannot be read, is damaged, or holds what no sdist may hold.
pub fn look(path: &Path, name: &str, subdirectory: Option<&str>) -> Result<Sdist, SdistError> {
    read(path, name, subdirectory).map_err(|fault| SdistError::new(path, fault))
}

fn read(path: &Path, name: &str, subdirectory: Option<&str>) -> Result<Sdist, Fault> {
    let mut reading = Reading::of(subdirectory);
    walk(path, name, &mut reading)?;
    reading.finish()
}

/// Judges every entry of an archive and gives it to `sink`.
pub(crate) fn walk(path: &Path, name: &str, sink: &mut dyn Sink) -> Result<(), Fault> {
    let file = fs_err::File::open(path).map_err(Fault::Read)?.into_file();
    let length = file.metadata().map_err(Fault::Read)?.len();
    let mut walk = Walk {
        tree: Tree::default(),
        sink,
        entries: 0,
        limit: Limit {
            file: length,
            most: FLOOR.max(length.saturating_mul(RATIO)).min(CAP),
        },
    };
    match Form::of(name).ok_or(Fault::Form)? {
        Form::TarGz => tar::walk_gz(file, &mut walk),
        Form::Tar => tar::walk(file, &mut walk),
        Form::Zip => zip::walk(file, &mut walk),
    }
}

/// The name and the version of PKG-INFO are those of the file's name. One that cannot be read
/// counts where it is needed.
pub(crate) fn agrees(sdist: &Sdist, filename: &SdistFilename) -> Result<(), Fault> {
    let Some(text) = &sdist.pkg_info else {
        return Ok(());
    };
    let Ok(metadata) = Metadata::parse(text.as_bytes()) else {
        return Ok(());
    };
    if metadata.name == filename.project && metadata.version == filename.version {
        return Ok(());
    }
    Err(Fault::Mismatch {
        found: format!("{} {}", metadata.name, metadata.version),
        expected: format!("{} {}", filename.project, filename.version),
    })
}

/// The forms of sdists that can be read.
enum Form {
    TarGz,
    Tar,
    Zip,
}

impl Form {
    fn of(name: &str) -> Option<Self> {
        match name.rsplit_once('.')?.1 {
            "gz" if name.ends_with(".tar.gz") => Some(Self::TarGz),
            "tgz" => Some(Self::TarGz),
            "tar" => Some(Self::Tar),
            "zip" => Some(Self::Zip),
            _ => None,
        }
    }
}

/// How far an archive may unpack.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit {
    file: u64,
    /// Unpacked bytes.
    pub(crate) most: u64,
}

impl Limit {
    pub(crate) fn exceeded(self) -> Fault {
        Fault::Bomb {
            file: self.file,
            most: self.most,
        }
    }
}

/// An entry whose name and kind are judged: nothing that is done by them leads out of a folder.
pub(crate) struct Entry<'a> {
    /// Clean, the folder that all is in first.
    pub(crate) name: &'a str,
    pub(crate) kind: &'a Kind,
    /// Whether the archive has it as a program.
    #[cfg_attr(windows, expect(dead_code, reason = "no file has such a bit there"))]
    pub(crate) executable: bool,
    /// Time since 1970, where the archive knows it.
    pub(crate) modified: Option<Duration>,
}

/// What entries are for.
pub(crate) trait Sink {
    /// The next entry, with its bytes. What is not read of them is the caller's to skip.
    fn entry(&mut self, entry: &Entry<'_>, bytes: &mut dyn Read) -> Result<(), Fault>;
}

/// A walk over an archive's entries.
pub(crate) struct Walk<'a> {
    tree: Tree,
    sink: &'a mut dyn Sink,
    entries: usize,
    pub(crate) limit: Limit,
}

/// What an archive tells of an entry beside its name.
pub(crate) struct Traits {
    pub(crate) kind: Kind,
    pub(crate) executable: bool,
    pub(crate) modified: Option<Duration>,
}

impl Walk<'_> {
    /// The next entry, with its bytes. What is not read of them is the caller's to skip.
    pub(crate) fn entry(
        &mut self,
        raw_name: &[u8],
        traits: &Traits,
        bytes: &mut dyn Read,
    ) -> Result<(), Fault> {
        let kind = &traits.kind;
        self.entries += 1;
        if self.entries > MOST_ENTRIES {
            return Err(Fault::TooMany { most: MOST_ENTRIES });
        }
        let name = clean(raw_name)?;
        if name.is_empty() && *kind == Kind::Folder {
            // `./`
            return Ok(());
        }
        self.tree.add(&name, kind)?;
        let entry = Entry {
            name: &name,
            kind,
            executable: traits.executable,
            modified: traits.modified,
        };
        self.sink.entry(&entry, bytes)
    }
}

/// A file on disk, as the walkers take it.
pub(crate) type OnDisk = File;
