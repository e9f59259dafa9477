//! The RECORD of a plan (recording installed projects, "The RECORD file").

use std::ops::Range;

use wh_packaging::record;

use super::PlannedFile;
use crate::store::Row;

/// Bytes of a row beside its texts, most of the time.
const NUMBERS: usize = 12;

/// What RECORD lists in one row, or a folder with all that is in it.
pub(super) struct Listed<'p> {
    path: &'p str,
    hash: Option<&'p str>,
    size: Option<u64>,
    // of a whole folder: its files in the store
    inside: Option<Range<usize>>,
}

impl<'p> Listed<'p> {
    /// A planned file.
    pub fn of(file: &'p PlannedFile) -> Self {
        Self {
            hash: file.hash.as_deref(),
            size: file.hash.as_ref().map(|_| file.size),
            inside: file.whole(),
            ..Self::bare(file.record_path())
        }
    }

    /// A file of which nothing but its path is said.
    pub fn bare(path: &'p str) -> Self {
        Self {
            path,
            hash: None,
            size: None,
            inside: None,
        }
    }
}

/// The text, in the order of paths. Of two with one path, the one without hash counts; `row` gives the files of whole
/// folders.
pub(super) fn text<'s>(mut listed: Vec<Listed<'_>>, row: impl Fn(usize) -> Row<'s>) -> String {
    listed.sort_unstable_by_key(|one| (one.path, one.hash, one.size));
    listed.dedup_by(|later, first| later.path == first.path);
    let room = listed
        .iter()
        .map(|one| one.path.len() + one.hash.map_or(0, str::len) + NUMBERS);
    let mut text = String::with_capacity(room.sum());
    for one in listed {
        let Some(inside) = one.inside else {
            record::write_row(&mut text, one.path, one.hash, one.size);
            continue;
        };
        for row in inside.map(&row) {
            let size = row.hash.map(|_| row.stamp.size);
            record::write_row(&mut text, row.name, row.hash, size);
        }
    }
    text
}
