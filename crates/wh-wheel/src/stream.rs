//! Entries as streams: of those that are too large for memory, and of those of which only the beginning
//! is wanted.

use std::fs::File;
use std::io::{self, BufReader, Read};

use flate2::bufread::DeflateDecoder;
use libdeflater::Crc;

use crate::archive::{Archive, Entry, Method};
use crate::error::Fault;
use crate::unpack::damaged;
use crate::window::read_at;

/// Compressed bytes read at once, and unpacked ones handed on at once: what stays in a processor's
/// cache.
const PIECE: usize = 256 << 10;
/// The same, where only the beginning is wanted.
const BEGINNING: usize = 4 << 10;

/// Hands the unpacked bytes of an entry to `sink`, piece by piece.
///
/// Size and crc have been checked when this returns; the pieces were handed out before that.
pub(crate) fn stream(
    archive: &Archive,
    entry: &Entry,
    sink: &mut dyn FnMut(&[u8]) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let mut reader = reader(archive, entry, PIECE)?;
    let mut buffer = vec![0; PIECE];
    let mut crc = Crc::new();
    let mut left = entry.size;
    loop {
        let read = match reader.read(&mut buffer) {
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(damaged(entry, &error.to_string())),
        };
        if read as u64 > left || (read == 0 && left > 0) {
            return Err(damaged(entry, "its size is not what the directory says"));
        }
        if read == 0 {
            break;
        }
        left -= read as u64;
        crc.update(&buffer[..read]);
        sink(&buffer[..read])?;
    }
    match crc.sum() == entry.crc {
        true => Ok(()),
        false => Err(damaged(entry, "the crc does not match")),
    }
}

/// Whether an entry's unpacked bytes start with `prefix`, without unpacking the rest.
pub(crate) fn starts_with(archive: &Archive, entry: &Entry, prefix: &[u8]) -> Result<bool, Fault> {
    if entry.size < prefix.len() as u64 {
        return Ok(false);
    }
    let mut start = vec![0; prefix.len()];
    let read = reader(archive, entry, BEGINNING)?.read_exact(&mut start);
    read.map_err(|error| damaged(entry, &error.to_string()))?;
    Ok(start == prefix)
}

/// A reader of the unpacked bytes.
fn reader<'a>(
    archive: &'a Archive,
    entry: &Entry,
    buffer: usize,
) -> Result<Box<dyn Read + 'a>, Fault> {
    let raw = Raw {
        file: &archive.file,
        position: entry.data_start,
        left: entry.compressed,
    };
    let raw = BufReader::with_capacity(buffer, raw);
    Ok(match entry.method {
        Method::Stored => Box::new(raw),
        Method::Deflate => Box::new(DeflateDecoder::new(raw)),
        Method::Zstd => {
            let decoder = zstd::Decoder::with_buffer(raw);
            Box::new(decoder.map_err(|error| damaged(entry, &error.to_string()))?)
        }
    })
}

/// The bytes of an entry as they stand in the archive.
struct Raw<'a> {
    file: &'a File,
    position: u64,
    left: u64,
}

impl Read for Raw<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = usize::try_from(self.left).unwrap_or(usize::MAX);
        let wanted = wanted.min(buffer.len());
        let read = read_at(self.file, &mut buffer[..wanted], self.position)?;
        self.position += read as u64;
        self.left -= read as u64;
        Ok(read)
    }
}
