//! The parts of an archive's file, each read from its own bytes: entries, directory, end records.
//!
//! Follows APPNOTE 6.3.9, and refuses what it leaves open, as PyPI does on upload: every byte belongs
//! to exactly one part, both tables of contents say the same, and no other end record could be
//! taken for the end. So a reader that walks from the front and one that starts with the directory
//! see one archive. Names, kinds and sizes are judged elsewhere.

use std::collections::HashSet;
use std::fs::File;

use crate::error::Fault;

mod end;
mod extra;
mod local;
mod row;

use end::End;
use local::Locals;
use row::Row;

/// The flags that change what an entry is: encrypted, descriptor, patch, strong encryption, UTF-8
/// name, masked headers. The others tell how hard a packer tried.
const FLAGS: u16 = ENCRYPTED | DESCRIPTOR | 1 << 5 | 1 << 6 | UTF8 | 1 << 13;
const ENCRYPTED: u16 = 1;
const DESCRIPTOR: u16 = 1 << 3;
const UTF8: u16 = 1 << 11;

/// Verifies the parts of a file of `length` bytes.
///
/// # Errors
/// The first part that is not what and where it should be.
pub(crate) fn verify(file: &File, length: u64) -> Result<(), Fault> {
    let end = End::read(file, length)?;
    let directory = end.directory(file)?;
    let mut rows = Vec::new();
    let mut rest = directory.as_slice();
    while !rest.is_empty() {
        let (row, after) = Row::read(rest)?;
        rows.push(row);
        rest = after;
    }
    if rows.len() as u64 != end.entries {
        let (found, said) = (rows.len(), end.entries);
        return Err(inconsistent(format!(
            "its end record counts {said} entries, its directory has {found}"
        )));
    }
    let mut names = HashSet::with_capacity(rows.len());
    if let Some(twice) = rows.iter().find(|row| !names.insert(row.name)) {
        let entry = twice.shown();
        return Err(Fault::Duplicate { entry });
    }
    rows.sort_by_key(|row| row.start);
    tile(&rows, end.start, &mut Locals::new(file))
}

/// Entry after entry, from the first byte to the directory.
fn tile(rows: &[Row<'_>], directory: u64, locals: &mut Locals<'_>) -> Result<(), Fault> {
    let mut reached = 0;
    for (place, row) in rows.iter().enumerate() {
        if row.start > 0 && place == 0 {
            return Err(Fault::BytesBefore { bytes: row.start });
        }
        if row.start < reached {
            return Err(row.disagrees("it overlaps the entry before it"));
        }
        if row.start > reached {
            let (bytes, entry) = (row.start - reached, row.shown());
            return Err(inconsistent(format!(
                "{bytes} bytes before `{entry}` belong to no entry"
            )));
        }
        let next = rows.get(place + 1).map_or(directory, |next| next.start);
        reached = locals.end_of(row, next)?;
    }
    match directory.checked_sub(reached) {
        Some(0) => Ok(()),
        Some(bytes) if rows.is_empty() => Err(Fault::BytesBefore { bytes }),
        Some(bytes) => Err(inconsistent(format!(
            "{bytes} bytes before the directory belong to no entry"
        ))),
        None => Err(inconsistent(
            "its last entry reaches into the directory".to_owned(),
        )),
    }
}

fn inconsistent(reason: String) -> Fault {
    Fault::Inconsistent { reason }
}

/// A number of the format: the lowest byte first.
fn number(bytes: &[u8]) -> u64 {
    let bytes = bytes.iter().rev();
    bytes.fold(0, |sum, &byte| sum << 8 | u64::from(byte))
}
