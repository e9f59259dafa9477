//! Digests of a file as indexes, locks and requirements files write them.
//!
//! The keys are algorithm names as Python's `hashlib` has them, in lower case; the values are
//! lower-case hexadecimal. An algorithm that `wh` cannot compute (md5, say) is kept for the record
//! but never counts as a proof.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The bytes of a digest as they are written: lower-case hexadecimal.
pub fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .map(|digit| char::from(DIGITS[usize::from(digit)]))
        .collect()
}

/// The digests known of one file, by algorithm.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hashes(BTreeMap<String, String>);

impl Hashes {
    /// No digest at all.
    pub fn none() -> Self {
        Self::default()
    }

    /// Only a sha256, given as hexadecimal.
    pub fn sha256_only(hex: impl Into<String>) -> Self {
        let mut hashes = Self::default();
        hashes.insert("sha256", hex);
        hashes
    }

    /// Adds a digest; names and digits are brought to lower case.
    pub fn insert(&mut self, algorithm: &str, hex: impl Into<String>) {
        self.0.insert(
            algorithm.to_ascii_lowercase(),
            hex.into().to_ascii_lowercase(),
        );
    }

    /// The digest of one algorithm (`"sha256"`).
    pub fn get(&self, algorithm: &str) -> Option<&str> {
        self.0.get(algorithm).map(String::as_str)
    }

    /// The sha256, where known.
    pub fn sha256(&self) -> Option<&str> {
        self.get("sha256")
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All digests, by algorithm name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(k, v)| (k.as_str(), v.as_str()))
    }

    /// Whether some algorithm both know has two different digests.
    pub fn disagrees_with(&self, other: &Hashes) -> bool {
        self.iter()
            .any(|(algorithm, hex)| other.get(algorithm).is_some_and(|theirs| theirs != hex))
    }

    /// Whether a file with the digests `found` is the one that is meant: some algorithm both know
    /// agrees, and none disagrees.
    pub fn is_proven_by(&self, found: &Hashes) -> bool {
        let compared = self
            .iter()
            .any(|(algorithm, _)| found.get(algorithm).is_some());
        compared && !self.disagrees_with(found)
    }

    /// Parses `sha256=abc...` (URL fragments) or `sha256:abc...` (`--hash`). `None` where the text
    /// has neither form or the digits are not hexadecimal.
    pub fn parse_one(text: &str) -> Option<Self> {
        let (algorithm, hex) = text.split_once(['=', ':'])?;
        if hex.is_empty() || !hex.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        let mut hashes = Self::default();
        hashes.insert(algorithm, hex);
        Some(hashes)
    }
}
