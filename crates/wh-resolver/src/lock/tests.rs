//! Tests of the lock.

use wh_packaging::class::classes;
use wh_packaging::{DistributionFile, Filename, Hashes, Origin, Target, requirement};

use super::*;

fn targets(names: &[&str]) -> Vec<TargetClass> {
    let targets = names.iter().map(|name| Target::from_name(name).unwrap());
    classes(targets.collect())
}

fn file(name: &str) -> std::sync::Arc<DistributionFile> {
    let url = format!("https://me:secret@files.example/{name}");
    let index = url::Url::parse("https://me:secret@index.example/simple/").unwrap();
    let mut file = DistributionFile::new(
        Filename::Wheel(name.parse().unwrap()),
        name,
        url.parse().unwrap(),
        Origin::Index(index.into()),
    );
    file.hashes = Hashes::sha256_only("aa");
    file.hashes.insert("md5", "bb");
    file.into()
}

/// One wheel for all members, and what it depends on.
fn chosen(name: &str, members: usize, dependencies: &[&str]) -> (ProjectName, Chosen) {
    let file = file(name);
    let chosen = Chosen {
        version: file.version().clone(),
        extras: BTreeSet::new(),
        files: vec![file.clone(); members],
        direct: None,
        dependencies: dependencies.iter().map(|d| d.parse().unwrap()).collect(),
        requires_python: Some(">=3.8".parse().unwrap()),
        later_patches: None,
        root: true,
        requested_by: Vec::new(),
    };
    (file.filename.project().clone(), chosen)
}

fn resolution(all: &[(&str, &[&str])]) -> Resolution {
    Resolution {
        chosen: all
            .iter()
            .map(|(name, dependencies)| chosen(name, 1, dependencies))
            .collect(),
        ..Resolution::default()
    }
}

fn lock(classes: &[TargetClass], resolutions: &[Resolution], options: &Options) -> Lock {
    let pairs: Vec<_> = classes.iter().zip(resolutions).collect();
    let asked = Asked {
        requirements: &[],
        constraints: &[],
        options,
        statuses: &BTreeMap::new(),
    };
    lock_of(&pairs, &asked)
}

/// `name==version: files; marker -> dependencies` of each entry.
fn check(names: &[&str], resolutions: &[Resolution], expected: &[&str]) {
    let classes = targets(names);
    assert_eq!(classes.len(), resolutions.len());
    let lock = lock(&classes, resolutions, &Options::default());
    let found: Vec<String> = lock
        .packages
        .iter()
        .map(|package| {
            let dependencies = package.dependencies.iter().map(|d| match &d.version {
                Some(version) => format!("{}=={version}", d.name),
                None => d.name.to_string(),
            });
            let version = package.version.as_ref().unwrap();
            let mut text = format!("{}=={version} x{}", package.name, package.wheels.len());
            if let Some(marker) = &package.marker {
                text = format!("{text}; {marker}");
            }
            let dependencies: Vec<String> = dependencies.collect();
            if !dependencies.is_empty() {
                text = format!("{text} -> {}", dependencies.join(", "));
            }
            text
        })
        .collect();
    assert_eq!(found, expected);
    // what is written for a class is what it reads
    let read = Lock::parse(&lock.to_toml()).unwrap();
    for (class, resolution) in classes.iter().zip(resolutions) {
        let selected = read.select(&class.members[0]).unwrap();
        let selected: Vec<&str> = selected.iter().map(|s| s.file.name.as_str()).collect();
        let resolved: Vec<&str> = resolution
            .chosen
            .values()
            .map(|chosen| chosen.files[0].name.as_str())
            .collect();
        assert_eq!(selected, resolved, "{:?}", class.names());
    }
}

const LINUX: &str = "cp312-manylinux_2_28_x86_64";
const ARM: &str = "cp312-manylinux_2_28_aarch64";
const WINDOWS: &str = "cp312-win_amd64";
const OLD: &str = "cp311-manylinux_2_28_x86_64";

#[test]
fn the_same_version_is_one_entry_with_all_wheels() {
    check(
        &[LINUX, WINDOWS],
        &[
            resolution(&[
                ("a-1-cp312-cp312-manylinux_2_17_x86_64.whl", &["b"]),
                ("b-1-py3-none-any.whl", &[]),
            ]),
            resolution(&[
                ("a-1-cp312-cp312-win_amd64.whl", &["b"]),
                ("b-1-py3-none-any.whl", &[]),
            ]),
        ],
        &["a==1 x2 -> b", "b==1 x1"],
    );
}

#[test]
fn a_marker_stands_where_not_every_class_takes_it_and_says_no_more_than_it_must() {
    let with = || resolution(&[("a-1-py3-none-any.whl", &[])]);
    let without = || resolution(&[]);
    check(
        &[LINUX, WINDOWS],
        &[without(), with()],
        &["a==1 x1; sys_platform == 'win32'"],
    );
    check(
        &[OLD, LINUX],
        &[with(), without()],
        &["a==1 x1; python_version == '3.11'"],
    );
    check(
        &[LINUX, ARM, WINDOWS],
        &[with(), without(), with()],
        &["a==1 x1; platform_machine == 'AMD64' or platform_machine == 'x86_64'"],
    );
    check(
        &[OLD, LINUX, "cp311-win_amd64"],
        &[with(), without(), without()],
        &["a==1 x1; python_version == '3.11' and sys_platform == 'linux'"],
    );
    check(
        &[
            "3.12.4-manylinux_2_28_x86_64",
            "3.12.1-manylinux_2_28_x86_64",
        ],
        &[with(), without()],
        &["a==1 x1; python_full_version == '3.12.4'"],
    );
}

