//! Ctrl-C: status 130, and nothing under a final name but what is whole. Killed at once: the same,
//! and the next run goes on with what is there.
#![cfg(unix)]

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use wh_testing::Fault;

use crate::bench::{Bench, LINUX, module, noise};

#[test]
fn ctrl_c_ends_a_download_with_130() {
    let noise = noise(400_000);
    let bench = Bench::with(&[
        module("small", "1.0"),
        module("big", "1.0").file("big.bin", noise),
    ]);
    bench
        .index
        .misbehave("/files/big*.whl", Fault::rate(20_000));
    let mut command = bench
        .sandbox
        .command(bench.words(&[LINUX], &["small", "big"]));
    let child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let small = bench.sandbox.path("wheels/small-1.0-py3-none-any.whl");
    let started = Instant::now();
    while !small.exists() || bench.index.count("/files/big*.whl") == 0 {
        assert!(
            started.elapsed() < Duration::from_secs(20),
            "it does not begin"
        );
        std::thread::sleep(Duration::from_millis(10));
    }
    let pid = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &pid])
            .status()
            .unwrap()
            .success()
    );
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    assert!(started.elapsed() < Duration::from_secs(20));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("interrupted"), "{stderr}");
    let mut named = bench.wheels();
    named.retain(|name| !name.starts_with('.'));
    assert_eq!(named, ["small-1.0-py3-none-any.whl"]);

    // the next run is not in the way of what was left
    bench.index.behave();
    bench.download(&["small", "big"]).expect(0);
    assert_eq!(bench.index.count("/files/small*.whl"), 1);
    let names = [
        "big-1.0-py3-none-any.whl",
        "pylock.toml",
        "small-1.0-py3-none-any.whl",
    ];
    assert_eq!(bench.wheels(), names);
}

/// `kill -9` in the middle of a file: the next run asks for the rest alone, and not for the files
/// that were whole.
#[test]
fn the_run_after_a_kill_goes_on() {
    let bench = Bench::with(&[
        module("small", "1.0"),
        module("big", "1.0").file("big.bin", noise(900_000)),
    ]);
    bench
        .index
        .misbehave("/files/big*.whl", Fault::rate(500_000));
    let mut command = bench
        .sandbox
        .command(bench.words(&[LINUX], &["small", "big"]));
    let mut child = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let small = bench.sandbox.path("wheels/small-1.0-py3-none-any.whl");
    let part = bench.sandbox.path("wheels/.big-1.0-py3-none-any.whl.part");
    let length = || std::fs::metadata(&part).map_or(0, |part| part.len());
    let started = Instant::now();
    while !small.exists() || length() == 0 {
        assert!(
            started.elapsed() < Duration::from_secs(20),
            "it does not begin"
        );
        std::thread::sleep(Duration::from_millis(10));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let there = length();
    assert!(there > 0 && there < 900_000, "{there}");

    bench.index.behave().clear_log();
    let run = bench.download(&["small", "big", "-v"]).expect(0);
    assert!(run.stderr.contains("goes on: big-1.0-py3-none-any.whl"));
    let requests = bench.index.requests_to("/files/*.whl");
    let ranges: Vec<_> = requests.iter().map(|request| request.range()).collect();
    assert_eq!(ranges, [Some(format!("bytes={there}-").as_str())]);
    let names = [
        "big-1.0-py3-none-any.whl",
        "pylock.toml",
        "small-1.0-py3-none-any.whl",
    ];
    assert_eq!(bench.wheels(), names);
}
