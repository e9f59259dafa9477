//! What an index or the line to it can do for good: status 3 (could not find out) or 1, in words.

use std::time::{Duration, Instant};

use wh_testing::{Fault, IndexFile, Sandbox, TestIndex};

use crate::bench::{Bench, module, says};

/// An index that does this to its pages (or files) is answered so.
#[track_caller]
fn check(pattern: &str, fault: Fault, status: i32, words: &[&str]) {
    let bench = Bench::app_and_lib();
    bench.index.misbehave(pattern, fault);
    let run = bench.download(&["app", "--timeout", "1"]).expect(status);
    says(&run, &["error:", "hint:"]);
    says(&run, words);
    // the other file may have come in whole before
    let mut kept = bench.wheels();
    kept.retain(|name| !name.starts_with('.') && name != "app-1.0-py3-none-any.whl");
    assert!(kept.iter().all(String::is_empty), "{kept:?}");
    assert!(
        bench.wheels().iter().all(|name| !name.ends_with(".part")),
        "{:?}",
        bench.wheels()
    );
}

#[test]
fn pages_that_are_refused() {
    check(
        "/simple/*",
        Fault::status(401),
        3,
        &["401", "/simple/app/", "credentials", "netrc"],
    );
    check("/simple/*", Fault::status(403), 3, &["403"]);
    check("/simple/*", Fault::status(407), 3, &["407", "--proxy"]);
}

#[test]
fn pages_of_a_server_in_trouble() {
    check(
        "/simple/*",
        Fault::status(500),
        3,
        &["500", "try again later"],
    );
    check("/simple/*", Fault::status(503), 3, &["503"]);
    check("/simple/*", Fault::status(429), 3, &["429"]);
    check("/simple/*", Fault::status(418), 3, &["418", "Simple index"]);
}

#[test]
fn pages_that_are_none() {
    check(
        "/simple/*",
        Fault::garbage(),
        3,
        &["/simple/app/", "Simple index"],
    );
    check(
        "/simple/*",
        Fault::no_links(),
        3,
        &["/simple/app/", "Simple index"],
    );
    check(
        "/simple/*",
        Fault::body("image/png", "x"),
        3,
        &["/simple/app/", "image/png"],
    );
}

#[test]
fn pages_that_end_too_early() {
    check("/simple/*", Fault::cut(10), 3, &["/simple/app/"]);
    check(
        "/simple/*",
        Fault::slow(Duration::from_secs(3)),
        3,
        &["in time", "--timeout"],
    );
}

#[test]
fn files_that_are_refused_or_gone() {
    check(
        "/files/*.whl",
        Fault::status(404),
        1,
        &["-py3-none-any.whl answered 404"],
    );
    check(
        "/files/*.whl",
        Fault::status(403),
        3,
        &["-py3-none-any.whl answered 403"],
    );
    check("/files/*.whl", Fault::status(500), 3, &["500"]);
}

#[test]
fn files_that_are_cut_for_good() {
    check(
        "/files/*.whl",
        Fault::cut(100),
        3,
        &["-py3-none-any.whl", "cut"],
    );
    check(
        "/files/*.whl",
        Fault::stall(100, Duration::from_secs(3)),
        3,
        &["-py3-none-any.whl"],
    );
}

#[test]
fn files_that_are_others() {
    check(
        "/files/lib*.whl",
        Fault::wrong_bytes(),
        1,
        &["lib-2.0-py3-none-any.whl", "sha256"],
    );
    check(
        "/files/lib*.whl",
        Fault::body("text/html", "<html>"),
        1,
        &["lib-2.0-py3-none-any.whl", "bytes"],
    );
}

#[test]
fn sizes_that_are_others() {
    for size in [10, 1 << 30] {
        let bench = Bench::new();
        bench
            .index
            .add(IndexFile::wheel(&module("lib", "1.0")).size(size));
        let run = bench.download(&["lib"]).expect(1);
        says(
            &run,
            &["lib-1.0-py3-none-any.whl", &size.to_string(), "hint:"],
        );
        bench.assert_nothing_kept();
    }
}

#[test]
fn hashes_that_are_others() {
    let bench = Bench::new();
    bench
        .index
        .add(IndexFile::wheel(&module("lib", "1.0")).hash("sha256", "0".repeat(64)));
    let run = bench.download(&["lib"]).expect(1);
    says(
        &run,
        &["lib-1.0-py3-none-any.whl", &"0".repeat(64), "hint:"],
    );
    bench.assert_nothing_kept();
}

#[test]
fn nobody_listens() {
    let sandbox = Sandbox::new(env!("CARGO_BIN_EXE_wh"));
    let url = TestIndex::start().url(); // gone at the end of the line
    let words = [
        "download",
        "app",
        "--target",
        "cp312-linux",
        "--retries",
        "0",
        "-i",
        &url,
    ];
    let run = sandbox.run(words).expect(3);
    says(&run, &["cannot connect to 127.0.0.1", "hint:", "--proxy"]);
}

#[test]
fn redirects_in_a_circle_end() {
    check(
        "/simple/app/",
        Fault::redirect("/simple/app/"),
        3,
        &["/simple/app/"],
    );
}

#[test]
fn a_failure_stops_the_rest_soon() {
    let wheels: Vec<_> = (0..30).map(|n| module(&format!("p{n}"), "1.0")).collect();
    let bench = Bench::with(&wheels);
    bench.index.misbehave("/files/p3-*.whl", Fault::status(404));
    bench
        .index
        .misbehave("/files/*.whl", Fault::slow(Duration::from_millis(100)));
    let names: Vec<String> = (0..30).map(|n| format!("p{n}")).collect();
    let mut args: Vec<&str> = names.iter().map(String::as_str).collect();
    args.extend(["--jobs", "4"]);
    let started = Instant::now();
    let run = bench.download(&args).expect(1);
    says(&run, &["p3-1.0-py3-none-any.whl"]);
    assert!(started.elapsed() < Duration::from_secs(5));
    assert!(!bench.wheels().contains(&"pylock.toml".to_owned()));
}
