//! An open wheel: its entries and the files of its dist-info.

use std::path::{Path, PathBuf};

use wh_packaging::entry_points::EntryPoints;
use wh_packaging::record::{self, RecordRow};
use wh_packaging::wheel_file::WheelFile;
use wh_packaging::{Hashes, Metadata};

use crate::archive::{Archive, Entry};
use crate::digest::{Algorithm, hash_open};
use crate::error::{Fault, WheelError};
use crate::look::Look;
use crate::unpack::unpack;

/// No file of a dist-info that is read as text needs more: RECORD of 200,000 files takes 25 MB.
const TEXT_CAP: u64 = 64 << 20;

/// A wheel whose archive is consistent; nothing is known yet of what its entries hold.
pub struct Wheel {
    pub(crate) path: PathBuf,
    pub(crate) archive: Archive,
    pub(crate) entries: Vec<Entry>,
    pub(crate) dist_info: String,
}

impl Wheel {
    /// Opens a wheel, reads its directory and compares it with the local headers.
    ///
    /// # Errors
    /// The file cannot be read, is no zip archive, or is one that two readers could understand
    /// differently; an entry is a link, encrypted, of a foreign method or a bomb; there is not
    /// exactly one dist-info.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, WheelError> {
        let path = path.into();
        let open = || {
            let (archive, entries) = Archive::open(&path)?;
            let dist_info = dist_info(entries.iter().map(|entry| &*entry.name))?.to_owned();
            Ok((archive, entries, dist_info))
        };
        match open() {
            Ok((archive, entries, dist_info)) => Ok(Self {
                path,
                archive,
                entries,
                dist_info,
            }),
            Err(fault) => Err(WheelError { path, fault }),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Bytes of the file.
    pub fn file_size(&self) -> u64 {
        self.archive.length
    }

    /// Bytes of all entries, unpacked, as the directory declares them.
    pub fn unpacked_size(&self) -> u64 {
        self.entries.iter().map(|entry| entry.size).sum()
    }

    /// The name of its dist-info folder.
    pub fn dist_info(&self) -> &str {
        &self.dist_info
    }

    /// The names of all entries; those of folders end with `/`. They may be hostile.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| &*entry.name)
    }

    /// The digests of the file, of the very bytes that entries are read from, whatever stands at
    /// its path by now.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn hash(&self, algorithms: &[Algorithm]) -> Result<Hashes, WheelError> {
        hash_open(&self.archive.file, algorithms).map_err(|error| self.error(Fault::Read(error)))
    }

    /// METADATA, as it stands in the wheel.
    ///
    /// # Errors
    /// It is missing, damaged or too large.
    pub fn metadata_bytes(&self) -> Result<Vec<u8>, WheelError> {
        self.required("METADATA").map_err(|f| self.error(f))
    }

    /// METADATA.
    ///
    /// # Errors
    /// As [`metadata_bytes`](Self::metadata_bytes), or it cannot be read as METADATA.
    pub fn metadata(&self) -> Result<Metadata, WheelError> {
        let read = || Ok(Metadata::parse(&self.required("METADATA")?)?);
        read().map_err(|f: Fault| self.error(f))
    }

    /// WHEEL.
    ///
    /// # Errors
    /// It is missing, damaged, or cannot be read as WHEEL.
    pub fn wheel_file(&self) -> Result<WheelFile, WheelError> {
        let read = || Ok(WheelFile::parse(&self.required_text("WHEEL")?)?);
        read().map_err(|f: Fault| self.error(f))
    }

    /// The rows of RECORD.
    ///
    /// # Errors
    /// It is missing, damaged, or cannot be read as RECORD.
    pub fn record(&self) -> Result<Vec<RecordRow>, WheelError> {
        let read = || Ok(record::parse(&self.required_text("RECORD")?)?);
        read().map_err(|f: Fault| self.error(f))
    }

    /// entry_points.txt; nothing where there is no such file.
    ///
    /// # Errors
    /// It is damaged or cannot be read as entry points.
    pub fn entry_points(&self) -> Result<EntryPoints, WheelError> {
        let read = || match self.optional("entry_points.txt")? {
            Some(bytes) => Ok(EntryPoints::parse(&text("entry_points.txt", bytes)?)?),
            None => Ok(EntryPoints::default()),
        };
        read().map_err(|f: Fault| self.error(f))
    }

    pub(crate) fn error(&self, fault: Fault) -> WheelError {
        WheelError::new(&self.path, fault)
    }

    fn required_text(&self, file: &str) -> Result<String, Fault> {
        text(file, self.required(file)?)
    }

    fn required(&self, file: &str) -> Result<Vec<u8>, Fault> {
        let missing = || Fault::Missing {
            file: format!("{}/{file}", self.dist_info),
        };
        self.optional(file)?.ok_or_else(missing)
    }

    fn optional(&self, file: &str) -> Result<Option<Vec<u8>>, Fault> {
        let name = format!("{}/{file}", self.dist_info);
        match self.index_of(&name) {
            Some(index) => read(&self.archive, &self.entries[index]).map(Some),
            None => Ok(None),
        }
    }

    /// The place of an entry by its exact name.
    pub(crate) fn index_of(&self, name: &str) -> Option<usize> {
        self.entries.iter().position(|entry| *entry.name == *name)
    }
}

/// METADATA of a wheel, without a look at anything else in it (for choosing; whoever installs the
/// wheel checks it).
///
/// # Errors
/// The file cannot be read, has not exactly one dist-info, or its METADATA is missing or bad.
pub fn read_metadata_of(path: &Path) -> Result<Metadata, WheelError> {
    let bytes = read_metadata_bytes_of(path)?;
    Metadata::parse(&bytes).map_err(|fault| WheelError::new(path, fault))
}

/// The same as bytes.
///
/// # Errors
/// The file cannot be read, has not exactly one dist-info, or its METADATA is missing.
pub fn read_metadata_bytes_of(path: &Path) -> Result<Vec<u8>, WheelError> {
    let read = || {
        let mut look = Look::open(path)?;
        let file = {
            let names = look.names()?;
            format!("{}/METADATA", dist_info(names.iter().copied())?)
        };
        let entry = look.entry(&file)?;
        read(&look.archive, &entry)
    };
    read().map_err(|fault: Fault| WheelError::new(path, fault))
}

/// The one top-level folder named `*.dist-info`.
fn dist_info<'n>(names: impl Iterator<Item = &'n str>) -> Result<&'n str, Fault> {
    let mut found: Option<&str> = None;
    for name in names {
        let Some((folder, _)) = name.split_once('/') else {
            continue;
        };
        if !folder.ends_with(".dist-info") || found == Some(folder) {
            continue;
        }
        if let Some(one) = found {
            return Err(Fault::SeveralDistInfos {
                one: one.to_owned(),
                other: folder.to_owned(),
            });
        }
        found = Some(folder);
    }
    found.ok_or(Fault::NoDistInfo)
}

fn read(archive: &Archive, entry: &Entry) -> Result<Vec<u8>, Fault> {
    if entry.size > TEXT_CAP {
        return Err(Fault::MetadataTooLarge {
            file: entry.name.to_string(),
            size: entry.size,
        });
    }
    let mut bytes = Vec::with_capacity(entry.size as usize);
    unpack(archive, entry, &mut |piece| {
        bytes.extend_from_slice(piece);
        Ok::<_, Fault>(())
    })?;
    Ok(bytes)
}

fn text(file: &str, bytes: Vec<u8>) -> Result<String, Fault> {
    String::from_utf8(bytes).map_err(|_| Fault::NotUtf8 {
        file: file.to_owned(),
    })
}
