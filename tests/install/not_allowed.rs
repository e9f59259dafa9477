//! As a user that may not write everywhere; only root can become one.

#![cfg(target_os = "linux")]

use std::path::{Path, PathBuf};
use std::process::Command;

use wh_testing::Workbench;
use wh_testing::sandbox::{Python, Run, finish, pythons, skipped};

use crate::{WH, wheel};

/// A program, started by a user who owns nothing.
fn as_nobody(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--reuid", "65534", "--regid", "65534", "--clear-groups"]);
    // the second program has no capability left
    command.args(["/bin/sh", "-c", "exec \"$0\" \"$@\""]);
    command.arg(program);
    command
}

/// An environment that such a user can look at, with `app` and `lib`.
fn bench() -> Option<Workbench> {
    let code = "import sys, sysconfig; sys.exit(sys.version_info < (3, 8))";
    let places = pythons().into_iter().map(|python| python.path);
    let usable = |path: &PathBuf| {
        let output = as_nobody(path).args(["-c", code]).output();
        output.is_ok_and(|output| output.status.success())
    };
    let Some(path) = places.chain(["/usr/bin/python3".into()]).find(usable) else {
        skipped("no other user can be taken, or none may run a Python");
        return None;
    };
    let python = Python {
        version: (3, 8),
        implementation: "cpython".into(),
        path,
    };
    let bench = Workbench::with(WH, python);
    bench.folder(&[wheel("app", "1.0"), wheel("lib", "1.0")]);
    bench.environment("env");
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(bench.path(".."), open).unwrap();
    bench.install(&["app", "lib"]).expect(0);
    bench.folder(&[wheel("app", "2.0"), wheel("lib", "2.0")]);
    Some(bench)
}

/// `wh install` by that user.
fn install(bench: &Workbench, wanted: &[&str]) -> Run {
    let mut command = as_nobody(WH.as_ref());
    command.args(["install", "--find-links", "wheels", "--python"]);
    command.arg(bench.interpreter("env")).args(wanted);
    bench.sandbox.prepare(&mut command);
    command.env("PATH", "/usr/bin:/bin");
    finish(command)
}

#[test]
fn a_folder_of_somebody_else() {
    let Some(bench) = bench() else { return };
    let before = bench.snapshot("env");
    let run = install(&bench, &["-U", "lib"]).expect(3);
    assert!(run.stderr.contains("may not write"), "{}", run.stderr);
    // what is there needs no right to write
    let run = install(&bench, &["lib"]).expect(0);
    assert!(run.stderr.contains("all there"), "{}", run.stderr);
    assert_eq!(before.differences(&bench.snapshot("env")), [""; 0]);
}

/// What it may move is moved back.
#[test]
fn one_folder_of_somebody_else() {
    let Some(bench) = bench() else { return };
    let library = bench.path("env/lib").read_dir().unwrap().next().unwrap();
    let library = library.unwrap().path().join("site-packages");
    bench.run("/bin/chown", ["-R", "65534", "env"]).expect(0);
    let lib = library.join("lib").display().to_string();
    bench.run("/bin/chown", ["-R", "0", &lib]).expect(0);
    let before = bench.snapshot("env");
    let run = install(&bench, &["-U", "app", "lib"]).expect(3);
    let named = format!("cannot move `{lib}/__init__.py`");
    for words in [&*named, "may not write"] {
        assert!(run.stderr.contains(words), "{}", run.stderr);
    }
    assert_eq!(before.differences(&bench.snapshot("env")), [""; 0]);
    bench.run("/bin/chown", ["-R", "65534", "env"]).expect(0);
    install(&bench, &["-U", "app", "lib"]).expect(0);
    assert_eq!(bench.freeze("env"), ["app==2.0", "lib==2.0"]);
}
