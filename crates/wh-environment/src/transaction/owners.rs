//! Which installed distribution owns a file that would be overwritten. Looked up only where there
//! is such a file, which is rare: it means reading every RECORD.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use wh_packaging::record;

use super::change::ApplyError;
use super::prepare::{Prepared, file_of, folded};
use super::roots::{Place, Roots, normal};

/// Fails if a distribution that stays owns one of the files, with other bytes.
pub(super) fn refuse_owned(
    foreign: &HashMap<Place, (usize, usize)>,
    wheels: &[Prepared],
    going: &HashSet<PathBuf>,
    libraries: &BTreeSet<PathBuf>,
    roots: &Roots,
) -> Result<(), ApplyError> {
    if foreign.is_empty() {
        return Ok(());
    }
    let foreign: HashMap<Place, (usize, usize)> = foreign
        .iter()
        .map(|(place, from)| (folded(place.clone()), *from))
        .collect();
    for library in libraries {
        for entry in library.read_dir().into_iter().flatten().flatten() {
            let metadata = entry.path();
            if going.contains(&metadata) {
                continue;
            }
            for (path, hash) in files_of(&metadata, library) {
                let Some(place) = roots.place_of(&normal(&path)) else {
                    continue;
                };
                let Some((wheel, file)) = foreign.get(&folded(place.clone())) else {
                    continue;
                };
                if hash.is_none() || hash != file_of(wheels, (*wheel, *file)).row.hash {
                    return Err(ApplyError::InstalledConflict {
                        path: roots.path(&place),
                        wheel: wheels[*wheel].asked.filename.to_string(),
                        owner: name_of(&metadata),
                    });
                }
            }
        }
    }
    Ok(())
}

/// What a dist-info or egg-info lists, with the digests that it gives; nothing where it is neither.
fn files_of(metadata: &Path, library: &Path) -> Vec<(PathBuf, Option<String>)> {
    let read = |name: &str| fs::read_to_string(metadata.join(name)).ok();
    let extension = metadata
        .extension()
        .and_then(|extension| extension.to_str());
    match extension {
        Some("dist-info") => {
            let rows = read("RECORD").and_then(|text| record::parse(&text).ok());
            let rows = rows.unwrap_or_default().into_iter();
            rows.map(|row| (library.join(row.path), row.hash)).collect()
        }
        Some("egg-info") => {
            let text = read("installed-files.txt").unwrap_or_default();
            let lines = text.lines();
            lines.map(|line| (metadata.join(line), None)).collect()
        }
        _ => Vec::new(),
    }
}

/// `demo 1.0`, by `demo-1.0.dist-info`.
fn name_of(metadata: &Path) -> String {
    let stem = metadata.file_stem().unwrap_or_default();
    stem.to_string_lossy().replacen('-', " ", 1)
}
