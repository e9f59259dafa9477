//! The zip archive of a wheel: the only module that knows the `zip` crate.
//!
//! Opening reads the central directory and refuses everything that two readers could understand
//! differently: bytes before, between or after its parts, names listed twice, local headers that
//! disagree, entries that overlap. What comes out is a list of plain [`Entry`] values, with sizes
//! that were capped; names are not judged here (see `names`).

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use zip::{CompressionMethod, ExtraField, ZipArchive, ZipReadOptions};

use crate::error::Fault;
use crate::window::{Window, read_exact_at};

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
    /// Opens the file and reads its central directory.
    pub fn open(path: &Path) -> Result<Self, Fault> {
        let file = Arc::new(File::open(path).map_err(Fault::Read)?);
        let length = file.metadata().map_err(Fault::Read)?.len();
        let zip = ZipArchive::new(Window::new(file.clone(), length)).map_err(fault)?;
        let this = Self { file, length, zip };
        if this.zip.offset() != 0 {
            let bytes = this.zip.offset();
            return Err(Fault::BytesBefore { bytes });
        }
        this.end_is_plain()?;
        Ok(this)
    }

    /// The file's end is: central directory, its end record(s), comment, nothing else.
    fn end_is_plain(&self) -> Result<(), Fault> {
        const END: &[u8; 4] = b"PK\x05\x06";
        const END64: &[u8; 4] = b"PK\x06\x06";
        const LOCATOR64: &[u8; 4] = b"PK\x06\x07";
        let comment = self.zip.comment();
        if comment.windows(4).any(|bytes| bytes == END) {
            return Err(Fault::AmbiguousEnd);
        }
        let end = self.length.checked_sub(22 + comment.len() as u64);
        let end = end.ok_or(Fault::BytesAfter)?;
        let directory = self.zip.central_directory_start();
        let mut record = [0; 22];
        self.read_exact(&mut record, end)?;
        if &record[..4] != END || le(&record[20..22]) != comment.len() as u64 {
            return Err(Fault::BytesAfter);
        }
        let (mut size, mut directory_end) = (le(&record[12..16]), end);
        if end >= 76 + directory {
            // Zip64 writes its own record and a locator between directory and end record.
            let mut bytes = [0; 76];
            self.read_exact(&mut bytes, end - 76)?;
            if &bytes[56..60] == LOCATOR64 && &bytes[..4] == END64 {
                (size, directory_end) = (le(&bytes[40..48]), end - 76);
            }
        }
        if directory.checked_add(size) != Some(directory_end) {
            return Err(Fault::BytesAfter);
        }
        Ok(())
    }

    fn read_exact(&self, buffer: &mut [u8], offset: u64) -> Result<(), Fault> {
        read_exact_at(&self.file, buffer, offset).map_err(Fault::Read)
    }

    /// Compares every local header with the central directory and looks for overlaps and for
    /// headers that no directory lists.
    pub fn verify_headers(&mut self) -> Result<(), Fault> {
        if self.zip.has_duplicate_names() {
            let entry = self.first_duplicate()?;
            return Err(Fault::Duplicate { entry });
        }
        let Err(error) = self.zip.validate_header_consistency() else {
            return Ok(());
        };
        // Only the slow way round tells which entry it is.
        for index in 0..self.zip.len() {
            let entry = match self.zip.by_index_data(index) {
                Ok(entry) => String::from_utf8_lossy(entry.name_raw()).into_owned(),
                Err(error) => return Err(fault(error)),
            };
            let options = ZipReadOptions::new().enforce_header_consistency(true);
            if let Err(error) = self.zip.by_index_with_options(index, options) {
                let reason = error.to_string();
                return Err(Fault::HeadersDisagree { entry, reason });
            }
        }
        Err(match error {
            zip::result::ZipError::Io(error) => Fault::Read(error),
            error => Fault::Inconsistent {
                reason: error.to_string(),
            },
        })
    }

    /// The first name that the central directory repeats (the `zip` crate keeps only the last).
    fn first_duplicate(&self) -> Result<String, Fault> {
        let start = self.zip.central_directory_start();
        let mut directory = vec![0; (self.length - start) as usize];
        self.read_exact(&mut directory, start)?;
        let mut seen = std::collections::HashSet::new();
        let mut rest = directory.as_slice();
        while rest.len() >= 46 && rest.starts_with(b"PK\x01\x02") {
            let [name, extra, comment] = [28, 30, 32].map(|at| le(&rest[at..at + 2]) as usize);
            let Some(bytes) = rest.get(46..46 + name) else {
                break;
            };
            if !seen.insert(bytes) {
                return Ok(String::from_utf8_lossy(bytes).into_owned());
            }
            rest = rest.get(46 + name + extra + comment..).unwrap_or_default();
        }
        Ok(String::new())
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
        if let Some(bytes) = self.first_start()?.filter(|start| *start > 0) {
            return Err(Fault::BytesBefore { bytes });
        }
        let allowed = TOTAL_FLOOR.max(self.length.saturating_mul(TOTAL_RATIO));
        if total > allowed.min(TOTAL_CAP) {
            let file = self.length;
            return Err(Fault::TotalBomb { file, total });
        }
        Ok(entries)
    }

    /// Where the first local header is.
    fn first_start(&self) -> Result<Option<u64>, Fault> {
        let mut first: Option<u64> = None;
        for index in 0..self.zip.len() {
            let start = self.zip.by_index_data(index).map_err(fault)?.header_start();
            first = Some(first.map_or(start, |first| first.min(start)));
        }
        Ok(first)
    }

    /// One entry, with kind, method and size judged.
    pub fn entry(&mut self, index: usize) -> Result<Entry, Fault> {
        let raw = self.zip.by_index_raw(index).map_err(fault)?;
        let text = || String::from_utf8_lossy(raw.name_raw()).into_owned();
        let Ok(name) = std::str::from_utf8(raw.name_raw()) else {
            return Err(Fault::NameNotUtf8 { entry: text() });
        };
        if raw
            .extra_data_fields()
            .any(|field| matches!(field, ExtraField::UnicodePath(_)))
        {
            let reason = "it has a second name".to_owned();
            return Err(Fault::HeadersDisagree {
                entry: text(),
                reason,
            });
        }
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

fn le(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .rev()
        .fold(0, |sum, &b| sum << 8 | u64::from(b))
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
