//! `--exclude-newer`: files that were uploaded later do not count, wherever they are from.

use wh_testing::IndexFile;
use wh_testing::index::Format;

use crate::bench::{Bench, module, says};

const OLD: &str = "2026-01-10T12:00:00Z";
const NEW: &str = "2026-06-10T12:00:00Z";

/// An index with `lib` 1.0 of January and 2.0 of June, and `app` that requires it.
fn by_age() -> Bench {
    let bench = Bench::new();
    for (wheel, time) in [
        (module("app", "1.0").requires("lib"), OLD),
        (module("lib", "1.0"), OLD),
        (module("lib", "2.0"), NEW),
    ] {
        let file = IndexFile::wheel(&wheel).upload_time(time);
        bench.index.add(file);
    }
    bench
}

fn check(args: &[&str], expected: &str) {
    let bench = by_age();
    bench.download(&[&["app"], args].concat()).expect(0);
    assert_eq!(bench.lock().versions(), ["app 1.0", expected], "{args:?}");
}

#[test]
fn what_was_uploaded_later_does_not_count() {
    check(&["--exclude-newer", "2026-03-01"], "lib 1.0");
    check(&["--exclude-newer", NEW], "lib 1.0");
    check(&["--exclude-newer", "2026-06-10"], "lib 2.0");
    check(&["--uploaded-prior-to", "2026-06-10"], "lib 1.0");
    check(&["--exclude-newer", "1 day"], "lib 2.0");
    let but_lib = [
        "--exclude-newer",
        "2026-03-01",
        "--exclude-newer-package",
        "lib=false",
    ];
    check(&but_lib, "lib 2.0");
    check(&["--exclude-newer-package", "lib=2026-03-01"], "lib 1.0");
}

#[test]
fn the_lock_records_the_cut_off_as_it_was_given() {
    let bench = by_age();
    let args = [
        "app",
        "--exclude-newer",
        "P1D",
        "--exclude-newer-package",
        "lib=2026-03-01",
    ];
    bench.download(&args).expect(0);
    let tool = &bench.lock().table["tool"]["wh"];
    assert_eq!(tool["exclude-newer"].as_str(), Some("P1D"));
    let but = tool["exclude-newer-but"].as_array().unwrap();
    assert_eq!(but[0].as_str(), Some("lib=2026-03-02T00:00:00Z"));
    // and verify and install read it
    bench.sandbox.run(["verify", "wheels"]).expect(0);
}

#[test]
fn where_nothing_is_old_enough_the_explanation_says_so() {
    let bench = by_age();
    let run = bench
        .download(&["lib>=2", "--exclude-newer", "2026-03-01"])
        .expect(1);
    says(
        &run,
        &[
            "lib 2.0 was uploaded after the cut-off",
            NEW,
            "--exclude-newer-package lib=false",
        ],
    );
    bench.assert_nothing_kept();
}

#[test]
fn an_index_without_times_is_named_and_may_be_exempt() {
    let bench = by_age();
    bench.index.format(Format::Html);
    let run = bench.download(&["app", "--exclude-newer", "P7D"]).expect(3);
    let index = bench.index.url();
    says(
        &run,
        &["does not say when", &index, "exclude-newer = false"],
    );
    let text = format!("[[index]]\nname = 'old'\nurl = '{index}'\nexclude-newer = false\n");
    bench.sandbox.write("wh.toml", text);
    bench.download(&["app", "--exclude-newer", "P7D"]).expect(0);
    assert_eq!(bench.lock().versions(), ["app 1.0", "lib 2.0"]);
}

#[test]
fn files_of_find_links_are_held_to_it_too() {
    let bench = by_age();
    let (two, three) = (module("lib", "2.0"), module("lib", "3.0"));
    bench
        .sandbox
        .write("vendor/lib-2.0-py3-none-any.whl", two.build());
    let args = ["app", "-f", "vendor", "--exclude-newer", "2026-03-01"];
    // the index knows when that file was uploaded
    bench.download(&args).expect(0);
    assert_eq!(bench.lock().versions(), ["app 1.0", "lib 1.0"]);
    // of this one nobody knows
    bench
        .sandbox
        .write("vendor/lib-3.0-py3-none-any.whl", three.build());
    let run = bench.download(&args).expect(3);
    says(
        &run,
        &[
            "lib-3.0-py3-none-any.whl",
            "--exclude-newer-package lib=false",
        ],
    );
    bench
        .download(&[&args[..], &["--exclude-newer-package", "lib=false"]].concat())
        .expect(0);
    assert_eq!(bench.lock().versions(), ["app 1.0", "lib 3.0"]);
}

#[test]
fn a_wheelhouse_tells_the_times_of_its_files() {
    let bench = by_age();
    bench.download(&["app", "-d", "old"]).expect(0);
    let from = |cut_off: &str, status| {
        let words = [
            "download",
            "app",
            "--no-index",
            "-f",
            "old",
            "--target",
            "cp312-linux",
        ];
        bench
            .sandbox
            .run([&words[..], &["--exclude-newer", cut_off]].concat())
            .expect(status)
    };
    from("2026-07-01", 0);
    assert_eq!(bench.lock().versions(), ["app 1.0", "lib 2.0"]);
    let run = from("2026-03-01", 1);
    says(&run, &["lib 2.0 was uploaded after the cut-off"]);
}

#[test]
fn what_is_no_time_is_malformed() {
    let bench = by_age();
    let run = bench
        .download(&["app", "--exclude-newer", "soon"])
        .expect(2);
    says(&run, &["--exclude-newer: `soon`", "P7D"]);
    let run = bench
        .download(&["app", "--exclude-newer-package", "lib"])
        .expect(2);
    says(&run, &["`lib` has no `=`"]);
}
