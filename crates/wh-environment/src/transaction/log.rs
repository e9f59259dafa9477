//! The journal on disk: one file in the staging folder of the library, whose name tells how far
//! the change is.
//!
//! `journal` is there before the first move: a run that was killed is undone by it. Renaming it to
//! `committed` is the commit: from then on only clean-up is left. The file is one line,
//! `wh-journal 1 SHA256-OF-THE-REST`, and then the steps: fields that end in a zero byte, the
//! paths relative to the library where that is possible, so that an environment may be moved in
//! between.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Component, Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::journal::Step;
use super::roots::normal;

const JOURNAL: &str = "journal";
const COMMITTED: &str = "committed";
const MADE: &str = "made";
const HEAD: &str = "wh-journal 1 ";

/// Where the journal of a staging folder stands as long as its change does not count.
pub(crate) fn journal_of(stage: &Path) -> PathBuf {
    stage.join(JOURNAL)
}

/// Whether the change of a staging folder counts.
pub(super) fn is_committed(stage: &Path) -> bool {
    stage.join(COMMITTED).exists()
}

/// Writes the steps, under a temporary name first.
pub(super) fn write(stage: &Path, library: &Path, steps: &[Step], sync: bool) -> io::Result<()> {
    let mut body = Vec::new();
    for step in steps {
        let (word, paths): (_, Vec<&Path>) = match step {
            Step::MoveOut { from, to } => ("out", vec![from, to]),
            Step::MoveIn { from, to } => ("in", vec![from, to]),
            Step::RemoveIfEmpty { folder } => ("remove-if-empty", vec![folder]),
            Step::Remove { folder } => ("remove", vec![folder]),
        };
        body.extend_from_slice(word.as_bytes());
        body.push(0);
        for path in paths {
            push(&mut body, path, library)?;
        }
    }
    let temporary = stage.join("journal.new");
    let mut file = File::create_new(&temporary)?;
    file.write_all(format!("{HEAD}{}\n", digest(&body)).as_bytes())?;
    file.write_all(&body)?;
    if sync {
        file.sync_all()?;
    }
    drop(file);
    wh_wheel::rename(&temporary, &journal_of(stage))?;
    if sync { sync_folder(stage) } else { Ok(()) }
}

/// Makes the change count.
pub(super) fn commit(stage: &Path, sync: bool) -> io::Result<()> {
    wh_wheel::rename(&journal_of(stage), &stage.join(COMMITTED))?;
    if sync { sync_folder(stage) } else { Ok(()) }
}

/// Reads the steps; `None` where there is no journal.
pub(super) fn read(stage: &Path, library: &Path) -> io::Result<Option<Vec<Step>>> {
    let bytes = match fs::read(journal_of(stage)) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let end = bytes.iter().position(|byte| *byte == b'\n');
    let (head, body) = bytes.split_at(end.map_or(bytes.len(), |end| end + 1));
    match std::str::from_utf8(head)
        .ok()
        .and_then(|h| h.strip_prefix(HEAD))
    {
        None => return Err(invalid("it is of another version")),
        Some(expected) if expected.trim_end() != digest(body) => {
            return Err(invalid("its checksum is wrong"));
        }
        Some(_) => {}
    }
    let mut fields = body.split(|byte| *byte == 0);
    let mut steps = Vec::new();
    while let Some(word) = fields.next().filter(|word| !word.is_empty()) {
        let mut next = || pull(fields.next(), library);
        steps.push(match word {
            b"out" => Step::MoveOut {
                from: next()?,
                to: next()?,
            },
            b"in" => Step::MoveIn {
                from: next()?,
                to: next()?,
            },
            b"remove-if-empty" => Step::RemoveIfEmpty { folder: next()? },
            b"remove" => Step::Remove { folder: next()? },
            _ => return Err(invalid("it has a step of an unknown kind")),
        });
    }
    Ok(Some(steps))
}

/// Notes folders that are about to be made for the roots.
pub(super) fn note_made(stage: &Path, library: &Path, folders: &[&Path]) -> io::Result<()> {
    let mut bytes = Vec::new();
    for folder in folders {
        push(&mut bytes, folder, library)?;
    }
    let mut options = File::options();
    let mut file = options.create(true).append(true).open(stage.join(MADE))?;
    file.write_all(&bytes)
}

/// The folders that were made for the roots, outer ones first.
pub(super) fn made(stage: &Path, library: &Path) -> Vec<PathBuf> {
    let bytes = fs::read(stage.join(MADE)).unwrap_or_default();
    let fields = bytes.split(|byte| *byte == 0);
    let fields = fields.filter(|field| !field.is_empty());
    fields
        .filter_map(|field| pull(Some(field), library).ok())
        .collect()
}

/// Makes a rename in a folder survive a power loss, where the system can do that.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn digest(body: &[u8]) -> String {
    let digest = Sha256::digest(body);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn invalid(reason: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}

fn push(out: &mut Vec<u8>, path: &Path, library: &Path) -> io::Result<()> {
    let path = relative(path, library);
    let bytes = bytes_of(&path).ok_or_else(|| invalid("a path is no text"))?;
    out.extend_from_slice(bytes);
    out.push(0);
    Ok(())
}

fn pull(field: Option<&[u8]>, library: &Path) -> io::Result<PathBuf> {
    let path = field.filter(|field| !field.is_empty()).and_then(path_of);
    let path = path.ok_or_else(|| invalid("it is cut off"))?;
    Ok(normal(&library.join(path)))
}

/// A path as seen from the library; itself where both have nothing in common.
fn relative(path: &Path, library: &Path) -> PathBuf {
    let common = path.components().zip(library.components());
    let common = common.take_while(|(one, other)| one == other).count();
    if common == 0 {
        return path.to_path_buf();
    }
    let up = library
        .components()
        .skip(common)
        .map(|_| Component::ParentDir);
    let relative: PathBuf = up.chain(path.components().skip(common)).collect();
    match relative.as_os_str().is_empty() {
        true => PathBuf::from("."),
        false => relative,
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

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn steps_are_read_as_they_were_written_also_after_a_move_of_all() {
        let folder = tempfile::tempdir().unwrap();
        let library = Path::new("/v/lib/site-packages");
        let steps = |prefix: &str| {
            let path = |path: &str| Path::new(prefix).join(path);
            vec![
                Step::MoveOut {
                    from: path("lib/site-packages/a"),
                    to: path("bin/.wh-part-x/old/0"),
                },
                Step::Remove {
                    folder: path("share/with blank\nand line"),
                },
                Step::RemoveIfEmpty {
                    folder: path("lib/site-packages"),
                },
                Step::MoveIn {
                    from: path("n"),
                    to: path("m"),
                },
            ]
        };
        write(folder.path(), library, &steps("/v"), true).unwrap();
        let read = |library: &str| read(folder.path(), Path::new(library));
        assert_eq!(read("/v/lib/site-packages").unwrap(), Some(steps("/v")));
        assert_eq!(read("/w/lib/site-packages").unwrap(), Some(steps("/w")));
        let journal = journal_of(folder.path());
        let whole = fs::read(&journal).unwrap();
        for length in 0..whole.len() {
            fs::write(&journal, &whole[..length]).unwrap();
            assert!(read("/v/lib/site-packages").is_err(), "{length}");
        }
        commit(folder.path(), true).unwrap();
        assert_eq!(read("/v/lib/site-packages").unwrap(), None);
    }
}
