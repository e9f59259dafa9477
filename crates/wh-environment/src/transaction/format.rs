//! A journal as bytes.
//!
//! One line, `wh-journal 2 SHA256-OF-THE-REST`, and then fields that end in a zero byte: a word and
//! what belongs to it. Paths are relative to the library where that is possible, so that an
//! environment may be moved in between; where a link leads stands as it is.

use std::borrow::Cow;
use std::io;
use std::path::{Component, Path, PathBuf};

use sha2::{Digest as _, Sha256};
use wh_packaging::hexadecimal;

use super::journal::{Journal, Step};
use super::roots::normal;

const HEAD: &str = "wh-journal 2 ";

/// The bytes of a journal.
///
/// # Errors
/// A path is not text, on a system whose paths are.
pub(super) fn encode(journal: &Journal, library: &Path) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    if journal.sync {
        word(&mut body, "sync");
    }
    for step in &journal.steps {
        match step {
            Step::MoveOut { from, to } => {
                word(&mut body, "out");
                push(&mut body, from, library)?;
                push(&mut body, to, library)?;
            }
            Step::MoveIn { from, to } => {
                word(&mut body, "in");
                push(&mut body, from, library)?;
                push(&mut body, to, library)?;
            }
            Step::Link { folder, at } => {
                word(&mut body, "link");
                field(&mut body, folder)?;
                push(&mut body, at, library)?;
            }
            Step::Remove { folder, mode } => {
                word(&mut body, "remove");
                word(&mut body, &format!("{mode:o}"));
                push(&mut body, folder, library)?;
            }
            Step::RemoveIfEmpty { folder, mode } => {
                word(&mut body, "remove-if-empty");
                word(&mut body, &format!("{mode:o}"));
                push(&mut body, folder, library)?;
            }
        }
    }
    let mut bytes = format!("{HEAD}{}\n", digest(&body)).into_bytes();
    bytes.append(&mut body);
    Ok(bytes)
}

/// The journal that bytes are.
///
/// # Errors
/// They are none, or not all of one.
pub(super) fn decode(bytes: &[u8], library: &Path) -> io::Result<Journal> {
    let end = bytes.iter().position(|byte| *byte == b'\n');
    let (head, body) = bytes.split_at(end.map_or(bytes.len(), |end| end + 1));
    let head = std::str::from_utf8(head).ok();
    match head.and_then(|head| head.strip_prefix(HEAD)) {
        None => return Err(invalid("it is of another version")),
        Some(expected) if expected.trim_end() != digest(body) => {
            return Err(invalid("its checksum is wrong"));
        }
        Some(_) => {}
    }
    let mut fields = body.split(|byte| *byte == 0);
    let mut journal = Journal::default();
    while let Some(word) = fields.next().filter(|word| !word.is_empty()) {
        match word {
            b"sync" => journal.sync = true,
            b"out" => journal.steps.push(Step::MoveOut {
                from: pull(fields.next(), library)?,
                to: pull(fields.next(), library)?,
            }),
            b"in" => journal.steps.push(Step::MoveIn {
                from: pull(fields.next(), library)?,
                to: pull(fields.next(), library)?,
            }),
            b"link" => journal.steps.push(Step::Link {
                folder: path_in(fields.next())?,
                at: pull(fields.next(), library)?,
            }),
            b"remove" => journal.steps.push(Step::Remove {
                mode: octal(fields.next())?,
                folder: pull(fields.next(), library)?,
            }),
            b"remove-if-empty" => journal.steps.push(Step::RemoveIfEmpty {
                mode: octal(fields.next())?,
                folder: pull(fields.next(), library)?,
            }),
            _ => return Err(invalid("it has a step of an unknown kind")),
        }
    }
    Ok(journal)
}

fn word(out: &mut Vec<u8>, word: &str) {
    out.extend_from_slice(word.as_bytes());
    out.push(0);
}

fn octal(field: Option<&[u8]>) -> io::Result<u32> {
    let text = field.and_then(|field| std::str::from_utf8(field).ok());
    let number = text.and_then(|text| u32::from_str_radix(text, 8).ok());
    number.ok_or_else(|| invalid("it is cut off"))
}

/// Adds a path as a field.
pub(super) fn push(out: &mut Vec<u8>, path: &Path, library: &Path) -> io::Result<()> {
    field(out, &relative(path, library))
}

/// Adds a path as a field, as it is.
fn field(out: &mut Vec<u8>, path: &Path) -> io::Result<()> {
    let bytes = bytes_of(path).ok_or_else(|| invalid("a path is no text"))?;
    out.extend_from_slice(bytes);
    out.push(0);
    Ok(())
}

/// The path that a field is.
pub(super) fn pull(field: Option<&[u8]>, library: &Path) -> io::Result<PathBuf> {
    Ok(normal(&library.join(path_in(field)?)))
}

fn path_in(field: Option<&[u8]>) -> io::Result<PathBuf> {
    let path = field.filter(|field| !field.is_empty()).and_then(path_of);
    path.ok_or_else(|| invalid("it is cut off"))
}

fn digest(body: &[u8]) -> String {
    hexadecimal(&Sha256::digest(body))
}

fn invalid(reason: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}

/// The path of what lies below a folder, where that is told by its text: most of it lies below the library.
fn below<'p>(path: &'p Path, folder: &Path) -> Option<&'p Path> {
    let below = path.to_str()?.strip_prefix(folder.to_str()?)?;
    let below = below.strip_prefix(std::path::MAIN_SEPARATOR)?;
    (!below.is_empty() && !below.starts_with(std::path::is_separator)).then(|| Path::new(below))
}

/// A path as seen from the library; itself where both have nothing in common.
fn relative<'p>(path: &'p Path, library: &Path) -> Cow<'p, Path> {
    if let Some(below) = below(path, library) {
        return below.into();
    }
    let common = path.components().zip(library.components());
    let common = common.take_while(|(one, other)| one == other).count();
    if common == 0 {
        return path.into();
    }
    let up = library
        .components()
        .skip(common)
        .map(|_| Component::ParentDir);
    let relative: PathBuf = up.chain(path.components().skip(common)).collect();
    match relative.as_os_str().is_empty() {
        true => PathBuf::from(".").into(),
        false => relative.into(),
    }
}

#[cfg(unix)]
fn bytes_of(path: &Path) -> Option<&[u8]> {
    use std::os::unix::ffi::OsStrExt as _;
    Some(path.as_os_str().as_bytes())
}

#[cfg(unix)]
fn path_of(bytes: &[u8]) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStrExt as _;
    Some(std::ffi::OsStr::from_bytes(bytes).into())
}

#[cfg(not(unix))]
fn bytes_of(path: &Path) -> Option<&[u8]> {
    path.to_str().map(str::as_bytes)
}

#[cfg(not(unix))]
fn path_of(bytes: &[u8]) -> Option<PathBuf> {
    std::str::from_utf8(bytes).ok().map(PathBuf::from)
}
