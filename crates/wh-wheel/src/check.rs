//! The one check of a wheel, shared by download and install.
//!
//! Follows the binary distribution format, section "The .dist-info directory" and "The .data
//! directory", and goes beyond it where a reader could be misled; the refusals are those of PyPI's
//! upload check and of the advisories against installers, and each is a variant of [`Fault`].

use std::str::FromStr;
use std::sync::Arc;

use wh_packaging::entry_points::EntryPoints;
use wh_packaging::wheel_file::WheelFile;
use wh_packaging::{Metadata, ProjectName, Version, WheelFilename};

use crate::contents::{match_rows, verify_all};
use crate::error::{Fault, WheelError};
use crate::names::{Tree, clean, fits_windows};
use crate::scripts::{judge_entry_points, judge_name};
use crate::wheel::Wheel;

/// Whether the bytes of entries are compared with RECORD.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contents {
    /// Every entry is unpacked and hashed.
    Verify,
    /// A lock says that this file, by its sha256, was verified before.
    Vouched,
}

/// A scheme of the installation that files go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scheme {
    /// Pure Python modules.
    Purelib,
    /// Modules for one platform.
    Platlib,
    /// Executables.
    Scripts,
    /// C headers.
    Headers,
    /// Anything, below the prefix.
    Data,
}

impl Scheme {
    /// The scheme that a folder below `.data` names.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "purelib" => Some(Scheme::Purelib),
            "platlib" => Some(Scheme::Platlib),
            "scripts" => Some(Scheme::Scripts),
            "headers" => Some(Scheme::Headers),
            "data" => Some(Scheme::Data),
            _ => None,
        }
    }
}

/// What a checked wheel says of itself.
#[derive(Debug)]
pub struct Checked {
    /// METADATA
    pub metadata: Metadata,
    /// WHEEL
    pub wheel_file: WheelFile,
    /// Launchers it asks for.
    pub entry_points: EntryPoints,
    // those that RECORD gives, by entry; none of folders and of RECORD itself
    pub(crate) hashes: Vec<Option<Arc<str>>>,
}

impl Checked {
    /// The hash that what comes out of an entry is compared with.
    pub(crate) fn compared(&self, index: usize, contents: Contents) -> Option<&str> {
        match contents {
            Contents::Verify => self.hashes[index].as_deref(),
            Contents::Vouched => None,
        }
    }
}

/// Checks an open wheel against its file name, against RECORD, and against everything that would
/// make installing it unsafe or impossible. Which refusals there are: see [`Fault`].
///
/// # Errors
/// The first fault found, with the entry that shows it.
pub fn check(
    wheel: &Wheel,
    filename: &WheelFilename,
    contents: Contents,
) -> Result<Checked, WheelError> {
    let fail = |fault| wheel.error(fault);
    judge_names(wheel, filename).map_err(fail)?;
    judge_folders(wheel, filename).map_err(fail)?;
    let checked = read(wheel, filename)?;
    if contents == Contents::Verify {
        verify_all(wheel, &checked.hashes).map_err(fail)?;
    }
    Ok(checked)
}

/// Steps 1 to 3 of installing by specification: WHEEL, its version, the dist-info's files.
fn read(wheel: &Wheel, filename: &WheelFilename) -> Result<Checked, WheelError> {
    let fail = |fault| wheel.error(fault);
    let wheel_file = wheel.wheel_file()?;
    let (major, minor) = wheel_file.wheel_version;
    if major != 1 {
        return Err(fail(Fault::WheelVersion { major, minor }));
    }
    let metadata = wheel.metadata()?;
    if metadata.name != filename.project || metadata.version != filename.version {
        return Err(fail(Fault::MetadataMismatch {
            found: format!("{} {}", metadata.raw_name, metadata.raw_version),
            expected: format!("{} {}", filename.project, filename.version),
        }));
    }
    let entry_points = wheel.entry_points()?;
    judge_entry_points(&entry_points).map_err(fail)?;
    let hashes = match_rows(wheel, wheel.record()?).map_err(fail)?;
    Ok(Checked {
        metadata,
        wheel_file,
        entry_points,
        hashes,
    })
}

