//! Local headers and what follows them: the data of an entry and, where its flags say so, a
//! descriptor.

use std::fs::File;

use super::extra::{Extra, Values};
use super::{DESCRIPTOR, FLAGS, Row, number};
use crate::error::Fault;
use crate::window::read_exact_at;

const LOCAL: &[u8] = b"PK\x03\x04";
const LENGTH: usize = 30;
/// What is read at once behind the name: the extra fields of nearly all entries.
const MORE: usize = 64;
const SIGNATURE: &[u8] = b"PK\x07\x08";
const STORED: u64 = 0;

/// The local headers of a file.
pub(super) struct Locals<'f> {
    file: &'f File,
    buffer: Vec<u8>,
}

impl<'f> Locals<'f> {
    pub(super) fn new(file: &'f File) -> Self {
        let buffer = Vec::new();
        Self { file, buffer }
    }

    /// Where the data of an entry begins, and where the entry ends, that must end at `next` with all
    /// that belongs to it.
    pub(super) fn of(&mut self, row: &Row<'_>, next: u64) -> Result<(u64, u64), Fault> {
        let cut = || row.disagrees("it reaches into what follows it");
        let room = next.checked_sub(row.start).ok_or_else(cut)?;
        let likely = (LENGTH + row.name.len() + MORE) as u64;
        self.read(row.start, likely.min(room))?;
        let fixed = self.buffer.get(..LENGTH).ok_or_else(cut)?;
        if !fixed.starts_with(LOCAL) {
            return Err(row.disagrees("it has no local header"));
        }
        let [name, extra] = [26, 28].map(|at| number(&fixed[at..at + 2]) as usize);
        let whole = LENGTH + name + extra;
        if whole as u64 > room {
            return Err(cut());
        }
        if whole > self.buffer.len() {
            self.read(row.start, whole as u64)?;
        }
        let zip64 = compare(&self.buffer[..whole], name, row)?;
        let data = row.start + whole as u64;
        let data_end = data.checked_add(row.compressed).filter(|end| *end <= next);
        let data_end = data_end.ok_or_else(cut)?;
        if row.flags & DESCRIPTOR == 0 {
            return Ok((data, data_end));
        }
        if row.method == STORED && self.has_signature(data, data_end)? {
            let reason = "where it ends is a guess: its data holds the mark of a descriptor";
            return Err(row.disagrees(reason));
        }
        let end = self.descriptor(row, data_end, next, zip64)?;
        Ok((data, end))
    }

    /// Where the descriptor at `start` ends. Its form is told by the room there is for it.
    fn descriptor(
        &mut self,
        row: &Row<'_>,
        start: u64,
        next: u64,
        zip64: bool,
    ) -> Result<u64, Fault> {
        let (marked, wide) = match next - start {
            12 => (false, 4),
            16 => (true, 4),
            20 => (false, 8),
            24 => (true, 8),
            _ => return Err(row.disagrees("its descriptor is damaged")),
        };
        self.read(start, next - start)?;
        let (mark, values) = self.buffer.split_at(if marked { 4 } else { 0 });
        let (crc, sizes) = values.split_at(4);
        let [compressed, size] = [&sizes[..wide], &sizes[wide..]].map(number);
        let same = (number(crc), compressed, size) == (row.crc, row.compressed, row.size);
        let plain = if marked {
            mark == SIGNATURE
        } else {
            crc != SIGNATURE
        };
        if !same || !plain || zip64 != (wide == 8) {
            return Err(row.disagrees("its descriptor says something else"));
        }
        Ok(next)
    }

    fn has_signature(&mut self, from: u64, to: u64) -> Result<bool, Fault> {
        const PIECE: u64 = 1 << 20;
        let mut at = from;
        while at < to {
            // pieces overlap, so that none is cut in two
            let piece = (PIECE + SIGNATURE.len() as u64 - 1).min(to - at);
            self.read(at, piece)?;
            if self
                .buffer
                .windows(SIGNATURE.len())
                .any(|four| four == SIGNATURE)
            {
                return Ok(true);
            }
            at += PIECE;
        }
        Ok(false)
    }

    fn read(&mut self, at: u64, bytes: u64) -> Result<(), Fault> {
        self.buffer.resize(bytes as usize, 0);
        read_exact_at(self.file, &mut self.buffer, at).map_err(Fault::Read)
    }
}

/// Compares a local header with its row, and says whether it has a zip64 field.
fn compare(header: &[u8], name: usize, row: &Row<'_>) -> Result<bool, Fault> {
    let field = |at: usize| number(&header[at..at + 2]);
    let long = |at: usize| number(&header[at..at + 4]);
    if &header[LENGTH..LENGTH + name] != row.name {
        let local = String::from_utf8_lossy(&header[LENGTH..LENGTH + name]);
        return Err(row.disagrees(&format!("the local name is `{}`", local.escape_debug())));
    }
    if field(6) as u16 & FLAGS != row.flags {
        return Err(row.disagrees("flags"));
    }
    if field(8) != row.method {
        return Err(row.disagrees("method"));
    }
    let values = Values {
        size: long(22),
        compressed: long(18),
        start: None,
    };
    let extra = Extra::read(&header[LENGTH + name..], values);
    let Extra { values, zip64 } = extra.map_err(|reason| row.disagrees(reason))?;
    // what a descriptor tells later may be left at 0
    let later = row.flags & DESCRIPTOR != 0;
    let same = |local: u64, said: u64| local == said || later && local == 0;
    if !same(long(14), row.crc) {
        return Err(row.disagrees("check sum"));
    }
    if !same(values.size, row.size) || !same(values.compressed, row.compressed) {
        return Err(row.disagrees("size"));
    }
    Ok(zip64)
}
