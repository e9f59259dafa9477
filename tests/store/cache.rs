//! `wh cache`: what it tells, removes and finds.

use std::fs;
use std::io::Write as _;
use std::time::{Duration, SystemTime};

use super::{bench, store};

#[test]
fn info_tells_what_is_kept() {
    let Some(bench) = bench() else { return };
    bench.install_into("one", &[]).expect(0);
    let run = bench.sandbox.run(["cache", "info", "--list"]).expect(0);
    let said = &run.stdout;
    assert!(said.contains("store: 2 distributions of "), "{said}");
    assert!(said.contains("  app-1.0-py3-none-any.whl\n"), "{said}");
    assert!(said.contains("pages of indexes"), "{said}");
    bench.sandbox.run(["cache", "info", "--no-cache"]).expect(2);
}

#[test]
fn prune_removes_what_nobody_used_and_environments_keep_their_files() {
    let Some(bench) = bench() else { return };
    bench.install_into("one", &[]).expect(0);
    let prune = |arguments: &[&str]| {
        let all = [&["cache", "prune"], arguments].concat();
        bench.sandbox.run(all).expect(0)
    };
    assert_eq!(prune(&[]).stdout, "", "all of it was used just now");
    let run = prune(&["--dry-run", "--unused-for", "0"]);
    assert!(
        run.stdout.contains("lib-1.5-py3-none-any.whl"),
        "{}",
        run.stdout
    );
    assert_eq!(store(&bench).1.len(), 2);
    let left = store(&bench).0.join(".gone-1-x");
    fs::create_dir(&left).unwrap();
    prune(&["--unused-for", "0"]);
    assert!(store(&bench).1.is_empty());
    assert!(!left.exists());
    assert!(
        bench
            .site_packages("one")
            .join("app/inner/data.txt")
            .exists()
    );
    bench
        .install_into("two", &["--link-mode", "symlink"])
        .expect(0);
    prune(&["--unused-for", "0"]);
    assert_eq!(store(&bench).1.len(), 2, "an environment needs them");
    prune(&["--all"]);
    assert!(store(&bench).1.is_empty());
}

#[test]
fn what_is_linked_again_counts_as_used() {
    let Some(bench) = bench() else { return };
    bench.install_into("one", &[]).expect(0);
    let would_remove = || {
        let run = bench.sandbox.run(["cache", "prune", "--dry-run"]);
        run.expect(0).stdout
    };
    let long_ago = SystemTime::now() - Duration::from_secs(40 * 24 * 60 * 60);
    for distribution in store(&bench).1 {
        let manifest = fs::File::options()
            .append(true)
            .open(distribution.join("manifest"));
        manifest.unwrap().set_modified(long_ago).unwrap();
    }
    assert!(would_remove().contains("app-1.0-py3-none-any.whl"));
    bench.install_into("two", &[]).expect(0);
    assert_eq!(would_remove(), "");
}

#[test]
fn verify_finds_an_edit_and_takes_it_out() {
    let Some(bench) = bench() else { return };
    bench.install_into("one", &[]).expect(0);
    bench.sandbox.run(["cache", "verify"]).expect(0);
    let file = bench.site_packages("one").join("app/inner/data.txt");
    let time = file.metadata().unwrap().modified().unwrap();
    let mut edited = fs::File::options().write(true).open(&file).unwrap();
    edited.write_all(b"DATA").unwrap();
    // an editor that hides its traces: only the digest tells
    edited.set_modified(time).unwrap();
    let run = bench
        .sandbox
        .run(["cache", "verify", "--dry-run"])
        .expect(1);
    assert_eq!(run.stdout, "app-1.0-py3-none-any.whl: app/inner/data.txt\n");
    assert_eq!(store(&bench).1.len(), 2);
    bench.sandbox.run(["cache", "verify"]).expect(1);
    assert_eq!(store(&bench).1.len(), 1);
    bench.sandbox.run(["cache", "verify"]).expect(0);
}
