//! What RECORD says against what the entries hold.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rayon::prelude::*;
use wh_packaging::record::RecordRow;

use crate::archive::{Archive, Entry};
use crate::digest::{Algorithm, Hasher};
use crate::error::Fault;
use crate::reader::Raw;
use crate::unpack::{unpack, unpack_raw};
use crate::wheel::Wheel;

/// For each entry the place of its row in RECORD; `None` for folders and for RECORD itself.
///
/// # Errors
/// A file is not listed, listed twice, or listed and missing.
pub(crate) fn match_rows(wheel: &Wheel, rows: &[RecordRow]) -> Result<Vec<Option<usize>>, Fault> {
    let mut row_of = vec![None; wheel.entries.len()];
    let names = wheel
        .entries
        .iter()
        .map(|entry| (&*entry.name, entry.index));
    let index_of: HashMap<&str, usize> = names.collect();
    for (place, row) in rows.iter().enumerate() {
        let entry = || row.path.clone();
        match index_of.get(row.path.as_str()) {
            Some(&index) => {
                if row_of[index].replace(place).is_some() {
                    return Err(Fault::TwiceInRecord { entry: entry() });
                }
            }
            // Some writers list folders; they say nothing.
            None if row.path.ends_with('/') && row.hash.is_none() => {}
            None if is_signature(wheel, &row.path) => {}
            None => return Err(Fault::OnlyInRecord { entry: entry() }),
        }
    }
    for (entry, row) in wheel.entries.iter().zip(&mut row_of) {
        if entry.is_folder() || is_signature(wheel, &entry.name) {
            *row = None;
            continue;
        }
        let name = || entry.name.to_string();
        let Some(place) = *row else {
            return Err(Fault::NotInRecord { entry: name() });
        };
        if rows[place].hash.is_none() {
            return Err(Fault::NoRecordHash { entry: name() });
        }
        Expected::of(entry, &rows[place])?;
    }
    Ok(row_of)
}

/// RECORD and its signatures, which cannot be listed with a hash.
fn is_signature(wheel: &Wheel, name: &str) -> bool {
    name.strip_prefix(wheel.dist_info.as_str())
        .is_some_and(|file| matches!(file, "/RECORD" | "/RECORD.jws" | "/RECORD.p7s"))
}

/// Unpacks every entry and compares it with RECORD, on all threads, the largest first.
pub(crate) fn verify_all(
    wheel: &Wheel,
    rows: &[RecordRow],
    row_of: &[Option<usize>],
) -> Result<(), Fault> {
    let mut entries: Vec<&Entry> = wheel.entries.iter().collect();
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.size));
    entries.par_iter().with_max_len(1).try_for_each(|entry| {
        let row = row_of[entry.index].map(|place| &rows[place]);
        unpack_checked(Origin::Archive(&wheel.archive), entry, row, &mut |_| Ok(()))
    })
}

/// Where the bytes of an entry come from.
pub(crate) enum Origin<'a, 'f> {
    Archive(&'a Archive),
    /// They are next there; whether the digest of the whole file proves them.
    Next(Raw<'a, 'f>, bool),
}

/// Unpacks an entry and, where a row is given, compares size and hash with it.
///
/// As in [`unpack`], `sink` may have seen bytes that turn out wrong at the end.
pub(crate) fn unpack_checked(
    origin: Origin<'_, '_>,
    entry: &Entry,
    row: Option<&RecordRow>,
    sink: &mut dyn FnMut(&[u8]) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let unpack = |sink: &mut dyn FnMut(&[u8]) -> Result<(), Fault>| match origin {
        Origin::Archive(archive) => unpack(archive, entry, sink),
        Origin::Next(raw, is_proven) => unpack_raw(raw, entry, is_proven, sink),
    };
    let Some(row) = row else {
        return unpack(sink);
    };
    let expected = Expected::of(entry, row)?;
    let mut hasher = Hasher::new(expected.algorithm);
    unpack(&mut |piece| {
        hasher.update(piece);
        sink(piece)
    })?;
    expected.compare(entry, row, &hasher.finish())
}

/// A row's hash, decoded.
struct Expected {
    algorithm: Algorithm,
    digest: Vec<u8>,
}

impl Expected {
    fn of(entry: &Entry, row: &RecordRow) -> Result<Self, Fault> {
        let hash = row.hash.as_deref().unwrap_or_default();
        let decode = || {
            let (algorithm, digest) = hash.split_once('=')?;
            let algorithm = Algorithm::from_name(&algorithm.to_ascii_lowercase())?;
            let digest = URL_SAFE_NO_PAD.decode(digest.trim_end_matches('=')).ok()?;
            Some(Expected { algorithm, digest })
        };
        if let Some(expected) = row.size.filter(|size| *size != entry.size) {
            return Err(Fault::RecordSize {
                entry: entry.name.to_string(),
                expected,
                found: entry.size,
            });
        }
        decode().ok_or_else(|| Fault::BadRecordHash {
            entry: entry.name.to_string(),
            hash: hash.to_owned(),
        })
    }

    fn compare(&self, entry: &Entry, row: &RecordRow, found: &[u8]) -> Result<(), Fault> {
        if self.digest == found {
            return Ok(());
        }
        Err(Fault::RecordHash {
            entry: entry.name.to_string(),
            expected: row.hash.clone().unwrap_or_default(),
            found: format!("{}={}", self.algorithm, URL_SAFE_NO_PAD.encode(found)),
        })
    }
}
