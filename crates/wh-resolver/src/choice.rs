//! Which files of a project fit a class of targets, and in what order: pure, used by the solver
//! and by the crawler alike.
//!
//! A version counts if every member of the class has a wheel that it loads, or else an sdist, and
//! whose Requires-Python admits it (PEP 345, as the page gives it). Among the wheels of a version
//! each member takes the one with the best tag (PEP 425), then the highest build tag, then the
//! first by name; an sdist only where no wheel fits; a yanked file (PEP 592) only where no other
//! does. Whether what an sdist requires can be known is not asked here.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use wh_packaging::{
    DistributionFile, Filename, ProjectFiles, ProjectName, Target, TargetClass, Version,
    VersionSpecifiers, WheelFilename,
};

use crate::formats::{Format, is_source};
use crate::request::Options;
use crate::specifiers::{Point, Set, names_pre_release, pins, set_of};

/// A version of a project that every member of a class can load or build.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The version.
    pub version: Version,
    /// The file for each member, in the members' order: its best wheel, else the sdist.
    pub files: Vec<Arc<DistributionFile>>,
    /// The reason, if one of these files is yanked.
    pub yanked: Option<String>,
}

impl Candidate {
    /// Whether some member has to build it.
    pub fn is_built(&self) -> bool {
        self.files.iter().any(|file| is_source(&file.filename))
    }
}

/// The versions that every member has a file for (Requires-Python of the page respected unless
/// told otherwise), the highest first.
pub fn candidates(
    project: &ProjectName,
    files: &ProjectFiles,
    class: &TargetClass,
    options: &Options,
) -> Vec<Candidate> {
    candidates_of(project, &files.files, class, options)
}

/// As [`candidates`], for some files.
pub(crate) fn candidates_of(
    project: &ProjectName,
    files: &[Arc<DistributionFile>],
    class: &TargetClass,
    options: &Options,
) -> Vec<Candidate> {
    let width = class.members.len();
    let format = options.formats.of(project);
    let mut best: BTreeMap<&Version, Vec<Option<Pick<'_>>>> = BTreeMap::new();
    for file in files {
        let Some(of) = Fits::of(file, format) else {
            continue;
        };
        for (index, member) in class.members.iter().enumerate() {
            let Some(pick) = of.pick(member, options.ignore_requires_python) else {
                continue;
            };
            let picks = match best.entry(file.version()) {
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
        files: picks.iter().map(|pick| Arc::clone(pick.file)).collect(),
    })
}

/// A file of a kind that counts.
enum Fits<'a> {
    Wheel(&'a Arc<DistributionFile>, &'a WheelFilename),
    /// With its place among the sdists of a version.
    Sdist(&'a Arc<DistributionFile>, usize),
}

impl<'a> Fits<'a> {
    fn of(file: &'a Arc<DistributionFile>, format: Format) -> Option<Self> {
        match &file.filename {
            Filename::Wheel(wheel) => format.takes_wheels().then_some(Self::Wheel(file, wheel)),
            Filename::Sdist(_) => Some(Self::Sdist(file, format.sdist_rank(&file.name)?)),
        }
    }

    fn pick(&self, member: &Target, ignore_requires_python: bool) -> Option<Pick<'a>> {
        let (file, wheel, rank) = match *self {
            Self::Wheel(file, wheel) => (file, Some(wheel), wheel.rank(&member.tags)?),
            Self::Sdist(file, rank) => (file, None, rank),
        };
        if !ignore_requires_python
            && let Some(requires_python) = &file.requires_python
            && !member.satisfies(requires_python)
        {
            return None;
        }
        Some(Pick { file, wheel, rank })
    }
}

/// A file that a member loads, or can build.
#[derive(Clone, Copy)]
struct Pick<'a> {
    file: &'a Arc<DistributionFile>,
    wheel: Option<&'a WheelFilename>,
    rank: usize,
}

impl Pick<'_> {
    /// The first of two equal files stays, so that an index comes before find-links.
    fn beats(&self, other: &Self) -> bool {
        let key = |pick: &Self| {
            let yanked = pick.file.yanked.is_some();
            (yanked, pick.wheel.is_none(), pick.rank)
        };
        let build = |pick: &Self| pick.wheel.map(|wheel| wheel.build.clone());
        key(self)
            .cmp(&key(other))
            .then_with(|| build(other).cmp(&build(self)))
            .then_with(|| self.file.name.cmp(&other.file.name))
            .is_lt()
    }
}

