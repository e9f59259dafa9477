//! The store: what it holds is linked, what it cannot vouch for any more is unpacked again, and
//! nothing that goes wrong in it is noticed in an environment.

#![cfg(unix)]

mod at_once;
mod whole;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use wh_environment::transaction::Transaction;
use wh_environment::{ApplyOptions, Change, Destination, SchemePaths, WheelToInstall};
use wh_packaging::report::Silent;
use wh_testing::WheelBuilder;
use wh_wheel::{Algorithm, LinkMode, Store, hash_file};

/// Environments of folders alone, wheels, and a cache.
struct Sandbox {
    folder: tempfile::TempDir,
}

impl Sandbox {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("wheels")).unwrap();
        Self { folder }
    }

    fn cache(&self) -> PathBuf {
        self.folder.path().join("cache")
    }

    fn library(&self, environment: &str) -> PathBuf {
        self.folder.path().join(environment).join("lib")
    }

    fn wheel(&self, wheel: &WheelBuilder) -> WheelToInstall {
        let path = wheel.write_to(self.folder.path().join("wheels"));
        WheelToInstall {
            expected: hash_file(&path, &[Algorithm::Sha256]).unwrap(),
            path,
            filename: wheel.filename().parse().unwrap(),
            vouched: true,
            requested: false,
            direct_url: None,
        }
    }

    fn install(&self, environment: &Path, wheels: &[&WheelToInstall], link_mode: LinkMode) {
        let store = Store::open(&self.cache()).unwrap();
        self.install_with(environment, wheels, Some(&store), link_mode);
    }

    fn install_with(
        &self,
        prefix: &Path,
        wheels: &[&WheelToInstall],
        store: Option<&Store>,
        link_mode: LinkMode,
    ) {
        let destination = Destination {
            paths: SchemePaths {
                purelib: prefix.join("lib"),
                platlib: prefix.join("lib"),
                scripts: prefix.join("bin"),
                headers: prefix.join("include"),
                data: prefix.to_owned(),
            },
            python: "/v/bin/python".into(),
            python_version: (3, 11),
            windows: None,
        };
        let change = Change {
            install: wheels.iter().map(|wheel| (*wheel).clone()).collect(),
            ..Change::default()
        };
        let options = ApplyOptions {
            store,
            link_mode,
            ..ApplyOptions::default()
        };
        let transaction = Transaction::begin(&destination, "wh install", &Silent).unwrap();
        transaction.apply(&change, &options, &Silent).unwrap();
    }

    fn environment(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The folders of distributions in the store.
    fn stored(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.cache().join("store-v3")).unwrap();
        let paths = entries.map(|entry| entry.unwrap().path());
        let mut paths: Vec<_> = paths.filter(|path| path.is_dir()).collect();
        paths.sort();
        paths
    }
}

/// All files with their modes and bytes; links to folders are followed.
fn tree(root: &Path) -> BTreeMap<PathBuf, (u32, Vec<u8>)> {
    fn walk(folder: &Path, root: &Path, tree: &mut BTreeMap<PathBuf, (u32, Vec<u8>)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, root, tree);
            } else {
                let mode = path.metadata().unwrap().permissions().mode() & 0o777;
                let below = path.strip_prefix(root).unwrap().to_owned();
                tree.insert(below, (mode, fs::read(&path).unwrap()));
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(root, root, &mut found);
    found
}

fn inode(path: &Path) -> (u64, u64) {
    let metadata = path.symlink_metadata().unwrap();
    (metadata.dev(), metadata.ino())
}

/// `demo/__init__.py` in the store.
fn module(stored: &Path) -> PathBuf {
    let files = fs::read_dir(stored.join("files")).unwrap();
    let mut files = files.map(|entry| entry.unwrap().path());
    let is_module = |path: &PathBuf| fs::read(path).unwrap() == b"version = 1\n";
    files.find(is_module).unwrap()
}

/// A bit of everything that a wheel can bring.
fn demo() -> WheelBuilder {
    WheelBuilder::new("demo", "1.0")
        .file("demo/__init__.py", "version = 1\n")
        .file("demo/deep/er/x.txt", "x")
        .script("tool", "#!python\nprint(1)\n")
        .script("program", "\x7fELF, of a kind")
        .data("headers", "demo.h", "h")
        .data("data", "share/demo/x", "d")
        .entry_point("console_scripts", "demo-run", "demo:main")
}

