//! What the store knows of a distribution: enough to plan and to link it without opening the
//! wheel, and to notice that a file was written to since.
//!
//! A text of lines; the first names the format and the digest of the rest, so that half a manifest
//! is none. Names of entries hold no control characters (see `names`), so that tabs part fields.
//! Most files are never looked at one by one, since their whole folder is planned as one (see
//! `plan`): a row is read from its line when it is asked for.

use std::fmt::Write as _;
use std::ops::Range;
use std::str::FromStr as _;

use sha2::{Digest as _, Sha256};
use wh_packaging::ProjectName;
use wh_packaging::entry_points::EntryPoints;

use crate::check::Checked;
use crate::link::Stamp;
use crate::plan::Mode;
use crate::wheel::Wheel;

const HEAD: &str = "wh-store 3 ";

/// A distribution as the store holds it.
#[derive(Debug)]
pub(crate) struct Manifest {
    pub project: ProjectName,
    /// The name of the wheel, for people.
    pub wheel: String,
    pub dist_info: String,
    pub root_is_purelib: bool,
    /// Whether every file was compared with RECORD when it was stored.
    pub verified: bool,
    pub entry_points: EntryPoints,
    // the rows, one a line, by name; and where each begins
    text: String,
    lines: Vec<usize>,
}

/// One file: never a folder, and nothing that only an installer writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

impl Manifest {
    /// Of a wheel whose entries were stored: those of `files`, which are in the order of their names, with a stamp
    /// for each.
    pub fn of(
        (wheel, checked): (&Wheel, &Checked),
        verified: bool,
        files: &[usize],
        stamps: &[Stamp],
    ) -> Self {
        let name = wheel.path().file_name().unwrap_or_default();
        let rows = files.iter().zip(stamps).map(|(index, stamp)| {
            let entry = &wheel.entries[*index];
            Row {
                name: &entry.name,
                executable: entry.is_executable(),
                stamp: *stamp,
                hash: checked.row(*index).and_then(|row| row.hash.as_deref()),
            }
        });
        let mut this = Self {
            project: checked.metadata.name.clone(),
            wheel: name.to_string_lossy().replace(['\t', '\n'], "?"),
            dist_info: wheel.dist_info.clone(),
            root_is_purelib: checked.wheel_file.root_is_purelib,
            verified,
            entry_points: checked.entry_points.clone(),
            text: String::new(),
            lines: Vec::new(),
        };
        this.put(rows);
        this
    }

    /// The same with other stamps, one a file.
    pub fn with_stamps(&self, stamps: &[Stamp]) -> Self {
        let mut this = Self {
            project: self.project.clone(),
            wheel: self.wheel.clone(),
            dist_info: self.dist_info.clone(),
            entry_points: self.entry_points.clone(),
            text: String::new(),
            lines: Vec::new(),
            ..*self
        };
        let rows = self.rows().zip(stamps);
        this.put(rows.map(|(row, stamp)| Row {
            stamp: *stamp,
            ..row
        }));
        this
    }

    /// Takes the rows, which are in the order of their names.
    fn put<'r>(&mut self, rows: impl IntoIterator<Item = Row<'r>>) {
        let mut text = String::new();
        for row in rows {
            let _ = writeln!(
                text,
                "{}\t{}\t{}\t{}\t{}",
                u8::from(row.executable),
                row.stamp.size,
                row.stamp.modified,
                row.hash.unwrap_or_default(),
                row.name,
            );
        }
        self.lines = lines(&text);
        self.text = text;
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// The file of this number; files are in the order of their names' bytes, so that those of a
    /// folder stand together. A number beyond the last gives a file of no name.
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

    /// All files.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        (0..self.len()).map(|number| self.row(number))
    }

    /// The number of the file of this name.
    pub fn find(&self, name: &str) -> Option<usize> {
        let number = self.first_from(0..self.len(), name);
        (self.row(number).name == name).then_some(number)
    }

    /// The files of some below a folder, whose name ends in `/`.
    pub fn below(&self, among: Range<usize>, folder: &str) -> Range<usize> {
        let start = self.first_from(among.clone(), folder);
        let inside = |number: usize| self.row(number).name.starts_with(folder);
        start..partition_point(start..among.end, inside)
    }

    /// The first of some files whose name is not before this one.
    fn first_from(&self, among: Range<usize>, name: &str) -> usize {
        partition_point(among, |number| self.row(number).name < name)
    }

    /// As text; the text of entry points is what `entry_points.txt` of the folder says.
    pub fn write(&self) -> String {
        let mut body = String::with_capacity(256 + self.text.len());
        let _ = writeln!(
            body,
            "{}\t{}\t{}\t{}\t{}",
            self.project,
            self.wheel,
            self.dist_info,
            u8::from(self.root_is_purelib),
            u8::from(self.verified),
        );
        body.push_str(&self.text);
        format!("{HEAD}{}\n{body}", digest(&body))
    }

    /// Reads what [`write`](Self::write) wrote; entry points are left empty.
    pub fn parse(mut text: String) -> Option<Self> {
        let (head, body) = text.split_once('\n')?;
        if head.strip_prefix(HEAD)? != digest(body) {
            return None;
        }
        let (first, rows) = body.split_once('\n')?;
        let mut fields = first.split('\t');
        let mut next = || fields.next();
        let mut this = Self {
            project: ProjectName::from_str(next()?).ok()?,
            wheel: next()?.to_owned(),
            dist_info: next()?.to_owned(),
            root_is_purelib: next()? == "1",
            verified: next()? == "1",
            entry_points: EntryPoints::default(),
            text: String::new(),
            lines: Vec::new(),
        };
        let start = text.len() - rows.len();
        text.drain(..start);
        this.lines = lines(&text);
        this.text = text;
        Some(this)
    }
}

