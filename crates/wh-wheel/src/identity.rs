//! Whether a wheel is the one that a distribution was installed from.
//!
//! Installers keep WHEEL and the rows of RECORD (recording installed projects), and nothing of the
//! wheel's own digest. A wheel is the one if its tags are those, and every file that it puts into
//! site-packages is in the installed RECORD with the same digest, with no other beside it. Scripts are left out, since
//! installers write their first line, and so is what installers add (INSTALLER, bytecode). Where folders
//! are links into the store, the name of what they lead to is the digest of the wheel.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::Path;

use wh_packaging::record::RecordRow;

use crate::digest::Algorithm;
use crate::error::WheelError;
use crate::plan::MARKS;
use crate::store::digest_of_link;
use crate::wheel::Wheel;

/// What an environment keeps of the wheel that a distribution came from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Traces {
    /// `Tag` of WHEEL.
    pub tags: Vec<String>,
    /// The rows of RECORD.
    pub record: Vec<RecordRow>,
    /// The sha256 of the wheels whose folders in the store are linked.
    pub linked: BTreeSet<String>,
}

impl Traces {
    /// Those of tags and of a RECORD whose rows are relative to `library`.
    pub fn of(tags: Vec<String>, record: Vec<RecordRow>, library: &Path) -> Self {
        let may_be_link = |row: &&RecordRow| row.hash.is_none() && !row.path.ends_with(".pyc");
        let links = record.iter().filter(may_be_link);
        let linked = links.filter_map(|row| digest_of_link(&library.join(&row.path)));
        Self {
            tags,
            linked: linked.collect(),
            record,
        }
    }
}

impl Wheel {
    /// Whether these traces are those of this wheel; name and version are compared by the caller.
    /// RECORD is taken at its word on both sides.
    ///
    /// # Errors
    /// WHEEL or RECORD of the wheel is missing, damaged, or not one; the wheel cannot be read.
    pub fn left(&self, traces: &Traces) -> Result<bool, WheelError> {
        let tags = self.wheel_file()?.tags;
        if sorted(&tags) != sorted(&traces.tags) {
            return Ok(false);
        }
        if !traces.linked.is_empty() {
            let own = self.hash(&[Algorithm::Sha256])?;
            let own = own.sha256().map(str::to_owned).into_iter();
            return Ok(traces.linked == own.collect());
        }
        Ok(agree(&self.record()?, &traces.record))
    }
}

fn sorted(tags: &[String]) -> Vec<&str> {
    let mut tags: Vec<&str> = tags.iter().map(|tag| tag.trim()).collect();
    tags.sort_unstable();
    tags.dedup();
    tags
}

/// Whether all files of the wheel that keep their bytes are installed, with the same digests, and
/// none in its folders that it does not have; at least one digest must tell.
fn agree(wheel: &[RecordRow], installed: &[RecordRow]) -> bool {
    let files = Files::of(wheel);
    if installed.iter().any(|row| files.is_foreign(&row.path)) {
        return false;
    }
    let installed: HashMap<&str, &RecordRow> =
        installed.iter().map(|row| (&*row.path, row)).collect();
    let mut told = false;
    for row in wheel {
        let (Some(path), Some(hash)) = (in_site_packages(&row.path), row.hash.as_deref()) else {
            continue;
        };
        let Some(there) = installed.get(path) else {
            return false;
        };
        if let Some(same) = same(hash, there.hash.as_deref()) {
            if !same {
                return false;
            }
            told = true;
        }
    }
    told
}

/// The files of a wheel in site-packages, and what of it lies elsewhere.
struct Files<'a> {
    here: HashSet<&'a str>,
    tops: HashSet<&'a str>,
    elsewhere: HashSet<&'a str>,
}