#[test]
fn the_second_environment_is_linked_without_the_wheel() {
    let sandbox = Sandbox::new();
    let wheel = sandbox.wheel(&demo());
    let (one, two, three) = (
        sandbox.environment("1"),
        sandbox.environment("2"),
        sandbox.environment("3"),
    );
    sandbox.install_with(&three, &[&wheel], None, LinkMode::Hardlink);
    sandbox.install(&one, &[&wheel], LinkMode::Hardlink);
    // who opens it would see
    fs::write(&wheel.path, "no wheel any more").unwrap();
    sandbox.install(&two, &[&wheel], LinkMode::Hardlink);
    assert_eq!(tree(&one), tree(&two));
    assert_eq!(tree(&one), tree(&three));
    let same = |path: &str| inode(&one.join(path)) == inode(&two.join(path));
    for path in [
        "lib/demo/__init__.py",
        "lib/demo/deep/er/x.txt",
        "bin/program",
        "share/demo/x",
    ] {
        assert!(same(path), "{path}");
    }
    // each environment's own: written by the installer, or different in each
    let dist_info = "lib/demo-1.0.dist-info";
    for path in [
        "bin/tool",
        "bin/demo-run",
        &format!("{dist_info}/RECORD"),
        &format!("{dist_info}/INSTALLER"),
    ] {
        assert!(!same(path), "{path}");
    }
}

#[test]
fn every_way_of_linking_gives_the_same_environment() {
    let sandbox = Sandbox::new();
    let wheel = sandbox.wheel(&demo());
    let first = sandbox.environment("first");
    sandbox.install(&first, &[&wheel], LinkMode::Hardlink);
    for (name, mode) in [("copy", LinkMode::Copy), ("clone", LinkMode::Clone)] {
        let environment = sandbox.environment(name);
        sandbox.install(&environment, &[&wheel], mode);
        assert_eq!(tree(&first), tree(&environment), "{name}");
    }
    let module = "lib/demo/__init__.py";
    let copied = sandbox.environment("copy").join(module);
    assert_ne!(inode(&first.join(module)), inode(&copied));
}

#[test]
fn copies_put_nothing_into_the_store() {
    let sandbox = Sandbox::new();
    let wheel = sandbox.wheel(&demo());
    sandbox.install(&sandbox.environment("1"), &[&wheel], LinkMode::Copy);
    assert!(sandbox.stored().is_empty());
}

#[test]
fn an_edit_in_place_does_not_spread() {
    let sandbox = Sandbox::new();
    let (wheel, other) = (
        sandbox.wheel(&demo()),
        sandbox.wheel(&WheelBuilder::new("b", "1")),
    );
    let (one, two, three) = (
        sandbox.environment("1"),
        sandbox.environment("2"),
        sandbox.environment("3"),
    );
    sandbox.install(&one, &[&wheel, &other], LinkMode::Hardlink);
    let before = tree(&one);
    let edited = one.join("lib/demo/__init__.py");
    fs::File::options()
        .append(true)
        .open(&edited)
        .unwrap()
        .write_all(b"print()\n")
        .unwrap();
    assert_eq!(sandbox.stored().len(), 2);
    sandbox.install(&two, &[&wheel, &other], LinkMode::Hardlink);
    assert_eq!(tree(&two), before);
    assert_eq!(sandbox.stored().len(), 1, "the edited one is evicted");
    // the next one fills it in again, from the wheel
    sandbox.install(&three, &[&wheel], LinkMode::Hardlink);
    assert_eq!(sandbox.stored().len(), 2);
    assert_eq!(
        fs::read_to_string(edited).unwrap(),
        "version = 1\nprint()\n"
    );
}

#[test]
fn an_edit_that_keeps_the_size_is_seen_by_its_time() {
    let sandbox = Sandbox::new();
    let wheel = sandbox.wheel(&demo());
    let (one, two) = (sandbox.environment("1"), sandbox.environment("2"));
    sandbox.install(&one, &[&wheel], LinkMode::Hardlink);
    // clocks of file systems tick every few milliseconds
    std::thread::sleep(std::time::Duration::from_millis(20));
    let mut file = fs::File::options()
        .write(true)
        .open(one.join("lib/demo/__init__.py"))
        .unwrap();
    file.write_all(b"VERSION").unwrap();
    drop(file);
    sandbox.install(&two, &[&wheel], LinkMode::Hardlink);
    assert_eq!(
        fs::read_to_string(two.join("lib/demo/__init__.py")).unwrap(),
        "version = 1\n"
    );
}

