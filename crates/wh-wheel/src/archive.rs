//! The zip archive of a wheel.
//!
//! Opening refuses everything that two readers could understand differently (see `parts`). What comes
//! out is a list of plain [`Entry`] values, with sizes that were capped; names are not judged here
//! (see `names`).

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use crate::error::Fault;
use crate::parts::{self, Part};

/// Unpacked bytes that any wheel may have, whatever its file's size.
const TOTAL_FLOOR: u64 = 256 << 20;
/// Above the floor: unpacked bytes a byte of the file. The best real wheels reach about 25.
const TOTAL_RATIO: u64 = 100;
/// Above this no wheel goes.
const TOTAL_CAP: u64 = 64 << 30;
/// Deflate cannot do better than 1032 to 1; zstd entries are held to the same.
const ENTRY_RATIO: u64 = 1040;
const ENTRY_FLOOR: u64 = 64 << 10;

/// How an entry's bytes are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    Stored,
    Deflate,
    Zstd,
}

/// One entry of the central directory.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub name: Box<str>,
    pub index: usize,
    pub method: Method,
    pub compressed: u64,
    pub size: u64,
    pub crc: u32,
    pub data_start: u64,
    /// The Unix mode, with its type bits; 0 where none is given.
    pub mode: u32,
}

impl Entry {
    /// Whether the name says folder.
    pub fn is_folder(&self) -> bool {
        self.name.ends_with('/')
    }

    /// Whether some execute bit is set, as pip decides it.
    pub fn is_executable(&self) -> bool {
        self.mode & S_IFMT == S_IFREG && self.mode & 0o111 != 0
    }
}

const S_IFMT: u32 = 0o170_000;
const S_IFREG: u32 = 0o100_000;
const S_IFDIR: u32 = 0o040_000;

impl Entry {
    /// An entry whose parts agree, with kind, method and size judged.
    fn of(part: Part, index: usize) -> Result<Self, Fault> {
        let name = match String::from_utf8(part.name.into_vec()) {
            Ok(name) => name,
            Err(error) => {
                let entry = String::from_utf8_lossy(error.as_bytes()).into_owned();
                return Err(Fault::NameNotUtf8 { entry });
            }
        };
        if part.encrypted {
            return Err(Fault::Encrypted { entry: name });
        }
        let Some(method) = Method::of(part.method) else {
            return Err(Fault::Method {
                entry: name,
                method: method_name(part.method),
            });
        };
        let entry = Self {
            name: name.into(),
            index,
            method,
            compressed: part.compressed,
            size: part.size,
            crc: part.crc,
            data_start: part.data_start,
            mode: part.attributes >> 16,
        };
        judge(&entry)?;
        Ok(entry)
    }
}

impl Method {
    fn of(number: u64) -> Option<Self> {
        match number {
            0 => Some(Method::Stored),
            8 => Some(Method::Deflate),
            93 => Some(Method::Zstd),
            _ => None,
        }
    }
}

/// What a method that is not known here is called (APPNOTE 4.4.5).
fn method_name(number: u64) -> String {
    match number {
        9 => "Deflate64".to_owned(),
        12 => "bzip2".to_owned(),
        14 => "LZMA".to_owned(),
        95 => "XZ".to_owned(),
        other => format!("method {other}"),
    }
}

/// An open archive.
pub(crate) struct Archive {
    pub file: Arc<File>,
    pub length: u64,
}

impl Archive {
    /// Opens the file, verifies its parts, and judges its entries, which are in the directory's
    /// order.
    pub fn open(path: &Path) -> Result<(Self, Vec<Entry>), Fault> {
        let (file, length) = open(path)?;
        let parts = parts::verify(&file, length)?;
        let numbered = parts.into_iter().enumerate();
        let entries = numbered.map(|(index, part)| Entry::of(part, index));
        let entries = entries.collect::<Result<Vec<_>, _>>()?;
        let sizes = entries.iter().map(|entry| entry.size);
        let total = sizes.fold(0u64, u64::saturating_add);
        let allowed = TOTAL_FLOOR.max(length.saturating_mul(TOTAL_RATIO));
        match total > allowed.min(TOTAL_CAP) {
            true => Err(Fault::TotalBomb {
                file: length,
                total,
            }),
            false => Ok((Self { file, length }, entries)),
        }
    }
}

/// Opens a file, and asks for its length.
pub(crate) fn open(path: &Path) -> Result<(Arc<File>, u64), Fault> {
    let file = File::open(path).map_err(Fault::Read)?;
    let length = file.metadata().map_err(Fault::Read)?.len();
    Ok((Arc::new(file), length))
}

/// Kind and declared size of one entry.
pub(crate) fn judge(entry: &Entry) -> Result<(), Fault> {
    let name = || entry.name.to_string();
    match (entry.mode & S_IFMT, entry.is_folder()) {
        (0 | S_IFREG, false) | (0 | S_IFDIR, true) => {}
        _ => {
            return Err(Fault::NotRegular {
                entry: name(),
                mode: entry.mode,
            });
        }
    }
    if entry.is_folder() && entry.size != 0 {
        return Err(Fault::FolderWithData { entry: name() });
    }
    let allowed = match entry.method {
        Method::Stored => entry.compressed,
        Method::Deflate | Method::Zstd => {
            ENTRY_FLOOR.max(entry.compressed.saturating_mul(ENTRY_RATIO))
        }
    };
    if entry.size > allowed {
        return Err(Fault::Bomb {
            entry: name(),
            compressed: entry.compressed,
            size: entry.size,
        });
    }
    Ok(())
}
