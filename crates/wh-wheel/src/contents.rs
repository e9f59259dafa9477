//! What RECORD says against what the entries hold.

use std::collections::HashMap;
use std::sync::Arc;

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

/// For each entry the hash that RECORD gives for it; `None` for folders and for RECORD itself.
///
/// # Errors
/// A file is not listed, listed twice, or listed and missing; or listed with another size.
pub(crate) fn match_rows(
    wheel: &Wheel,
    mut rows: Vec<RecordRow>,
) -> Result<Vec<Option<Arc<str>>>, Fault> {
    let row_of = row_of_entries(wheel, &rows)?;
    let hash = |(entry, place): (&Entry, Option<usize>)| {
        if entry.is_folder() || is_signature(wheel, &entry.name) {
            return Ok(None);
        }
        let name = || entry.name.to_string();
        let place = place.ok_or_else(|| Fault::NotInRecord { entry: name() })?;
        let row = &mut rows[place];
        let hash = row.hash.take();
        let hash = hash.ok_or_else(|| Fault::NoRecordHash { entry: name() })?;
        if let Some(expected) = row.size.filter(|size| *size != entry.size) {
            return Err(Fault::RecordSize {
                entry: name(),
                expected,
                found: entry.size,
            });
        }
        Expected::of(entry, &hash)?;
        Ok(Some(hash))
    };
    wheel.entries.iter().zip(row_of).map(hash).collect()
}

/// For each entry the place of its row.
fn row_of_entries(wheel: &Wheel, rows: &[RecordRow]) -> Result<Vec<Option<usize>>, Fault> {
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
    Ok(row_of)
}

/// RECORD and its signatures, which cannot be listed with a hash.
fn is_signature(wheel: &Wheel, name: &str) -> bool {
    name.strip_prefix(wheel.dist_info.as_str())
        .is_some_and(|file| matches!(file, "/RECORD" | "/RECORD.jws" | "/RECORD.p7s"))
}

/// Unpacks every entry and compares it with RECORD, on all threads, the largest first.
pub(crate) fn verify_all(wheel: &Wheel, hashes: &[Option<Arc<str>>]) -> Result<(), Fault> {
    let mut entries: Vec<&Entry> = wheel.entries.iter().collect();
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.size));
    entries.par_iter().with_max_len(1).try_for_each(|entry| {
        let hash = hashes[entry.index].as_deref();
        unpack_checked(
            Origin::Archive(&wheel.archive),
            entry,
            hash,
            &mut |_| Ok(()),
        )
    })
}

/// Where the bytes of an entry come from.
pub(crate) enum Origin<'a, 'f> {
    Archive(&'a Archive),
    /// They are next there; whether the digest of the whole file proves them.
    Next(Raw<'a, 'f>, bool),
}

/// Unpacks an entry and, where a hash is given as RECORD has it, compares that.
///
/// As in [`unpack`], `sink` may have seen bytes that turn out wrong at the end.
pub(crate) fn unpack_checked(
    origin: Origin<'_, '_>,
    entry: &Entry,
    hash: Option<&str>,
    sink: &mut dyn FnMut(&[u8]) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let unpack = |sink: &mut dyn FnMut(&[u8]) -> Result<(), Fault>| match origin {
        Origin::Archive(archive) => unpack(archive, entry, sink),
        Origin::Next(raw, is_proven) => unpack_raw(raw, entry, is_proven, sink),
    };
    let Some(hash) = hash else {
        return unpack(sink);
    };
    let expected = Expected::of(entry, hash)?;
    let mut hasher = Hasher::new(expected.algorithm);
    unpack(&mut |piece| {
        hasher.update(piece);
        sink(piece)
    })?;
    expected.compare(entry, hash, &hasher.finish())
}

/// A hash of RECORD, decoded.
struct Expected {
    algorithm: Algorithm,
    digest: Vec<u8>,
}

impl Expected {
    fn of(entry: &Entry, hash: &str) -> Result<Self, Fault> {
        let decode = || {
            let (algorithm, digest) = hash.split_once('=')?;
            let algorithm = Algorithm::from_name(&algorithm.to_ascii_lowercase())?;
            let digest = URL_SAFE_NO_PAD.decode(digest.trim_end_matches('=')).ok()?;
            Some(Expected { algorithm, digest })
        };
        decode().ok_or_else(|| Fault::BadRecordHash {
            entry: entry.name.to_string(),
            hash: hash.to_owned(),
        })
    }

    fn compare(&self, entry: &Entry, hash: &str, found: &[u8]) -> Result<(), Fault> {
        if self.digest == found {
            return Ok(());
        }
        Err(Fault::RecordHash {
            entry: entry.name.to_string(),
            expected: hash.to_owned(),
            found: format!("{}={}", self.algorithm, URL_SAFE_NO_PAD.encode(found)),
        })
    }
}
