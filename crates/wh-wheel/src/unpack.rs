//! Entries to bytes, piece by piece. What a thread holds of an entry, however large that is, stays in its processor's
//! cache until it is written: some hundred kilobytes.

use std::cell::Cell;
use std::io::{self, Read};

use libdeflater::Crc;
use wh_inflate::{Damage, Inflater, PIECE, Progress};

use crate::archive::{Archive, Entry, Method};
use crate::error::Fault;
use crate::reader::{Raw, Reader};

thread_local! {
    static FREE: Cell<Option<Box<Inflater>>> = const { Cell::new(None) };
}

type Sink<'s, E> = &'s mut dyn FnMut(&[u8]) -> Result<(), E>;

/// Hands the unpacked bytes of an entry to `sink`, in one piece or in several.
///
/// Size and crc have been checked when this returns; the pieces were handed out before that, though never more bytes
/// than the directory says.
pub(crate) fn unpack<E: From<Fault>>(
    archive: &Archive,
    entry: &Entry,
    sink: Sink<'_, E>,
) -> Result<(), E> {
    let part = entry.data_start..entry.data_start.saturating_add(entry.compressed);
    let mut reader = Reader::new(&archive.file, part, &[]);
    unpack_raw(Raw::all(&mut reader), entry, false, sink)
}

/// The same of an entry that is next in a reader. Where the digest of the whole file proves it, its crc is not asked.
pub(crate) fn unpack_raw<E: From<Fault>>(
    raw: Raw<'_, '_>,
    entry: &Entry,
    is_proven: bool,
    sink: Sink<'_, E>,
) -> Result<(), E> {
    let (mut crc, mut left) = (Crc::new(), entry.size);
    let mut check = |piece: &[u8]| {
        let rest = left.checked_sub(piece.len() as u64);
        left = rest.ok_or_else(|| damaged(entry, "it is longer than the directory says"))?;
        if !is_proven {
            crc.update(piece);
        }
        sink(piece)
    };
    match entry.method {
        Method::Stored => stored(raw, entry, &mut check)?,
        Method::Deflate => inflated(raw, entry, &mut check)?,
        Method::Zstd => zstd(raw, entry, &mut check)?,
    }
    if left > 0 {
        return Err(damaged(entry, "it is shorter than the directory says").into());
    }
    if !is_proven && crc.sum() != entry.crc {
        return Err(damaged(entry, "the crc does not match").into());
    }
    Ok(())
}

/// The first bytes of an entry, at most `length`. What comes after them is neither unpacked nor checked.
pub(crate) fn beginning(archive: &Archive, entry: &Entry, length: usize) -> Result<Vec<u8>, Fault> {
    let mut start = Vec::with_capacity(length);
    // ends with no fault as soon as there is enough
    let ended = unpack::<Option<Fault>>(archive, entry, &mut |piece| {
        start.extend_from_slice(&piece[..piece.len().min(length - start.len())]);
        match start.len() < length {
            true => Ok(()),
            false => Err(None),
        }
    });
    match ended {
        Err(Some(fault)) => Err(fault),
        Ok(()) | Err(None) => Ok(start),
    }
}

fn stored<E: From<Fault>>(mut raw: Raw<'_, '_>, entry: &Entry, sink: Sink<'_, E>) -> Result<(), E> {
    loop {
        let (piece, is_all) = raw.next().map_err(|error| read_fault(entry, error))?;
        if !piece.is_empty() {
            sink(piece)?;
        }
        if is_all {
            return Ok(());
        }
        let length = piece.len();
        raw.used(length);
    }
}

fn inflated<E: From<Fault>>(
    mut raw: Raw<'_, '_>,
    entry: &Entry,
    sink: Sink<'_, E>,
) -> Result<(), E> {
    let mut inflater = FREE.take().unwrap_or_default();
    inflater.begin();
    let result = loop {
        let next = raw.next().map_err(|error| read_fault(entry, error));
        let fed = next.map(|(piece, is_all)| {
            inflater.feed(piece, is_all, &mut |piece| sink(piece).map_err(Ended::Sink))
        });
        match fed {
            Ok(Ok(Progress::Done(_))) => break Ok(()),
            Ok(Ok(Progress::NeedsInput(used))) => raw.used(used),
            Ok(Err(Ended::Sink(error))) => break Err(error),
            Ok(Err(Ended::Damaged(damage))) => {
                break Err(damaged(entry, &damage.to_string()).into());
            }
            Err(fault) => break Err(fault.into()),
        }
    };
    FREE.set(Some(inflater));
    result
}

/// Why an inflater ended.
enum Ended<E> {
    Damaged(Damage),
    Sink(E),
}

impl<E> From<Damage> for Ended<E> {
    fn from(damage: Damage) -> Self {
        Self::Damaged(damage)
    }
}

fn zstd<E: From<Fault>>(raw: Raw<'_, '_>, entry: &Entry, sink: Sink<'_, E>) -> Result<(), E> {
    let failed = |error: io::Error| damaged(entry, &error.to_string());
    let mut reader = zstd::Decoder::new(raw).map_err(failed)?;
    let mut piece = vec![0; PIECE];
    loop {
        match reader.read(&mut piece) {
            Ok(0) => return Ok(()),
            Ok(read) => sink(&piece[..read])?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(failed(error).into()),
        }
    }
}

pub(crate) fn read_fault(entry: &Entry, error: io::Error) -> Fault {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => damaged(entry, "the archive ends before it"),
        _ => Fault::Read(error),
    }
}

fn damaged(entry: &Entry, reason: &str) -> Fault {
    Fault::Damaged {
        entry: entry.name.to_string(),
        reason: reason.to_owned(),
    }
}