#[test]
fn other_versions_are_other_entries() {
    check(
        &[OLD, LINUX, WINDOWS],
        &[
            resolution(&[
                ("a-1-py3-none-any.whl", &[]),
                ("b-1-py3-none-any.whl", &["a"]),
            ]),
            resolution(&[
                ("a-2-py3-none-any.whl", &[]),
                ("b-1-py3-none-any.whl", &["a"]),
            ]),
            resolution(&[("b-1-py3-none-any.whl", &[])]),
        ],
        &[
            "a==1 x1; python_version == '3.11' and sys_platform == 'linux'",
            "a==2 x1; python_version == '3.12' and sys_platform == 'linux'",
            "b==1 x1 -> a==1, a==2",
        ],
    );
}

#[test]
fn what_a_lock_says_of_itself() {
    let classes = targets(&[OLD, LINUX]);
    let one = || resolution(&[("a-1-py3-none-any.whl", &[])]);
    let mut lock = lock(&classes, &[one(), one()], &Options::default());
    assert_eq!(lock.environments.len(), 2);
    assert_eq!(lock.requires_python.as_ref().unwrap().to_string(), ">=3.11");
    fill(
        &mut lock,
        &BTreeMap::from([(
            "a-1-py3-none-any.whl".to_owned(),
            FileFacts {
                size: 7,
                sha256: "aa".into(),
                record_verified: true,
            },
        )]),
    );
    let text = lock.to_toml();
    assert!(!text.contains("secret"), "{text}");
    let file = &lock.packages[0].wheels[0];
    assert_eq!(file.path.as_deref(), Some("a-1-py3-none-any.whl"));
    assert_eq!(
        file.url.as_deref(),
        Some("https://files.example/a-1-py3-none-any.whl")
    );
    assert_eq!(
        (file.size, &file.hashes),
        (Some(7), &Hashes::sha256_only("aa"))
    );
    assert_eq!(
        lock.packages[0].index.as_deref(),
        Some("https://index.example/simple/")
    );
    assert!(lock.tool.unwrap().files["a-1-py3-none-any.whl"].record_verified);
}

#[test]
fn requires_python_is_left_out_where_it_was_overridden() {
    let classes = targets(&[LINUX]);
    let mut one = resolution(&[("a-1-py3-none-any.whl", &[])]);
    let options = Options::default();
    let of = |lock: Lock| lock.packages[0].requires_python.clone();
    assert!(of(lock(&classes, std::slice::from_ref(&one), &options)).is_some());
    let name = "a".parse().unwrap();
    one.chosen.get_mut(&name).unwrap().requires_python = Some(">=3.13".parse().unwrap());
    assert_eq!(of(lock(&classes, &[one], &options)), None);
}

#[test]
fn direct_urls_become_archives_and_requirements_travel() {
    let classes = targets(&[LINUX]);
    let mut one = resolution(&[("a-1-py3-none-any.whl", &[])]);
    let chosen = one.chosen.get_mut(&"a".parse().unwrap()).unwrap();
    chosen.direct = Some(chosen.files[0].url.clone());
    let root = |text: &str| Root {
        requirement: requirement::parse(text).unwrap(),
        origin: "command line".into(),
        hashes: Vec::new(),
    };
    let requirements = [
        root("a @ https://me:secret@files.example/a-1-py3-none-any.whl"),
        root("b[x] @ file:///home/me/b-2-py3-none-any.whl"),
        root("c>=1"),
    ];
    let asked = Asked {
        requirements: &requirements,
        constraints: &[],
        options: &Options::default(),
        statuses: &BTreeMap::new(),
    };
    let lock = lock_of(&[(&classes[0], &one)], &asked);
    assert!(lock.packages[0].wheels.is_empty());
    let archive = lock.packages[0].archive.as_ref().unwrap();
    assert_eq!(archive.path.as_deref(), Some("a-1-py3-none-any.whl"));
    assert_eq!(
        lock.tool.unwrap().requirements,
        [
            "a @ https://files.example/a-1-py3-none-any.whl",
            "b[x]==2",
            "c>=1"
        ]
    );
}

#[test]
fn what_only_later_patch_releases_require_says_so() {
    let later = |name: &str, clause: Option<&str>| {
        let (name, mut chosen) = chosen(name, 1, &[]);
        chosen.later_patches = clause.map(str::to_owned);
        Resolution {
            chosen: [(name, chosen)].into(),
            ..Resolution::default()
        }
    };
    const A: &str = "a-1-py3-none-any.whl";
    let clause = Some("python_full_version >= '3.12.4'");
    check(
        &[LINUX],
        &[later(A, clause)],
        &["a==1 x1; python_full_version >= '3.12.4'"],
    );
    check(
        &[LINUX, WINDOWS],
        &[later(A, clause), later(A, clause)],
        &["a==1 x1; python_full_version >= '3.12.4'"],
    );
    check(
        &[LINUX, OLD],
        &[later(A, clause), later(A, None)],
        &[
            "a==1 x1; (python_version == '3.12' and python_full_version >= '3.12.4') \
           or python_version == '3.11'",
        ],
    );
}
