//! The bytes of a wheel's file as they go by, once and in order: hashed where somebody asks for it, and handed on while
//! the processor still has them.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;

use crate::archive::Entry;
use crate::digest::{Algorithm, Hasher};
use crate::window::read_exact_at;

/// Bytes that are read at once.
const PIECE: usize = 128 << 10;
/// Whoever unpacks can go on with so many: more than any inflater leaves unused.
const ENOUGH: u64 = 1 << 10;

thread_local! {
    // a thread reads one wheel at a time, most of the time
    static FREE: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// A part of a file, read from front to end.
pub(crate) struct Reader<'f> {
    file: &'f File,
    // where what comes next is read, and where it ends
    next: u64,
    end: u64,
    buffer: Vec<u8>,
    // what was read and not used yet
    held: Range<usize>,
    hashers: Vec<(Algorithm, Hasher)>,
}

impl<'f> Reader<'f> {
    /// Nothing read yet of a part, whose bytes are hashed by these algorithms.
    pub fn new(file: &'f File, part: Range<u64>, algorithms: &[Algorithm]) -> Self {
        let hashers = algorithms.iter();
        Self {
            file,
            next: part.start,
            end: part.end,
            buffer: FREE.take(),
            held: 0..0,
            hashers: hashers.map(|one| (*one, Hasher::new(*one))).collect(),
        }
    }

    /// Where the first byte stands that was not used.
    fn position(&self) -> u64 {
        self.next - self.held.len() as u64
    }

    /// Reads more behind what is held.
    fn fill(&mut self) -> io::Result<()> {
        self.buffer.copy_within(self.held.clone(), 0);
        self.held = 0..self.held.len();
        let left = usize::try_from(self.end - self.next).unwrap_or(usize::MAX);
        let wanted = left.min(PIECE - self.held.len());
        let filled = self.held.end + wanted;
        if self.buffer.len() < filled {
            self.buffer.resize(filled.next_power_of_two(), 0);
        }
        let place = &mut self.buffer[self.held.end..filled];
        read_exact_at(self.file, place, self.next)?;
        for (_, hasher) in &mut self.hashers {
            hasher.update(place);
        }
        self.next += wanted as u64;
        self.held.end = filled;
        Ok(())
    }

    /// Goes on to a place in the file; `false` where that lies behind.
    pub fn skip_to(&mut self, place: u64) -> io::Result<bool> {
        loop {
            let Some(skipped) = place.checked_sub(self.position()) else {
                return Ok(false);
            };
            if skipped <= self.held.len() as u64 {
                self.held.start += skipped as usize;
                return Ok(true);
            }
            self.held.start = self.held.end;
            self.fill()?;
        }
    }

    /// Reads what is left; the digests of all.
    pub fn finish(mut self) -> io::Result<Vec<(Algorithm, Vec<u8>)>> {
        while self.next < self.end {
            self.held = 0..0;
            self.fill()?;
        }
        let hashers = std::mem::take(&mut self.hashers).into_iter();
        Ok(hashers
            .map(|(algorithm, hasher)| (algorithm, hasher.finish()))
            .collect())
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        FREE.set(std::mem::take(&mut self.buffer));
    }
}

/// The bytes of an entry as they stand in the archive, which are next in a reader.
pub(crate) struct Raw<'r, 'f> {
    reader: &'r mut Reader<'f>,
    left: u64,
}

impl<'r, 'f> Raw<'r, 'f> {
    /// All that a reader reads, which is those of an entry alone.
    pub fn all(reader: &'r mut Reader<'f>) -> Self {
        let left = reader.end - reader.position();
        Self { reader, left }
    }

    /// Those of an entry of many; `None` where the reader is beyond its beginning.
    pub fn of(reader: &'r mut Reader<'f>, entry: &Entry) -> io::Result<Option<Self>> {
        let left = entry.compressed;
        let is_next = reader.skip_to(entry.data_start)?;
        Ok(is_next.then_some(Self { reader, left }))
    }

    /// What comes next, at least [`ENOUGH`] bytes or all; and whether that is all. What of it is [`used`](Self::used)
    /// does not come again.
    pub fn next(&mut self) -> io::Result<(&[u8], bool)> {
        if (self.reader.held.len() as u64) < self.left.min(ENOUGH) {
            self.reader.fill()?;
        }
        let held = &self.reader.buffer[self.reader.held.clone()];
        let length = usize::try_from(self.left)
            .unwrap_or(usize::MAX)
            .min(held.len());
        Ok((&held[..length], length as u64 == self.left))
    }

    pub fn used(&mut self, bytes: usize) {
        self.reader.held.start += bytes;
        self.left -= bytes as u64;
    }
}

impl Read for Raw<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let (mut bytes, _) = self.next()?;
        let read = bytes.read(buffer)?;
        self.used(read);
        Ok(read)
    }
}
