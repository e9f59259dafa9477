//! A file of which only pieces are known, read as if it were whole.
//!
//! A read that meets a hole fails and leaves the place of the hole behind; whoever drives it
//! fetches that piece and begins again. So one reader of zip directories serves for files that
//! are not here.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::{self, Read, Seek, SeekFrom};
use std::rc::Rc;

/// The pieces that are known, by the place of their first byte.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    length: u64,
    pieces: BTreeMap<u64, Vec<u8>>,
}

impl Pieces {
    pub(super) fn new(length: u64) -> Self {
        Self {
            length,
            pieces: BTreeMap::new(),
        }
    }

    /// The length of the whole file.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    pub(super) fn add(&mut self, start: u64, bytes: Vec<u8>) {
        self.pieces.insert(start, bytes);
    }

    /// The known bytes at a place, up to the end of their piece.
    fn at(&self, place: u64) -> Option<&[u8]> {
        // a later piece may be shorter and lie inside an earlier one
        self.pieces
            .range(..=place)
            .rev()
            .find_map(|(start, bytes)| {
                let bytes = bytes.get(usize::try_from(place - start).ok()?..)?;
                (!bytes.is_empty()).then_some(bytes)
            })
    }
}

/// Reads the pieces from the start; notes the first hole that it meets.
pub(super) struct SparseReader<'a> {
    pieces: &'a Pieces,
    place: u64,
    hole: Rc<Cell<Option<u64>>>,
}

impl<'a> SparseReader<'a> {
    /// A reader, and where it will note the hole.
    pub(super) fn new(pieces: &'a Pieces) -> (Self, Rc<Cell<Option<u64>>>) {
        let hole = Rc::new(Cell::new(None));
        let reader = Self {
            pieces,
            place: 0,
            hole: Rc::clone(&hole),
        };
        (reader, hole)
    }
}

impl Read for SparseReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.place >= self.pieces.length || buffer.is_empty() {
            return Ok(0);
        }
        let Some(known) = self.pieces.at(self.place) else {
            self.hole.set(self.hole.get().or(Some(self.place)));
            return Err(io::Error::other("this piece is not known"));
        };
        let count = known.len().min(buffer.len());
        buffer[..count].copy_from_slice(&known[..count]);
        self.place += count as u64;
        Ok(count)
    }
}

impl Seek for SparseReader<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match to {
            SeekFrom::Start(place) => Some(place),
            SeekFrom::End(offset) => self.pieces.length.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.place.checked_add_signed(offset),
        };
        self.place = place.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.place)
    }
}
