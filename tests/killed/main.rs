//! A run that is killed, wherever: the next one leaves the old or the new state, file for file,
//! and nobody is shown what lies between.

#![cfg(target_os = "linux")]

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use wh_testing::sandbox::{Run, finish, skipped};
use wh_testing::snapshot::Snapshot;
use wh_testing::{WheelBuilder, Workbench};

const WH: &str = env!("CARGO_BIN_EXE_wh");

/// What changes names and folders. All of that is done by one thread.
const NAMES: &str = "rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,rmdir";

fn wheel(name: &str, version: &str) -> WheelBuilder {
    WheelBuilder::new(name, version)
        .file(format!("{name}/__init__.py"), format!("# {version}"))
        .file(format!("{name}/only_{}.py", &version[..1]), "")
        .file(format!("ns/{name}/v{}.py", &version[..1]), "")
}

/// A wheel with a script, and files outside the library.
fn tool(version: &str) -> WheelBuilder {
    wheel("tool", version)
        .entry_point("console_scripts", "tool", "tool:main")
        .data("data", &format!("share/tool/{version}"), "")
        .data("headers", "tool.h", version)
}

/// The old state in `env`, with a copy of it in `old`; the new one goes there with [`UPGRADE`].
struct Case {
    bench: Workbench,
    old: Snapshot,
    new: Snapshot,
}

const UPGRADE: &[&str] = &["-U", "lib", "tool"];

impl Case {
    fn new() -> Option<Self> {
        let bench = Workbench::new(WH)?;
        bench.folder(&[wheel("lib", "1.0"), tool("1.0")]);
        bench.install(&["lib", "tool"]).expect(0);
        let cache = bench.site_packages("env").join("lib/__pycache__");
        std::fs::create_dir(&cache).unwrap();
        std::fs::write(cache.join("only_1.cpython-311.pyc"), "").unwrap();
        bench.folder(&[wheel("lib", "2.0"), tool("2.0")]);
        let old = bench.snapshot("env");
        bench.run("/bin/cp", ["-a", "env", "old"]).expect(0);
        bench.install(UPGRADE).expect(0);
        let new = bench.snapshot("env");
        assert_ne!(old, new);
        Some(Self { bench, old, new })
    }

    fn begin_again(&self) {
        std::fs::remove_dir_all(self.bench.path("env")).unwrap();
        self.bench.run("/bin/cp", ["-a", "old", "env"]).expect(0);
    }

    /// `wh install`, killed when it is about to make the Nth call of a kind; its status then is
    /// none. `None` where programs cannot be traced here.
    fn killed(&self, calls: &str, number: usize, arguments: &[&str]) -> Option<Run> {
        let python = self.bench.interpreter("env").display().to_string();
        let inject = format!("--inject={calls}:signal=SIGKILL:when={number}");
        let mut command = Command::new("strace");
        let trace = format!("--trace={calls}");
        command.args(["-f", "-qqq", "-o", "calls", &trace, &inject, WH]);
        command.args(["install", "--find-links", "wheels", "--python", &python]);
        command.args(arguments);
        self.bench.sandbox.prepare(&mut command);
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        let run = finish(command);
        if run.status.is_some_and(|status| status != 0) {
            skipped(&format!("programs cannot be traced here: {}", run.stderr));
            return None;
        }
        Some(run)
    }

    /// Nobody is shown a half state; the next run that may write makes it a whole one. Tells
    /// whether that is the new one, and whether there was a half one.
    fn recovers(&self, what: &str) -> (bool, bool) {
        let python = self.bench.interpreter("env").display().to_string();
        let frozen = self.bench.sandbox.run(["freeze", "--python", &python]);
        let half = frozen.status == Some(1);
        match frozen.status {
            Some(0) => assert!(
                ["lib==1.0\ntool==1.0\n", "lib==2.0\ntool==2.0\n"].contains(&&*frozen.stdout),
                "{what}: {frozen:?}"
            ),
            _ => {
                let frozen = frozen.expect(1);
                assert_eq!(frozen.stdout, "", "{what}");
                let words = [
                    "a killed run is in the way in ",
                    "hint: run `wh install ...`",
                ];
                assert!(
                    words.iter().all(|words| frozen.stderr.contains(words)),
                    "{frozen:?}"
                );
            }
        }
        // what is there will do: this changes nothing else
        let run = self.bench.install(&["lib", "tool"]).expect(0);
        let found = self.bench.snapshot("env");
        let differences = [&self.old, &self.new].map(|state| state.differences(&found));
        assert!(
            differences.iter().any(Vec::is_empty),
            "{what}: {differences:#?}\n{}",
            run.stderr
        );
        (differences[1].is_empty(), half)
    }
}

