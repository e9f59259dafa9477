//! The plan of a change: every wheel opened and checked, every file given its one place.

use std::cmp::Ordering;
use std::path::PathBuf;

use rayon::prelude::*;
use wh_wheel::{Layout, PlannedFile};

use super::change::{ApplyError, ApplyOptions, WheelToInstall};
use super::roots::{Place, Roots, top};
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
    /// Where it leads, if it is a link that the swap makes and nobody stages: one at the top of a root.
    pub link: Option<PathBuf>,
}

/// Gives every file of every wheel its place, in the order of a tree; a path that two wheels bring
/// with the same bytes is written once.
///
/// # Errors
/// Two wheels bring different bytes for one path.
pub(super) fn place(
    wheels: &[Prepared],
    roots: &Roots,
    options: ApplyOptions<'_>,
) -> Result<Vec<Placed>, ApplyError> {
    let of_wheel = |(w, wheel): (usize, &Prepared)| -> Vec<Placed> {
        let files = wheel.plan.files.iter().enumerate();
        let placed = files.map(|(f, file)| {
            let place = roots.place(file.scheme, &file.path);
            Placed {
                link: wheel
                    .target_of(file)
                    .filter(|_| top(&place.path) == &*place.path),
                place,
                from: (w, f),
                size: file.size,
            }
        });
        placed.collect()
    };
    let all = wheels.par_iter().enumerate().with_max_len(1);
    let mut placed: Vec<Placed> = all.flat_map_iter(of_wheel).collect();
    placed.par_sort_unstable_by(|a, b| one_place(a, b).then_with(|| a.from.cmp(&b.from)));
    let mut conflict = None;
    // what is kept of those of one place is the first; it becomes the last
    placed.dedup_by(|new, old| {
        let same = one_place(new, old).is_eq();
        if same {
            let (one, other) = (file_of(wheels, old.from), file_of(wheels, new.from));
            if !is_same(one, other) && !options.allow_conflicts {
                conflict.get_or_insert((new.place.clone(), old.from.0, new.from.0));
            }
            *old = new.clone();
        }
        same
    });
    if let Some((place, one, other)) = conflict {
        return Err(ApplyError::Conflict {
            path: roots.path(&place),
            one: wheels[one].asked.filename.to_string(),
            other: wheels[other].asked.filename.to_string(),
        });
    }
    if MERGES_CASE {
        placed.sort_unstable_by(|a, b| in_tree_order(&a.place, &b.place));
    }
    Ok(placed)
}

/// Orders files by their places, as file systems here tell places apart.
fn one_place(one: &Placed, other: &Placed) -> Ordering {
    match MERGES_CASE {
        true => in_tree_order(&folded(one.place.clone()), &folded(other.place.clone())),
        false => in_tree_order(&one.place, &other.place),
    }
}

/// Orders files so that those of a folder stand together: `/` before any other byte.
pub(super) fn in_tree_order(one: &Place, other: &Place) -> Ordering {
    let rank = |byte: u8| if byte == b'/' { 0 } else { u16::from(byte) + 1 };
    let (a, b) = (one.path.as_bytes(), other.path.as_bytes());
    let same = common(a, b);
    let paths = || match (a.get(same), b.get(same)) {
        (Some(a), Some(b)) => rank(*a).cmp(&rank(*b)),
        _ => a.len().cmp(&b.len()),
    };
    one.root.cmp(&other.root).then_with(paths)
}

/// How many bytes two paths have in common, eight looked at a time: those of a folder agree in many.
fn common(one: &[u8], other: &[u8]) -> usize {
    let eights = one.as_chunks::<8>().0.iter().zip(other.as_chunks::<8>().0);
    let same = eights.take_while(|(a, b)| a == b).count() * 8;
    let rest = one[same..].iter().zip(&other[same..]);
    same + rest.take_while(|(a, b)| a == b).count()
}

/// The planned file of a place.
pub(super) fn file_of<'p>(
    wheels: &'p [Prepared],
    (wheel, file): (usize, usize),
) -> &'p PlannedFile {
    &wheels[wheel].plan.files[file]
}

fn is_same(one: &PlannedFile, other: &PlannedFile) -> bool {
    one.size == other.size && one.hash.is_some() && one.hash == other.hash
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