#[test]
fn what_is_broken_in_the_store_is_unpacked_again() {
    let sandbox = Sandbox::new();
    let wheel = sandbox.wheel(&demo());
    let first = sandbox.environment("first");
    sandbox.install(&first, &[&wheel], LinkMode::Hardlink);
    let expected = tree(&first);
    type Harm = fn(&Path);
    let harms: [(&str, Harm); 5] = [
        ("no manifest", |stored| {
            fs::remove_file(stored.join("manifest")).unwrap()
        }),
        ("half a manifest", |stored| {
            let path = stored.join("manifest");
            let bytes = fs::read(&path).unwrap();
            fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
        }),
        ("no file", |stored| fs::remove_file(module(stored)).unwrap()),
        ("a link for a file", |stored| {
            let path = module(stored);
            fs::remove_file(&path).unwrap();
            std::os::unix::fs::symlink("/etc/passwd", path).unwrap();
        }),
        ("writable by all", |stored| {
            fs::set_permissions(stored, fs::Permissions::from_mode(0o777)).unwrap();
        }),
    ];
    for (name, harm) in harms {
        // an eviction leaves nothing; filling in again takes an environment
        sandbox.install(
            &sandbox.environment(&format!("fill {name}")),
            &[&wheel],
            LinkMode::Hardlink,
        );
        harm(&sandbox.stored()[0]);
        let environment = sandbox.environment(name);
        sandbox.install(&environment, &[&wheel], LinkMode::Hardlink);
        assert_eq!(tree(&environment), expected, "{name}");
    }
}

#[test]
fn what_was_not_compared_with_record_does_not_count_as_that() {
    let sandbox = Sandbox::new();
    let vouched = sandbox.wheel(&demo());
    let asked = WheelToInstall {
        vouched: false,
        ..vouched.clone()
    };
    sandbox.install(&sandbox.environment("1"), &[&vouched], LinkMode::Hardlink);
    let manifest = |sandbox: &Sandbox| fs::read(sandbox.stored()[0].join("manifest")).unwrap();
    let before = manifest(&sandbox);
    sandbox.install(&sandbox.environment("2"), &[&asked], LinkMode::Hardlink);
    let after = manifest(&sandbox);
    assert_ne!(
        before, after,
        "it was opened, compared, and filled in again"
    );
    sandbox.install(&sandbox.environment("3"), &[&vouched], LinkMode::Hardlink);
    sandbox.install(&sandbox.environment("4"), &[&asked], LinkMode::Hardlink);
    assert_eq!(manifest(&sandbox), after);
}

#[test]
fn a_wheel_with_another_digest_leaves_nothing_in_the_store() {
    let sandbox = Sandbox::new();
    let wheel = sandbox.wheel(&demo());
    let other = sandbox.wheel(&WheelBuilder::new("demo", "1.0").file("demo/other.py", "x"));
    let lie = WheelToInstall {
        expected: wheel.expected,
        ..other
    };
    let store = Store::open(&sandbox.cache()).unwrap();
    let change = Change {
        install: vec![lie],
        ..Change::default()
    };
    let library = sandbox.library("1");
    let destination = Destination {
        paths: SchemePaths {
            purelib: library.clone(),
            platlib: library.clone(),
            scripts: sandbox.environment("1/bin"),
            headers: sandbox.environment("1/include"),
            data: sandbox.environment("1"),
        },
        python: "/v/bin/python".into(),
        python_version: (3, 11),
        windows: None,
    };
    let options = ApplyOptions {
        store: Some(&store),
        ..ApplyOptions::default()
    };
    let transaction = Transaction::begin(&destination, "wh install", &Silent).unwrap();
    transaction.apply(&change, &options, &Silent).unwrap_err();
    drop(transaction);
    assert!(sandbox.stored().is_empty());
    assert!(!library.exists());
}

#[test]
fn another_file_system_gets_copies() {
    let memory = Path::new("/dev/shm");
    let Ok(far) = tempfile::tempdir_in(memory) else {
        return eprintln!("skipped: no memory file system");
    };
    let sandbox = Sandbox::new();
    if inode(far.path()).0 == inode(sandbox.folder.path()).0 {
        return eprintln!("skipped: one file system only");
    }
    let wheel = sandbox.wheel(&demo());
    // nothing can be linked into the store, and it stays empty
    sandbox.install(&far.path().join("1"), &[&wheel], LinkMode::Hardlink);
    assert!(sandbox.stored().is_empty());
    let near = sandbox.environment("near");
    sandbox.install(&near, &[&wheel], LinkMode::Hardlink);
    fs::write(&wheel.path, "no wheel any more").unwrap();
    for (name, mode) in [("2", LinkMode::Hardlink), ("3", LinkMode::Clone)] {
        sandbox.install(&far.path().join(name), &[&wheel], mode);
        assert_eq!(tree(&far.path().join(name)), tree(&near));
    }
}
