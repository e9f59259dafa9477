//! The folder cannot take what is fetched: status 3, what to do, and nothing half done.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use wh_testing::Fault;
use wh_testing::sandbox::{Run, finish, skipped};

use crate::bench::{Bench, LINUX, module, noise, says};

/// Runs the binary where `wheels` is a file system of its own, mounted with these options; a file
/// list of it follows on standard output. `None`, in words, where nothing can be mounted.
fn on_a_mount(bench: &Bench, options: &str, args: &[&str]) -> Option<Run> {
    let folder = bench.sandbox.path("wheels");
    std::fs::create_dir(&folder).unwrap();
    let unshare = ["/usr/bin/unshare", "/bin/unshare"];
    let Some(unshare) = unshare.into_iter().find(|path| Path::new(path).exists()) else {
        skipped("this machine has no `unshare`");
        return None;
    };
    let script = format!(
        "mount -t tmpfs -o {options} none wheels || exit 77; \"$@\"; status=$?; ls -A wheels; exit $status"
    );
    let mut command = Command::new(unshare);
    let path = std::env::var_os("PATH").unwrap_or_default();
    command.args([
        "-rm",
        "/bin/sh",
        "-c",
        &script,
        "sh",
        env!("CARGO_BIN_EXE_wh"),
    ]);
    bench
        .sandbox
        .prepare(command.args(bench.words(&[LINUX], args)).env("PATH", &path));
    command.env("PATH", path);
    let run = finish(command);
    if run.status == Some(77) || run.stderr.starts_with("unshare:") {
        skipped(&format!("nothing can be mounted here: {}", run.stderr));
        return None;
    }
    Some(run)
}

#[test]
fn a_full_disk_is_said_and_left_clean() {
    let noise = noise(400_000);
    let bench = Bench::with(&[module("big", "1.0").file("big.bin", noise)]);
    let Some(run) = on_a_mount(&bench, "size=64k", &["big"]) else {
        return;
    };
    let run = run.expect(3);
    says(
        &run,
        &[
            "cannot write",
            "big-1.0-py3-none-any.whl",
            "hint: the disk is full",
            "half done",
        ],
    );
    assert_eq!(run.stdout, "");
}

#[test]
fn a_folder_that_is_read_only_is_said() {
    let bench = Bench::with(&[module("lib", "1.0")]);
    let Some(run) = on_a_mount(&bench, "size=64k,ro", &["lib"]) else {
        return;
    };
    let run = run.expect(3);
    says(
        &run,
        &[
            "cannot write",
            "wheels",
            "hint: this user may not write there",
            "another folder",
        ],
    );
}

#[test]
fn a_file_in_place_of_the_folder_is_said() {
    let bench = Bench::with(&[module("lib", "1.0")]);
    bench.sandbox.write("wheels", "a file");
    let run = bench.download(&["lib"]).expect(3);
    says(&run, &["wheels", "hint:"]);
    assert_eq!(bench.sandbox.read("wheels"), "a file");
}

/// A wheel of the same name that no lock names may be somebody's own.
#[test]
fn a_foreign_file_of_the_same_name_is_left_alone() {
    let bench = Bench::with(&[module("lib", "1.0")]);
    bench
        .sandbox
        .write("wheels/lib-1.0-py3-none-any.whl", "mine");
    let run = bench.download(&["lib"]).expect(1);
    says(&run, &["lib-1.0-py3-none-any.whl", "hint: move", "-d"]);
    assert_eq!(
        bench.sandbox.read("wheels/lib-1.0-py3-none-any.whl"),
        "mine"
    );
    assert_eq!(bench.wheels().len(), 1);
}

#[test]
fn a_report_that_cannot_be_written_is_said() {
    let bench = Bench::with(&[module("lib", "1.0")]);
    let run = bench.download(&["lib", "--report", "no/such/folder/r.json"]);
    assert!(matches!(run.status, Some(2 | 3)), "{run:?}");
    says(&run, &["no/such/folder/r.json"]);
}

#[cfg(unix)]
#[test]
fn a_reader_that_left_is_no_error() {
    let bench = Bench::with(&[module("lib", "1.0")]);
    let words = bench.words(&[LINUX], &["lib", "--dry-run", "--report", "-"]);
    let mut command = Command::new("/bin/sh");
    let script = "\"$@\" | true; exit 0";
    command
        .args(["-c", script, "sh", env!("CARGO_BIN_EXE_wh")])
        .args(words);
    bench.sandbox.prepare(&mut command);
    let run = finish(command).expect(0);
    assert!(!run.stderr.contains("error"), "{}", run.stderr);
}

/// Pinned files begin before it is known that there is no solution, and may be at any stage then:
/// nothing has its name, and what is left is of use to the next run.
#[test]
fn a_run_that_fails_leaves_nothing_half_done() {
    let noise = noise(12_000_000);
    let bench = Bench::with(&[module("big", "1.0").file("big.bin", noise)]);
    let part = ".big-1.0-py3-none-any.whl.part";
    let note = ".big-1.0-py3-none-any.whl.part.json";
    for pause in [50, 100, 200, 400] {
        bench.index.behave();
        let pause = Fault::slow(Duration::from_millis(pause));
        bench.index.misbehave("/simple/nope/", pause);
        bench.download(&["big==1.0", "nope"]).expect(1);
        let mut left = bench.wheels();
        left.retain(|name| name.starts_with('.'));
        assert!(left.is_empty() || left == [part, note], "{left:?}");
        bench.download(&["big"]).expect(0);
        assert_eq!(bench.wheels(), ["big-1.0-py3-none-any.whl", "pylock.toml"]);
        let _ = std::fs::remove_dir_all(bench.sandbox.path("wheels"));
    }
}

/// Not by its own part: that of the killed run is of a version that nobody wants any more.
#[test]
fn what_a_killed_run_left_goes() {
    let bench = Bench::app_and_lib();
    bench
        .sandbox
        .write("wheels/.lib-0.9-py3-none-any.whl.part", "half");
    // killed while it wrote the lock
    bench.sandbox.write("wheels/.pylock-x1y2.part", "lock-ver");
    bench.sandbox.write("wheels/.mine.part", "mine");
    bench.download(&["lib"]).expect(0);
    assert_eq!(
        bench.wheels(),
        [".mine.part", "lib-2.0-py3-none-any.whl", "pylock.toml"]
    );
}
