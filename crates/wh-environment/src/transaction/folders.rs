//! `LinkMode::Symlink`: folders that one distribution owns alone become links into the store.
//!
//! Only importable packages (with an `__init__.py`) and folders of bundled libraries (`x.libs`)
//! are linked: to a namespace folder other distributions may add later. A dist-info never is, so
//! that every tool finds its own files of it. Where a folder is there already, or another wheel of
//! the change brings a file into it, folders deeper down are linked.

use std::collections::{BTreeSet, HashMap, HashSet};

use rayon::prelude::*;
use wh_wheel::Scheme;

use super::roots::Roots;
use super::source::{Prepared, Source};

/// Who brings files into a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owner {
    One(usize),
    Several,
}

/// Replaces what can be replaced in the plans of what the store holds.
pub(super) fn link_folders(wheels: &mut [Prepared<'_>], roots: &Roots) {
    let library = roots.of_scheme(Scheme::Purelib);
    if library != roots.of_scheme(Scheme::Platlib) {
        return;
    }
    let choices: Vec<BTreeSet<String>> = {
        let owners = owners(wheels, roots, library);
        let all = wheels.par_iter().enumerate();
        all.map(|(number, wheel)| choose(number, wheel, &owners, roots))
            .collect()
    };
    for (wheel, folders) in wheels.iter_mut().zip(choices) {
        wheel.plan.link_folders(&folders);
    }
}

/// By folder of the library who brings files into it.
fn owners<'p>(
    wheels: &'p [Prepared<'_>],
    roots: &Roots,
    library: usize,
) -> HashMap<&'p str, Owner> {
    let mut owners: HashMap<&str, Owner> = HashMap::new();
    for (number, wheel) in wheels.iter().enumerate() {
        let mut last = "";
        for file in &wheel.plan.files {
            // what comes from elsewhere does not lie there in the store
            let as_stored = is_as_stored(wheel, file);
            let owner = if as_stored {
                Owner::One(number)
            } else {
                Owner::Several
            };
            if roots.place(file.scheme, &file.path).root != library {
                continue;
            }
            let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
            if folder == last && as_stored {
                continue;
            }
            last = folder;
            let ends = folder.match_indices('/').map(|(at, _)| at);
            for end in ends.chain([folder.len()]).filter(|end| *end > 0) {
                let known = owners.entry(&folder[..end]).or_insert(owner);
                if *known != owner {
                    *known = Owner::Several;
                }
            }
        }
    }
    owners
}

/// Whether a file has the same path in the environment as in the store.
fn is_as_stored(wheel: &Prepared<'_>, file: &wh_wheel::PlannedFile) -> bool {
    match &wheel.source {
        Source::Stored(stored) => stored.entry_of(file) == Some(&*file.path),
        Source::Wheel(_) => false,
    }
}

/// The folders of a distribution that are linked, none of them in another.
fn choose(
    number: usize,
    wheel: &Prepared<'_>,
    owners: &HashMap<&str, Owner>,
    roots: &Roots,
) -> BTreeSet<String> {
    let Source::Stored(stored) = &wheel.source else {
        return BTreeSet::new();
    };
    let inits = wheel.plan.files.iter().filter_map(|file| {
        let (folder, name) = file.path.rsplit_once('/')?;
        (name == "__init__.py").then_some(folder)
    });
    let libraries = wheel.plan.files.iter().filter_map(|file| {
        let (folder, _) = file.path.split_once('/')?;
        folder.ends_with(".libs").then_some(folder)
    });
    let candidates: HashSet<&str> = inits.chain(libraries).collect();
    let mut sorted: Vec<&str> = candidates.into_iter().collect();
    sorted.sort_by_key(|folder| folder.len());
    let mut chosen: BTreeSet<String> = BTreeSet::new();
    for folder in sorted {
        let inside = folder
            .match_indices('/')
            .any(|(at, _)| chosen.contains(&folder[..at]));
        let there = || roots.library().join(folder).symlink_metadata().is_ok();
        let alone = owners.get(folder) == Some(&Owner::One(number));
        if !inside && alone && !there() && stored.is_whole(folder) {
            chosen.insert(folder.to_owned());
        }
    }
    chosen
}