fn judge_names(wheel: &Wheel, filename: &WheelFilename) -> Result<(), Fault> {
    let for_windows = filename.platform.iter().all(|tag| tag.starts_with("win"));
    let mut tree = Tree::with_room_for(wheel.entries.len());
    for name in wheel.names() {
        clean(name)?;
        if for_windows && !fits_windows(name) {
            return Err(Fault::NameNotForWindows {
                entry: name.to_owned(),
            });
        }
        tree.add(name)?;
    }
    judge_libraries(wheel)
}

/// The wheel's root and what `.data` adds to purelib and platlib mostly end in one folder: they
/// must be one tree, too.
fn judge_libraries(wheel: &Wheel) -> Result<(), Fault> {
    let place = |name| match split_data(name) {
        Some((_, Some(Scheme::Purelib | Scheme::Platlib), file)) => Some((file, true)),
        Some(_) => None,
        None => Some((name, false)),
    };
    if !wheel.names().filter_map(place).any(|(_, moved)| moved) {
        return Ok(());
    }
    let mut tree = Tree::default();
    wheel
        .names()
        .filter_map(place)
        .filter(|(file, _)| !file.is_empty())
        .try_for_each(|(file, _)| tree.add(file))
}

/// The parts of a name below `.data`: that folder, the scheme if it is one, and the rest.
pub(crate) fn split_data(name: &str) -> Option<(&str, Option<Scheme>, &str)> {
    let (folder, below) = name.split_once('/')?;
    let (scheme, file) = below.split_once('/').unwrap_or((below, ""));
    folder
        .ends_with(".data")
        .then(|| (folder, Scheme::from_name(scheme), file))
}

/// dist-info and .data belong to the file's name; what is in .data has a place to go.
fn judge_folders(wheel: &Wheel, filename: &WheelFilename) -> Result<(), Fault> {
    belongs(&wheel.dist_info, ".dist-info", filename)?;
    let mut data = None;
    for name in wheel.names() {
        let Some((folder, scheme, file)) = split_data(name) else {
            continue;
        };
        if data != Some(folder) {
            belongs(folder, ".data", filename)?;
            if let Some(one) = data.replace(folder) {
                return Err(Fault::SeveralDataFolders {
                    one: one.to_owned(),
                    other: folder.to_owned(),
                });
            }
        }
        judge_data(name, scheme, file)?;
    }
    Ok(())
}

fn judge_data(name: &str, scheme: Option<Scheme>, file: &str) -> Result<(), Fault> {
    let entry = || name.to_owned();
    if file.is_empty() && name.ends_with('/') {
        return Ok(());
    }
    match scheme {
        Some(_) if file.is_empty() => Err(Fault::UnknownScheme { entry: entry() }),
        Some(Scheme::Scripts) if file.contains('/') => {
            Err(Fault::ScriptInFolder { entry: entry() })
        }
        Some(Scheme::Scripts) => judge_name(file),
        Some(_) => Ok(()),
        None => Err(Fault::UnknownScheme { entry: entry() }),
    }
}

/// Whether `{name}-{version}{suffix}` is of the distribution that the file name names; older
/// writers normalise neither, so that values are compared, not text.
fn belongs(folder: &str, suffix: &str, filename: &WheelFilename) -> Result<(), Fault> {
    let stem = folder.strip_suffix(suffix).unwrap_or(folder);
    let fits = stem.match_indices('-').any(|(at, _)| {
        let (name, version) = (&stem[..at], &stem[at + 1..]);
        let same_version = |text: &str| Version::from_str(text) == Ok(filename.version.clone());
        ProjectName::from_str(name).is_ok_and(|name| name == filename.project)
            && (same_version(version) || same_version(&version.replace('_', "-")))
    });
    if fits {
        return Ok(());
    }
    Err(Fault::FolderMismatch {
        folder: folder.to_owned(),
        expected: format!("{} {}", filename.project, filename.version),
    })
}
