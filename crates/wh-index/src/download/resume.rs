//! What is needed to go on with a part in another run: a note beside it, `.<name>.part.json`.
//!
//! The note is written before the first byte that it speaks of and removed before the part is
//! emptied. So, wherever a run is killed, a note never speaks of another answer's bytes; one that
//! is torn, or speaks of another file, counts as not there. That the bytes themselves are right is
//! proven by the digest of the whole, without which no part outlives its run.

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use wh_packaging::{DistributionFile, Hashes};

use super::expected::Expected;
use crate::client::without_credentials;

/// The file that is on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Coming {
    url: String,
    size: Option<u64>,
    hashes: Hashes,
}

/// What stands in a note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Note {
    #[serde(flatten)]
    coming: Coming,
    /// For `If-Range`: a strong ETag, or a date that is as good.
    validator: String,
}

impl Coming {
    /// `None` where no digest would prove the whole.
    pub(super) fn new(file: &DistributionFile, expected: &Expected) -> Option<Self> {
        expected.is_known().then(|| Self {
            url: without_credentials(&file.url),
            size: expected.size,
            hashes: expected.announced.clone(),
        })
    }

    /// The validator of the bytes that an earlier run left of this very file.
    pub(super) fn validator_noted(&self, part: &Path) -> Option<String> {
        let text = fs_err::read(note_path(part)).ok()?;
        let note: Note = serde_json::from_slice(&text).ok()?;
        (note.coming == *self).then_some(note.validator)
    }

    /// Notes what the bytes that are about to come can be recognised by.
    pub(super) fn note(&self, part: &Path, validator: &str) -> io::Result<()> {
        let note = Note {
            coming: self.clone(),
            validator: validator.to_owned(),
        };
        fs_err::write(note_path(part), serde_json::to_vec(&note)?)
    }
}

/// Takes the note of a part away, if it has one.
pub(super) fn forget(part: &Path) -> io::Result<()> {
    match fs_err::remove_file(note_path(part)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn note_path(part: &Path) -> PathBuf {
    part.with_added_extension("json")
}

/// The name of the file that a hidden file is a part of, or the note of a part.
pub(crate) fn whole_name(name: &str) -> Option<&str> {
    let name = name.strip_prefix('.')?;
    name.strip_suffix(".part")
        .or_else(|| name.strip_suffix(".part.json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coming(url: &str, sha256: &str) -> Coming {
        Coming {
            url: url.to_owned(),
            size: Some(3),
            hashes: Hashes::sha256_only(sha256),
        }
    }

    #[test]
    fn a_note_is_of_one_file_and_whole() {
        let folder = tempfile::tempdir().unwrap();
        let part = folder.path().join(".a.whl.part");
        let ours = coming("https://files.example/a.whl", "aa");
        assert_eq!(ours.validator_noted(&part), None);
        ours.note(&part, "\"v\"").unwrap();
        assert_eq!(ours.validator_noted(&part).as_deref(), Some("\"v\""));
        for other in [
            coming("https://files.example/b.whl", "aa"),
            coming("https://files.example/a.whl", "ab"),
        ] {
            assert_eq!(other.validator_noted(&part), None);
        }
        let text = std::fs::read(note_path(&part)).unwrap();
        for length in 0..text.len() {
            std::fs::write(note_path(&part), &text[..length]).unwrap();
            assert_eq!(ours.validator_noted(&part), None, "{length} bytes");
        }
        forget(&part).unwrap();
        forget(&part).unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn parts_and_their_notes_name_the_whole() {
        let check = |name: &str, expected: Option<&str>| assert_eq!(whole_name(name), expected);
        check(".a-1.whl.part", Some("a-1.whl"));
        check(".a-1.whl.part.json", Some("a-1.whl"));
        check("a-1.whl.part", None);
        check(".a-1.whl", None);
    }
}
