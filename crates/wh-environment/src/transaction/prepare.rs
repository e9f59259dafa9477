//! The plan of a change: every wheel opened and checked, every file given its one place.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use rayon::prelude::*;
use wh_wheel::{Layout, PlannedFile};

use super::change::{ApplyError, ApplyOptions, WheelToInstall};
use super::roots::{Place, Roots};
use super::source::Prepared;

/// Opens, checks and plans all wheels. Contents are not read yet: they are compared with RECORD
/// while they are unpacked.
pub(super) fn prepare<'a>(
    install: &'a [WheelToInstall],
    layout: &Layout,
    options: ApplyOptions<'_>,
) -> Result<Vec<Prepared<'a>>, ApplyError> {
    let one = |asked: &'a WheelToInstall| Prepared::of(asked, layout, options);
    install.par_iter().with_max_len(1).map(one).collect()
}

/// One file to write.
#[derive(Debug, Clone)]
pub(super) struct Placed {
    pub place: Place,
    /// The wheel, and the file in its plan.
    pub from: (usize, usize),
    pub size: u64,
}

/// Gives every file of every wheel its place; a path that two wheels bring with the same bytes is
/// written once.
///
/// # Errors
/// Two wheels bring different bytes for one path.
pub(super) fn place(
    wheels: &[Prepared],
    roots: &Roots,
    options: ApplyOptions<'_>,
) -> Result<Vec<Placed>, ApplyError> {
    let count = wheels.iter().map(|wheel| wheel.plan.files.len()).sum();
    let mut seen: HashMap<Place, usize> = HashMap::with_capacity(count);
    let mut placed: Vec<Placed> = Vec::with_capacity(count);
    for (w, wheel) in wheels.iter().enumerate() {
        for (f, file) in wheel.plan.files.iter().enumerate() {
            let place = roots.place(file.scheme, &file.path);
            let new = Placed {
                place: place.clone(),
                from: (w, f),
                size: file.size,
            };
            match seen.entry(folded(place)) {
                Entry::Vacant(vacant) => {
                    vacant.insert(placed.len());
                    placed.push(new);
                }
                Entry::Occupied(known) => {
                    let old = &mut placed[*known.get()];
                    let other = file_of(wheels, old.from);
                    if !is_same(other, file) && !options.allow_conflicts {
                        return Err(ApplyError::Conflict {
                            path: roots.path(&new.place),
                            one: wheels[old.from.0].asked.filename.to_string(),
                            other: wheel.asked.filename.to_string(),
                        });
                    }
                    *old = new;
                }
            }
        }
    }
    Ok(placed)
}

/// The planned file of a place.
pub(super) fn file_of<'p>(
    wheels: &'p [Prepared],
    (wheel, file): (usize, usize),
) -> &'p PlannedFile {
    &wheels[wheel].plan.files[file]
}

fn is_same(one: &PlannedFile, other: &PlannedFile) -> bool {
    one.size == other.size && one.row.hash.is_some() && one.row.hash == other.row.hash
}

/// Whether file systems here take `A` and `a` for one name.
pub(super) const MERGES_CASE: bool = cfg!(any(windows, target_os = "macos"));

/// On systems whose file systems merge names by case, so does the comparison.
pub(super) fn folded(place: Place) -> Place {
    if MERGES_CASE {
        let path = place.path.to_lowercase().into_boxed_str();
        Place { path, ..place }
    } else {
        place
    }
}
