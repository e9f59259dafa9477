//! The one check of an sdist: every entry is looked at, and what tells of metadata and building is
//! read on the way.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Read;
use std::path::Path;

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
    let sdist = read(path, name).and_then(|sdist| {
        agrees(&sdist, filename)?;
        Ok(sdist)
    });
    sdist.map_err(|fault| SdistError::new(path, fault))
}

fn read(path: &Path, name: &str) -> Result<Sdist, Fault> {
    let file = fs_err::File::open(path).map_err(Fault::Read)?.into_file();
    let length = file.metadata().map_err(Fault::Read)?.len();
    let mut walk = Walk {
        tree: Tree::default(),
        reading: Reading::default(),
        entries: 0,
        limit: Limit {
            file: length,
            most: FLOOR.max(length.saturating_mul(RATIO)).min(CAP),
        },
    };
    match Form::of(name).ok_or(Fault::Form)? {
        Form::TarGz => tar::walk_gz(file, &mut walk)?,
        Form::Tar => tar::walk(file, &mut walk)?,
        Form::Zip => zip::walk(file, &mut walk)?,
    }
    walk.reading.finish()
}

/// The name and the version of PKG-INFO are those of the file's name. One that cannot be read
/// counts where it is needed.
fn agrees(sdist: &Sdist, filename: &SdistFilename) -> Result<(), Fault> {
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

/// A walk over an archive's entries.
pub(crate) struct Walk {
    tree: Tree,
    reading: Reading,
    entries: usize,
    pub(crate) limit: Limit,
}

impl Walk {
    /// The next entry, with its bytes. What is not read of them is the caller's to skip.
    pub(crate) fn entry(
        &mut self,
        raw_name: &[u8],
        kind: &Kind,
        bytes: &mut dyn Read,
    ) -> Result<(), Fault> {
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
        if *kind == Kind::File {
            self.reading.file(&name, bytes)?;
        }
        Ok(())
    }
}

/// A file on disk, as the walkers take it.
pub(crate) type OnDisk = File;