/// The candidate that a solver would most likely take for these specifiers, taken together: the
/// first allowed one of candidates in the order in which they are sought, of those that need no
/// build where wheels are preferred. For crawling ahead; the solver decides for itself.
pub fn likely_candidate<'a>(
    candidates: impl IntoIterator<Item = &'a Candidate>,
    specifiers: &[&VersionSpecifiers],
    options: &Options,
) -> Option<&'a Candidate> {
    let pre = options.pre || specifiers.iter().any(|one| names_pre_release(one));
    let admitted = specifiers
        .iter()
        .fold(Set::full(), |all, one| all.intersection(&set_of(one)));
    let (mut only_pre, mut built) = (None, None);
    for candidate in candidates {
        let version = &candidate.version;
        if !admitted.contains(&Point::At(version.clone())) {
            continue;
        }
        let pinned = || specifiers.iter().any(|one| pins(one, version));
        if candidate.yanked.is_some() && !pinned() {
            continue;
        }
        if !pre && version.any_prerelease() {
            only_pre = only_pre.or(Some(candidate));
        } else if candidate.is_built() && !options.formats.sdists_equal {
            built = built.or(Some(candidate));
        } else {
            return Some(candidate);
        }
    }
    built.or(only_pre)
}

#[cfg(test)]
mod tests {
    use url::Url;
    use wh_packaging::Origin;
    use wh_packaging::class::classes;
    use wh_packaging::sdist_filename::SdistFilename;

    use super::*;
    use crate::formats::Formats;

    fn files(names: &[&str]) -> ProjectFiles {
        let file = |name: &str| {
            let (name, yanked) = match name.strip_suffix('!') {
                Some(name) => (name, Some("reason".to_owned())),
                None => (name, None),
            };
            let url = Url::parse(&format!("https://files.example/{name}")).unwrap();
            let filename = match name.parse() {
                Ok(wheel) => Filename::Wheel(wheel),
                Err(_) => {
                    let project = "a".parse().unwrap();
                    Filename::Sdist(SdistFilename::parse(name, &project).unwrap())
                }
            };
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
        let options = Options {
            pre,
            ..Options::default()
        };
        let project = "a".parse().unwrap();
        let found = candidates(&project, &files(names), &class, &options);
        let specifiers: VersionSpecifiers = specifiers.parse().unwrap();
        let likely = likely_candidate(&found, &[&specifiers], &options);
        let name = likely.map(|candidate| candidate.files[0].name.as_str());
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

    #[test]
    fn an_sdist_only_where_no_wheel_fits() {
        let both = ["a-1.tar.gz", "a-1-py3-none-any.whl", "a-2.tar.gz"];
        check(&both, "", false, Some("a-1-py3-none-any.whl"));
        check(&both, ">1", false, Some("a-2.tar.gz"));
        let foreign = ["a-1-cp312-cp312-win32.whl", "a-1.zip", "a-1.tar.gz"];
        check(&foreign, "", false, Some("a-1.tar.gz"));
        check(&["a-1.tar.bz2"], "", false, None);
        let pre = ["a-2rc1-py3-none-any.whl", "a-1.tar.gz"];
        check(&pre, "", false, Some("a-1.tar.gz"));
        let yanked = ["a-1-py3-none-any.whl!", "a-1.tar.gz"];
        check(&yanked, "", false, Some("a-1.tar.gz"));
    }

    #[test]
    fn the_formats_that_were_asked_for() {
        let class = classes(vec![Target::from_name("cp312-win_amd64").unwrap()]).remove(0);
        let project: ProjectName = "a".parse().unwrap();
        let names = ["a-1.tar.gz", "a-1-py3-none-any.whl", "a-2.tar.gz"];
        let check = |formats: Formats, expected: &str| {
            let options = Options {
                formats,
                ..Options::default()
            };
            let found = candidates(&project, &files(&names), &class, &options);
            let likely = likely_candidate(&found, &[], &options).unwrap();
            assert_eq!(likely.files[0].name, expected, "{options:?}");
        };
        check(Formats::only_binary(), "a-1-py3-none-any.whl");
        let equal = Formats {
            sdists_equal: true,
            ..Formats::default()
        };
        check(equal, "a-2.tar.gz");
        let source = Formats {
            projects: [(project.clone(), Format::Source)].into(),
            ..Formats::only_binary()
        };
        check(source, "a-2.tar.gz");
    }
}
