//! Which files of a project fit a class of targets, and in what order: pure, used by the solver
//! and by the crawler alike.
//!
//! Only wheels count. A version counts if every member of the class has a wheel that it loads and
//! whose Requires-Python admits it (PEP 345, as the page gives it). Among the wheels of a version
//! each member takes the one with the best tag (PEP 425), then the highest build tag, then the
//! first by name; a yanked file (PEP 592) only where no other fits.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use wh_packaging::{
    DistributionFile, ProjectFiles, Target, TargetClass, Version, VersionSpecifiers, WheelFilename,
};

use crate::specifiers::{Point, Set, names_pre_release, pins, set_of};

/// A version of a project that every member of a class can load.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The version.
    pub version: Version,
    /// The best wheel for each member, in the members' order.
    pub wheels: Vec<Arc<DistributionFile>>,
    /// The reason, if one of these wheels is yanked.
    pub yanked: Option<String>,
}

/// The versions that every member has a wheel for (Requires-Python of the page respected unless
/// told otherwise), the highest first.
pub fn candidates(
    files: &ProjectFiles,
    class: &TargetClass,
    ignore_requires_python: bool,
) -> Vec<Candidate> {
    candidates_of(&files.files, class, ignore_requires_python)
}

/// As [`candidates`], for some files.
pub(crate) fn candidates_of(
    files: &[Arc<DistributionFile>],
    class: &TargetClass,
    ignore_requires_python: bool,
) -> Vec<Candidate> {
    let width = class.members.len();
    let mut best: BTreeMap<&Version, Vec<Option<Pick<'_>>>> = BTreeMap::new();
    for file in files {
        let Some(wheel) = file.filename.as_wheel() else {
            continue;
        };
        for (index, member) in class.members.iter().enumerate() {
            let Some(pick) = Pick::of(file, wheel, member, ignore_requires_python) else {
                continue;
            };
            let picks = match best.entry(&wheel.version) {
                Entry::Occupied(picks) => picks.into_mut(),
                Entry::Vacant(vacant) => vacant.insert(vec![None; width]),
            };
            if picks[index].is_none_or(|other| pick.beats(&other)) {
                picks[index] = Some(pick);
            }
        }
    }
    best.into_iter()
        .rev()
        .filter_map(|(version, picks)| candidate(version, picks))
        .collect()
}

fn candidate(version: &Version, picks: Vec<Option<Pick<'_>>>) -> Option<Candidate> {
    let picks = picks.into_iter().collect::<Option<Vec<_>>>()?;
    Some(Candidate {
        version: version.clone(),
        yanked: picks.iter().find_map(|pick| pick.file.yanked.clone()),
        wheels: picks.iter().map(|pick| Arc::clone(pick.file)).collect(),
    })
}

/// A wheel that a member loads.
#[derive(Clone, Copy)]
struct Pick<'a> {
    file: &'a Arc<DistributionFile>,
    wheel: &'a WheelFilename,
    rank: usize,
}

impl<'a> Pick<'a> {
    fn of(
        file: &'a Arc<DistributionFile>,
        wheel: &'a WheelFilename,
        member: &Target,
        ignore_requires_python: bool,
    ) -> Option<Self> {
        let rank = wheel.rank(&member.tags)?;
        if !ignore_requires_python
            && let Some(requires_python) = &file.requires_python
            && !member.satisfies(requires_python)
        {
            return None;
        }
        Some(Self { file, wheel, rank })
    }

    /// The first of two equal files stays, so that an index comes before find-links.
    fn beats(&self, other: &Self) -> bool {
        let key = |pick: &Self| (pick.file.yanked.is_some(), pick.rank);
        key(self)
            .cmp(&key(other))
            .then_with(|| other.wheel.build.cmp(&self.wheel.build))
            .then_with(|| self.file.name.cmp(&other.file.name))
            .is_lt()
    }
}

