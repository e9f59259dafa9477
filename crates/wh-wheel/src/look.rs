//! A look at the METADATA of a wheel that decides nothing: the only module that knows the `zip` crate.
//!
//! Whatever else the file holds is left alone, so that a wheel can be chosen by what it says of itself;
//! whoever installs it opens it in the strict way, and refuses it there.

use std::path::Path;
use std::sync::Arc;

use zip::{CompressionMethod, ZipArchive};

use crate::archive::{Archive, Entry, Method, judge, open};
use crate::error::Fault;
use crate::parts;
use crate::window::Window;

/// An archive of which nothing was verified.
pub(crate) struct Look {
    pub archive: Archive,
    zip: ZipArchive<Window>,
}

impl Look {
    /// Opens the file and reads its directory.
    pub fn open(path: &Path) -> Result<Self, Fault> {
        let (file, length) = open(path)?;
        let read = || {
            let zip = ZipArchive::new(Window::new(Arc::clone(&file), length)).map_err(fault)?;
            match zip.offset() {
                0 => Ok(zip),
                bytes => Err(Fault::BytesBefore { bytes }),
            }
        };
        match read() {
            Ok(zip) => Ok(Self {
                archive: Archive { file, length },
                zip,
            }),
            Err(error) => {
                // what is wrong with it, in the words of the check that would refuse it
                parts::verify(&file, length)?;
                Err(error)
            }
        }
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

    /// The entry of this name, with kind, method and size judged.
    pub fn entry(&mut self, name: &str) -> Result<Entry, Fault> {
        let missing = || Fault::Missing {
            file: name.to_owned(),
        };
        let index = self.zip.index_for_name(name).ok_or_else(missing)?;
        let raw = self.zip.by_index_raw(index).map_err(fault)?;
        let entry = || name.to_owned();
        if raw.encrypted() {
            return Err(Fault::Encrypted { entry: entry() });
        }
        let method = match raw.compression() {
            CompressionMethod::Stored => Method::Stored,
            CompressionMethod::Deflated => Method::Deflate,
            CompressionMethod::Zstd => Method::Zstd,
            other => {
                return Err(Fault::Method {
                    entry: entry(),
                    method: other.to_string(),
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
}

fn fault(error: zip::result::ZipError) -> Fault {
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
