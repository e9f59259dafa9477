//! The lock does not depend on what arrives first.

use std::time::Duration;

use wh_testing::Fault;

use crate::bench::{Bench, module};

/// A small forest: each project asks for two others, with two versions of each.
fn forest() -> Bench {
    let mut wheels = Vec::new();
    for n in 0..12 {
        for version in ["1.0", "2.0"] {
            let mut wheel = module(&format!("p{n}"), version);
            for child in [2 * n + 1, 2 * n + 2]
                .into_iter()
                .filter(|child| *child < 12)
            {
                let marker = if child % 3 == 0 {
                    "; sys_platform == 'win32'"
                } else {
                    ""
                };
                wheel = wheel.requires(format!("p{child}>=1{marker}"));
            }
            wheels.push(wheel);
        }
    }
    Bench::with(&wheels)
}

#[test]
fn locks_are_equal_whatever_comes_first() {
    let bench = forest();
    let targets = ["cp311-linux", "cp312-windows", "cp312-linux"];
    let mut locks = Vec::new();
    let mut delays: u64 = 1;
    for round in 0..4 {
        bench.index.behave();
        for n in 0..12 {
            delays = delays
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(round);
            let delay = Duration::from_millis((delays >> 33) % 40);
            bench
                .index
                .misbehave(&format!("*/p{n}*"), Fault::slow(delay));
        }
        let folder = format!("round{round}");
        bench
            .download_for(&targets, &["p0", "p5", "-d", &folder, "--no-cache"])
            .expect(0);
        locks.push(bench.sandbox.read(&format!("{folder}/pylock.toml")));
    }
    locks.dedup();
    assert_eq!(locks.len(), 1, "{}\n{}", locks[0], locks[1]);
}

/// Nor on what the folder holds already.
#[test]
fn the_folder_decides_nothing() {
    let bench = forest();
    bench.download(&["p0==1.0"]).expect(0);
    bench.download(&["p0"]).expect(0);
    let grown = bench.lock().text;
    bench.download(&["p0", "-d", "fresh"]).expect(0);
    assert_eq!(grown, bench.sandbox.read("fresh/pylock.toml"));
}

/// Nor on the order in which targets are named.
#[test]
fn the_order_of_targets_decides_nothing() {
    let bench = forest();
    bench
        .download_for(&["cp311-linux", "cp312-windows"], &["p0"])
        .expect(0);
    let one = bench.lock().text;
    bench
        .download_for(&["cp312-windows", "cp311-linux"], &["p0"])
        .expect(0);
    assert_eq!(one, bench.lock().text);
}
