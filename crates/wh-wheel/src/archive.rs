//! The zip archive of a wheel: the only module that knows the `zip` crate.
//!
//! Opening first refuses everything that two readers could understand differently (see `parts`),
//! so that the `zip` crate meets no such file. What comes out is a list of plain [`Entry`] values,
//! with sizes that were capped; names are not judged here (see `names`).

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use zip::{CompressionMethod, ZipArchive};

use crate::error::Fault;
use crate::parts;
use crate::window::Window;

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

/// An open archive.
pub(crate) struct Archive {
    pub file: Arc<File>,
    pub length: u64,
    zip: ZipArchive<Window>,
}

impl Archive {
    /// Opens the file, verifies its parts, and reads its central directory.
    pub fn open(path: &Path) -> Result<Self, Fault> {
        let (file, length) = open(path)?;
        parts::verify(&file, length)?;
        Self::read(file, length)
    }

    /// Opens the file and reads its central directory, whatever else the file holds: for a look
    /// that decides nothing.
    pub fn open_unverified(path: &Path) -> Result<Self, Fault> {
        let (file, length) = open(path)?;
        Self::read(Arc::clone(&file), length).or_else(|error| {
            // what is wrong with it, in the words of the check that would refuse it
            parts::verify(&file, length)?;
            Err(error)
        })
    }

    fn read(file: Arc<File>, length: u64) -> Result<Self, Fault> {
        let zip = ZipArchive::new(Window::new(file.clone(), length)).map_err(fault)?;
        match zip.offset() {
            0 => Ok(Self { file, length, zip }),
            bytes => Err(Fault::BytesBefore { bytes }),
        }
    }

    /// All entries, in the directory's order, with kinds, methods and sizes judged.
    pub fn entries(&mut self) -> Result<Vec<Entry>, Fault> {
        let mut entries = Vec::with_capacity(self.zip.len());
        let mut total = 0u64;
        for index in 0..self.zip.len() {
            let entry = self.entry(index)?;
            total = total.saturating_add(entry.size);
            entries.push(entry);
        }
        let allowed = TOTAL_FLOOR.max(self.length.saturating_mul(TOTAL_RATIO));
        if total > allowed.min(TOTAL_CAP) {
            let file = self.length;
            return Err(Fault::TotalBomb { file, total });
        }
        Ok(entries)
    }

    /// One entry, with kind, method and size judged.
    pub fn entry(&mut self, index: usize) -> Result<Entry, Fault> {
        let raw = self.zip.by_index_raw(index).map_err(fault)?;
        let text = || String::from_utf8_lossy(raw.name_raw()).into_owned();
        let Ok(name) = std::str::from_utf8(raw.name_raw()) else {
            return Err(Fault::NameNotUtf8 { entry: text() });
        };
        if raw.encrypted() {
            return Err(Fault::Encrypted { entry: text() });
        }
        let method = match raw.compression() {
            CompressionMethod::Stored => Method::Stored,
            CompressionMethod::Deflated => Method::Deflate,
            CompressionMethod::Zstd => Method::Zstd,
            other => {
                let method = other.to_string();
                return Err(Fault::Method {
                    entry: text(),
                    method,
                });
            }
        };
        let entry = Entry {
            name: name.into(),
            index,
            method,
            compressed: raw.compressed_size(),
            size: raw.size(),
            crc: raw.crc32(),
            data_start: raw.data_start().unwrap_or_default(),
            mode: raw.external_attributes() >> 16,
        };
        judge(&entry)?;
        Ok(entry)
    }

    /// A reader of one entry that checks size and crc as it goes, for entries too large for
    /// memory.
    pub fn stream<T>(
        &self,
        entry: &Entry,
        read: impl FnOnce(&mut dyn std::io::Read) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let mut zip = self.zip.clone();
        let mut reader = zip.by_index(entry.index).map_err(fault)?;
        read(&mut reader)
    }

    /// Whether an entry's unpacked bytes start with `prefix`, without unpacking the rest.
    pub fn starts_with(&self, entry: &Entry, prefix: &[u8]) -> Result<bool, Fault> {
        if entry.size < prefix.len() as u64 {
            return Ok(false);
        }
        self.stream(entry, |reader| {
            let mut start = vec![0; prefix.len()];
            reader
                .read_exact(&mut start)
                .map_err(|error| Fault::Damaged {
                    entry: entry.name.to_string(),
                    reason: error.to_string(),
                })?;
            Ok(start == prefix)
        })
    }

    /// All names.
    pub fn names(&self) -> Result<Vec<&str>, Fault> {
        let read = |raw| {
            std::str::from_utf8(raw).map_err(|_| Fault::NameNotUtf8 {
                entry: String::from_utf8_lossy(raw).into_owned(),
            })
        };
        self.zip.file_names_raw().map(read).collect()
    }

    /// The place of an entry by its exact name.
    pub fn index_of(&self, name: &str) -> Option<usize> {
        self.zip.index_for_name(name)
    }
}

fn open(path: &Path) -> Result<(Arc<File>, u64), Fault> {
    let file = File::open(path).map_err(Fault::Read)?;
    let length = file.metadata().map_err(Fault::Read)?.len();
    Ok((Arc::new(file), length))
}

/// Kind and declared size of one entry.
fn judge(entry: &Entry) -> Result<(), Fault> {
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

pub(crate) fn fault(error: zip::result::ZipError) -> Fault {
    match error {
        zip::result::ZipError::Io(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            Fault::NotZip {
                reason: "it ends too early".to_owned(),
            }
        }
        zip::result::ZipError::Io(error) => Fault::Read(error),
        error => Fault::NotZip {
            reason: error.to_string(),
        },
    }
}
