//! A failed install changes nothing, whatever the reason.

use wh_testing::sandbox::skipped;
use wh_testing::{WheelBuilder, Workbench};

use crate::{bench, wheel};

/// An environment with `lib` 1.0, and a folder with 2.0 and what is new.
fn prepared() -> Option<Workbench> {
    let bench = bench()?;
    let old = wheel("lib", "1.0")
        .file("lib/old.py", "")
        .file("ns/lib/__init__.py", "");
    bench.folder(&[old, wheel("app", "1.0").file("ns/app/__init__.py", "")]);
    bench.install(&["lib", "app"]).expect(0);
    let big = vec![b'x'; 3 << 20];
    let new = wheel("lib", "2.0")
        .file("lib/big.bin", big)
        .file("ns/lib/more.py", "");
    bench.folder(&[new, wheel("fresh", "1.0")]);
    Some(bench)
}

#[test]
fn a_wheel_that_turns_out_bad_while_it_is_unpacked() {
    let Some(bench) = prepared() else { return };
    // only the contents tell
    bench.folder(&[wheel("bad", "1.0").wrong_hash("bad/__init__.py")]);
    let before = bench.snapshot("env");
    bench.install(&["-U", "lib", "fresh", "bad"]).expect(1);
    assert_eq!(before.differences(&bench.snapshot("env")), [""; 0]);
}

/// A limit on the size of files stands for a full disk: both end a write half-way.
#[cfg(unix)]
#[test]
fn a_full_disk() {
    let Some(bench) = prepared() else { return };
    let before = bench.snapshot("env");
    let python = bench.interpreter("env").display().to_string();
    let shell = "ulimit -f 1024; trap '' XFSZ; exec \"$@\"";
    let run = bench.run(
        "/bin/sh",
        [
            "-c",
            shell,
            "sh",
            crate::WH,
            "install",
            "--find-links",
            "wheels",
            "--python",
            &python,
            "-U",
            "lib",
            "fresh",
        ],
    );
    let run = run.expect(3);
    assert!(run.stderr.contains("hint:"), "{}", run.stderr);
    assert_eq!(before.differences(&bench.snapshot("env")), [""; 0]);
}

/// A file system of one megabyte, mounted in a namespace of our own.
#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_is_really_full() {
    let Some(bench) = prepared() else { return };
    std::fs::create_dir(bench.path("small")).unwrap();
    let script = "mount -t tmpfs -o size=1m small small 2>/dev/null || exit 77; \"$@\"; status=$?; \
        ls -A small >&3; exit $status";
    let python = bench.interpreter("env").display().to_string();
    let arguments = [
        WH_INSTALL,
        &[
            "--python", &python, "--target", "small", "lib==2.0", "fresh",
        ],
    ]
    .concat();
    for flags in ["-m", "-rm"] {
        let mut command = std::process::Command::new("unshare");
        let shell = format!("exec 3>left; {script}");
        command
            .args([flags, "--", "/bin/sh", "-c", &shell, "sh", crate::WH])
            .args(&arguments);
        bench.sandbox.prepare(&mut command);
        command.env("PATH", "/usr/bin:/bin");
        let run = wh_testing::sandbox::finish(command);
        if run.status == Some(3) {
            assert!(run.stderr.contains("full"), "{}", run.stderr);
            assert_eq!(bench.sandbox.read("left"), "", "something is left");
            return;
        }
        assert!(matches!(run.status, Some(1 | 77)), "{run:?}");
    }
    skipped("no file system can be mounted here");
}

#[cfg(target_os = "linux")]
const WH_INSTALL: &[&str] = &["install", "--find-links", "wheels"];

#[cfg(unix)]
#[test]
fn a_place_that_cannot_be_written() {
    let Some(bench) = prepared() else { return };
    let before = bench.snapshot("env");
    // a file where a folder is needed stops root as well
    bench.sandbox.write("blocked", "a file");
    let python = bench.interpreter("env").display().to_string();
    let arguments = [
        "install",
        "--find-links",
        "wheels",
        "--python",
        &python,
        "fresh",
    ];
    let run = bench
        .sandbox
        .run(arguments.iter().chain(&["--target", "blocked/inside"]));
    assert!(matches!(run.status, Some(1 | 3)), "{run:?}");
    // a folder where a file is to be
    bench
        .sandbox
        .write("env/bin/taken/inside.txt", "somebody's");
    bench.folder(&[WheelBuilder::new("tool", "1").entry_point("console_scripts", "taken", "x:y")]);
    let before_tool = bench.snapshot("env");
    bench.install(&["tool", "fresh", "-U", "lib"]).expect(1);
    assert_eq!(before_tool.differences(&bench.snapshot("env")), [""; 0]);
    std::fs::remove_dir_all(bench.path("env/bin/taken")).unwrap();
    assert_eq!(before.differences(&bench.snapshot("env")), [""; 0]);
}

/// A log on the disk that is full is no reason to leave the work.
#[cfg(target_os = "linux")]
#[test]
fn words_that_nobody_takes_end_no_run() {
    let Some(bench) = prepared() else { return };
    let python = bench.interpreter("env").display().to_string();
    let shell = "exec \"$@\" 2>/dev/full";
    let words = ["-c", shell, "sh", crate::WH];
    let wanted = ["--python", &python, "-v", "-U", "lib"];
    bench
        .run("/bin/sh", [&words, WH_INSTALL, &wanted].concat())
        .expect(0);
    assert_eq!(bench.freeze("env"), ["app==1.0", "lib==2.0"]);
    let missing = ["--python", &python, "missing"];
    bench
        .run("/bin/sh", [&words, WH_INSTALL, &missing].concat())
        .expect(1);
}
