//! Which installed distributions own a file: one that would be overwritten, or one that would go
//! with another that lists it too.
//!
//! This means opening every list of files there is; of a RECORD only the rows below a top folder
//! that is touched are looked at.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use wh_packaging::record;

use super::change::ApplyError;
use super::prepare::{MERGES_CASE, file_of, folded};
use super::removal::Removal;
use super::roots::{Place, Roots, normal};
use super::source::Prepared;

/// Fails if a distribution that stays owns one of the files, with other bytes.
pub(super) fn refuse_owned(
    foreign: &HashMap<Place, (usize, usize)>,
    wheels: &[Prepared],
    staying: &Staying<'_>,
) -> Result<(), ApplyError> {
    let folded: HashMap<Place, (usize, usize)> = foreign
        .iter()
        .map(|(place, from)| (folded(place.clone()), *from))
        .collect();
    let mut owned = None;
    staying.each(foreign.keys(), &mut |place, listed| {
        let Some(from) = folded.get(place).filter(|_| owned.is_none()) else {
            return;
        };
        if listed.hash.is_none() || listed.hash != file_of(wheels, *from).hash {
            owned = Some(ApplyError::InstalledConflict {
                path: normal(&listed.path),
                wheel: wheels[from.0].asked.filename.to_string(),
                owner: name_of(listed.metadata),
            });
        }
    });
    owned.map_or(Ok(()), Err)
}

/// Leaves what a distribution that stays lists as well: two may bring one file with the same bytes.
pub(super) fn leave_shared(removal: &mut Removal, staying: &Staying<'_>) {
    let mut shared: HashSet<Place> = HashSet::new();
    staying.each(removal.files.iter(), &mut |place, _| {
        shared.insert(place.clone());
    });
    removal
        .files
        .retain(|place| !shared.contains(&folded(place.clone())));
}

/// The distributions that a change leaves alone.
pub(super) struct Staying<'a> {
    /// Where they lie.
    pub libraries: &'a BTreeSet<PathBuf>,
    /// The metadata of those that go.
    pub going: HashSet<&'a Path>,
    pub roots: &'a Roots,
}

/// A file that a distribution lists.
struct Listed<'a> {
    path: PathBuf,
    hash: Option<Arc<str>>,
    metadata: &'a Path,
}

impl Staying<'_> {
    /// Hands out, by its (folded) place, what may be one of some files.
    fn each<'p>(
        &self,
        files: impl Iterator<Item = &'p Place>,
        take: &mut dyn FnMut(&Place, &Listed<'_>),
    ) {
        let files: Vec<PathBuf> = files.map(|place| self.roots.path(place)).collect();
        if files.is_empty() {
            return;
        }
        for library in self.libraries {
            let tops: HashSet<&str> = files.iter().map(|path| top_of(path, library)).collect();
            for entry in library.read_dir().into_iter().flatten().flatten() {
                let metadata = entry.path();
                if self.going.contains(&*metadata) {
                    continue;
                }
                for listed in files_of(&metadata, library, &tops) {
                    if let Some(place) = self.roots.place_of(&normal(&listed.path)) {
                        take(&folded(place), &listed);
                    }
                }
            }
        }
    }
}

/// The first part of a path as a RECORD in `library` has it; `..` for what lies elsewhere.
fn top_of<'p>(path: &'p Path, library: &Path) -> &'p str {
    let inside = path.strip_prefix(library).ok();
    let top = inside.and_then(|path| path.iter().next()?.to_str());
    top.unwrap_or("..")
}

/// What a dist-info or egg-info lists below these top folders, with the digests that it gives;
/// nothing where it is neither.
fn files_of<'m>(metadata: &'m Path, library: &Path, tops: &HashSet<&str>) -> Vec<Listed<'m>> {
    let read = |name: &str| fs::read_to_string(metadata.join(name)).unwrap_or_default();
    let listed = |path, hash| Listed {
        path,
        hash,
        metadata,
    };
    match metadata.extension().and_then(|end| end.to_str()) {
        Some("dist-info") => {
            let text = read("RECORD");
            let lines: Vec<&str> = text.lines().filter(|line| touches(line, tops)).collect();
            // what cannot be read owns nothing
            let rows = record::parse(&lines.join("\n")).unwrap_or_default();
            rows.into_iter()
                .map(|row| listed(library.join(row.path), row.hash))
                .collect()
        }
        Some("egg-info") => {
            let text = read("installed-files.txt");
            text.lines()
                .map(|line| listed(metadata.join(line), None))
                .collect()
        }
        _ => Vec::new(),
    }
}

/// Whether a line of RECORD may be about something below one of the top folders. A path that is
/// quoted or absolute may be anything.
fn touches(line: &str, tops: &HashSet<&str>) -> bool {
    let path = line.strip_prefix("./").unwrap_or(line);
    match path.find(['/', ',', '"']) {
        Some(0) => true,
        end => {
            let top = &path[..end.unwrap_or(path.len())];
            tops.contains(top) || MERGES_CASE
        }
    }
}

/// `demo 1.0`, by `demo-1.0.dist-info`.
fn name_of(metadata: &Path) -> String {
    let stem = metadata.file_stem().unwrap_or_default();
    stem.to_string_lossy().replacen('-', " ", 1)
}
