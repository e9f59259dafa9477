//! Entries to bytes, piece by piece. What a thread holds of an entry, however large that is, stays in its processor's
//! cache until it is written: some hundred kilobytes.

use std::cell::Cell;
use std::io::{self, Read};

use libdeflater::Crc;
use wh_inflate::{Damage, Inflater, PIECE, Progress};

use crate::archive::{Archive, Entry, Method};
use crate::error::Fault;
use crate::window::read_at;

/// Compressed bytes that are read at once.
const INPUT: usize = 128 << 10;
/// No buffer for them is shorter.
const SHORTEST: usize = 16 << 10;

/// One thread's buffers.
struct Buffers {
    input: Vec<u8>,
    inflater: Inflater,
}

thread_local! {
    static FREE: Cell<Option<Box<Buffers>>> = const { Cell::new(None) };
}

/// Gives `work` this thread's buffers.
fn with_buffers<T>(work: impl FnOnce(&mut Buffers) -> T) -> T {
    let mut buffers = FREE.take().unwrap_or_else(|| {
        Box::new(Buffers {
            input: Vec::new(),
            inflater: Inflater::new(),
        })
    });
    let result = work(&mut buffers);
    FREE.set(Some(buffers));
    result
}

/// Where the bytes of entries come from.
#[derive(Clone, Copy)]
pub(crate) struct Data<'a> {
    pub archive: &'a Archive,
    /// The whole file, where somebody read it already.
    pub held: Option<&'a [u8]>,
    /// Whether the file's own digest proves all entries, so that the crc of each adds nothing.
    pub proven: bool,
}

impl<'a> From<&'a Archive> for Data<'a> {
    fn from(archive: &'a Archive) -> Self {
        Self {
            archive,
            held: None,
            proven: false,
        }
    }
}

/// Hands the unpacked bytes of an entry to `sink`, in one piece or in several.
///
/// Size and crc have been checked when this returns; the pieces were handed out before that, though never more bytes
/// than the directory says.
pub(crate) fn unpack<E: From<Fault>>(
    data: Data<'_>,
    entry: &Entry,
    sink: &mut dyn FnMut(&[u8]) -> Result<(), E>,
) -> Result<(), E> {
    let (mut crc, mut left) = (Crc::new(), entry.size);
    let mut check = |piece: &[u8]| {
        let rest = left.checked_sub(piece.len() as u64);
        left = rest.ok_or_else(|| damaged(entry, "it is longer than the directory says"))?;
        if !data.proven {
            crc.update(piece);
        }
        sink(piece)
    };
    let mut raw = Raw::of(data, entry).map_err(E::from)?;
    match entry.method {
        Method::Stored => with_buffers(|buffers| stored(&mut raw, buffers, &mut check))?,
        Method::Deflate => with_buffers(|buffers| inflated(&mut raw, entry, buffers, &mut check))?,
        Method::Zstd => zstd(raw, entry, &mut check)?,
    }
    if left > 0 {
        return Err(damaged(entry, "it is shorter than the directory says").into());
    }
    if !data.proven && crc.sum() != entry.crc {
        return Err(damaged(entry, "the crc does not match").into());
    }
    Ok(())
}

