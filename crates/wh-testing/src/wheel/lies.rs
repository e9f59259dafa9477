//! The ways in which a wheel can be wrong.

use super::WheelBuilder;
use crate::zip::{Claims, Entry};

#[derive(Debug, Clone, Default)]
pub(super) struct Lies {
    pub left_out: Vec<String>,
    pub unrecorded: Vec<String>,
    pub wrong_hash: Vec<String>,
    pub rows: Vec<String>,
    pub raw: Vec<Entry>,
    pub claims: Vec<(String, Claims)>,
    pub before: Vec<u8>,
    pub after: Vec<u8>,
    pub cut: Option<usize>,
    pub without_version: bool,
}

/// Lies.
impl WheelBuilder {
    /// METADATA has no Version.
    pub fn without_version(mut self) -> Self {
        self.lies.without_version = true;
        self
    }

    /// The file is not in the wheel, its row in RECORD is.
    pub fn left_out(mut self, path: impl Into<String>) -> Self {
        self.lies.left_out.push(path.into());
        self
    }

    /// The file is in the wheel, its row in RECORD is not.
    pub fn unrecorded(mut self, path: impl Into<String>) -> Self {
        self.lies.unrecorded.push(path.into());
        self
    }

    /// The row in RECORD has the hash of other bytes.
    pub fn wrong_hash(mut self, path: impl Into<String>) -> Self {
        self.lies.wrong_hash.push(path.into());
        self
    }

    /// One more row of RECORD, as it stands.
    pub fn record_row(mut self, row: impl Into<String>) -> Self {
        self.lies.rows.push(row.into());
        self
    }

    /// A member of which RECORD knows nothing, before all others.
    pub fn raw(mut self, entry: Entry) -> Self {
        self.lies.raw.push(entry);
        self
    }

    /// What the headers of a member claim.
    pub fn claims(mut self, path: impl Into<String>, claims: Claims) -> Self {
        self.lies.claims.push((path.into(), claims));
        self
    }

    /// The local header has another name than the central directory.
    pub fn local_name(self, path: impl Into<String>, local: impl Into<String>) -> Self {
        self.claims(
            path,
            Claims {
                local_name: Some(local.into()),
                ..Claims::default()
            },
        )
    }

    /// Bytes before the archive.
    pub fn before(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.lies.before = bytes.into();
        self
    }

    /// Bytes after the end.
    pub fn after(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.lies.after = bytes.into();
        self
    }

    /// Only the first bytes of the file.
    pub fn cut(mut self, length: usize) -> Self {
        self.lies.cut = Some(length);
        self
    }
}
