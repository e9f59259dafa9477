//! Sdists as tar archives: the only module that knows the `tar` and `flate2` crates.

use std::cell::Cell;
use std::io::{self, BufReader, Read};
use std::time::Duration;

use flate2::read::MultiGzDecoder;
use tar::{Archive, Entry, EntryType};

use crate::archive::{OnDisk, Traits, Walk};
use crate::error::Fault;
use crate::names::Kind;

/// Bytes that may stand between the content of two entries: headers, long names, extended headers.
const BETWEEN: u64 = 1 << 20;

/// Walks over a gzip-compressed archive, to the end of the compressed data, so that its checksum is
/// compared.
pub(crate) fn walk_gz(file: OnDisk, walk: &mut Walk<'_>) -> Result<(), Fault> {
    // of several members all count, as for Python
    walk_over(MultiGzDecoder::new(BufReader::new(file)), "gzip", walk)
}

/// Walks over an archive.
pub(crate) fn walk(file: OnDisk, walk: &mut Walk<'_>) -> Result<(), Fault> {
    walk_over(BufReader::new(file), "tar", walk)
}

/// The budget of a reader: bytes in all, and bytes until the next entry's content begins.
struct Budget {
    total: Cell<u64>,
    between: Cell<Option<u64>>,
}

fn walk_over(source: impl Read, form: &'static str, walk: &mut Walk<'_>) -> Result<(), Fault> {
    let budget = Budget {
        total: Cell::new(walk.limit.most),
        between: Cell::new(None),
    };
    let limit = walk.limit;
    let explain = |error: io::Error| {
        if budget.total.get() == 0 {
            limit.exceeded()
        } else if budget.between.get() == Some(0) {
            Fault::LongName { most: BETWEEN }
        } else {
            damaged(form, &error)
        }
    };
    let mut archive = Archive::new(Within {
        source,
        budget: &budget,
    });
    let mut entries = archive.entries().map_err(&explain)?;
    loop {
        budget.between.set(Some(BETWEEN));
        let Some(entry) = entries.next() else { break };
        let mut entry = entry.map_err(&explain)?;
        budget.between.set(None);
        let name = entry.path_bytes().into_owned();
        if let Some(kind) = kind(&mut entry, &name)? {
            let traits = Traits {
                kind,
                executable: entry.header().mode().is_ok_and(|mode| mode & 0o111 != 0),
                modified: modified(&mut entry),
            };
            walk.entry(&name, &traits, &mut entry)
                .map_err(|fault| match fault {
                    Fault::Read(error) => explain(error),
                    other => other,
                })?;
        }
        // all of it, so that what is read next is a header
        io::copy(&mut entry, &mut io::sink()).map_err(&explain)?;
    }
    budget.between.set(None);
    let mut rest = archive.into_inner();
    io::copy(&mut rest, &mut io::sink()).map_err(&explain)?;
    Ok(())
}

fn damaged(form: &'static str, error: &io::Error) -> Fault {
    Fault::Damaged {
        form,
        reason: error.to_string(),
    }
}

/// When a file was changed: to a fraction of a second where an extended header says so, for the one that
/// every header has is rounded then.
fn modified<R: Read>(entry: &mut Entry<'_, R>) -> Option<Duration> {
    let extended = entry.pax_extensions().ok().flatten();
    let exact = extended
        .into_iter()
        .flatten()
        .flatten()
        .find(|extension| extension.key_bytes() == b"mtime")
        .and_then(|extension| extension.value().ok()?.parse().ok())
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    exact.or_else(|| entry.header().mtime().ok().map(Duration::from_secs))
}

/// What an entry is; `None` for headers that concern no file. Devices, pipes and sparse files are
/// refused (PEP 706, "data" filter).
fn kind<R: Read>(entry: &mut Entry<'_, R>, name: &[u8]) -> Result<Option<Kind>, Fault> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let target = |entry: &Entry<'_, R>| match entry.link_name_bytes() {
        Some(bytes) => text(&bytes),
        None => String::new(),
    };
    match entry.header().entry_type() {
        // old archives mark folders by a slash alone
        EntryType::Regular if name.ends_with(b"/") => Ok(Some(Kind::Folder)),
        EntryType::Regular | EntryType::Continuous => Ok(Some(Kind::File)),
        EntryType::Directory => Ok(Some(Kind::Folder)),
        EntryType::Symlink => Ok(Some(Kind::Symlink(target(entry)))),
        EntryType::Link => Ok(Some(Kind::Hardlink(target(entry)))),
        EntryType::XGlobalHeader => Ok(None),
        _ => Err(Fault::NotRegular { entry: text(name) }),
    }
}

/// A reader that ends in an error where the budget does.
struct Within<'b, R> {
    source: R,
    budget: &'b Budget,
}

impl<R: Read> Read for Within<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let total = self.budget.total.get();
        let left = total.min(self.budget.between.get().unwrap_or(total));
        let most = buffer
            .len()
            .min(usize::try_from(left).unwrap_or(usize::MAX));
        if most == 0 {
            // nothing may be left to read
            let ended = self.source.read(&mut [0])? == 0;
            return if ended {
                Ok(0)
            } else {
                Err(io::Error::other("more bytes than are allowed"))
            };
        }
        let read = self.source.read(&mut buffer[..most])?;
        self.budget.total.set(total - read as u64);
        let between = self.budget.between.get();
        self.budget
            .between
            .set(between.map(|left| left - read as u64));
        Ok(read)
    }
}
