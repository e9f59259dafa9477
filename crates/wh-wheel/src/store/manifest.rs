//! What the store knows of a distribution: enough to plan and to link it without opening the wheel, and to notice that a
//! file was written to since.
//!
//! Two texts of lines. The first has what is always needed: the distribution, the files that lie in no folder that could
//! be put in place as a whole, and these folders as one each. The second has the files in these, which are not looked at
//! where a folder becomes a link. The first line of each names the format and the digest of the rest, so that half a text is
//! none. Names of entries hold no control characters (see `names`), so that tabs part fields.

use std::fmt::Write as _;
use std::ops::Range;
use std::str::FromStr as _;

use wh_packaging::ProjectName;
use wh_packaging::entry_points::EntryPoints;

use super::folders::top_that_can_be_linked;
use super::rows::{Row, Rows, with_digest, without_digest};
use crate::check::Checked;
use crate::link::Stamp;
use crate::wheel::Wheel;

/// A distribution as the store holds it.
///
/// Files are numbered: first those that lie in no folder of `folders`, then those that do, each in the order of their
/// names' bytes, so that those of a folder stand together.
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
    /// The folders at the top that can be put in place as a whole.
    pub folders: Vec<Folder>,
    single: Rows,
    inside: Option<Rows>,
}

/// A folder at the top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Folder {
    pub name: String,
    /// Its files.
    pub files: Range<usize>,
    /// Whether one of them lies in no folder below it.
    pub has_files_of_its_own: bool,
}

impl Manifest {
    /// Of a wheel whose entries were stored: those of `files`, which are in the order of [`order`](Self::order), with a
    /// stamp for each.
    pub fn of(
        (wheel, checked): (&Wheel, &Checked),
        verified: bool,
        files: &[usize],
        stamps: &[Stamp],
    ) -> Self {
        let name = wheel.path().file_name().unwrap_or_default();
        let this = Self {
            project: checked.metadata.name.clone(),
            wheel: name.to_string_lossy().replace(['\t', '\n'], "?"),
            dist_info: wheel.dist_info.clone(),
            root_is_purelib: checked.wheel_file.root_is_purelib,
            verified,
            entry_points: checked.entry_points.clone(),
            folders: Vec::new(),
            single: Rows::default(),
            inside: None,
        };
        let rows = files.iter().zip(stamps).map(|(index, stamp)| {
            let entry = &wheel.entries[*index];
            Row {
                name: &entry.name,
                executable: entry.is_executable(),
                stamp: *stamp,
                hash: checked.hashes[*index].as_deref(),
            }
        });
        this.with_rows(rows)
    }

