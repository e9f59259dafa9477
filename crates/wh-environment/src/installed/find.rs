//! Finds metadata folders and files by the names of directory entries alone.

use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use wh_packaging::ProjectName;
use wh_packaging::report::{Event, Reporter};

use super::{InstalledError, InstalledKind, unreadable};
use crate::search_path::normalise;
use crate::transaction::{CHANGE, journal_of};

/// Metadata that was found and not read yet.
#[derive(Debug)]
pub(crate) struct Found {
    pub kind: InstalledKind,
    /// The folder's name up to the first `-`; empty where only METADATA tells it.
    pub stem: String,
    /// What stands behind it in the name of a dist-info folder.
    pub version: Option<String>,
    pub path: PathBuf,
    pub location: PathBuf,
    pub egg_link: Option<PathBuf>,
}

/// One folder's entries of interest.
#[derive(Default)]
struct Listing {
    found: Vec<Found>,
    egg_links: Vec<PathBuf>,
}

/// All that is visible, in the order of the folders.
pub(super) fn find(
    folders: &[PathBuf],
    reporter: &dyn Reporter,
) -> Result<Vec<Found>, InstalledError> {
    let mut search = Search {
        reporter,
        seen: HashSet::new(),
        found: Vec::new(),
        egg_links: HashMap::new(),
    };
    for folder in folders {
        let listing = list(folder)?;
        search.keep(listing.found, None);
        for egg_link in listing.egg_links {
            search.follow(folder, &egg_link)?;
        }
    }
    if !search.egg_links.is_empty() {
        search.link();
    }
    Ok(search.found)
}

struct Search<'a> {
    reporter: &'a dyn Reporter,
    seen: HashSet<ProjectName>,
    found: Vec<Found>,
    egg_links: HashMap<String, PathBuf>,
}

impl Search<'_> {
    fn keep(&mut self, found: Vec<Found>, egg_link: Option<&Path>) {
        for mut this in found {
            let Some(project) = project_name(&this.stem) else {
                let reason = if this.stem.starts_with('~') {
                    "left behind by an installation that was cut short"
                } else {
                    "its name is not a project name"
                };
                let warning = unreadable(&this.path, reason);
                self.reporter.event(Event::Warning { warning });
                continue;
            };
            if self.seen.insert(project) {
                this.egg_link = egg_link.map(Path::to_path_buf);
                self.found.push(this);
            }
        }
    }

    /// pip takes any project that has an egg-link by its name for an editable one, wherever its
    /// metadata was found first.
    fn link(&mut self) {
        for found in &mut self.found {
            if found.egg_link.is_none() {
                found.egg_link = self.egg_links.get(&key(&found.stem)).cloned();
            }
        }
    }

    /// The first line that is not empty names the folder that holds the egg-info.
    fn follow(&mut self, folder: &Path, egg_link: &Path) -> Result<(), InstalledError> {
        let text = match fs_err::read(egg_link) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) => {
                let warning = unreadable(egg_link, error.to_string());
                self.reporter.event(Event::Warning { warning });
                return Ok(());
            }
        };
        if let Some(stem) = egg_link.file_stem().and_then(OsStr::to_str) {
            let known = self.egg_links.entry(key(stem));
            known.or_insert_with(|| egg_link.to_path_buf());
        }
        let Some(line) = text.lines().map(str::trim).find(|line| !line.is_empty()) else {
            return Ok(());
        };
        let target = normalise(&folder.join(line));
        let listing = list(&target)?;
        self.keep(listing.found, Some(egg_link));
        Ok(())
    }
}

/// All metadata in one folder, whatever hides behind what; legacy editables by their `.egg-link`.
pub(crate) fn everything_in(folder: &Path) -> Result<Vec<Found>, InstalledError> {
    let listing = list(folder)?;
    let mut all = listing.found;
    for egg_link in listing.egg_links {
        let stem = egg_link.file_stem().and_then(OsStr::to_str);
        all.push(Found {
            kind: InstalledKind::EggInfo,
            stem: stem.unwrap_or_default().to_owned(),
            version: None,
            path: egg_link.clone(),
            location: folder.to_path_buf(),
            egg_link: Some(egg_link),
        });
    }
    Ok(all)
}

