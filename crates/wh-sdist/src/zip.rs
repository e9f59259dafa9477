//! Sdists as zip archives, as older ones have it: the only module that knows the `zip` crate.
//!
//! The central directory counts, as for Python; an entry is unpacked only where it is read.

use std::io::{BufReader, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use crate::archive::{OnDisk, Traits, Walk};
use crate::error::Fault;
use crate::names::Kind;

const S_IFMT: u32 = 0o170_000;
const S_IFREG: u32 = 0o100_000;
const S_IFDIR: u32 = 0o040_000;
const S_IFLNK: u32 = 0o120_000;

/// No link's target is longer.
const LONGEST_TARGET: u64 = 4096;

/// Walks over an archive.
pub(crate) fn walk(file: OnDisk, walk: &mut Walk<'_>) -> Result<(), Fault> {
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(fault)?;
    if archive.has_duplicate_names() {
        let reason = "a name occurs twice".to_owned();
        return Err(Fault::Damaged {
            form: "zip",
            reason,
        });
    }
    let mut total = 0u64;
    for index in 0..archive.len() {
        let (name, mode, size, encrypted) = {
            let raw = archive.by_index_raw(index).map_err(fault)?;
            let mode = raw.external_attributes() >> 16;
            (raw.name_raw().to_vec(), mode, raw.size(), raw.encrypted())
        };
        total = total.saturating_add(size);
        if total > walk.limit.most {
            return Err(walk.limit.exceeded());
        }
        let entry = || String::from_utf8_lossy(&name).into_owned();
        if encrypted {
            return Err(Fault::Encrypted { entry: entry() });
        }
        let mut bytes = archive.by_index(index).map_err(fault)?;
        let kind = match (mode & S_IFMT, name.ends_with(b"/")) {
            (0 | S_IFDIR, true) => Kind::Folder,
            (0 | S_IFREG, false) => Kind::File,
            (S_IFLNK, false) => {
                let mut target = String::new();
                let mut start = (&mut bytes).take(LONGEST_TARGET);
                start.read_to_string(&mut target).map_err(Fault::Read)?;
                Kind::Symlink(target)
            }
            _ => return Err(Fault::NotRegular { entry: entry() }),
        };
        let traits = Traits {
            kind,
            executable: mode & 0o111 != 0,
            // a zip archive tells the time of an unknown place
            modified: None,
        };
        walk.entry(&name, &traits, &mut bytes)?;
    }
    Ok(())
}

fn fault(error: ZipError) -> Fault {
    match error {
        ZipError::Io(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => {
            Fault::Read(error)
        }
        error => Fault::Damaged {
            form: "zip",
            reason: error.to_string(),
        },
    }
}
