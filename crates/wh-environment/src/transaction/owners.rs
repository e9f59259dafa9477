//! Which installed distribution owns a file that would be overwritten. Looked up only where there
//! is such a file, which is rare: it means reading every RECORD.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs;
use std::path::PathBuf;

use wh_packaging::record;

use super::change::ApplyError;
use super::prepare::{Prepared, file_of};
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
    for library in libraries {
        for entry in library.read_dir().into_iter().flatten().flatten() {
            let folder = entry.path();
            let name = entry.file_name();
            let Some(stem) = name
                .to_str()
                .and_then(|name| name.strip_suffix(".dist-info"))
            else {
                continue;
            };
            let rows = fs::read_to_string(folder.join("RECORD"))
                .ok()
                .filter(|_| !going.contains(&folder))
                .and_then(|text| record::parse(&text).ok());
            for row in rows.unwrap_or_default() {
                let Some(place) = roots.place_of(&normal(&library.join(&row.path))) else {
                    continue;
                };
                let Some(from) = foreign.get(&place) else {
                    continue;
                };
                if row.hash.is_none() || row.hash != file_of(wheels, *from).row.hash {
                    return Err(ApplyError::InstalledConflict {
                        path: roots.path(&place),
                        wheel: wheels[from.0].asked.filename.to_string(),
                        owner: stem.replacen('-', " ", 1),
                    });
                }
            }
        }
    }
    Ok(())
}
