//! Faults that pass: the run ends well, and no byte is fetched twice.

use std::time::Duration;

use wh_testing::index::Request;
use wh_testing::{Fault, IndexFile, sha256_hex};

use crate::bench::{Bench, Lock, module, noise, says};

const FILE: &str = "/files/big-1.0-py3-none-any.whl";

/// A wheel of some size, which no compression makes small.
fn big() -> wh_testing::WheelBuilder {
    module("big", "1.0").file("big.bin", noise(600_000))
}

fn run(bench: &Bench) -> Vec<Request> {
    let url = bench.index.url();
    let words = [
        "download",
        "big",
        "-i",
        &url,
        "--target",
        "cp312-linux",
        "--retries",
        "3",
        "-v",
    ];
    let run = bench.sandbox.run(words).expect(0);
    assert!(!run.stderr.contains("warning"), "{}", run.stderr);
    let file = std::fs::read(bench.sandbox.path("wheels/big-1.0-py3-none-any.whl")).unwrap();
    assert_eq!(sha256_hex(&file), IndexFile::wheel(&big()).sha256());
    bench.index.requests_to(FILE)
}

#[test]
fn a_page_that_fails_once_is_asked_for_again() {
    let bench = Bench::with(&[big()]);
    bench
        .index
        .misbehave("/simple/*", Fault::status(503).first(1));
    run(&bench);
    assert_eq!(bench.index.count("/simple/big/"), 2);
}

#[test]
fn retry_after_is_heeded() {
    let bench = Bench::with(&[big()]);
    bench
        .index
        .misbehave("/simple/*", Fault::status(429).first(1).retry_after(1));
    run(&bench);
    let requests = bench.index.requests_to("/simple/big/");
    let pause = requests[1].at - requests[0].at;
    assert!(pause >= Duration::from_millis(950), "{pause:?}");
}

#[test]
fn a_page_that_is_cut_once_is_asked_for_again() {
    let bench = Bench::with(&[big()]);
    bench.index.misbehave("/simple/*", Fault::cut(20).first(1));
    run(&bench);
}

#[test]
fn a_file_that_fails_once_is_asked_for_again() {
    let bench = Bench::with(&[big()]);
    bench.index.misbehave(FILE, Fault::status(503).first(1));
    assert_eq!(run(&bench).len(), 2);
}

#[test]
fn a_cut_file_goes_on_where_it_was_cut() {
    let bench = Bench::with(&[big()]);
    bench.index.misbehave(FILE, Fault::cut(200_000).first(2));
    let requests = run(&bench);
    let ranges: Vec<_> = requests.iter().map(Request::range).collect();
    assert_eq!(ranges, [None, Some("bytes=200000-"), Some("bytes=400000-")]);
    for request in &requests[1..] {
        assert!(request.header("if-range").is_some(), "{request:?}");
    }
}

#[test]
fn a_server_without_ranges_sends_all_again() {
    let bench = Bench::with(&[big()]);
    bench.index.misbehave(FILE, Fault::cut(200_000).first(1));
    bench.index.misbehave(FILE, Fault::ignores_range());
    assert_eq!(run(&bench).len(), 2);
}

/// The file is another one when the second part is asked for: it begins anew, and the bytes are
/// those of one file.
#[test]
fn a_file_that_changes_between_two_parts_begins_anew() {
    let bench = Bench::with(&[big()]);
    bench.index.misbehave(FILE, Fault::cut(200_000).first(1));
    bench.index.misbehave(FILE, Fault::etag_changes());
    let requests = run(&bench);
    assert_eq!(requests.len(), 2);
    assert!(requests[1].header("if-range").is_some());
}

#[test]
fn a_silent_line_is_left() {
    let bench = Bench::with(&[big()]);
    bench
        .index
        .misbehave(FILE, Fault::stall(200_000, Duration::from_secs(5)).first(1));
    let url = bench.index.url();
    let words = [
        "download",
        "big",
        "-i",
        &url,
        "--target",
        "cp312-linux",
        "--timeout",
        "1",
    ];
    bench.sandbox.run(words).expect(0);
    assert_eq!(
        bench.index.requests_to(FILE)[1].range(),
        Some("bytes=200000-")
    );
}

/// Wrong bytes in one answer of several: what was put together is fetched once more in one piece.
#[test]
fn pieces_that_do_not_fit_are_fetched_in_one() {
    let bench = Bench::with(&[big()]);
    bench.index.misbehave(FILE, Fault::cut(200_000).first(1));
    bench
        .index
        .misbehave(FILE, Fault::wrong_bytes().after(1).first(1));
    let requests = run(&bench);
    assert_eq!(requests.len(), 3);
    assert_eq!(requests[2].range(), None);
}

#[test]
fn retries_are_told_to_those_who_ask() {
    let bench = Bench::with(&[module("lib", "1.0")]);
    bench
        .index
        .misbehave("/files/*.whl", Fault::cut(100).first(1));
    let url = bench.index.url();
    let words = [
        "download",
        "lib",
        "-i",
        &url,
        "--target",
        "cp312-linux",
        "-v",
    ];
    let run = bench.sandbox.run(words).expect(0);
    says(&run, &["again: lib-1.0-py3-none-any.whl"]);
}

/// Tries are used up in the middle of a file: the next run asks for the rest alone.
#[test]
fn the_next_run_goes_on_where_the_last_was_cut() {
    let bench = Bench::with(&[big()]);
    bench.index.misbehave(FILE, Fault::cut(200_000).first(1));
    bench.download(&["big"]).expect(3);
    bench.assert_nothing_kept();
    assert_eq!(run(&bench)[1].range(), Some("bytes=200000-"));
    assert_eq!(bench.wheels(), ["big-1.0-py3-none-any.whl", "pylock.toml"]);
}

/// What was fetched before a failure is not fetched again.
#[test]
fn the_next_run_goes_on() {
    let bench = Bench::with(&[module("app", "1.0").requires("lib"), module("lib", "1.0")]);
    bench
        .index
        .misbehave("/files/lib*.whl", Fault::status(404).first(1));
    bench
        .index
        .misbehave("/files/lib*.whl", Fault::slow(Duration::from_millis(300)));
    bench.download(&["app"]).expect(1);
    assert!(!bench.wheels().contains(&"pylock.toml".to_owned()));
    bench.index.clear_log();
    bench.download(&["app"]).expect(0);
    assert_eq!(bench.index.count("/files/app*.whl"), 0);
    let lock = Lock::read(&bench.sandbox.path("wheels/pylock.toml"));
    assert_eq!(lock.versions(), ["app 1.0", "lib 1.0"]);
}
