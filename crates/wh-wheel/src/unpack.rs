//! Entries to bytes: inflated whole into buffers that are used again, large ones as a stream.

use std::sync::Mutex;

use libdeflater::{Crc, Decompressor};

use crate::archive::{Archive, Entry, Method};
use crate::error::Fault;
use crate::stream::stream;
use crate::window::read_exact_at;

/// Entries that unpack to more than this are streamed, so that a thread holds at most twice this.
const WHOLE: u64 = 64 << 20;

/// Buffers are multiples of this, short ones powers of two.
const GROWTH: usize = 1 << 20;
/// No buffer is shorter.
const SHORTEST: usize = 16 << 10;
/// Buffers that are longer go when an entry is done.
const KEPT: usize = ORDINARY as usize;

/// Entries that unpack to no more than this take no memory worth counting.
pub(crate) const ORDINARY: u64 = 16 << 20;

/// One thread's buffers.
struct Buffers {
    raw: Vec<u8>,
    unpacked: Vec<u8>,
    inflate: Decompressor,
}

/// Buffers in use by turns; never more sets than threads that unpack at one time.
#[derive(Default)]
pub struct BufferPool(Mutex<Vec<Buffers>>);

impl BufferPool {
    /// An empty pool; buffers are made as they are needed.
    pub fn new() -> Self {
        Self::default()
    }

    fn with<T>(&self, work: impl FnOnce(&mut Buffers) -> T) -> T {
        let free = self
            .0
            .lock()
            .unwrap_or_else(|poison| poison.into_inner())
            .pop();
        let mut buffers = free.unwrap_or_else(|| Buffers {
            raw: Vec::new(),
            unpacked: Vec::new(),
            inflate: Decompressor::new(),
        });
        let result = work(&mut buffers);
        for buffer in [&mut buffers.raw, &mut buffers.unpacked] {
            if buffer.len() > KEPT {
                *buffer = Vec::new();
            }
        }
        self.0
            .lock()
            .unwrap_or_else(|poison| poison.into_inner())
            .push(buffers);
        result
    }
}

/// Where the bytes of entries come from.
#[derive(Clone, Copy)]
pub(crate) struct Data<'a> {
    pub archive: &'a Archive,
    /// The whole file, where somebody read it already.
    pub held: Option<&'a [u8]>,
    /// Whether the file's own digest proves all entries, so that the crc of each adds nothing.
    pub proven: bool,
}

impl<'a> From<&'a Archive> for Data<'a> {
    fn from(archive: &'a Archive) -> Self {
        Self {
            archive,
            held: None,
            proven: false,
        }
    }
}

/// Hands the unpacked bytes of an entry to `sink`, in one piece or in several, once or more often.
///
/// Size and crc have been checked when this returns; of a large entry, pieces were handed out
/// before that.
pub(crate) fn unpack(
    data: Data<'_>,
    entry: &Entry,
    pool: &BufferPool,
    sink: &mut dyn FnMut(&[u8]) -> Result<(), Fault>,
) -> Result<(), Fault> {
    if is_streamed(entry) {
        return stream(data.archive, entry, sink);
    }
    pool.with(|buffers| {
        let bytes = whole(data, entry, buffers)?;
        let mut crc = Crc::new();
        if !data.proven {
            crc.update(bytes);
        }
        if !data.proven && crc.sum() != entry.crc {
            return Err(damaged(entry, "the crc does not match"));
        }
        if bytes.is_empty() {
            Ok(())
        } else {
            sink(bytes)
        }
    })
}

fn is_streamed(entry: &Entry) -> bool {
    entry.size > WHOLE || entry.compressed > WHOLE
}

/// Whether unpacking an entry takes much memory.
pub(crate) fn is_large(entry: &Entry) -> bool {
    !is_streamed(entry) && entry.size.max(entry.compressed) > ORDINARY
}

fn whole<'b>(data: Data<'b>, entry: &Entry, b: &'b mut Buffers) -> Result<&'b [u8], Fault> {
    let size = entry.size as usize;
    let raw = raw(data, entry, &mut b.raw)?;
    if entry.method == Method::Stored {
        return match raw.len() == size {
            true => Ok(raw),
            false => Err(damaged(entry, "stored, but its sizes differ")),
        };
    }
    grow(&mut b.unpacked, size);
    let out = &mut b.unpacked[..size];
    let written = match entry.method {
        Method::Zstd => zstd::bulk::decompress_to_buffer(raw, out).map_err(|e| e.to_string()),
        _ => b
            .inflate
            .deflate_decompress(raw, out)
            .map_err(|e| e.to_string()),
    };
    match written {
        Ok(written) if written == size => Ok(&b.unpacked[..size]),
        Ok(_) => Err(damaged(entry, "it is shorter than the directory says")),
        Err(reason) => Err(damaged(entry, &reason)),
    }
}

/// The bytes of an entry as they stand in the archive.
fn raw<'b>(data: Data<'b>, entry: &Entry, buffer: &'b mut Vec<u8>) -> Result<&'b [u8], Fault> {
    let ends_before = || damaged(entry, "the archive ends before it");
    if let Some(held) = data.held {
        let start = usize::try_from(entry.data_start).map_err(|_| ends_before())?;
        let end = start.checked_add(entry.compressed as usize);
        return end
            .and_then(|end| held.get(start..end))
            .ok_or_else(ends_before);
    }
    grow(buffer, entry.compressed as usize);
    let raw = &mut buffer[..entry.compressed as usize];
    match read_exact_at(&data.archive.file, raw, entry.data_start) {
        Ok(()) => Ok(raw),
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Err(ends_before()),
        Err(error) => Err(Fault::Read(error)),
    }
}

/// Makes a buffer long enough. What it held is lost, and zeros are asked of the system, which gives
/// them when a page is touched.
fn grow(buffer: &mut Vec<u8>, length: usize) {
    if buffer.len() < length {
        let rounded = match length < GROWTH {
            true => length.next_power_of_two().max(SHORTEST),
            false => length.next_multiple_of(GROWTH),
        };
        *buffer = Vec::new();
        *buffer = vec![0; rounded];
    }
}

pub(crate) fn damaged(entry: &Entry, reason: &str) -> Fault {
    Fault::Damaged {
        entry: entry.name.to_string(),
        reason: reason.to_owned(),
    }
}
