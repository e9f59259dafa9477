//! `--baseline`: what is on the other side already fits, and does not travel.

use crate::bench::{Bench, module, says};

/// `app` requires `lib`, which requires `base`; two versions of each of these.
fn bench() -> Bench {
    Bench::with(&[
        module("app", "1.0").requires("lib>=1"),
        module("lib", "1.0").requires("base"),
        module("lib", "2.0").requires("base>=2"),
        module("base", "1.0"),
        module("base", "2.0"),
    ])
}

#[test]
fn what_is_there_is_preferred_and_left_out() {
    let bench = bench();
    bench.sandbox.write(
        "there.txt",
        "lib==1.0\nbase==1.0\nother==9\n-e /somewhere\n",
    );
    let run = bench
        .download(&["app", "--baseline", "there.txt"])
        .expect(0);
    assert_eq!(bench.wheels(), ["app-1.0-py3-none-any.whl", "pylock.toml"]);
    says(&run, &["base==1.0, lib==1.0"]);
    let lock = bench.lock();
    let there = lock.table["tool"]["wh"]["baseline"].as_array().unwrap();
    let there: Vec<&str> = there.iter().filter_map(toml::Value::as_str).collect();
    assert_eq!(there, ["base==1.0", "lib==1.0"]);
    bench.sandbox.run(["verify", "wheels"]).expect(0);
}

#[test]
fn what_does_not_do_any_more_travels() {
    let bench = bench();
    bench.sandbox.write("there.txt", "lib==1.0\nbase==1.0\n");
    bench
        .download(&["app", "lib>=2", "--baseline", "there.txt"])
        .expect(0);
    assert_eq!(bench.lock().versions(), ["app 1.0", "base 2.0", "lib 2.0"]);
}

#[test]
fn a_lock_is_a_baseline_and_so_is_the_next_one() {
    let bench = bench();
    bench.download(&["lib<2", "-d", "first"]).expect(0);
    let args = ["app", "-d", "second", "--baseline", "first/pylock.toml"];
    bench.download(&args).expect(0);
    assert!(
        bench
            .sandbox
            .path("second/app-1.0-py3-none-any.whl")
            .exists()
    );
    assert!(
        !bench
            .sandbox
            .path("second/lib-1.0-py3-none-any.whl")
            .exists()
    );
    // the second lock stands on the first
    let args = ["base", "-d", "third", "--baseline", "second/pylock.toml"];
    bench.download(&args).expect(0);
    assert!(
        !bench
            .sandbox
            .path("third/base-2.0-py3-none-any.whl")
            .exists()
    );
}

#[test]
fn a_line_that_pins_nothing_is_malformed() {
    let bench = bench();
    bench.sandbox.write("there.txt", "lib\n");
    let run = bench
        .download(&["app", "--baseline", "there.txt"])
        .expect(2);
    says(&run, &["there.txt:1"]);
}
