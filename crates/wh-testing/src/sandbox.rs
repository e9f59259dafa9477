//! A place to run the built binary in: a temporary folder with a HOME of its own and an empty
//! environment, and a network namespace without interfaces where the system lets us make one.
//!
//! What a machine may lack (namespaces, interpreters) is an `Option` or a `Result` whose absence
//! the test says in words; it never passes in silence.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// A temporary folder with HOME and XDG folders, deleted when it is dropped.
#[derive(Debug)]
pub struct Sandbox {
    folder: TempDir,
    binary: PathBuf,
    variables: Vec<(String, String)>,
}

/// What a run left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The exit status; none where a signal ended it.
    pub status: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Sandbox {
    /// A fresh folder for a binary; tests of `wh` give `env!("CARGO_BIN_EXE_wh")`.
    ///
    /// # Panics
    /// No temporary folder can be made.
    pub fn new(binary: impl Into<PathBuf>) -> Self {
        let folder = TempDir::with_prefix("wh-sandbox-").expect("a temporary folder can be made");
        for name in ["home", "work", "tmp"] {
            std::fs::create_dir(folder.path().join(name)).expect("the folder is ours");
        }
        Self {
            folder,
            binary: binary.into(),
            variables: Vec::new(),
        }
    }

    /// Sets a variable for all runs from now on.
    pub fn variable(&mut self, name: &str, value: impl AsRef<OsStr>) -> &mut Self {
        let value = value.as_ref().to_string_lossy().into_owned();
        self.variables.push((name.into(), value));
        self
    }

    /// The folder that runs work in.
    pub fn work(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    /// HOME.
    pub fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// A path in the working folder.
    pub fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.work().join(relative)
    }

    /// Writes a file in the working folder, with the folders above it.
    ///
    /// # Panics
    /// It cannot be written.
    pub fn write(&self, relative: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(relative);
        let parent = path.parent().expect("the path is below the working folder");
        std::fs::create_dir_all(parent).expect("the folder is ours");
        std::fs::write(&path, bytes).expect("the folder is ours");
        path
    }

    /// The text of a file in the working folder.
    ///
    /// # Panics
    /// It cannot be read.
    pub fn read(&self, relative: &str) -> String {
        let path = self.path(relative);
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// All files below the working folder, sorted, `/` between the parts.
    pub fn tree(&self) -> Vec<String> {
        tree(&self.work())
    }

    /// The binary with these arguments, to be changed before it runs.
    pub fn command<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(&self.binary);
        self.prepare(command.args(args));
        command
    }

    /// Runs the binary.
    ///
    /// # Panics
    /// It does not start.
    pub fn run<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Run {
        finish(self.command(args))
    }

    /// Runs the binary where there is no network.
    ///
    /// # Errors
    /// The system does not let us; why.
    pub fn run_in_gap<S: AsRef<OsStr>>(
        &self,
        args: impl IntoIterator<Item = S>,
    ) -> Result<Run, String> {
        let mut command = air_gap(&self.binary)?;
        self.prepare(command.args(args));
        Ok(finish(command))
    }

    /// Gives a command the sandbox's folder and environment: nothing else of ours.
    pub fn prepare(&self, command: &mut Command) {
        let home = self.home();
        command
            .current_dir(self.work())
            .env_clear()
            .env("HOME", &home)
            // the machine's own pip.conf is none of a test's
            .env(
                "PIP_CONFIG_FILE",
                if cfg!(windows) { "nul" } else { "/dev/null" },
            )
            .env("USERPROFILE", &home);
        for (variable, folder) in [
            ("XDG_CACHE_HOME", ".cache"),
            ("XDG_CONFIG_HOME", ".config"),
            ("XDG_DATA_HOME", ".local/share"),
            ("XDG_STATE_HOME", ".local/state"),
        ] {
            command.env(variable, home.join(folder));
        }
        command.env("TMPDIR", self.folder.path().join("tmp"));
        if let Some(root) = std::env::var_os("SYSTEMROOT") {
            command.env("SYSTEMROOT", root); // without it no socket opens on Windows
        }
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
    }
}

impl Run {
    /// The same run, for a chain: panics with all that was said where the status is another one.
    ///
    /// # Panics
    /// The status is another one.
    #[track_caller]
    pub fn expect(self, status: i32) -> Self {
        assert_eq!(
            self.status,
            Some(status),
            "\n--- stdout\n{}\n--- stderr\n{}",
            self.stdout,
            self.stderr
        );
        self
    }
}

/// Runs a command to its end.
///
/// # Panics
/// It does not start.
pub fn finish(mut command: Command) -> Run {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let Output {
        status,
        stdout,
        stderr,
    } = output;
    Run {
        status: status.code(),
        stdout: String::from_utf8_lossy(&stdout).into_owned(),
        stderr: String::from_utf8_lossy(&stderr).into_owned(),
    }
}

