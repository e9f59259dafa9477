//! What the store knows of a distribution: enough to plan and to link it without opening the
//! wheel, and to notice that a file was written to since.
//!
//! A text of lines; the first names the format and the digest of the rest, so that half a manifest
//! is none. Names of entries hold no control characters (see `names`), so that tabs part fields.

use std::fmt::Write as _;
use std::str::FromStr as _;

use sha2::{Digest as _, Sha256};
use wh_packaging::ProjectName;
use wh_packaging::entry_points::EntryPoints;

use crate::archive::{Entry, Method};
use crate::check::Checked;
use crate::link::Stamp;
use crate::wheel::Wheel;

const HEAD: &str = "wh-store 1 ";

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
    /// The files; never folders, and nothing that only an installer writes.
    pub entries: Vec<Entry>,
    /// For each of them what tells that it was written to.
    pub stamps: Vec<Stamp>,
    /// For each of them the digest of RECORD.
    pub hashes: Vec<Option<Box<str>>>,
}

impl Manifest {
    /// Of a wheel whose entries were stored; `stamps` are those of the files by entry, of folders
    /// and what is not stored none.
    pub fn of(wheel: &Wheel, checked: &Checked, verified: bool, stamps: &[Option<Stamp>]) -> Self {
        let name = wheel.path().file_name().unwrap_or_default();
        let mut this = Self {
            project: checked.metadata.name.clone(),
            wheel: name.to_string_lossy().replace(['\t', '\n'], "?"),
            dist_info: wheel.dist_info.clone(),
            root_is_purelib: checked.wheel_file.root_is_purelib,
            verified,
            entry_points: checked.entry_points.clone(),
            entries: Vec::with_capacity(stamps.len()),
            stamps: Vec::with_capacity(stamps.len()),
            hashes: Vec::with_capacity(stamps.len()),
        };
        for (index, stamp) in stamps.iter().enumerate() {
            let Some(stamp) = stamp else { continue };
            let row = checked.row(index).and_then(|row| row.hash.as_deref());
            this.entries.push(wheel.entries[index].clone());
            this.stamps.push(*stamp);
            this.hashes.push(row.map(Into::into));
        }
        this
    }

    /// As text; the text of entry points is what `entry_points.txt` of the folder says.
    pub fn write(&self) -> String {
        let mut body = String::with_capacity(160 * self.entries.len());
        let _ = writeln!(
            body,
            "{}\t{}\t{}\t{}\t{}",
            self.project,
            self.wheel,
            self.dist_info,
            u8::from(self.root_is_purelib),
            u8::from(self.verified),
        );
        for (entry, (stamp, hash)) in self
            .entries
            .iter()
            .zip(self.stamps.iter().zip(&self.hashes))
        {
            let _ = writeln!(
                body,
                "{}\t{}\t{}\t{}\t{}",
                u8::from(entry.is_executable()),
                stamp.size,
                stamp.modified,
                hash.as_deref().unwrap_or_default(),
                entry.name,
            );
        }
        format!("{HEAD}{}\n{body}", digest(&body))
    }

    /// Reads what [`write`](Self::write) wrote; entry points are left empty.
    pub fn parse(text: &str) -> Option<Self> {
        let (head, body) = text.split_once('\n')?;
        if head.strip_prefix(HEAD)? != digest(body) {
            return None;
        }
        let mut lines = body.lines();
        let mut fields = lines.next()?.split('\t');
        let mut next = || fields.next();
        let mut this = Self {
            project: ProjectName::from_str(next()?).ok()?,
            wheel: next()?.to_owned(),
            dist_info: next()?.to_owned(),
            root_is_purelib: next()? == "1",
            verified: next()? == "1",
            entry_points: EntryPoints::default(),
            entries: Vec::new(),
            stamps: Vec::new(),
            hashes: Vec::new(),
        };
        for line in lines {
            this.line(line)?;
        }
        Some(this)
    }

    fn line(&mut self, line: &str) -> Option<()> {
        let mut fields = line.splitn(5, '\t');
        let executable = fields.next()? == "1";
        let size = fields.next()?.parse().ok()?;
        let modified = fields.next()?.parse().ok()?;
        let hash = Some(fields.next()?).filter(|hash| !hash.is_empty());
        let entry = Entry {
            name: fields.next()?.into(),
            index: self.entries.len(),
            method: Method::Stored,
            compressed: size,
            size,
            crc: 0,
            data_start: 0,
            mode: if executable { 0o100_755 } else { 0 },
        };
        self.entries.push(entry);
        self.stamps.push(Stamp { size, modified });
        self.hashes.push(hash.map(Into::into));
        Some(())
    }
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
            entries: Vec::new(),
            stamps: Vec::new(),
            hashes: Vec::new(),
        };
        this.line("1\t12\t-7\tsha256=x\ta_b/with blank, and ä.py")
            .unwrap();
        this.line("0\t0\t1700000000123456789\t\ta_b-1.dist-info/RECORD.jws")
            .unwrap();
        this
    }

    #[test]
    fn what_was_written_is_read() {
        let text = manifest().write();
        let read = Manifest::parse(&text).unwrap();
        assert_eq!(read.write(), text);
        assert_eq!(&*read.entries[0].name, "a_b/with blank, and ä.py");
        assert!(read.entries[0].is_executable() && !read.entries[1].is_executable());
        assert_eq!(read.stamps[1].modified, 1_700_000_000_123_456_789);
        assert_eq!((&read.hashes[1], read.verified), (&None, false));
    }

    #[test]
    fn half_a_manifest_is_none() {
        let text = manifest().write();
        for length in (0..text.len()).filter(|length| text.is_char_boundary(*length)) {
            assert!(Manifest::parse(&text[..length]).is_none(), "{length}");
        }
        assert!(Manifest::parse(&text.replace("12", "13")).is_none());
    }
}
