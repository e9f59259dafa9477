//! A change of an environment is made whole or not at all.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use wh_environment::installed::InstalledKind;
use wh_environment::transaction::replaced;
use wh_environment::{
    Applied, ApplyError, ApplyOptions, Change, Destination, InstalledToRemove, SchemePaths,
    Transaction, WheelToInstall,
};
use wh_packaging::report::Silent;
use wh_packaging::{Event, Hashes, Reporter};
use wh_testing::WheelBuilder;

/// An environment of folders alone, and a place for wheels.
struct Sandbox {
    folder: tempfile::TempDir,
}

type Tree = BTreeMap<PathBuf, Vec<u8>>;

impl Sandbox {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for path in ["v/lib/site-packages", "v/bin", "wheels"] {
            fs::create_dir_all(folder.path().join(path)).unwrap();
        }
        Self { folder }
    }

    fn prefix(&self) -> PathBuf {
        self.folder.path().join("v")
    }

    fn library(&self) -> PathBuf {
        self.prefix().join("lib/site-packages")
    }

    fn destination(&self) -> Destination {
        Destination {
            paths: SchemePaths {
                purelib: self.library(),
                platlib: self.library(),
                scripts: self.prefix().join("bin"),
                headers: self.prefix().join("include/site/python3.11"),
                data: self.prefix(),
            },
            python: self.prefix().join("bin/python"),
            python_version: (3, 11),
            windows: None,
        }
    }

    fn wheel(&self, wheel: &WheelBuilder) -> WheelToInstall {
        WheelToInstall {
            path: wheel.write_to(self.folder.path().join("wheels")),
            filename: wheel.filename().parse().unwrap(),
            expected: Hashes::none(),
            vouched: false,
            requested: false,
            direct_url: None,
        }
    }

    fn installed(&self, project: &str, version: &str) -> InstalledToRemove {
        InstalledToRemove {
            project: project.parse().unwrap(),
            version: version.to_owned(),
            kind: InstalledKind::DistInfo,
            metadata_path: self
                .library()
                .join(format!("{project}-{version}.dist-info")),
            location: self.library(),
            egg_link: None,
        }
    }

    fn apply(&self, change: &Change, reporter: &dyn Reporter) -> Result<Applied, ApplyError> {
        self.apply_with(change, &ApplyOptions::default(), reporter)
    }

    fn apply_with(
        &self,
        change: &Change,
        options: &ApplyOptions,
        reporter: &dyn Reporter,
    ) -> Result<Applied, ApplyError> {
        let transaction = Transaction::begin(&self.destination(), "wh install", reporter)?;
        transaction.apply(change, options, reporter)
    }

    fn install(&self, wheels: &[&WheelBuilder]) -> Result<Applied, ApplyError> {
        let install = wheels.iter().map(|wheel| self.wheel(wheel)).collect();
        let change = Change {
            install,
            ..Change::default()
        };
        self.apply(&change, &Silent)
    }

    /// All files with their bytes, and all folders.
    fn tree(&self) -> Tree {
        fn walk(folder: &Path, root: &Path, tree: &mut Tree) {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let below = path.strip_prefix(root).unwrap().to_owned();
                if path.is_dir() {
                    tree.insert(below, Vec::new());
                    walk(&path, root, tree);
                } else {
                    tree.insert(below, fs::read(&path).unwrap());
                }
            }
        }
        let mut tree = Tree::new();
        walk(&self.prefix(), &self.prefix(), &mut tree);
        tree
    }

    /// The change must fail and leave everything as it was.
    fn fails(&self, change: &Change) -> ApplyError {
        let before = self.tree();
        let error = self.apply(change, &Silent).unwrap_err();
        assert_eq!(self.tree(), before, "{error}");
        error
    }
}

fn demo(version: &str) -> WheelBuilder {
    WheelBuilder::new("demo", version)
        .file("demo/__init__.py", format!("version = '{version}'\n"))
        .file(format!("demo/only_{}.py", version.replace('.', "_")), "x")
}

