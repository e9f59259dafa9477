//! The end of an archive: the end record, before it those of zip64 where there are any, before
//! them the directory. Nothing stands between them or behind.

use std::fs::File;

use super::{inconsistent, number};
use crate::error::Fault;
use crate::window::read_exact_at;

const END: &[u8] = b"PK\x05\x06";
const END64: &[u8] = b"PK\x06\x06";
const LOCATOR64: &[u8] = b"PK\x06\x07";
const LENGTH: usize = 22;
/// Zip64's end record without the data that nobody knows, and its locator.
const LENGTH64: u64 = 56;
const LOCATOR_LENGTH: u64 = 20;
const LONGEST_COMMENT: u64 = u16::MAX as u64;

/// What the end records say of the directory.
pub(super) struct End {
    /// Where it begins.
    pub start: u64,
    /// Its bytes.
    size: u64,
    /// Its rows.
    pub entries: u64,
}

impl End {
    pub(super) fn read(file: &File, length: u64) -> Result<Self, Fault> {
        let tail_start = length.saturating_sub(LENGTH as u64 + LONGEST_COMMENT);
        let mut tail = vec![0; (length - tail_start) as usize];
        read_exact_at(file, &mut tail, tail_start).map_err(Fault::Read)?;
        let at = the_only_one(&tail)?;
        let record = &tail[at..at + LENGTH];
        let place = tail_start + at as u64;
        let this = Self {
            start: number(&record[16..20]),
            size: number(&record[12..16]),
            entries: number(&record[10..12]),
        };
        let [disk, of_directory, here] = [4, 6, 8].map(|at| number(&record[at..at + 2]));
        let (this, directory_end) = match this.zip64(file, place)? {
            Some(found) => found,
            None if disk == 0 && of_directory == 0 && here == this.entries => (this, place),
            None => return Err(several_disks()),
        };
        if this.start.checked_add(this.size) != Some(directory_end) {
            return Err(Fault::BytesAfter);
        }
        Ok(this)
    }

    /// What zip64's records before the end record at `place` say, and where they begin.
    fn zip64(&self, file: &File, place: u64) -> Result<Option<(Self, u64)>, Fault> {
        let Some(start) = place.checked_sub(LENGTH64 + LOCATOR_LENGTH) else {
            return Ok(None);
        };
        let mut bytes = [0; (LENGTH64 + LOCATOR_LENGTH) as usize];
        read_exact_at(file, &mut bytes, start).map_err(Fault::Read)?;
        let (record, locator) = bytes.split_at(LENGTH64 as usize);
        if !locator.starts_with(LOCATOR64) {
            return Ok(None);
        }
        let wrong = |what: &str| Err(inconsistent(format!("zip64: {what}")));
        if number(&locator[8..16]) != start || !record.starts_with(END64) {
            return wrong("its end record is not before its locator");
        }
        if number(&record[4..12]) != LENGTH64 - 12 {
            return wrong("its end record has data that nobody knows");
        }
        let [disk, of_directory] = [16, 20].map(|at| number(&record[at..at + 4]));
        let [here, entries, size, directory] =
            [24, 32, 40, 48].map(|at| number(&record[at..at + 8]));
        if disk != 0 || of_directory != 0 || here != entries || number(&locator[4..8]) != 0 {
            return Err(several_disks());
        }
        let same = |short: u64, long: u64, largest: u64| short == largest || short == long;
        if !same(self.entries, entries, 0xffff)
            || !same(self.size, size, 0xffff_ffff)
            || !same(self.start, directory, 0xffff_ffff)
        {
            return wrong("its end record and the plain one disagree");
        }
        let this = Self {
            start: directory,
            size,
            entries,
        };
        Ok(Some((this, start)))
    }

    /// The bytes of the directory.
    pub(super) fn directory(&self, file: &File) -> Result<Vec<u8>, Fault> {
        // no longer than the file, since it ends within it
        let mut bytes = vec![0; self.size as usize];
        read_exact_at(file, &mut bytes, self.start).map_err(Fault::Read)?;
        Ok(bytes)
    }
}

/// Where the one end record is whose comment reaches to the end of the file.
fn the_only_one(tail: &[u8]) -> Result<usize, Fault> {
    let mut last = None;
    let mut whole = Vec::new();
    let records = memchr::memmem::find_iter(tail, END);
    for at in records.take_while(|at| at + LENGTH <= tail.len()) {
        last = Some(at);
        if at + LENGTH + number(&tail[at + 20..at + 22]) as usize == tail.len() {
            whole.push(at);
        }
    }
    match (whole.as_slice(), last) {
        ([at], Some(last)) if *at == last => Ok(*at),
        ([], None) => Err(Fault::NotZip {
            reason: "it has no end record".to_owned(),
        }),
        ([], Some(_)) => Err(Fault::BytesAfter),
        _ => Err(Fault::AmbiguousEnd),
    }
}

fn several_disks() -> Fault {
    inconsistent("it is one of several parts".to_owned())
}
