//! The parts of an archive's file, each read from its own bytes: entries, directory, end records.
//!
//! Follows APPNOTE 6.3.9, and refuses what it leaves open, as PyPI does on upload: every byte belongs
//! to exactly one part, both tables of contents say the same, and no other end record could be
//! taken for the end. So a reader that walks from the front and one that starts with the directory
//! see one archive. Names, kinds and sizes are judged elsewhere.

use std::collections::HashSet;
use std::fs::File;

use rayon::prelude::*;

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
pub(crate) const ENCRYPTED: u16 = 1;
const DESCRIPTOR: u16 = 1 << 3;
const UTF8: u16 = 1 << 11;

/// Local headers that one thread reads.
const RUN: usize = 1024;

/// An entry whose parts agree.
pub(crate) struct Part {
    pub name: Box<[u8]>,
    pub encrypted: bool,
    /// The number of its method.
    pub method: u64,
    pub crc: u32,
    pub compressed: u64,
    pub size: u64,
    pub data_start: u64,
    /// What the system it was packed on says of it.
    pub attributes: u32,
}

impl Part {
    fn of(row: &Row<'_>, data_start: u64) -> Self {
        Self {
            name: row.name.into(),
            encrypted: row.flags & ENCRYPTED != 0,
            method: row.method,
            // four bytes in the file
            crc: row.crc as u32,
            compressed: row.compressed,
            size: row.size,
            data_start,
            attributes: row.attributes,
        }
    }
}

/// Verifies the parts of a file of `length` bytes; returns its entries, in the directory's order.
///
/// # Errors
/// The first part that is not what and where it should be.
pub(crate) fn verify(file: &File, length: u64) -> Result<Vec<Part>, Fault> {
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
    let data = tile(&rows, end.start, file)?;
    let parts = rows.iter().zip(data);
    Ok(parts.map(|(row, data)| Part::of(row, data)).collect())
}

/// Entry after entry, from the first byte to the directory; returns where the data of each begins.
fn tile(rows: &[Row<'_>], directory: u64, file: &File) -> Result<Vec<u64>, Fault> {
    let mut data = vec![0; rows.len()];
    let mut in_file: Vec<usize> = (0..rows.len()).collect();
    in_file.sort_by_key(|number| rows[*number].start);
    let mut reached = 0;
    let runs = locals(rows, &in_file, directory, file).into_iter();
    let locals = runs.flat_map(|run| run.good.into_iter().map(Ok).chain(run.bad.map(Err)));
    for (place, (number, local)) in in_file.iter().zip(locals).enumerate() {
        let row = &rows[*number];
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
        (data[*number], reached) = local?;
    }
    match directory.checked_sub(reached) {
        Some(0) => Ok(data),
        Some(bytes) if rows.is_empty() => Err(Fault::BytesBefore { bytes }),
        Some(bytes) => Err(inconsistent(format!(
            "{bytes} bytes before the directory belong to no entry"
        ))),
        None => Err(inconsistent(
            "its last entry reaches into the directory".to_owned(),
        )),
    }
}

/// Where the data of entries that stand one behind the other begin and the entries end, up to the first that is bad.
struct Run {
    good: Vec<(u64, u64)>,
    bad: Option<Fault>,
}

/// What the local headers say, in the order of the file: of large wheels on all threads.
fn locals(rows: &[Row<'_>], in_file: &[usize], directory: u64, file: &File) -> Vec<Run> {
    let read = |(run, numbers): (usize, &[usize])| {
        let mut locals = Locals::new(file);
        let mut good = Vec::with_capacity(numbers.len());
        let bad = numbers.iter().enumerate().find_map(|(place, number)| {
            let next = in_file.get(run * RUN + place + 1);
            let next = next.map_or(directory, |next| rows[*next].start);
            let local = locals.of(&rows[*number], next);
            local.map(|local| good.push(local)).err()
        });
        Run { good, bad }
    };
    let runs = in_file.par_chunks(RUN).enumerate();
    runs.map(read).collect()
}

fn inconsistent(reason: String) -> Fault {
    Fault::Inconsistent { reason }
}

/// A number of the format: the lowest byte first.
fn number(bytes: &[u8]) -> u64 {
    let bytes = bytes.iter().rev();
    bytes.fold(0, |sum, &byte| sum << 8 | u64::from(byte))
}
