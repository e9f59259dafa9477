//! What is put where.

use std::fs;
use std::path::{Path, PathBuf};

use wh_environment::{ApplyError, Change};
use wh_packaging::report::Silent;
use wh_testing::WheelBuilder;

use crate::{Sandbox, demo};

#[test]
fn every_scheme_has_its_place_and_record_lists_it() {
    let sandbox = Sandbox::new();
    let wheel = demo("1.0")
        .script("tool", "#!python\nprint(1)\n")
        .data("headers", "demo.h", "h")
        .data("data", "share/demo/x", "d")
        .data("purelib", "other.py", "o")
        .entry_point("console_scripts", "demo-run", "demo:main");
    let mut asked = sandbox.wheel(&wheel);
    asked.requested = true;
    let install = vec![asked];
    let change = Change {
        install,
        ..Change::default()
    };
    let applied = sandbox.apply(&change, &Silent).unwrap();
    assert_eq!((applied.installed, applied.removed), (1, 0));
    let tree = sandbox.tree();
    let text = |path: &str| String::from_utf8(tree[Path::new(path)].clone()).unwrap();
    let python = sandbox.prefix().join("bin/python");
    let script = format!("#!{}\nprint(1)\n", python.display());
    assert_eq!(text("bin/tool"), script);
    assert!(text("bin/demo-run").contains("from demo import main\n"));
    assert_eq!(text("lib/site-packages/other.py"), "o");
    let record = text("lib/site-packages/demo-1.0.dist-info/RECORD");
    for row in [
        "../../bin/tool,sha256=",
        "../../bin/demo-run,sha256=",
        "../../include/site/python3.11/demo/demo.h,sha256=",
        "../../share/demo/x,sha256=",
        "other.py,sha256=",
        "demo-1.0.dist-info/INSTALLER,sha256=",
        "demo-1.0.dist-info/REQUESTED,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0",
        "demo-1.0.dist-info/RECORD,,",
    ] {
        assert!(
            record.lines().any(|line| line.starts_with(row)),
            "{row} in\n{record}"
        );
    }
    assert!(!record.contains(".data/"));
    let ours = |path: &PathBuf| path.to_string_lossy().contains(".wh-");
    assert!(!tree.keys().any(ours), "{:?}", tree.keys());
}

#[test]
fn a_module_may_become_a_package_and_back() {
    let sandbox = Sandbox::new();
    let module = WheelBuilder::new("six", "1.0").file("six/data", "file");
    let package = WheelBuilder::new("six", "2.0").file("six/data/x", "folder");
    sandbox.install(&[&module]).unwrap();
    let change = |wheel: &WheelBuilder, old: &str| Change {
        install: vec![sandbox.wheel(wheel)],
        remove: vec![sandbox.installed("six", old)],
    };
    let first = sandbox.tree();
    sandbox.apply(&change(&package, "1.0"), &Silent).unwrap();
    assert_eq!(
        fs::read(sandbox.library().join("six/data/x")).unwrap(),
        b"folder"
    );
    sandbox.apply(&change(&module, "2.0"), &Silent).unwrap();
    assert_eq!(sandbox.tree(), first);
    fs::remove_file(sandbox.library().join("six/data")).unwrap();
    fs::create_dir(sandbox.library().join("six/data")).unwrap();
    fs::write(sandbox.library().join("six/data/mine"), "").unwrap();
    let error = sandbox.fails(&change(&module, "1.0"));
    assert!(matches!(error, ApplyError::InTheWay { .. }), "{error}");
}

#[cfg(unix)]
#[test]
fn an_upgrade_goes_through_a_link_between_folders() {
    let sandbox = Sandbox::new();
    fs::create_dir_all(sandbox.prefix().join("share/man")).unwrap();
    std::os::unix::fs::symlink("share/man", sandbox.prefix().join("man")).unwrap();
    let page = |version: &str| demo(version).data("data", "man/man1/demo.1", version);
    sandbox.install(&[&page("1.0")]).unwrap();
    let change = Change {
        install: vec![sandbox.wheel(&page("2.0"))],
        remove: vec![sandbox.installed("demo", "1.0")],
    };
    sandbox.apply(&change, &Silent).unwrap();
    let page = sandbox.prefix().join("share/man/man1/demo.1");
    assert_eq!(fs::read_to_string(page).unwrap(), "2.0");
}
