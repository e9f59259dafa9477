//! A sandbox with an interpreter: wheels in a folder, with or without a lock, and environments to
//! put them into. What the end-to-end tests of `wh` start from.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::sandbox::{Python, Run, finish, python};
use crate::snapshot::{Snapshot, snapshot};
use crate::{IndexFile, Sandbox, TestIndex, WheelBuilder};

/// A sandbox, an interpreter, and an index to fetch from.
#[derive(Debug)]
pub struct Workbench {
    /// Where everything lies.
    pub sandbox: Sandbox,
    /// The interpreter that environments are made from.
    pub python: Python,
    /// An index that has what a lock was asked for.
    pub index: TestIndex,
}

impl Workbench {
    /// With the highest Python of this machine; `None`, in words, where there is none.
    pub fn new(binary: impl Into<PathBuf>) -> Option<Self> {
        Some(Self::with(binary, python(None)?))
    }

    /// With an interpreter.
    pub fn with(binary: impl Into<PathBuf>, python: Python) -> Self {
        Self {
            sandbox: Sandbox::new(binary),
            python,
            index: TestIndex::start(),
        }
    }

    /// Puts wheels into the folder `wheels`, which has no lock.
    pub fn folder(&self, wheels: &[WheelBuilder]) -> &Self {
        std::fs::create_dir_all(self.path("wheels")).expect("the sandbox is ours");
        for wheel in wheels {
            wheel.write_to(self.path("wheels"));
        }
        self
    }

    /// Puts wheels into the index and downloads what `arguments` ask for into `wheels`, for the
    /// interpreter.
    pub fn lock(&self, wheels: &[WheelBuilder], arguments: &[&str]) -> &Self {
        for wheel in wheels {
            self.index.add(IndexFile::wheel(wheel));
        }
        self.download(arguments).expect(0);
        self
    }

    /// `wh download` from the index, for the interpreter unless a target is named.
    pub fn download(&self, arguments: &[&str]) -> Run {
        let (url, python) = (self.index.url(), self.python.path.display().to_string());
        let mut all = vec!["download", "--index-url", &url];
        if !arguments.contains(&"--target") {
            all.extend(["--python", &python]);
        }
        all.extend(arguments);
        self.sandbox.run(all)
    }

    /// An environment below the working folder, made by `wh venv`; its interpreter.
    pub fn environment(&self, name: &str) -> PathBuf {
        let python = self.python.path.display().to_string();
        self.sandbox
            .run(["venv", name, "--python", &python])
            .expect(0);
        self.interpreter(name)
    }

    /// The interpreter of an environment below the working folder.
    pub fn interpreter(&self, name: &str) -> PathBuf {
        let inside = if cfg!(windows) {
            "Scripts/python.exe"
        } else {
            "bin/python"
        };
        self.path(name).join(inside)
    }

    /// `wh install --find-links wheels` into the environment `env`, which is made where it is not
    /// there yet.
    pub fn install(&self, arguments: &[&str]) -> Run {
        let python = self.interpreter("env");
        if !python.exists() {
            self.environment("env");
        }
        self.install_into("env", arguments)
    }

    /// `wh install --find-links wheels` into an environment that is there.
    pub fn install_into(&self, name: &str, arguments: &[&str]) -> Run {
        let python = self.interpreter(name).display().to_string();
        let mut all = vec!["install", "--find-links", "wheels", "--python", &python];
        all.extend(arguments);
        self.sandbox.run(all)
    }

    /// The lines of `wh freeze` of an environment.
    pub fn freeze(&self, name: &str) -> Vec<String> {
        let python = self.interpreter(name).display().to_string();
        let run = self.sandbox.run(["freeze", "--python", &python]).expect(0);
        run.stdout.lines().map(str::to_owned).collect()
    }

    /// Runs another program in the sandbox.
    pub fn run<S: AsRef<OsStr>>(
        &self,
        program: impl AsRef<OsStr>,
        arguments: impl IntoIterator<Item = S>,
    ) -> Run {
        let mut command = Command::new(program);
        command.args(arguments);
        self.finish(command)
    }

    /// Runs a command in the sandbox.
    pub fn finish(&self, mut command: Command) -> Run {
        self.sandbox.prepare(&mut command);
        finish(command)
    }

    /// A path in the working folder.
    pub fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.sandbox.path(relative)
    }

    /// site-packages of an environment.
    ///
    /// # Panics
    /// There is none.
    pub fn site_packages(&self, name: &str) -> PathBuf {
        if cfg!(windows) {
            return self.path(name).join("Lib/site-packages");
        }
        let (major, minor) = self.python.version;
        self.path(name)
            .join(format!("lib/python{major}.{minor}/site-packages"))
    }

    /// What lies below a folder of the working folder.
    pub fn snapshot(&self, name: &str) -> Snapshot {
        snapshot(&self.path(name))
    }
}