/// A name as it hides others: normalised.
fn key(name: &str) -> String {
    project_name(name).map_or_else(|| name.to_owned(), |name| name.to_string())
}

/// The entries of one folder. A folder that is gone, or a file other than an egg, holds nothing.
fn list(folder: &Path) -> Result<Listing, InstalledError> {
    let mut listing = Listing::default();
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            listing.found.extend(zipped_egg(folder));
            return Ok(listing);
        }
        Err(source) => {
            return Err(InstalledError::Read {
                path: folder.to_path_buf(),
                source,
            });
        }
    };
    let is_egg = folder
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("egg"));
    for entry in entries {
        let entry = entry.map_err(|source| InstalledError::Read {
            path: folder.to_path_buf(),
            source,
        })?;
        let name = entry.file_name();
        let Some(name) = interesting(&name) else {
            continue;
        };
        if name.starts_with(CHANGE) {
            if journal_of(&entry.path()).exists() {
                let path = folder.to_path_buf();
                return Err(InstalledError::HalfChanged { path });
            }
        } else if name.ends_with(".egg-link") {
            listing.egg_links.push(entry.path());
        } else if let Some(found) = classify(folder, name, is_egg) {
            listing.found.push(found);
        }
    }
    Ok(listing)
}

/// Most entries are packages: they are passed over without allocating.
fn interesting(name: &OsStr) -> Option<&str> {
    let bytes = name.as_encoded_bytes();
    let ends = |suffix: &str| {
        bytes.len() >= suffix.len()
            && bytes[bytes.len() - suffix.len()..].eq_ignore_ascii_case(suffix.as_bytes())
    };
    let suffixes = [".dist-info", ".egg-info", ".egg-link"];
    (bytes.starts_with(CHANGE.as_bytes())
        || suffixes.iter().any(|suffix| ends(suffix))
        || bytes.eq_ignore_ascii_case(b"egg-info"))
    .then(|| name.to_str())
    .flatten()
}

/// An `.egg`: its file name tells the project.
fn egg(folder: &Path, kind: InstalledKind, path: PathBuf) -> Option<Found> {
    let stem = folder.file_stem()?.to_str()?;
    let stem = stem.split_once('-').map_or(stem, |(stem, _)| stem);
    Some(Found {
        kind,
        stem: stem.to_owned(),
        version: None,
        path,
        location: folder.to_path_buf(),
        egg_link: None,
    })
}

fn zipped_egg(file: &Path) -> Option<Found> {
    let is_egg = file
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("egg"));
    (is_egg && file.is_file())
        .then(|| egg(file, InstalledKind::ZippedEgg, file.to_path_buf()))
        .flatten()
}

fn classify(folder: &Path, name: &str, is_egg: bool) -> Option<Found> {
    let path = folder.join(name);
    let (stem, extension) = match name.rsplit_once('.') {
        Some(parts) => parts,
        None if is_egg => return egg(folder, InstalledKind::Egg, path),
        None => return None,
    };
    let is_dist_info = extension.eq_ignore_ascii_case("dist-info");
    let kind = if is_dist_info {
        InstalledKind::DistInfo
    } else if path.is_dir() {
        InstalledKind::EggInfo
    } else {
        InstalledKind::EggInfoFile
    };
    let (stem, version) = match stem.split_once('-') {
        Some((stem, version)) => (stem, Some(version.to_owned()).filter(|_| is_dist_info)),
        None => (stem, None),
    };
    Some(Found {
        kind,
        stem: stem.to_owned(),
        version,
        path,
        location: folder.to_path_buf(),
        egg_link: None,
    })
}

/// A project name (PEP 508): letters, digits and `.-_`, with a letter or digit at both ends.
pub(crate) fn project_name(text: &str) -> Option<ProjectName> {
    let at_end = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = text.as_bytes();
    (at_end(bytes.first()) && at_end(bytes.last()))
        .then(|| ProjectName::from_str(text).ok())
        .flatten()
}

/// Whether a folder lies in another, links resolved as far as they exist.
pub(crate) fn is_below(folder: &Path, top: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| normalise(path));
    real(folder).starts_with(real(top))
}