/// Where the lines of a text begin.
fn lines(text: &str) -> Vec<usize> {
    let ends = memchr::memchr_iter(b'\n', text.as_bytes());
    let starts = std::iter::once(0).chain(ends.map(|end| end + 1));
    starts.filter(|start| *start < text.len()).collect()
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

fn digest(body: &str) -> String {
    let digest = Sha256::digest(body.as_bytes());
    digest.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> Manifest {
        let mut this = Manifest {
            project: "a-b".parse().unwrap(),
            wheel: "a_b-1-py3-none-any.whl".to_owned(),
            dist_info: "a_b-1.dist-info".to_owned(),
            root_is_purelib: true,
            verified: false,
            entry_points: EntryPoints::default(),
            text: String::new(),
            lines: Vec::new(),
        };
        let row = |name, executable, size, modified, hash| Row {
            name,
            executable,
            stamp: Stamp { size, modified },
            hash,
        };
        this.put(vec![
            row(
                "a_b-1.dist-info/RECORD.jws",
                false,
                0,
                1_700_000_000_123_456_789,
                None,
            ),
            row("a_b-c/x", false, 1, 1, None),
            row("a_b/inner/x", false, 1, 1, None),
            row("a_b/with blank, and ä.py", true, 12, -7, Some("sha256=x")),
        ]);
        this
    }

    #[test]
    fn what_was_written_is_read() {
        let text = manifest().write();
        let read = Manifest::parse(text.clone()).unwrap();
        assert_eq!(read.write(), text);
        let rows: Vec<_> = read.rows().collect();
        let expected = manifest();
        assert_eq!(rows, expected.rows().collect::<Vec<_>>());
        assert_eq!(rows.len(), 4);
        let blank = read.row(read.find("a_b/with blank, and ä.py").unwrap());
        assert!(blank.executable && blank.hash == Some("sha256=x") && blank.stamp.modified == -7);
        assert_eq!((read.find("a_b"), read.find("a_b/x")), (None, None));
        assert_eq!(read.row(99).name, "");
    }

    #[test]
    fn files_of_a_folder_stand_together() {
        let manifest = manifest();
        let names = |folder: &str| -> Vec<&str> {
            let below = manifest.below(0..manifest.len(), folder);
            below.map(|number| manifest.row(number).name).collect()
        };
        assert_eq!(names("a_b/"), ["a_b/inner/x", "a_b/with blank, and ä.py"]);
        assert_eq!(names("a_b/inner/"), ["a_b/inner/x"]);
        assert_eq!(names("a_b-c/"), ["a_b-c/x"]);
        assert_eq!(names("nothing/"), [""; 0]);
    }

    #[test]
    fn half_a_manifest_is_none() {
        let text = manifest().write();
        for length in (0..text.len()).filter(|length| text.is_char_boundary(*length)) {
            assert!(
                Manifest::parse(text[..length].to_owned()).is_none(),
                "{length}"
            );
        }
        assert!(Manifest::parse(text.replace("12", "13")).is_none());
    }
}