/// The candidate that a solver would most likely take for these specifiers, taken together: the
/// first allowed one of candidates in the order in which they are sought. For crawling ahead; the solver decides for itself.
pub fn likely_candidate<'a>(
    candidates: impl IntoIterator<Item = &'a Candidate>,
    specifiers: &[&VersionSpecifiers],
    pre: bool,
) -> Option<&'a Candidate> {
    let pre = pre || specifiers.iter().any(|one| names_pre_release(one));
    let admitted = specifiers
        .iter()
        .fold(Set::full(), |all, one| all.intersection(&set_of(one)));
    let mut only_pre = None;
    for candidate in candidates {
        let version = &candidate.version;
        if !admitted.contains(&Point::At(version.clone())) {
            continue;
        }
        let pinned = || specifiers.iter().any(|one| pins(one, version));
        if candidate.yanked.is_some() && !pinned() {
            continue;
        }
        if pre || !version.any_prerelease() {
            return Some(candidate);
        }
        only_pre = only_pre.or(Some(candidate));
    }
    only_pre
}

#[cfg(test)]
mod tests {
    use url::Url;
    use wh_packaging::class::classes;
    use wh_packaging::{Filename, Origin};

    use super::*;

    fn files(names: &[&str]) -> ProjectFiles {
        let file = |name: &str| {
            let (name, yanked) = match name.strip_suffix('!') {
                Some(name) => (name, Some("reason".to_owned())),
                None => (name, None),
            };
            let url = Url::parse(&format!("https://files.example/{name}")).unwrap();
            let filename = Filename::Wheel(name.parse().unwrap());
            let mut file = DistributionFile::new(filename, name, url, Origin::FindLinks);
            file.yanked = yanked;
            Arc::new(file)
        };
        ProjectFiles {
            known: true,
            files: names.iter().map(|name| file(name)).collect(),
            ..ProjectFiles::default()
        }
    }

    /// A name that ends in `!` is yanked.
    fn check(names: &[&str], specifiers: &str, pre: bool, expected: Option<&str>) {
        let class = classes(vec![Target::from_name("cp312-win_amd64").unwrap()]).remove(0);
        let found = candidates(&files(names), &class, false);
        let specifiers: VersionSpecifiers = specifiers.parse().unwrap();
        let likely = likely_candidate(&found, &[&specifiers], pre);
        let name = likely.map(|candidate| candidate.wheels[0].name.as_str());
        assert_eq!(name, expected, "{specifiers} of {names:?}");
    }

    #[test]
    fn the_likely_candidate() {
        let names = [
            "a-1.0-py3-none-any.whl",
            "a-1.10-py3-none-any.whl",
            "a-1.9-cp312-cp312-win_amd64.whl",
            "a-1.11-cp312-cp312-win32.whl",
            "a-1.12-py3-none-any.whl!",
            "a-2.0rc1-py3-none-any.whl",
        ];
        check(&names, "", false, Some("a-1.10-py3-none-any.whl"));
        check(&names, "", true, Some("a-2.0rc1-py3-none-any.whl"));
        check(
            &names,
            "<1.10",
            false,
            Some("a-1.9-cp312-cp312-win_amd64.whl"),
        );
        check(
            &names,
            "==1.12",
            false,
            Some("a-1.12-py3-none-any.whl!".trim_end_matches('!')),
        );
        check(&names, "==1.12.*", false, None);
        check(&names, ">1.10", false, Some("a-2.0rc1-py3-none-any.whl"));
        check(&names, ">=1.0a1", false, Some("a-2.0rc1-py3-none-any.whl"));
        check(&names, "==1.11", false, None);
    }

    #[test]
    fn the_best_of_equal_wheels() {
        let by_name = ["a-1-py2.py3-none-any.whl", "a-1-py3-none-any.whl"];
        check(&by_name, "", false, Some("a-1-py2.py3-none-any.whl"));
        let not_yanked = ["a-1-cp312-cp312-win_amd64.whl!", "a-1-py3-none-any.whl"];
        check(&not_yanked, "", false, Some("a-1-py3-none-any.whl"));
        let by_build = ["a-1-2-py3-none-any.whl", "a-1-10-py3-none-any.whl"];
        check(&by_build, "", false, Some("a-1-10-py3-none-any.whl"));
        let local = ["a-1+cpu-py3-none-any.whl"];
        check(&local, "==1", false, Some("a-1+cpu-py3-none-any.whl"));
        check(&local, "<=1", false, Some("a-1+cpu-py3-none-any.whl"));
        check(&local, ">1", false, None);
    }
}