fn has_strace() -> bool {
    let there = Command::new("strace").arg("-V").output().is_ok();
    if !there {
        skipped("strace is not installed");
    }
    there
}

#[test]
fn at_any_change_of_a_name() {
    let Some(case) = has_strace().then(Case::new).flatten() else {
        return;
    };
    let mut outcomes = Vec::new();
    for number in 1.. {
        case.begin_again();
        let Some(run) = case.killed(NAMES, number, UPGRADE) else {
            return;
        };
        if run.status == Some(0) {
            break;
        }
        outcomes.push(case.recovers(&format!("killed at {number}")));
    }
    // old until the commit, new from then on
    let half = outcomes.iter().filter(|(_, half)| *half).count();
    let outcomes: Vec<bool> = outcomes.into_iter().map(|(is_new, _)| is_new).collect();
    assert!(half > 10, "{half}");
    assert!(outcomes.is_sorted(), "{outcomes:?}");
    let new = outcomes.iter().filter(|is_new| **is_new).count();
    assert!(new > 3 && outcomes.len() - new > 20, "{outcomes:?}");
}

#[test]
fn at_a_write() {
    let Some(case) = has_strace().then(Case::new).flatten() else {
        return;
    };
    for number in 1.. {
        case.begin_again();
        let Some(run) = case.killed("write", number, UPGRADE) else {
            return;
        };
        if run.status == Some(0) {
            assert!(number > 3);
            break;
        }
        assert!(!case.recovers(&format!("killed at write {number}")).0);
    }
}

#[test]
fn while_it_recovers_from_a_kill() {
    let Some(case) = has_strace().then(Case::new).flatten() else {
        return;
    };
    // the last of these is the commit: all is moved by then
    let renames = "rename,renameat,renameat2";
    case.begin_again();
    if case
        .killed(renames, usize::from(u16::MAX), UPGRADE)
        .is_none()
    {
        return;
    }
    let calls = case.bench.sandbox.read("calls");
    let last = calls
        .lines()
        .filter(|line| line.contains(" rename"))
        .count();
    assert!(last > 10, "{last}");
    for number in 1.. {
        case.begin_again();
        case.killed(renames, last, UPGRADE);
        let Some(run) = case.killed(NAMES, number, &["lib", "tool"]) else {
            return;
        };
        assert!(!case.recovers(&format!("recovery killed at {number}")).0);
        if run.status == Some(0) {
            assert!(run.stderr.contains("moved back"), "{}", run.stderr);
            assert!(number > last, "{number}");
            break;
        }
    }
}

#[test]
fn at_any_time() {
    let Some(bench) = Workbench::new(WH) else {
        return;
    };
    let names: Vec<String> = (0..20).map(|number| format!("p{number}")).collect();
    for version in ["1.0", "2.0"] {
        let wheels: Vec<_> = names.iter().map(|name| wheel(name, version)).collect();
        bench.folder(&wheels);
    }
    let pins = |version: &str| -> Vec<String> {
        names
            .iter()
            .map(|name| format!("{name}=={version}"))
            .collect()
    };
    let install = |version: &str| {
        let pins = pins(version);
        let pins: Vec<&str> = pins.iter().map(String::as_str).collect();
        bench.install(&pins).expect(0)
    };
    let start = Instant::now();
    install("1.0");
    let old = bench.snapshot("env");
    bench.run("/bin/cp", ["-a", "env", "old"]).expect(0);
    let start_of_second = Instant::now();
    install("2.0");
    let whole = start_of_second.elapsed();
    let new = bench.snapshot("env");
    let python = bench.interpreter("env").display().to_string();
    for turn in 0..40 {
        std::fs::remove_dir_all(bench.path("env")).unwrap();
        bench.run("/bin/cp", ["-a", "old", "env"]).expect(0);
        let all = ["install", "--find-links", "wheels", "--python", &python];
        let mut command = bench.sandbox.command(all);
        command
            .args(pins("2.0"))
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        // the second half is where something happens
        std::thread::sleep(whole / 3 + whole * turn / 50);
        child.kill().unwrap();
        child.wait().unwrap();
        bench.install(&["p0"]).expect(0);
        let found = bench.snapshot("env");
        let differences = [&old, &new].map(|state| state.differences(&found));
        assert!(
            differences.iter().any(Vec::is_empty),
            "{turn}: {differences:#?}"
        );
    }
    assert!(start.elapsed() < Duration::from_secs(600));
}