/// Does something once all wheels are staged, just before the swap.
struct BeforeSwap<F: Fn() + Send + Sync>(F);

impl<F: Fn() + Send + Sync> Reporter for BeforeSwap<F> {
    fn event(&self, event: Event<'_>) {
        if let Event::WheelStaged { .. } = event {
            (self.0)();
        }
    }
}

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
    for file in ["only_1_0.cpython-311.pyc", "only_1_0.cpython-311.opt-1.pyc"] {
        fs::write(cache.join(file), "").unwrap();
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
fn a_refused_wheel_changes_nothing() {
    let sandbox = Sandbox::new();
    sandbox.install(&[&demo("1.0")]).unwrap();
    for hostile in wh_testing::hostile::hostile() {
        let path = sandbox.folder.path().join("wheels").join(&hostile.filename);
        fs::write(&path, &hostile.bytes).unwrap();
        let mut bad = sandbox.wheel(&demo("2.0"));
        (bad.path, bad.filename) = (path, hostile.filename.parse().unwrap());
        let install = vec![sandbox.wheel(&demo("2.0")), bad];
        let remove = vec![sandbox.installed("demo", "1.0")];
        let error = sandbox.fails(&Change { install, remove });
        assert!(
            matches!(error, ApplyError::Wheel(_)),
            "{}: {error:?}",
            hostile.kind
        );
    }
}

#[test]
fn a_wheel_that_is_not_the_expected_file_changes_nothing() {
    let sandbox = Sandbox::new();
    let check = |expected: Hashes| {
        let mut wheel = sandbox.wheel(&demo("1.0"));
        (wheel.expected, wheel.vouched) = (expected, true);
        let install = vec![wheel];
        sandbox.fails(&Change {
            install,
            ..Change::default()
        })
    };
    assert!(matches!(
        check(Hashes::sha256_only("00")),
        ApplyError::Hash { .. }
    ));
    let md5 = Hashes::parse_one("md5=00").unwrap();
    assert!(matches!(check(md5), ApplyError::WeakHash { .. }));
}

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
fn an_error_in_the_middle_of_the_swap_undoes_it() {
    let sandbox = Sandbox::new();
    sandbox.install(&[&demo("1.0")]).unwrap();
    let before = sandbox.tree();
    // `zz` sorts last: when its place turns out taken, everything else was moved already
    let install = vec![
        sandbox.wheel(&demo("2.0")),
        sandbox.wheel(&WheelBuilder::new("zz", "1.0").file("zz/__init__.py", "")),
    ];
    let remove = vec![sandbox.installed("demo", "1.0")];
    let taken = sandbox.library().join("zz");
    let spoil = BeforeSwap(|| {
        let _ = fs::create_dir(&taken);
    });
    let error = sandbox
        .apply(&Change { install, remove }, &spoil)
        .unwrap_err();
    assert!(
        matches!(&error, ApplyError::InTheWay { path } if path.ends_with("zz")),
        "{error}"
    );
    fs::remove_dir(&taken).unwrap();
    assert_eq!(sandbox.tree(), before);
}

#[test]
fn a_distribution_that_somebody_changed_meanwhile_stops_the_change() {
    let sandbox = Sandbox::new();
    sandbox.install(&[&demo("1.0")]).unwrap();
    let change = Change {
        install: vec![sandbox.wheel(&demo("2.0"))],
        remove: vec![sandbox.installed("demo", "1.0")],
    };
    let record = sandbox.library().join("demo-1.0.dist-info/RECORD");
    let somebody = BeforeSwap(|| fs::write(&record, "").unwrap());
    let error = sandbox.apply(&change, &somebody).unwrap_err();
    assert!(matches!(error, ApplyError::Changed { .. }), "{error}");
    assert!(sandbox.library().join("demo/only_1_0.py").exists());
    assert!(!sandbox.library().join("demo/only_2_0.py").exists());
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
