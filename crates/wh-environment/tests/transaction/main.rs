//! A change of an environment is made whole or not at all.

mod conflicts;
mod installing;
mod removing;
mod undone;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use wh_environment::installed::InstalledKind;
use wh_environment::{
    Applied, ApplyError, ApplyOptions, Change, Destination, InstalledToRemove, SchemePaths,
    Transaction, WheelToInstall,
};
use wh_packaging::report::Silent;
use wh_packaging::{Hashes, Reporter};
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
