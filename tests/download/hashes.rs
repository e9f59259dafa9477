//! Hashes in requirements: `--require-hashes`, and what does not agree.

use wh_testing::{IndexFile, WheelBuilder};

use crate::bench::{Bench, module, says};

fn sha256(name: &str, version: &str) -> String {
    IndexFile::wheel(&module(name, version)).sha256()
}

fn pinned(name: &str, version: &str) -> String {
    format!("{name}=={version} --hash=sha256:{}", sha256(name, version))
}

fn bench() -> Bench {
    Bench::with(&[
        module("app", "1.0"),
        module("lib", "1.0"),
        module("lib", "2.0"),
    ])
}

#[test]
fn pins_with_hashes_are_fetched() {
    let bench = bench();
    let lines = [pinned("app", "1.0"), pinned("lib", "1.0")].join("\n");
    bench.sandbox.write("r.txt", lines);
    bench
        .download(&["-r", "r.txt", "--require-hashes"])
        .expect(0);
    assert_eq!(bench.lock().versions(), ["app 1.0", "lib 1.0"]);
}

#[test]
fn one_hash_asks_for_all() {
    let bench = bench();
    bench
        .sandbox
        .write("r.txt", format!("{}\nlib==1.0\n", pinned("app", "1.0")));
    let run = bench.download(&["-r", "r.txt"]).expect(1);
    says(&run, &["lib==1.0", "r.txt", "hint:", "--hash=sha256:"]);
    assert_eq!(bench.index.requests(), []);
}

#[test]
fn what_nobody_named_has_no_hash() {
    let bench = bench();
    bench
        .index
        .add_wheel(&module("asks", "1.0").requires("lib"));
    let asks = IndexFile::wheel(&module("asks", "1.0").requires("lib")).sha256();
    bench
        .sandbox
        .write("r.txt", format!("asks==1.0 --hash=sha256:{asks}\n"));
    let run = bench.download(&["-r", "r.txt"]).expect(1);
    says(&run, &["lib==2.0", "asks", "hint:"]);
    assert!(!bench.wheels().contains(&"pylock.toml".to_owned()));
}

#[test]
fn a_hash_that_no_file_has_is_a_no() {
    let bench = bench();
    let line = format!("app==1.0 --hash=sha256:{}\n", sha256("lib", "1.0"));
    bench.sandbox.write("r.txt", line);
    let run = bench.download(&["-r", "r.txt"]).expect(1);
    says(&run, &["app 1.0", "digests", "hint:"]);
    bench.assert_nothing_kept();
}

/// Those of another machine's file are no hash at all.
#[test]
fn hashes_of_files_that_do_not_fit_are_a_no() {
    let fits = || module("app", "1.0").tag("cp312-cp312-manylinux_2_17_x86_64");
    let other = || module("app", "1.0").tag("cp312-cp312-win_amd64");
    let bench = Bench::with(&[fits(), other()]);
    let line = |wheel: WheelBuilder| {
        let sha256 = IndexFile::wheel(&wheel).sha256();
        format!("app==1.0 --hash=sha256:{sha256}")
    };
    bench.sandbox.write("r.txt", line(other()));
    let run = bench.download(&["-r", "r.txt"]).expect(1);
    says(
        &run,
        &["app 1.0", "digests you require", "hint: the digests"],
    );
    assert!(!run.stderr.contains("Python"), "{}", run.stderr);
    bench.assert_nothing_kept();
    bench.sandbox.write("r.txt", line(fits()));
    bench.download(&["-r", "r.txt"]).expect(0);
}

/// Where the page knows no hash, the requirement's counts, and only the bytes can tell.
#[test]
fn bytes_are_held_against_the_requirement() {
    let bench = Bench::new();
    bench
        .index
        .add(IndexFile::wheel(&module("app", "1.0")).without_hashes());
    let line = format!("app==1.0 --hash=sha256:{}\n", sha256("lib", "1.0"));
    bench.sandbox.write("r.txt", line);
    let run = bench.download(&["-r", "r.txt"]).expect(1);
    says(&run, &["app-1.0-py3-none-any.whl", "hint:"]);
    bench.assert_nothing_kept();
    bench.sandbox.write("r.txt", pinned("app", "1.0"));
    bench.download(&["-r", "r.txt"]).expect(0);
}

#[test]
fn the_hash_of_a_url_counts() {
    let bench = Bench::new();
    bench.index.serve(
        "/d/app-1.0-py3-none-any.whl",
        "application/zip",
        module("app", "1.0").build(),
    );
    let url = bench.index.url_of("/d/app-1.0-py3-none-any.whl");
    let wrong = format!("app @ {url}#sha256={}", sha256("lib", "1.0"));
    let run = bench.download(&[&wrong]).expect(1);
    says(&run, &["app-1.0-py3-none-any.whl"]);
    bench.assert_nothing_kept();
    let right = format!("app @ {url}#sha256={}", sha256("app", "1.0"));
    bench.download(&[&right]).expect(0);
    assert_eq!(bench.lock().versions(), ["app 1.0"]);
}

#[test]
fn a_url_with_a_hash_serves_require_hashes() {
    let bench = Bench::new();
    bench.index.serve(
        "/d/app-1.0-py3-none-any.whl",
        "application/zip",
        module("app", "1.0").build(),
    );
    let url = bench.index.url_of("/d/app-1.0-py3-none-any.whl");
    let line = format!("app @ {url}#sha256={}", sha256("app", "1.0"));
    bench.download(&[&line, "--require-hashes"]).expect(0);
    bench
        .download(&[&format!("app @ {url}"), "--require-hashes", "-d", "b"])
        .expect(1);
}