impl<'a> Files<'a> {
    fn of(wheel: &'a [RecordRow]) -> Self {
        let here: HashSet<&str> = wheel
            .iter()
            .filter_map(|row| in_site_packages(&row.path))
            .collect();
        let elsewhere = wheel.iter().filter_map(|row| {
            let (folder, rest) = row.path.split_once('/')?;
            let (_, path) = rest.split_once('/')?;
            folder.ends_with(".data").then_some(path)
        });
        Self {
            tops: here.iter().filter_map(|path| top(path)).collect(),
            elsewhere: elsewhere.collect(),
            here,
        }
    }

    /// Whether an installed file is one that another wheel must have brought: not one of these, nor
    /// bytecode, metadata, or a script in a folder beside the modules (`--target`).
    fn is_foreign(&self, path: &str) -> bool {
        let brought = self.here.contains(path) || self.elsewhere.contains(path);
        let made = path.ends_with(".pyc") || path.starts_with("..") || path.starts_with('/');
        let metadata = top(path).is_some_and(|top| top.ends_with(".dist-info"));
        let beside = top(path).is_some_and(|top| !self.tops.contains(top));
        !(brought || made || metadata || beside)
    }
}

/// The folder that a path begins with; none where it is a file's name alone.
fn top(path: &str) -> Option<&str> {
    path.split_once('/').map(|(top, _)| top)
}

/// The path that an entry gets in site-packages; nothing where it goes elsewhere, or where
/// installers write a file of their own in its place.
fn in_site_packages(path: &str) -> Option<&str> {
    match path.split_once('/') {
        Some((folder, name)) if folder.ends_with(".dist-info") && MARKS.contains(&name) => None,
        Some((folder, rest)) if folder.ends_with(".data") => rest
            .strip_prefix("purelib/")
            .or_else(|| rest.strip_prefix("platlib/")),
        _ => Some(path),
    }
}

/// Whether two digests are the same; nothing where they are of different algorithms.
fn same(one: &str, other: Option<&str>) -> Option<bool> {
    let (algorithm, digest) = one.split_once('=')?;
    let (other_algorithm, other_digest) = other?.split_once('=')?;
    algorithm
        .eq_ignore_ascii_case(other_algorithm)
        .then(|| digest.trim_end_matches('=') == other_digest.trim_end_matches('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<RecordRow> {
        wh_packaging::record::parse(text).unwrap()
    }

    #[track_caller]
    fn check(wheel: &str, installed: &str, expected: bool) {
        assert_eq!(agree(&rows(wheel), &rows(installed)), expected);
    }

    #[test]
    fn files_that_keep_their_bytes_decide() {
        let wheel = "a.py,sha256=x,1\na-1.data/scripts/s,sha256=y,1\na-1.dist-info/RECORD,,\n";
        let installed = "a.py,sha256=x,1\n../../bin/s,sha256=z,9\na.pyc,,\na-1.dist-info/INSTALLER,sha256=q,4\n";
        check(wheel, installed, true);
        check(wheel, "a.py,sha256=other,1\n", false);
        check(wheel, "b.py,sha256=x,1\n", false);
        check(
            "a-1.data/platlib/a.py,sha256=x,1\n",
            "a.py,sha256=x,1\n",
            true,
        );
        check("a.py,sha256=x=,1\n", "a.py,SHA256=x,1\n", true);
        let module = "a/b.py,sha256=x,1\na-1.data/data/c.txt,sha256=y,1\n";
        let made = "a/__pycache__/b.pyc,,\nbin/a,sha256=z,1\nc.txt,sha256=y,1\na-1.dist-info/x,,\n";
        check(module, &format!("a/b.py,sha256=x,1\n{made}"), true);
        check(module, "a/b.py,sha256=x,1\na/more.py,sha256=y,1\n", false);
        check(module, "a/b.py,sha256=x,1\nmore.py,sha256=y,1\n", false);
        let odd = "a.py,sha256=x,1\na-1.dist-info/INSTALLER,sha256=z,4\n";
        check(odd, "a.py,sha256=x,1\n", true);
        // nothing that tells is no proof
        check("a.py,sha256=x,1\n", "a.py,,\n", false);
        check("a.py,sha256=x,1\n", "a.py,md5=x,1\n", false);
        check("", "a.py,sha256=x,1\n", false);
    }
}