/// A program in a network namespace of its own, where even the loopback interface is down.
/// Arguments and environment are added to it as to any command.
///
/// # Errors
/// The system does not let us make one; why.
pub fn air_gap(program: &Path) -> Result<Command, String> {
    let unshare = ["/usr/bin/unshare", "/bin/unshare"]
        .into_iter()
        .find(|path| Path::new(path).exists())
        .ok_or("this machine has no `unshare`, so no network namespace can be made")?;
    let mut reasons = String::new();
    for flags in ["-n", "-rn"] {
        match Command::new(unshare).args([flags, "true"]).output() {
            Ok(output) if output.status.success() => {
                let mut command = Command::new(unshare);
                command.arg(flags).arg("--").arg(program);
                return Ok(command);
            }
            Ok(output) => reasons += String::from_utf8_lossy(&output.stderr).trim(),
            Err(error) => reasons += &error.to_string(),
        }
        reasons += "; ";
    }
    Err(format!(
        "no network namespace can be made here: {}",
        reasons.trim_end_matches("; ")
    ))
}

/// A Python interpreter of this machine.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Python {
    /// Major and minor version.
    pub version: (u32, u32),
    /// `cpython`, `pypy`, ...
    pub implementation: String,
    /// The executable.
    pub path: PathBuf,
}

/// The interpreters of this machine, lowest version first, one for each version: those of pyenv,
/// then those on PATH.
pub fn pythons() -> Vec<Python> {
    let mut places: Vec<PathBuf> = Vec::new();
    let pyenv = std::env::var_os("PYENV_ROOT")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".pyenv")));
    if let Some(versions) = pyenv.and_then(|root| std::fs::read_dir(root.join("versions")).ok()) {
        places.extend(
            versions
                .flatten()
                .map(|entry| entry.path().join("bin/python")),
        );
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    for folder in std::env::split_paths(&path).filter(|folder| !folder.ends_with("shims")) {
        places.extend((8..20).map(|minor| folder.join(format!("python3.{minor}"))));
        places.push(folder.join(if cfg!(windows) {
            "python.exe"
        } else {
            "python3"
        }));
    }
    let mut found: Vec<Python> = places.iter().filter_map(|path| ask(path)).collect();
    found.sort_by_key(|python| (python.version, python.implementation.clone()));
    found.dedup_by_key(|python| (python.version, python.implementation.clone()));
    found
}

/// The CPython of a version, or the highest where none is named. Where there is none the words
/// for it go to standard error: the test ends there.
pub fn python(version: Option<(u32, u32)>) -> Option<Python> {
    let found = pythons().into_iter().rev().find(|python| {
        python.implementation == "cpython"
            && version.is_none_or(|version| version == python.version)
    });
    if found.is_none() {
        let which = version
            .map(|(major, minor)| format!(" {major}.{minor}"))
            .unwrap_or_default();
        skipped(&format!("there is no Python{which} on this machine"));
    }
    found
}

/// Says that a test did not do its work, and why.
pub fn skipped(why: &str) {
    eprintln!("skipped: {why}");
}

fn ask(python: &Path) -> Option<Python> {
    if !python.exists() {
        return None;
    }
    let code = "import sys; print(*sys.version_info[:2], sys.implementation.name)";
    let output = Command::new(python)
        .args(["-I", "-c", code])
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let mut words = text.split_whitespace();
    let version = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
    Some(Python {
        version,
        implementation: words.next()?.into(),
        path: python.into(),
    })
}

/// All files and empty folders below a folder, sorted, `/` between the parts; folders end in `/`,
/// links in `@`.
///
/// # Panics
/// A folder cannot be read.
pub fn tree(folder: &Path) -> Vec<String> {
    let mut lines = Vec::new();
    walk(folder, "", &mut lines);
    lines.sort();
    lines
}

fn walk(folder: &Path, prefix: &str, lines: &mut Vec<String>) {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let before = lines.len();
    for entry in entries.flatten() {
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => walk(&entry.path(), &format!("{name}/"), lines),
            Ok(kind) if kind.is_symlink() => lines.push(format!("{name}@")),
            _ => lines.push(name),
        }
    }
    if lines.len() == before && !prefix.is_empty() {
        lines.push(prefix.to_owned());
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_run_sees_nothing_of_ours() {
        let mut sandbox = Sandbox::new("/bin/sh");
        sandbox.variable("GREETING", "hello");
        sandbox.write("a/b.txt", "b");
        let run = sandbox.run(["-c", "echo $GREETING $CARGO_MANIFEST_DIR; cd; pwd; exit 3"]);
        let run = run.expect(3);
        assert_eq!(run.stdout, format!("hello\n{}\n", sandbox.home().display()));
        assert_eq!(sandbox.tree(), ["a/b.txt"]);
    }

    #[test]
    fn there_is_no_network_in_the_gap() {
        let index = crate::TestIndex::start();
        let connect = format!("exec 3<>/dev/tcp/127.0.0.1/{}", index.port());
        let sandbox = Sandbox::new("/bin/bash");
        match sandbox.run_in_gap(["-c", &connect]) {
            Ok(run) => {
                assert_ne!(run.status, Some(0), "{run:?}");
                sandbox.run(["-c", &connect]).expect(0);
            }
            Err(why) => skipped(&why),
        }
    }

    #[test]
    fn interpreters_are_found_once_each() {
        let found = pythons();
        let mut versions: Vec<_> = found
            .iter()
            .map(|p| (p.version, &p.implementation))
            .collect();
        versions.dedup();
        assert_eq!(versions.len(), found.len(), "{found:?}");
    }
}
