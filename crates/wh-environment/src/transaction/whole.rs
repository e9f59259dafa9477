//! Which folders of what the store holds are put in place as a whole, and which of them as links.
//!
//! Each folder at the top of a stored distribution is planned as one. It stays one only where
//! nothing is in its place yet, nothing else of the change comes into it, and no other root lies in
//! it; else what is in it is planned one by one, the folders deeper down as one each, and so on.
//!
//! Of a distribution whose folders are to be linked, what stayed whole becomes a link into the store where it holds files
//! of its own. A folder that holds only folders is a namespace, most likely, to which other distributions may add later:
//! what is in it is linked. A dist-info never is, so that every tool finds its own files of it.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use rayon::prelude::*;
use wh_wheel::PlannedFile;

use super::change::ApplyOptions;
use super::prepare::MERGES_CASE;
use super::roots::{Roots, top};
use super::source::{Prepared, Source};
use super::taken::Taken;

/// Decides for all wheels, and completes the plans of what the store holds.
///
/// # Errors
/// The number of a wheel of which the store does not know what is in a folder.
pub(super) fn settle(
    wheels: &mut [Prepared<'_>],
    (roots, taken): (&Roots, &Taken<'_>),
    options: &ApplyOptions<'_>,
) -> Result<(), usize> {
    if options.compile {
        // bytecode goes into every folder
        while open(wheels, |_, _| true)? {}
    }
    let mut opened = None;
    loop {
        let shared = shared(wheels, (roots, taken), opened.as_ref());
        if !open(wheels, |wheel, folder| {
            shared.contains(&(wheel, folder.to_owned()))
        })? {
            break;
        }
        let tops = shared.iter().map(|(_, folder)| folded(top(folder)));
        opened = Some(tops.map(Cow::into_owned).collect());
    }
    wheels.par_iter_mut().with_max_len(1).for_each(|wheel| {
        let Source::Stored(stored) = &wheel.source else {
            return;
        };
        if stored.has_folders() {
            link(&mut wheel.plan, stored);
        }
        wheel.plan.write_record(stored);
    });
    Ok(())
}

/// Plans what is in these folders one by one; whether there were any.
fn open(
    wheels: &mut [Prepared<'_>],
    which: impl Fn(usize, &str) -> bool + Sync,
) -> Result<bool, usize> {
    let mut any = false;
    for (number, wheel) in wheels.iter_mut().enumerate() {
        let Source::Stored(stored) = &mut wheel.source else {
            continue;
        };
        let chosen = |folder: &str| which(number, folder);
        if wheel.plan.whole_folders().any(|(folder, _)| chosen(folder)) {
            stored.know_all().map_err(|_| number)?;
            wheel.plan.open_folders(stored, &chosen);
            any = true;
        }
    }
    Ok(any)
}

/// The folders that cannot be put in place as a whole, with the numbers of their wheels. Once some were opened, nothing
/// new is to be found but beside what was in them.
fn shared(
    wheels: &[Prepared<'_>],
    (roots, taken): (&Roots, &Taken<'_>),
    opened: Option<&HashSet<String>>,
) -> HashSet<(usize, String)> {
    // by root and path: the wheels that bring it, and what it is called there
    type Owners<'p> = Vec<(usize, &'p str)>;
    let mut whole: HashMap<(usize, Cow<'_, str>), Owners<'_>> = HashMap::new();
    let mut tops: HashSet<Cow<'_, str>> = HashSet::new();
    for (number, file) in all(wheels).filter(|(_, file)| file.whole().is_some()) {
        let root = roots.of_scheme(file.scheme);
        let top = folded(top(&file.path));
        if opened.is_some_and(|opened| !opened.contains(&*top)) {
            continue;
        }
        tops.insert(top);
        let owners = whole.entry((root, folded(&file.path))).or_default();
        owners.push((number, &file.path));
    }
    let mut shared = HashSet::new();
    if whole.is_empty() {
        return shared;
    }
    let mut take = |owners: &[(usize, &str)]| {
        let owners = owners.iter();
        shared.extend(owners.map(|(number, folder)| (*number, (*folder).to_owned())));
    };
    for ((root, _), owners) in &whole {
        let (_, folder) = owners[0];
        let is_taken = || taken.at(*root, folder).is_some();
        if owners.len() > 1 || roots.reach_into(*root, folder) || is_taken() {
            take(owners);
        }
    }
    // files of a folder come one after the other
    let (mut last, mut counts) = ("", false);
    for (_, file) in all(wheels) {
        // a file may lead to a root deeper down, and through that into a folder
        let (root, path) = roots.find(file.scheme, &file.path);
        if last != top(path) {
            last = top(path);
            counts = tops.contains(&folded(last));
        }
        if !counts {
            continue;
        }
        let path = folded(path);
        let above = path.match_indices('/').map(|(end, _)| end);
        let own = file.whole().is_none().then_some(path.len());
        for end in above.chain(own) {
            let key = (root, Cow::Borrowed(&path[..end]));
            if let Some(owners) = whole.get(&key) {
                take(owners);
            }
        }
    }
    shared
}

fn all<'p>(wheels: &'p [Prepared<'_>]) -> impl Iterator<Item = (usize, &'p PlannedFile)> {
    let numbered = wheels.iter().enumerate();
    numbered.flat_map(|(number, wheel)| wheel.plan.files.iter().map(move |file| (number, file)))
}

/// A path as file systems here compare it.
fn folded(path: &str) -> Cow<'_, str> {
    match MERGES_CASE {
        true => path.to_lowercase().into(),
        false => path.into(),
    }
}

/// Makes links of what can be linked.
fn link(plan: &mut wh_wheel::Plan, stored: &wh_wheel::Stored) {
    loop {
        let (mut linked, mut opened) = (HashSet::new(), HashSet::new());
        for (folder, inside) in plan.whole_folders() {
            let chosen = match stored.has_files_of_its_own(folder, inside) {
                true => &mut linked,
                false => &mut opened,
            };
            chosen.insert(folder.to_owned());
        }
        if linked.is_empty() && opened.is_empty() {
            return;
        }
        plan.link_folders(&|folder| linked.contains(folder));
        plan.open_folders(stored, &|folder| opened.contains(folder));
    }
}
