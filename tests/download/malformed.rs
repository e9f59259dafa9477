//! The request is malformed (status 2): what is said, and where it stands.

use crate::bench::{Bench, LINUX, says};

/// The request is refused with these words; nothing is kept.
#[track_caller]
fn check(bench: &Bench, args: &[&str], words: &[&str]) {
    let run = bench.download(args).expect(2);
    says(&run, &["error:"]);
    says(&run, words);
    assert_eq!(run.stdout, "");
    bench.assert_nothing_kept();
}

#[test]
fn a_bad_requirement_is_shown_with_the_place() {
    let bench = Bench::app_and_lib();
    check(
        &bench,
        &["app", "lib=>1"],
        &[
            "`lib=>1` is not a requirement",
            "\n  lib=>1\n     ^",
            "hint:",
        ],
    );
    assert_eq!(bench.index.requests(), []);
}

#[test]
fn a_bad_line_is_shown_with_file_line_and_column() {
    let bench = Bench::app_and_lib();
    bench.sandbox.write("r.txt", "app\n-r more.txt\n");
    bench
        .sandbox
        .write("more.txt", "# nothing\n\nlib ; python_versio < '3'\n");
    check(
        &bench,
        &["-r", "r.txt"],
        &["more.txt:3:7", "python_versio", "hint:"],
    );
    bench.sandbox.write("more.txt", "lib\n--frobnicate yes\n");
    check(&bench, &["-r", "r.txt"], &["more.txt:2", "--frobnicate"]);
    assert_eq!(bench.index.requests(), []);
}

#[test]
fn files_that_are_not_there_are_malformed_requests() {
    let bench = Bench::app_and_lib();
    check(&bench, &["-r", "nowhere.txt"], &["nowhere.txt", "hint:"]);
    bench.sandbox.write("r.txt", "app\n-c gone.txt\n");
    check(&bench, &["-r", "r.txt"], &["gone.txt", "r.txt:2"]);
    bench.sandbox.write("loop.txt", "-r loop.txt\n");
    check(&bench, &["-r", "loop.txt"], &["loop.txt:1", "hint:"]);
}

#[test]
fn a_run_without_requirements_is_malformed() {
    let bench = Bench::app_and_lib();
    check(&bench, &[], &["no requirement", "hint:", "-r"]);
    bench.sandbox.write("empty.txt", "# nothing\n");
    check(&bench, &["-r", "empty.txt"], &["no requirement"]);
}

#[test]
fn flags_that_do_not_exist_are_malformed() {
    let bench = Bench::app_and_lib();
    let run = bench.download(&["app", "--no-dep"]).expect(2);
    says(&run, &["--no-dep", "--no-deps"]);
    bench.download(&["app", "--timeout", "soon"]).expect(2);
    bench
        .download(&["app", "--index-strategy", "any"])
        .expect(2);
}

#[test]
fn addresses_that_are_none_are_malformed() {
    let bench = Bench::app_and_lib();
    let run = |url: &str| {
        bench
            .sandbox
            .run(["download", "app", "--target", LINUX, "-i", url])
    };
    says(
        &run("packages.example/simple").expect(2),
        &["packages.example", "hint:", "https://"],
    );
    says(
        &run("ftp://packages.example/").expect(2),
        &["ftp:", "hint:"],
    );
}

#[test]
fn a_lock_has_a_name_that_readers_know() {
    let bench = Bench::app_and_lib();
    for name in ["", "..", "a.b", "a/b", "a\\b", "a:b"] {
        check(&bench, &["app", "--lock-name", name], &["--lock-name"]);
    }
    assert_eq!(bench.index.requests(), []);
}
