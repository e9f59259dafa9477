//! How many requests are made: each page, METADATA and file once for all targets together, and none
//! that a target by itself would not make.

use std::collections::BTreeMap;

use wh_testing::IndexFile;

use crate::bench::{Bench, module, noise};

const TARGETS: [&str; 5] = [
    "cp312-linux",
    "cp313-linux",
    "cp311-windows",
    "cp312-macos",
    "cp310-musllinux_1_2_x86_64",
];

/// Roots that share what they require; some markers, some native wheels, some without METADATA.
fn bench() -> Bench {
    let bench = Bench::with(&[
        module("app", "1.0")
            .requires("lib>=1")
            .requires("colour; sys_platform == 'win32'")
            .requires("backport; python_version < '3.12'"),
        module("web", "2.0").requires("lib").requires("native"),
        module("lib", "1.0"),
        module("lib", "1.1").requires("native"),
        module("colour", "1.0"),
        module("backport", "1.0"),
    ]);
    for tag in [
        "cp310-cp310-musllinux_1_2_x86_64",
        "cp311-cp311-win_amd64",
        "cp312-cp312-macosx_11_0_arm64",
        "cp312-cp312-manylinux_2_17_x86_64",
        "cp313-cp313-manylinux_2_17_x86_64",
    ] {
        let wheel = module("native", "3.0").tag(tag);
        bench.index.add_wheel(&wheel);
    }
    let slow = module("slow", "1.0")
        .requires("lib")
        .file("slow.bin", noise(300_000));
    bench.index.add(IndexFile::wheel(&slow).without_metadata());
    bench.index.cache_control("max-age=600");
    bench
}

/// What was asked for, by path and range, and how often.
fn asked(bench: &Bench) -> BTreeMap<String, usize> {
    let mut asked = BTreeMap::new();
    for request in bench.index.requests() {
        let range = request.range().unwrap_or("whole");
        *asked
            .entry(format!("{} {range}", request.path))
            .or_default() += 1;
    }
    asked
}

#[test]
fn the_matrix_asks_what_its_targets_ask_and_nothing_twice() {
    let roots = ["app", "web", "slow"];
    let mut alone = BTreeMap::new();
    for target in TARGETS {
        let bench = bench();
        bench.download_for(&[target], &roots).expect(0);
        alone.extend(asked(&bench));
    }
    let bench = bench();
    bench.download_for(&TARGETS, &roots).expect(0);
    let together = asked(&bench);
    let names = |all: &BTreeMap<String, usize>| all.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&together), names(&alone));
    let twice: Vec<_> = together.iter().filter(|(_, times)| **times > 1).collect();
    assert!(twice.is_empty(), "{twice:?}");

    // and a second run asks nothing at all while the pages are fresh
    bench.index.clear_log();
    bench.download_for(&TARGETS, &roots).expect(0);
    assert_eq!(bench.index.requests(), []);
}

/// Where pages are not fresh they are confirmed, and nothing else is asked for.
#[test]
fn a_second_run_confirms_pages_alone() {
    let bench = bench();
    bench.index.cache_control("max-age=0");
    let roots = ["app", "web", "slow"];
    bench.download_for(&TARGETS, &roots).expect(0);
    let pages = bench.index.count("/simple/*");
    bench.index.clear_log();
    bench.download_for(&TARGETS, &roots).expect(0);
    assert_eq!(bench.index.requests().len(), pages);
    for request in bench.index.requests() {
        assert!(request.path.starts_with("/simple/"));
        assert!(request.header("if-none-match").is_some());
    }
}
