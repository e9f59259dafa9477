//! Tests of the self-check.

use std::sync::Arc;

use wh_packaging::class::classes;
use wh_packaging::{DistributionFile, Filename, Origin, ProjectFiles, requirement};

use super::*;
use crate::lock::{Asked, lock_of};

/// METADATA by file name.
struct Known(BTreeMap<String, Arc<Metadata>>);

impl Provider for Known {
    fn files(&self, _: &ProjectName) -> Result<Arc<ProjectFiles>, ProviderError> {
        Ok(Arc::default())
    }

    fn metadata(&self, file: &DistributionFile) -> Result<Arc<Metadata>, ProviderError> {
        let unknown = || ProviderError::Unusable {
            reason: "nobody knows it".into(),
        };
        self.0.get(&file.name).cloned().ok_or_else(unknown)
    }
}

/// Projects of version 1: name, extras asked for, Requires-Dist.
type Projects<'a> = &'a [(&'a str, &'a [&'a str], &'a [&'a str])];

fn resolve(projects: Projects<'_>) -> (Resolution, Known) {
    let mut resolution = Resolution::default();
    let mut known = Known(BTreeMap::new());
    for (name, extras, requires) in projects {
        let file = format!("{name}-1-py3-none-any.whl");
        let mut text = format!("Metadata-Version: 2.1\nName: {name}\nVersion: 1\n");
        for line in *requires {
            text.push_str(&format!("Requires-Dist: {line}\n"));
        }
        let metadata = Metadata::parse(text.as_bytes()).unwrap();
        known.0.insert(file.clone(), Arc::new(metadata));
        let url = format!("https://files.example/{file}").parse().unwrap();
        let wheel = Filename::Wheel(file.parse().unwrap());
        let wheel = DistributionFile::new(wheel, file, url, Origin::FindLinks);
        let chosen = Chosen {
            version: "1".parse().unwrap(),
            extras: extras.iter().map(|extra| extra.parse().unwrap()).collect(),
            files: vec![Arc::new(wheel)],
            direct: None,
            dependencies: BTreeSet::new(),
            requires_python: None,
            later_patches: None,
            root: false,
            requested_by: Vec::new(),
        };
        resolution.chosen.insert(name.parse().unwrap(), chosen);
    }
    (resolution, known)
}

fn run(root: &str, projects: Projects<'_>, options: &Options, change: fn(&mut Lock)) -> String {
    let target = Target::from_name("cp312-manylinux_2_28_x86_64").unwrap();
    let class = &classes(vec![target])[0];
    let (resolution, provider) = resolve(projects);
    let requirements = [Root {
        requirement: requirement::parse(root).unwrap(),
        origin: "command line".into(),
        hashes: Vec::new(),
    }];
    let classes = [(class, &resolution)];
    let asked = Asked {
        requirements: &requirements,
        constraints: &[],
        options,
        statuses: &BTreeMap::new(),
    };
    let mut lock = lock_of(&classes, &asked);
    crate::lock::fill(
        &mut lock,
        &resolution
            .chosen
            .values()
            .map(|chosen| {
                let facts = crate::lock::FileFacts {
                    size: 1,
                    sha256: "a".repeat(64),
                    record_verified: true,
                };
                (chosen.files[0].name.clone(), facts)
            })
            .collect(),
    );
    change(&mut lock);
    let against = SelfCheck {
        classes: &classes,
        builds: &[],
        requirements: &requirements,
        options,
        provider: &provider,
    };
    match self_check(&lock.to_toml(), &against) {
        Ok(()) => "closed".into(),
        Err(error) => error.to_string(),
    }
}

fn check(root: &str, projects: Projects<'_>, expected: &str) {
    let found = run(root, projects, &Options::default(), |_| {});
    let found = found.split(" in the selection").next().unwrap();
    assert_eq!(found, expected, "{root} {projects:?}");
}

#[test]
fn all_that_is_asked_for_is_there() {
    check(
        "a",
        &[
            ("a", &[], &["b>=1", "c; sys_platform == 'win32'"]),
            ("b", &[], &[]),
        ],
        "closed",
    );
    check("a", &[("a", &[], &["b>=1"])], "b>=1 (of a==1) is not met");
    check(
        "a",
        &[("a", &[], &["b>=2"]), ("b", &[], &[])],
        "b>=2 (of a==1) is not met",
    );
    check(
        "a>1",
        &[("a", &[], &[])],
        "a>1 (of command line) is not met",
    );
    // one of the patch releases that the target stands for
    check(
        "a",
        &[("a", &[], &["b; python_full_version >= '3.12.4'"])],
        "b ; python_full_version >= '3.12.4' (of a==1) is not met",
    );
    // an open marker decides for
    check(
        "a",
        &[("a", &[], &["b; platform_release >= '6'"])],
        "b ; platform_release >= '6' (of a==1) is not met",
    );
}

#[test]
fn extras_are_followed() {
    let requires: &[&str] = &["b; extra == 'x'", "a[x]; extra == 'all'"];
    check("a", &[("a", &[], requires)], "closed");
    check(
        "a[x]",
        &[("a", &[], requires)],
        "a[x] (of command line) is not met",
    );
    check(
        "a[all]",
        &[("a", &["all"], requires)],
        "b ; extra == 'x' (of a==1) is not met",
    );
    check(
        "a[all]",
        &[("a", &["all"], requires), ("b", &[], &[])],
        "closed",
    );
    check(
        "a",
        &[("a", &[], &["b[y]"]), ("b", &[], &[])],
        "b[y] (of a==1) is not met",
    );
}

#[test]
fn what_was_left_out_on_purpose_is_not_missed() {
    let projects: Projects<'_> = &[("a", &[], &["b"])];
    let no_deps = Options {
        no_deps: true,
        ..Options::default()
    };
    assert_eq!(run("a", projects, &no_deps, |_| {}), "closed");
    let without_b = Options {
        exclude: BTreeSet::from(["b".parse().unwrap()]),
        ..Options::default()
    };
    assert_eq!(run("a", projects, &without_b, |_| {}), "closed");
}

#[test]
fn what_later_patch_releases_require_may_say_so() {
    let projects: Projects<'_> = &[
        ("a", &[], &["b; python_full_version >= '3.12.4'"]),
        ("b", &[], &[]),
    ];
    let marked = |marker: fn(&mut Lock)| run("a", projects, &Options::default(), marker);
    let later = marked(|lock| {
        lock.packages[1].marker = Some("python_full_version >= '3.12.4'".into());
    });
    assert_eq!(later, "closed");
    let never = marked(|lock| {
        lock.packages[1].marker = Some("python_full_version >= '3.13'".into());
    });
    assert!(never.contains("selects nothing"), "{never}");
}

#[test]
fn a_lock_that_says_something_else_is_not_written() {
    let projects: Projects<'_> = &[("a", &[], &["b"]), ("b", &[], &[])];
    let differs = |change: fn(&mut Lock), expected: &str| {
        let found = run("a", projects, &Options::default(), change);
        assert!(found.contains(expected), "{found}");
    };
    differs(|lock| drop(lock.packages.pop()), "selects nothing");
    differs(
        |lock| lock.packages[1].marker = Some("sys_platform == 'win32'".into()),
        "selects nothing",
    );
    differs(
        |lock| lock.packages[0].wheels.clear(),
        "cannot be read back",
    );
    differs(
        |lock| lock.requires_python = Some(">=3.13".parse().unwrap()),
        "no selection",
    );
}
