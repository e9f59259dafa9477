//! Folders of the store that are put in place as a whole, and what makes them come one file at a time:
//! whatever it is, the environment is the same as one that was unpacked.

use std::fs;
use std::path::Path;

use wh_environment::WheelToInstall;
use wh_testing::WheelBuilder;
use wh_wheel::LinkMode;

use super::{Sandbox, demo, tree};

/// Installs in every way from a full store into environments that `prepare` made ready, and compares
/// each with one that was unpacked.
fn same_as_unpacked(wheels: &[WheelBuilder], prepare: impl Fn(&Sandbox, &Path)) {
    let sandbox = Sandbox::new();
    let wheels: Vec<WheelToInstall> = wheels.iter().map(|wheel| sandbox.wheel(wheel)).collect();
    let wheels: Vec<&WheelToInstall> = wheels.iter().collect();
    let ready = |name: &str| {
        let environment = sandbox.environment(name);
        prepare(&sandbox, &environment);
        environment
    };
    let unpacked = ready("unpacked");
    sandbox.install_with(&unpacked, &wheels, None, LinkMode::Hardlink);
    sandbox.install(&ready("first"), &wheels, LinkMode::Hardlink);
    for wheel in &wheels {
        fs::write(&wheel.path, "no wheel any more").unwrap();
    }
    let expected = tree(&unpacked);
    for mode in [LinkMode::Hardlink, LinkMode::Copy] {
        let environment = ready(&format!("{mode:?}"));
        sandbox.install(&environment, &wheels, mode);
        assert_eq!(tree(&environment), expected, "{mode:?}");
    }
    let linked = ready("links");
    sandbox.install(&linked, &wheels, LinkMode::Symlink);
    let bytes = |tree: std::collections::BTreeMap<_, (u32, Vec<u8>)>| {
        let files = tree.into_iter().map(|(path, (_, bytes))| (path, bytes));
        // RECORD lists links there
        files
            .filter(|(path, _): &(std::path::PathBuf, _)| !path.ends_with("RECORD"))
            .collect::<Vec<_>>()
    };
    assert_eq!(bytes(tree(&linked)), bytes(expected));
}

fn nothing(_: &Sandbox, _: &Path) {}

fn part(name: &str) -> WheelBuilder {
    WheelBuilder::new(name, "1.0")
        .file(format!("{name}/__init__.py"), name)
        .file(format!("{name}/a-b/x.txt"), "x")
        .file(format!("{name}/a/deep/er/y.txt"), "y")
        .file(format!("{name}/a.py"), "")
}

#[test]
fn a_bit_of_everything() {
    same_as_unpacked(&[demo(), part("other")], nothing);
}

#[test]
fn a_folder_that_several_bring_files_into() {
    let shared = |name: &str| {
        part(name)
            .file(format!("space/{name}/z.py"), name)
            .file(format!("space/both/{name}.py"), name)
            .file("space/both/same.py", "of both")
    };
    same_as_unpacked(&[shared("one"), shared("two"), part("three")], nothing);
}

#[test]
fn a_folder_that_comes_another_way_too() {
    let wheel = part("one").data("purelib", "one/more.py", "more");
    same_as_unpacked(
        &[
            wheel.data("purelib", "two/inner/more.py", "more"),
            part("two"),
        ],
        nothing,
    );
}

#[test]
fn a_folder_that_is_the_root_of_something_else() {
    // `bin`, `include` and `lib` of the environments of this test lie beside the library; these below it
    let wheel = part("one").data("data", "lib/one/from_data.py", "x").data(
        "data",
        "lib/sub/from_data.py",
        "x",
    );
    same_as_unpacked(&[wheel], nothing);
}

#[test]
fn a_folder_that_is_there() {
    let there = |_: &Sandbox, environment: &Path| {
        let folder = environment.join("lib/one/a/deep");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("of nobody.txt"), "stays").unwrap();
    };
    same_as_unpacked(&[part("one"), part("two")], there);
}

#[test]
fn an_edit_deep_in_a_folder_does_not_spread() {
    let sandbox = Sandbox::new();
    let wheel = sandbox.wheel(&part("one"));
    let first = sandbox.environment("first");
    sandbox.install(&first, &[&wheel], LinkMode::Hardlink);
    let before = tree(&first);
    fs::write(first.join("lib/one/a/deep/er/y.txt"), "edited, and longer").unwrap();
    for (name, mode) in [("hard", LinkMode::Hardlink), ("links", LinkMode::Symlink)] {
        let environment = sandbox.environment(name);
        sandbox.install(&environment, &[&wheel], mode);
        let module = |path: &str| fs::read(environment.join("lib/one").join(path)).unwrap();
        assert_eq!(module("a/deep/er/y.txt"), b"y", "{name}");
        assert_eq!(module("__init__.py"), b"one", "{name}");
    }
    assert_ne!(tree(&first), before);
}
