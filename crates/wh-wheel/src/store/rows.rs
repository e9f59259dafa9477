//! Files of a stored distribution, one a line, by number: a row is read from its line when it is asked for.

use std::fmt::Write as _;
use std::ops::Range;

use sha2::{Digest as _, Sha256};
use wh_packaging::hexadecimal;

use crate::link::Stamp;
use crate::plan::Mode;

const HEAD: &str = "wh-store 3 ";
/// Bytes of a line with a digest.
const HEAD_LENGTH: usize = HEAD.len() + 64 + 1;
/// Bytes of a row beside its texts, most of the time.
const NUMBERS: usize = 36;

/// One file: never a folder, and nothing that only an installer writes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Row<'m> {
    /// Its name in the wheel.
    pub name: &'m str,
    pub executable: bool,
    /// What tells that it was written to.
    pub stamp: Stamp,
    /// The digest of RECORD.
    pub hash: Option<&'m str>,
}

impl Row<'_> {
    /// The mode that it gets in an environment.
    pub fn mode(&self) -> Mode {
        Mode::of(self.name, self.executable)
    }
}

/// Rows in the order of their names.
#[derive(Debug, Default)]
pub(super) struct Rows {
    text: String,
    // where each line begins
    lines: Vec<usize>,
}

impl Rows {
    /// Reads what [`text`](Self::text) gave.
    pub fn of_text(text: String) -> Self {
        let ends = memchr::memchr_iter(b'\n', text.as_bytes());
        let starts = std::iter::once(0).chain(ends.map(|end| end + 1));
        let lines = starts.filter(|start| *start < text.len()).collect();
        Self { text, lines }
    }

    /// None yet, with room for some.
    pub fn with_room_for<'r>(rows: impl Iterator<Item = Row<'r>>) -> Self {
        let (mut bytes, mut count) = (HEAD_LENGTH, 0);
        for row in rows {
            bytes += row.name.len() + row.hash.map_or(0, str::len) + NUMBERS;
            count += 1;
        }
        Self {
            text: String::with_capacity(bytes),
            lines: Vec::with_capacity(count),
        }
    }

    /// Adds one behind the others.
    pub fn push(&mut self, row: Row<'_>) {
        self.lines.push(self.text.len());
        let _ = writeln!(
            self.text,
            "{}\t{}\t{}\t{}\t{}",
            u8::from(row.executable),
            row.stamp.size,
            row.stamp.modified,
            row.hash.unwrap_or_default(),
            row.name,
        );
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn into_text(self) -> String {
        self.text
    }

    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// The one of this number. A number beyond the last gives a file of no name.
    pub fn row(&self, number: usize) -> Row<'_> {
        let line = self.lines.get(number).map_or("", |start| {
            let rest = &self.text[*start..];
            &rest[..memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len())]
        });
        // the digest of the whole says that each line is as it was written
        let mut fields = line.splitn(5, '\t');
        let mut next = || fields.next().unwrap_or_default();
        Row {
            executable: next() == "1",
            stamp: Stamp {
                size: next().parse().unwrap_or_default(),
                modified: next().parse().unwrap_or_default(),
            },
            hash: Some(next()).filter(|hash| !hash.is_empty()),
            name: next(),
        }
    }

    /// The number of the file of this name.
    pub fn find(&self, name: &str) -> Option<usize> {
        let number = partition_point(0..self.len(), |number| self.row(number).name < name);
        (self.row(number).name == name).then_some(number)
    }

    /// Those of some that lie below a folder, whose name ends in `/`.
    pub fn below(&self, among: Range<usize>, folder: &str) -> Range<usize> {
        let start = partition_point(among.clone(), |number| self.row(number).name < folder);
        let inside = |number: usize| self.row(number).name.starts_with(folder);
        start..partition_point(start..among.end, inside)
    }
}

/// The first number of a range that is not so, where all that are so come first.
fn partition_point(range: Range<usize>, is_so: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (range.start, range.end);
    while low < high {
        let middle = low + (high - low) / 2;
        match is_so(middle) {
            true => low = middle + 1,
            false => high = middle,
        }
    }
    low
}

/// A text behind a line with its digest.
pub(super) fn with_digest(mut body: String) -> String {
    let head = format!("{HEAD}{}\n", digest(&body));
    body.insert_str(0, &head);
    body
}

/// The text behind a line with its digest; `None` if it is not that.
pub(super) fn without_digest(text: &str) -> Option<&str> {
    let (head, body) = text.split_once('\n')?;
    (head.strip_prefix(HEAD)? == digest(body)).then_some(body)
}

fn digest(body: &str) -> String {
    hexadecimal(&Sha256::digest(body.as_bytes()))
}
