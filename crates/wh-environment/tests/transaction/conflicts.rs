//! Two that bring one file.

use std::fs;

use wh_environment::{ApplyError, ApplyOptions, Change};
use wh_packaging::report::Silent;
use wh_testing::WheelBuilder;

use crate::{Sandbox, demo};

#[test]
fn two_wheels_may_share_a_file_only_with_the_same_bytes() {
    let sandbox = Sandbox::new();
    let wheel = |name: &str, text: &str| WheelBuilder::new(name, "1.0").file("ns/x.py", text);
    let conflict = Change {
        install: vec![
            sandbox.wheel(&wheel("one", "1")),
            sandbox.wheel(&wheel("two", "2")),
        ],
        ..Change::default()
    };
    let error = sandbox.fails(&conflict);
    let text = error.to_string();
    assert!(
        text.contains("one-1.0") && text.contains("two-1.0"),
        "{text}"
    );
    let same = [&wheel("one", "1"), &wheel("two", "1")];
    assert_eq!(sandbox.install(&same).unwrap().installed, 2);
    let options = ApplyOptions {
        allow_conflicts: true,
        ..ApplyOptions::default()
    };
    let sandbox = Sandbox::new();
    let conflict = Change {
        install: vec![
            sandbox.wheel(&wheel("one", "1")),
            sandbox.wheel(&wheel("two", "2")),
        ],
        ..Change::default()
    };
    sandbox.apply_with(&conflict, &options, &Silent).unwrap();
    assert_eq!(fs::read(sandbox.library().join("ns/x.py")).unwrap(), b"2");
}

#[test]
fn a_file_of_nobody_is_overwritten_and_one_of_an_installed_distribution_is_not() {
    let sandbox = Sandbox::new();
    let wheel = |name: &str, text: &str| WheelBuilder::new(name, "1.0").file("ns/x.py", text);
    fs::create_dir(sandbox.library().join("ns")).unwrap();
    fs::write(sandbox.library().join("ns/x.py"), "foreign").unwrap();
    sandbox.install(&[&wheel("one", "1")]).unwrap();
    assert_eq!(fs::read(sandbox.library().join("ns/x.py")).unwrap(), b"1");
    let install = vec![sandbox.wheel(&wheel("two", "2"))];
    let error = sandbox.fails(&Change {
        install,
        ..Change::default()
    });
    assert!(
        matches!(error, ApplyError::InstalledConflict { .. }),
        "{error}"
    );
    sandbox.install(&[&wheel("three", "1")]).unwrap();
}

#[test]
fn a_file_of_a_distribution_that_stays_is_overwritten_only_on_request() {
    let sandbox = Sandbox::new();
    let wheel = |name: &str, text: &str| WheelBuilder::new(name, "1.0").file("ns/x.py", text);
    sandbox.install(&[&wheel("one", "1")]).unwrap();
    let change = Change {
        install: vec![sandbox.wheel(&wheel("two", "2"))],
        ..Change::default()
    };
    let error = sandbox.fails(&change).to_string();
    for named in ["two-1.0-py3-none-any.whl", "ns/x.py", "one 1.0"] {
        assert!(error.contains(named), "{error}");
    }
    let options = ApplyOptions {
        allow_conflicts: true,
        ..ApplyOptions::default()
    };
    sandbox.apply_with(&change, &options, &Silent).unwrap();
    assert_eq!(fs::read(sandbox.library().join("ns/x.py")).unwrap(), b"2");
    // who goes in the same change is asked nothing
    let sandbox = Sandbox::new();
    sandbox.install(&[&wheel("one", "1")]).unwrap();
    let change = Change {
        install: vec![sandbox.wheel(&wheel("two", "2"))],
        remove: vec![sandbox.installed("one", "1.0")],
    };
    sandbox.apply(&change, &Silent).unwrap();
    assert_eq!(fs::read(sandbox.library().join("ns/x.py")).unwrap(), b"2");
}

#[test]
fn also_one_of_a_distribution_without_record() {
    let sandbox = Sandbox::new();
    let egg_info = sandbox.library().join("old-1.0.egg-info");
    fs::create_dir(&egg_info).unwrap();
    fs::write(
        egg_info.join("installed-files.txt"),
        "../old.py\nPKG-INFO\n",
    )
    .unwrap();
    fs::write(sandbox.library().join("old.py"), "").unwrap();
    let install = vec![sandbox.wheel(&WheelBuilder::new("new", "1").file("old.py", "x"))];
    let error = sandbox.fails(&Change {
        install,
        ..Change::default()
    });
    assert!(
        error.to_string().ends_with("of the installed old 1.0"),
        "{error}"
    );
}

#[cfg(unix)]
#[test]
fn nothing_is_written_behind_a_link_that_leads_out() {
    let sandbox = Sandbox::new();
    let outside = sandbox.folder.path().join("checkout");
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("__init__.py"), "mine").unwrap();
    std::os::unix::fs::symlink(&outside, sandbox.library().join("demo")).unwrap();
    let install = vec![sandbox.wheel(&demo("1.0"))];
    let error = sandbox.fails(&Change {
        install,
        ..Change::default()
    });
    assert!(
        matches!(&error, ApplyError::InTheWay { path } if path.ends_with("demo")),
        "{error}"
    );
}
