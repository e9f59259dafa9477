//! The answer is no (status 1): what is said, and that nothing is left behind.

use wh_testing::IndexFile;

use crate::bench::{Bench, module, says};

/// The answer is this status with these words; nothing is kept.
#[track_caller]
fn check(bench: &Bench, args: &[&str], status: i32, words: &[&str]) {
    let run = bench.download(args).expect(status);
    says(&run, &["error:"]);
    says(&run, words);
    assert_eq!(run.stdout, "");
    bench.assert_nothing_kept();
}

#[test]
fn no_solution_is_explained_in_the_users_words() {
    let bench = Bench::with(&[
        module("app", "1.0").requires("lib>=2"),
        module("other", "1.0").requires("lib<2"),
        module("lib", "1.0"),
        module("lib", "2.0"),
    ]);
    bench.sandbox.write("r.txt", "# first\napp\nother\n");
    let words = [
        "no solution for cp312-manylinux_2_28_x86_64",
        "you require app (r.txt:2)",
        "you require other (r.txt:3)",
        "lib",
        "there is no solution.",
        "hint:",
    ];
    check(&bench, &["-r", "r.txt"], 1, &words);
}

#[test]
fn a_constraint_is_named_where_it_stands() {
    let bench = Bench::app_and_lib();
    bench.sandbox.write("limits.txt", "\nlib<1\n");
    check(
        &bench,
        &["app", "-c", "limits.txt"],
        1,
        &["lib<1", "limits.txt:2", "lib>=1"],
    );
}

#[test]
fn an_unknown_project_is_named_with_who_asks() {
    let bench = Bench::with(&[module("app", "1.0").requires("lub")]);
    check(
        &bench,
        &["app"],
        1,
        &[
            "app 1.0",
            "lub",
            "hint: nothing that was asked has `lub`",
            "spelling",
        ],
    );
    check(
        &bench,
        &["ap"],
        1,
        &["hint: nothing that was asked has `ap`", "--extra-index-url"],
    );
}

#[test]
fn where_no_wheel_fits_others_are_named() {
    let bench = Bench::with(&[
        module("fast", "1.0").tag("cp311-cp311-manylinux_2_17_x86_64"),
        module("fast", "1.0").tag("cp312-cp312-win_amd64"),
    ]);
    check(
        &bench,
        &["fast"],
        1,
        &[
            "fast 1.0",
            "cp312-manylinux_2_28_x86_64",
            "hint:",
            "cp311-manylinux",
            "cp312-win_amd64",
        ],
    );
}

#[test]
fn only_sdists_says_how_to_get_a_wheel() {
    let bench = Bench::new();
    bench.index.add(IndexFile::new("lib-1.0.tar.gz", "lib 1.0"));
    check(
        &bench,
        &["lib", "--only-binary", ":all:"],
        1,
        &[
            "lib",
            "hint:",
            "source distributions only",
            "wh wheel",
            "--find-links",
        ],
    );
}

#[test]
fn what_only_a_pre_release_would_satisfy() {
    let bench = Bench::with(&[
        module("app", "1.0").requires("lib<2"),
        module("other", "1.0").requires("lib>=2"),
        module("other", "1.1b1"),
        module("lib", "1.0"),
        module("lib", "2.0"),
    ]);
    check(
        &bench,
        &["app", "other"],
        1,
        &["other 1.1b1 is a pre-release", "hint:"],
    );
    bench.download(&["app", "other", "--pre"]).expect(0);
}

/// The ends of ranges are words too: 2.0a1 is not below 2.
#[test]
fn ranges_end_before_pre_releases() {
    let bench = Bench::with(&[
        module("app", "1.0").requires("lib<2,>1.0"),
        module("lib", "2.0a1"),
        module("lib", "1.0.post1"),
    ]);
    check(
        &bench,
        &["app"],
        1,
        &["app 1.0 requires lib>1.0,<2", "hint:"],
    );
}

#[test]
fn another_python_is_named() {
    let bench = Bench::with(&[module("lib", "1.0").requires_python(">=3.13")]);
    check(&bench, &["lib"], 1, &["lib 1.0", ">=3.13", "hint:"]);
    bench
        .download(&["lib", "--ignore-requires-python"])
        .expect(0);
}

#[test]
fn two_urls_of_one_project_conflict() {
    let bench = Bench::new();
    for path in ["/a/lib-1.0-py3-none-any.whl", "/b/lib-1.0-py3-none-any.whl"] {
        bench
            .index
            .serve(path, "application/zip", module("lib", "1.0").build());
    }
    let of = |path: &str| format!("lib @ {}", bench.index.url_of(path));
    let (a, b) = (
        of("/a/lib-1.0-py3-none-any.whl"),
        of("/b/lib-1.0-py3-none-any.whl"),
    );
    check(&bench, &[&a, &b], 1, &["lib", "/a/lib", "/b/lib", "hint:"]);
}

#[test]
fn errors_are_json_on_request() {
    let bench = Bench::app_and_lib();
    let run = bench.download(&["nope", "--json"]).expect(1);
    let last = run.stderr.lines().last().unwrap();
    let event: serde_json::Value = serde_json::from_str(last).unwrap();
    assert_eq!(event["event"], "error");
    assert_eq!(event["status"], 1);
    assert!(
        event["errors"][0]["hints"][0]
            .as_str()
            .unwrap()
            .contains("nope")
    );
    for line in run.stderr.lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap();
    }
}

#[test]
fn two_targets_fail_with_two_errors() {
    let bench = Bench::with(&[module("fast", "1.0").tag("cp310-cp310-win_amd64")]);
    let run = bench
        .download_for(&["cp311-linux", "cp312-windows"], &["fast"])
        .expect(1);
    says(&run, &["cp311-manylinux_2_28_x86_64", "cp312-win_amd64"]);
    assert_eq!(run.stderr.matches("error:").count(), 2, "{}", run.stderr);
}