    /// Orders the names of files by their numbers.
    pub fn order<'n>(dist_info: &str, name: &'n str) -> (bool, &'n str) {
        (top_that_can_be_linked(dist_info, name).is_some(), name)
    }

    /// The same with other stamps, one a file.
    pub fn with_stamps(&self, stamps: &[Stamp]) -> Self {
        let rows = self.rows().zip(stamps);
        self.without_rows().with_rows(rows.map(|(row, stamp)| Row {
            stamp: *stamp,
            ..row
        }))
    }

    /// The same with files besides.
    pub fn with_more<'r>(&'r self, more: impl Iterator<Item = Row<'r>>) -> Self {
        let mut rows: Vec<_> = self.rows().chain(more).collect();
        rows.sort_by_key(|row| Self::order(&self.dist_info, row.name));
        self.without_rows().with_rows(rows.into_iter())
    }

    fn without_rows(&self) -> Self {
        Self {
            project: self.project.clone(),
            wheel: self.wheel.clone(),
            dist_info: self.dist_info.clone(),
            entry_points: self.entry_points.clone(),
            folders: Vec::new(),
            single: Rows::default(),
            inside: None,
            ..*self
        }
    }

    fn with_rows<'r>(mut self, rows: impl Iterator<Item = Row<'r>> + Clone) -> Self {
        let mut inside = Rows::with_room_for(rows.clone());
        for (number, row) in rows.enumerate() {
            let Some(top) = top_that_can_be_linked(&self.dist_info, row.name) else {
                self.single.push(row);
                continue;
            };
            inside.push(row);
            if self.folders.last().is_none_or(|last| last.name != top) {
                self.folders.push(Folder {
                    name: top.to_owned(),
                    files: number..number,
                    has_files_of_its_own: false,
                });
            }
            if let Some(last) = self.folders.last_mut() {
                last.files.end = number + 1;
                last.has_files_of_its_own |= !row.name[top.len() + 1..].contains('/');
            }
        }
        self.inside = Some(inside);
        self
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        let last = self.folders.last();
        last.map_or(self.single.len(), |last| last.files.end)
    }

    /// The numbers of the files that lie in no folder of `folders`.
    pub fn single(&self) -> Range<usize> {
        0..self.single.len()
    }

    /// Whether the files of `folders` are known.
    pub fn knows_all(&self) -> bool {
        self.inside.is_some() || self.folders.is_empty()
    }

    /// The file of this number. A number beyond the last, or of a file that is not known, gives a file of no name.
    pub fn row(&self, number: usize) -> Row<'_> {
        match (number.checked_sub(self.single.len()), &self.inside) {
            (Some(number), Some(inside)) => inside.row(number),
            _ => self.single.row(number),
        }
    }

    /// All files.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> + Clone {
        (0..self.len()).map(|number| self.row(number))
    }

    /// The number of a file that lies in no folder of `folders`.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.single.find(name)
    }

    /// Those of some files of `folders` that lie below a folder, whose name ends in `/`.
    pub fn below(&self, among: Range<usize>, folder: &str) -> Range<usize> {
        let before = self.single.len();
        let Some(inside) = &self.inside else {
            return among.end..among.end;
        };
        let found = inside.below(among.start - before..among.end - before, folder);
        found.start + before..found.end + before
    }

    /// Both texts; the text of entry points is what `entry_points.txt` of the folder says.
    pub fn write(self) -> (String, String) {
        let mut body = String::new();
        let _ = writeln!(
            body,
            "{}\t{}\t{}\t{}\t{}\t{}",
            self.project,
            self.wheel,
            self.dist_info,
            u8::from(self.root_is_purelib),
            u8::from(self.verified),
            self.folders.len(),
        );
        for folder in &self.folders {
            let Range { start, end } = folder.files;
            let own = u8::from(folder.has_files_of_its_own);
            let _ = writeln!(body, "{start}\t{end}\t{own}\t{}", folder.name);
        }
        body.push_str(self.single.text());
        let inside = self.inside.map(Rows::into_text).unwrap_or_default();
        (with_digest(body), with_digest(inside))
    }

    /// Reads the first text; entry points are left empty, and the files of `folders` are not known.
    pub fn parse(text: &str) -> Option<Self> {
        let (first, mut rest) = without_digest(text)?.split_once('\n')?;
        let mut fields = first.split('\t');
        let mut next = || fields.next();
        let mut this = Self {
            project: ProjectName::from_str(next()?).ok()?,
            wheel: next()?.to_owned(),
            dist_info: next()?.to_owned(),
            root_is_purelib: next()? == "1",
            verified: next()? == "1",
            entry_points: EntryPoints::default(),
            folders: Vec::new(),
            single: Rows::default(),
            inside: None,
        };
        for _ in 0..next()?.parse::<usize>().ok()? {
            let line;
            (line, rest) = rest.split_once('\n')?;
            let mut fields = line.splitn(4, '\t');
            let mut next = || fields.next();
            this.folders.push(Folder {
                files: next()?.parse().ok()?..next()?.parse().ok()?,
                has_files_of_its_own: next()? == "1",
                name: next()?.to_owned(),
            });
        }
        this.single = Rows::of_text(rest.to_owned());
        Some(this)
    }

    /// Reads the second text, of the same distribution.
    pub fn parse_inside(&mut self, text: &str) -> Option<()> {
        let inside = Rows::of_text(without_digest(text)?.to_owned());
        let is_whole = inside.len() == self.len() - self.single.len();
        self.inside = is_whole.then_some(inside);
        is_whole.then_some(())
    }
}

#[cfg(test)]
mod tests;
