//! What goes with an old version, and what stays.

use std::fs;

use wh_environment::installed::InstalledKind;
use wh_environment::transaction::replaced;
use wh_environment::{ApplyError, Change};
use wh_packaging::report::Silent;

use crate::{Sandbox, demo};

#[test]
fn an_upgrade_leaves_nothing_of_the_old_version() {
    let sandbox = Sandbox::new();
    sandbox.install(&[&demo("2.0")]).unwrap();
    let expected = sandbox.tree();
    let sandbox = Sandbox::new();
    sandbox
        .install(&[&demo("1.0").file("demo/old/deep/x.py", "x")])
        .unwrap();
    let cache = sandbox.library().join("demo/__pycache__");
    fs::create_dir(&cache).unwrap();
    for file in [
        "only_1_0.cpython-311.pyc",
        "only_1_0.cpython-38.opt-1.pyc",
        "only_1_0.pypy311.pyc",
        // what was there of the old one is not true of the new one
        "__init__.cpython-311.pyc",
    ] {
        fs::write(cache.join(file), "").unwrap();
    }
    // as Python 2 had it, and as it still is where sources are compiled by hand
    for file in ["only_1_0.pyc", "__init__.pyo"] {
        fs::write(sandbox.library().join("demo").join(file), "").unwrap();
    }
    let change = Change {
        install: vec![sandbox.wheel(&demo("2.0"))],
        remove: vec![sandbox.installed("demo", "1.0")],
    };
    let applied = sandbox.apply(&change, &Silent).unwrap();
    assert_eq!((applied.installed, applied.removed), (1, 1));
    assert_eq!(sandbox.tree(), expected);
}

#[test]
fn removing_takes_what_record_lists_below_the_roots_and_nothing_else() {
    let sandbox = Sandbox::new();
    let empty = sandbox.tree();
    let wheel = demo("1.0")
        .data("data", "share/demo/x", "d")
        .script("tool", "");
    sandbox.install(&[&wheel]).unwrap();
    let outside = sandbox.folder.path().join("precious");
    fs::write(&outside, "x").unwrap();
    let record = sandbox.library().join("demo-1.0.dist-info/RECORD");
    let rows = fs::read_to_string(&record).unwrap() + "../../../precious,,\n";
    fs::write(&record, rows).unwrap();
    let remove = vec![sandbox.installed("demo", "1.0")];
    let change = Change {
        remove,
        ..Change::default()
    };
    sandbox.apply(&change, &Silent).unwrap();
    assert_eq!(sandbox.tree(), empty);
    assert!(outside.exists());
}

#[test]
fn distributions_without_a_list_of_files_are_not_touched() {
    let sandbox = Sandbox::new();
    let egg_info = sandbox.library().join("old-1.0.egg-info");
    fs::create_dir(&egg_info).unwrap();
    fs::write(egg_info.join("PKG-INFO"), "").unwrap();
    let mut old = sandbox.installed("old", "1.0");
    (old.kind, old.metadata_path) = (InstalledKind::EggInfo, egg_info.clone());
    let change = Change {
        remove: vec![old],
        ..Change::default()
    };
    assert!(matches!(
        sandbox.fails(&change),
        ApplyError::NoFileList { .. }
    ));
    fs::write(sandbox.library().join("old.py"), "").unwrap();
    fs::write(
        egg_info.join("installed-files.txt"),
        "../old.py\nPKG-INFO\n",
    )
    .unwrap();
    sandbox.apply(&change, &Silent).unwrap();
    assert!(!egg_info.exists() && !sandbox.library().join("old.py").exists());
}

#[test]
fn all_of_a_project_goes_for_a_new_wheel_also_what_nobody_sees() {
    let sandbox = Sandbox::new();
    sandbox.install(&[&demo("1.0")]).unwrap();
    // what an installation that was cut short, and one that was spoilt, leave behind
    let ghost = sandbox.library().join("Demo-0.9.dist-info");
    fs::create_dir(&ghost).unwrap();
    fs::write(ghost.join("RECORD"), "Demo-0.9.dist-info/RECORD,,\n").unwrap();
    fs::create_dir(ghost.join("METADATA")).unwrap();
    fs::write(sandbox.library().join("demo-3.dist-info"), "a file").unwrap();
    let remove = replaced(&[sandbox.library()], |project| project.as_ref() == "demo").unwrap();
    assert_eq!(remove.len(), 2, "{remove:?}");
    let install = vec![sandbox.wheel(&demo("2.0"))];
    sandbox.apply(&Change { install, remove }, &Silent).unwrap();
    let left = replaced(&[sandbox.library()], |project| project.as_ref() == "demo").unwrap();
    assert_eq!(left.len(), 1, "{left:?}");
    assert_eq!(left[0].version, "2.0");
    let egg_info = sandbox.library().join("old-1.0-py3.11.egg-info");
    fs::create_dir(&egg_info).unwrap();
    fs::write(egg_info.join("PKG-INFO"), "Name: old\nVersion: 1.0\n").unwrap();
    fs::write(sandbox.library().join("old.egg-link"), "/work\n.").unwrap();
    let old = replaced(&[sandbox.library()], |project| project.as_ref() == "old").unwrap();
    let mut versions: Vec<&str> = old.iter().map(|one| &*one.version).collect();
    versions.sort_unstable();
    assert_eq!(versions, ["(editable)", "1.0"]);
}

#[test]
fn bytecode_of_what_stays_stays() {
    let sandbox = Sandbox::new();
    let shared =
        |name: &str| wh_testing::WheelBuilder::new(name, "1.0").file(format!("ns/{name}.py"), "");
    sandbox.install(&[&shared("a"), &shared("a_b")]).unwrap();
    let cache = sandbox.library().join("ns/__pycache__");
    fs::create_dir(&cache).unwrap();
    for file in [
        "a.cpython-311.pyc",
        "a_b.cpython-311.pyc",
        "a.b.cpython-311.pyc",
        "a.txt",
    ] {
        fs::write(cache.join(file), "").unwrap();
    }
    let change = Change {
        remove: vec![sandbox.installed("a", "1.0")],
        ..Change::default()
    };
    sandbox.apply(&change, &Silent).unwrap();
    let mut left: Vec<_> = fs::read_dir(&cache)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    left.sort();
    assert_eq!(
        left,
        ["a.b.cpython-311.pyc", "a.txt", "a_b.cpython-311.pyc"]
    );
    assert!(sandbox.library().join("ns/a_b.py").exists());
}
