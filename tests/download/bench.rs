//! A folder and an index for one test, and the questions that tests ask of both.

use std::path::Path;
use std::process::Stdio;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;
use wh_testing::sandbox::{Run, finish, tree};
use wh_testing::{Sandbox, TestIndex, WheelBuilder};

/// The target where a test does not care.
pub const LINUX: &str = "cp312-linux";

/// A sandbox beside an index.
pub struct Bench {
    pub sandbox: Sandbox,
    pub index: TestIndex,
}

impl Bench {
    /// An empty index.
    pub fn new() -> Self {
        Self {
            sandbox: Sandbox::new(env!("CARGO_BIN_EXE_wh")),
            index: TestIndex::start(),
        }
    }

    /// An index with these wheels.
    pub fn with(wheels: &[WheelBuilder]) -> Self {
        let bench = Self::new();
        for wheel in wheels {
            bench.index.add_wheel(wheel);
        }
        bench
    }

    /// `app` 1.0, which asks for `lib`, of which there are two versions.
    pub fn app_and_lib() -> Self {
        Self::with(&[
            module("app", "1.0").requires("lib>=1"),
            module("lib", "1.0"),
            module("lib", "2.0"),
        ])
    }

    /// `wh download` from the index for one target, without second tries.
    pub fn download(&self, args: &[&str]) -> Run {
        self.download_for(&[LINUX], args)
    }

    /// The same for other targets.
    pub fn download_for(&self, targets: &[&str], args: &[&str]) -> Run {
        self.sandbox.run(self.words(targets, args))
    }

    /// The words of such a command.
    pub fn words(&self, targets: &[&str], args: &[&str]) -> Vec<String> {
        let mut words: Vec<String> = ["download", "-i", &self.index.url(), "--retries", "0"]
            .map(str::to_owned)
            .into();
        for target in targets {
            words.extend(["--target", target].map(str::to_owned));
        }
        words.extend(args.iter().map(|arg| (*arg).to_owned()));
        words
    }

    /// The same with bytes on standard input.
    pub fn download_from_stdin(&self, args: &[&str], input: &str) -> Run {
        let file = self.sandbox.home().join("stdin");
        std::fs::write(&file, input).unwrap();
        let mut command = self.sandbox.command(self.words(&[LINUX], args));
        command.stdin(Stdio::from(std::fs::File::open(file).unwrap()));
        finish(command)
    }

    /// The files of the default folder.
    pub fn wheels(&self) -> Vec<String> {
        let folder = self.sandbox.path("wheels");
        if folder.exists() {
            tree(&folder)
        } else {
            Vec::new()
        }
    }

    /// The default lock.
    pub fn lock(&self) -> Lock {
        Lock::read(&self.sandbox.path("wheels/pylock.toml"))
    }

    /// A report that a run wrote.
    pub fn report(&self, file: &str) -> Value {
        serde_json::from_str(&self.sandbox.read(file)).unwrap()
    }

    /// Nothing has a final name, and no lock says that all is there.
    #[track_caller]
    pub fn assert_nothing_kept(&self) {
        let kept: Vec<String> = self
            .sandbox
            .tree()
            .into_iter()
            .filter(|path| path.starts_with("wheels/"))
            .filter(|path| path.ends_with(".whl") || path.contains("pylock"))
            .collect();
        assert!(kept.is_empty(), "{kept:?}");
    }
}

/// Bytes that no compression makes fewer.
pub fn noise(length: usize) -> Vec<u8> {
    let mut state = 1u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    (0..length).map(|_| next()).collect()
}

/// A wheel with one module.
pub fn module(name: &str, version: &str) -> WheelBuilder {
    WheelBuilder::new(name, version).file(format!("{name}.py"), format!("v = '{version}'\n"))
}

/// A lock as any reader of TOML sees it.
pub struct Lock {
    pub text: String,
    pub table: toml::Table,
}

impl Lock {
    pub fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap();
        let table = text.parse().unwrap();
        Self { text, table }
    }

    /// The packages.
    pub fn packages(&self) -> Vec<&toml::Value> {
        self.table["packages"].as_array().unwrap().iter().collect()
    }

    /// Names and versions, as they stand.
    pub fn versions(&self) -> Vec<String> {
        let text = |package: &toml::Value, key: &str| {
            let value = package.get(key).and_then(toml::Value::as_str);
            value.unwrap_or("?").to_owned()
        };
        self.packages()
            .iter()
            .map(|package| format!("{} {}", text(package, "name"), text(package, "version")))
            .collect()
    }

    /// The package of a name, which stands there once.
    #[track_caller]
    pub fn package(&self, name: &str) -> &toml::Value {
        let mut found = self.packages();
        found.retain(|package| package["name"].as_str() == Some(name));
        assert_eq!(found.len(), 1, "{}", self.text);
        found[0]
    }

    /// The wheels of a package.
    pub fn wheels(&self, name: &str) -> Vec<&toml::Value> {
        let wheels = self.package(name)["wheels"].as_array();
        wheels.unwrap().iter().collect()
    }
}

/// All these words stand in what the user read.
#[track_caller]
pub fn says(run: &Run, words: &[&str]) {
    for word in words {
        assert!(
            run.stderr.contains(word),
            "{word:?} is missing in\n{}",
            run.stderr
        );
    }
}

/// What is wrong with each of many, four at a time: runs wait more than they work.
pub fn in_parallel<T: Sync>(all: &[T], check: impl Fn(&T) -> Option<String> + Sync) -> Vec<String> {
    let next = AtomicUsize::new(0);
    let wrong = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(one) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Some(why) = check(one) {
                        wrong.lock().unwrap().push(why);
                    }
                }
            });
        }
    });
    wrong.into_inner().unwrap()
}
