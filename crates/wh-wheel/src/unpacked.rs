//! A checked wheel as the source of files that are written: its entries read one by one, or in one pass over the file.

use std::cell::RefCell;

use wh_packaging::Hashes;

use crate::archive::Entry;
use crate::check::{Checked, Contents};
use crate::contents::{Origin, unpack_checked};
use crate::digest::{Algorithm, named};
use crate::error::{Fault, WheelError};
use crate::plan::{Content, PlannedFile};
use crate::reader::{Raw, Reader};
use crate::unpack::read_fault;
use crate::wheel::Wheel;

/// A checked wheel whose files are written.
pub struct Unpacked<'a> {
    /// The wheel.
    pub wheel: &'a Wheel,
    /// What the check found.
    pub checked: &'a Checked,
    /// Whether files are compared with RECORD.
    pub contents: Contents,
    // where the file is read in one pass: the reader, and whether what it hashes proves all entries
    pass: Option<(RefCell<Reader<'a>>, bool)>,
}

impl<'a> Unpacked<'a> {
    /// A wheel whose entries are read one by one, wherever they stand.
    pub fn new(wheel: &'a Wheel, checked: &'a Checked, contents: Contents) -> Self {
        Self {
            wheel,
            checked,
            contents,
            pass: None,
        }
    }

    /// The same, read in one pass and hashed on the way, for as long as files are written in the order of
    /// [`place`](Self::place).
    pub fn in_one_pass(self, algorithms: &[Algorithm]) -> Self {
        let archive = &self.wheel.archive;
        let reader = Reader::new(&archive.file, 0..archive.length, algorithms);
        // if another file was read, nothing of it is going to count
        let is_proven = self.contents == Contents::Vouched && !algorithms.is_empty();
        Self {
            pass: Some((RefCell::new(reader), is_proven)),
            ..self
        }
    }

    /// Where the bytes of a file stand in the wheel.
    pub fn place(&self, file: &PlannedFile) -> u64 {
        match file.content {
            Content::Entry(index) => self.wheel.entries[index].data_start,
            Content::Bytes(_) | Content::Whole(_) | Content::Folder(_) => 0,
        }
    }

    /// Ends a pass: what the whole file hashes to.
    ///
    /// # Errors
    /// The rest cannot be read.
    pub fn finish(self) -> Result<Hashes, WheelError> {
        let Some((reader, _)) = self.pass else {
            return Ok(Hashes::none());
        };
        let digests = reader.into_inner().finish();
        let digests = digests.map_err(|error| self.wheel.error(Fault::Read(error)))?;
        Ok(named(digests))
    }

    /// Unpacks an entry, from the pass where that is not beyond it; with a hash of RECORD, what comes out is compared.
    pub(crate) fn unpack(
        &self,
        entry: &Entry,
        hash: Option<&str>,
        sink: &mut dyn FnMut(&[u8]) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let archive = &self.wheel.archive;
        let Some((reader, is_proven)) = &self.pass else {
            return unpack_checked(Origin::Archive(archive), entry, hash, sink);
        };
        let mut reader = reader.borrow_mut();
        let raw = Raw::of(&mut reader, entry).map_err(|error| read_fault(entry, error))?;
        let origin = match raw {
            Some(raw) => Origin::Next(raw, *is_proven),
            // it is written once more
            None => Origin::Archive(archive),
        };
        unpack_checked(origin, entry, hash, sink)
    }
}