/// The first bytes of an entry, at most `length`. What comes after them is neither unpacked nor checked.
pub(crate) fn beginning(archive: &Archive, entry: &Entry, length: usize) -> Result<Vec<u8>, Fault> {
    let mut start = Vec::with_capacity(length);
    // ends with no fault as soon as there is enough
    let ended = unpack::<Option<Fault>>(archive.into(), entry, &mut |piece| {
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

type Sink<'s, E> = &'s mut dyn FnMut(&[u8]) -> Result<(), E>;

fn stored<E: From<Fault>>(
    raw: &mut Raw<'_>,
    buffers: &mut Buffers,
    sink: Sink<'_, E>,
) -> Result<(), E> {
    loop {
        let (piece, is_all) = raw.next(&mut buffers.input, 0).map_err(E::from)?;
        if !piece.is_empty() {
            sink(piece)?;
        }
        if is_all {
            return Ok(());
        }
    }
}

fn inflated<E: From<Fault>>(
    raw: &mut Raw<'_>,
    entry: &Entry,
    buffers: &mut Buffers,
    sink: Sink<'_, E>,
) -> Result<(), E> {
    let Buffers { input, inflater } = buffers;
    inflater.begin();
    let mut kept = 0;
    loop {
        let (piece, is_all) = raw.next(input, kept).map_err(E::from)?;
        let fed = inflater.feed(piece, is_all, &mut |piece| sink(piece).map_err(Ended::Sink));
        let length = piece.len();
        match fed {
            Ok(Progress::Done(_)) => return Ok(()),
            Ok(Progress::NeedsInput(used)) => {
                input.copy_within(used..length, 0);
                kept = length - used;
            }
            Err(Ended::Sink(error)) => return Err(error),
            Err(Ended::Damaged(damage)) => return Err(damaged(entry, &damage.to_string()).into()),
        }
    }
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

fn zstd<E: From<Fault>>(raw: Raw<'_>, entry: &Entry, sink: Sink<'_, E>) -> Result<(), E> {
    let damaged = |error: io::Error| damaged(entry, &error.to_string());
    let mut reader = zstd::Decoder::new(raw).map_err(damaged)?;
    let mut piece = vec![0; PIECE];
    loop {
        match reader.read(&mut piece) {
            Ok(0) => return Ok(()),
            Ok(read) => sink(&piece[..read])?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(damaged(error).into()),
        }
    }
}

/// The bytes of an entry as they stand in the archive.
enum Raw<'a> {
    /// All of them.
    Held(&'a [u8]),
    /// To be read from there.
    File {
        archive: &'a Archive,
        entry: &'a Entry,
        position: u64,
        left: u64,
    },
}

impl<'a> Raw<'a> {
    fn of(data: Data<'a>, entry: &'a Entry) -> Result<Self, Fault> {
        let Some(held) = data.held else {
            return Ok(Self::File {
                archive: data.archive,
                entry,
                position: entry.data_start,
                left: entry.compressed,
            });
        };
        let start = usize::try_from(entry.data_start).ok();
        let part = start.and_then(|start| held.get(start..)?.get(..entry.compressed as usize));
        part.map(Self::Held).ok_or_else(|| ends_before(entry))
    }

    /// What comes next, behind the `kept` bytes at the beginning of `buffer`; and whether that is all.
    fn next<'b>(&mut self, buffer: &'b mut Vec<u8>, kept: usize) -> Result<(&'b [u8], bool), Fault>
    where
        'a: 'b,
    {
        let left = match self {
            Self::Held(bytes) => return Ok((std::mem::take(bytes), true)),
            Self::File { left, .. } => *left,
        };
        let wanted = usize::try_from(left)
            .unwrap_or(usize::MAX)
            .min(INPUT - kept);
        if buffer.len() < kept + wanted {
            buffer.resize((kept + wanted).next_power_of_two().max(SHORTEST), 0);
        }
        let mut filled = kept;
        while filled < kept + wanted {
            match self.read(&mut buffer[filled..kept + wanted]) {
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.fault(error)),
            }
        }
        Ok((&buffer[..filled], left == wanted as u64))
    }

    fn fault(&self, error: io::Error) -> Fault {
        match self {
            Self::File { entry, .. } if error.kind() == io::ErrorKind::UnexpectedEof => {
                ends_before(entry)
            }
            _ => Fault::Read(error),
        }
    }
}

impl Read for Raw<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Held(bytes) => bytes.read(buffer),
            Self::File { left: 0, .. } => Ok(0),
            Self::File {
                archive,
                position,
                left,
                ..
            } => {
                let wanted = usize::try_from(*left)
                    .unwrap_or(usize::MAX)
                    .min(buffer.len());
                let read = read_at(&archive.file, &mut buffer[..wanted], *position)?;
                if read == 0 && wanted > 0 {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                *position += read as u64;
                *left -= read as u64;
                Ok(read)
            }
        }
    }
}

fn ends_before(entry: &Entry) -> Fault {
    damaged(entry, "the archive ends before it")
}

fn damaged(entry: &Entry, reason: &str) -> Fault {
    Fault::Damaged {
        entry: entry.name.to_string(),
        reason: reason.to_owned(),
    }
}
