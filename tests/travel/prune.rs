//! `wh prune`: what no lock names goes, and nothing else.

use super::{bench, wheel};

#[test]
fn what_no_lock_names_goes_and_nothing_else() {
    let Some(bench) = bench() else { return };
    bench.lock(&[wheel("a", "1"), wheel("b", "1")], &["a"]);
    bench.download(&["b", "--lock-name", "b"]).expect(0);
    let kept = bench.sandbox.tree();
    let old = wheel("a", "0.9").write_to(bench.path("wheels"));
    let size = std::fs::metadata(old).unwrap().len();
    for (name, bytes) in [
        (".c-1-py3-none-any.whl.part", "half"),
        (".pylock-x.part", "half"),
    ] {
        bench.sandbox.write(&format!("wheels/{name}"), bytes);
    }
    for name in [
        "notes-2024.tar.gz",
        "notes.txt",
        ".notes.part",
        "requirements-1.txt",
        "below/a-0.8-py3-none-any.whl",
    ] {
        bench.sandbox.write(&format!("wheels/{name}"), "mine");
    }
    let before = bench.sandbox.tree();
    let listed = bench
        .sandbox
        .run(["prune", "wheels", "--dry-run"])
        .expect(0);
    assert_eq!(
        listed.stdout,
        format!(
            "{:>10}  .c-1-py3-none-any.whl.part\n{:>10}  .pylock-x.part\n{:>10}  a-0.9-py3-none-any.whl\n",
            "4 B",
            "4 B",
            format!("{size} B")
        )
    );
    let sum = format!("3 files, {}: would be removed\n", decimal(size + 8));
    assert_eq!(listed.stderr, sum);
    assert_eq!(bench.sandbox.tree(), before);

    let removed = bench.sandbox.run(["prune", "wheels"]).expect(0);
    assert_eq!(removed.stdout, listed.stdout);
    let mut expected = kept.clone();
    expected.extend(
        [
            "below/a-0.8-py3-none-any.whl",
            "notes-2024.tar.gz",
            "notes.txt",
            ".notes.part",
            "requirements-1.txt",
        ]
        .map(|name| format!("wheels/{name}")),
    );
    expected.sort();
    let mut after = bench.sandbox.tree();
    after.sort();
    assert_eq!(after, expected);
    let again = bench.sandbox.run(["prune", "wheels"]).expect(0);
    assert_eq!(again.stdout, "");
    assert!(
        again.stderr.contains("nothing to remove"),
        "{}",
        again.stderr
    );
}

fn decimal(size: u64) -> String {
    match size {
        0..1000 => format!("{size} B"),
        _ => format!("{:.1} kB", size as f64 / 1000.0),
    }
}

#[test]
fn a_folder_whose_locks_do_not_tell_is_left_alone() {
    let Some(bench) = bench() else { return };
    bench.folder(&[wheel("a", "1")]);
    let before = bench.sandbox.tree();
    for arguments in [&["prune", "wheels"][..], &["prune", "wheels", "--dry-run"]] {
        let run = bench.sandbox.run(arguments).expect(1);
        assert!(run.stderr.contains("no lock stands in"), "{}", run.stderr);
        assert!(
            run.stderr.contains("hint: nothing was removed"),
            "{}",
            run.stderr
        );
    }
    bench.sandbox.write("wheels/pylock.toml", "lock-version = ");
    let run = bench.sandbox.run(["prune", "wheels"]).expect(2);
    assert!(
        run.stderr.contains("pylock.toml is not a lock"),
        "{}",
        run.stderr
    );
    std::fs::remove_file(bench.path("wheels/pylock.toml")).unwrap();
    assert_eq!(bench.sandbox.tree(), before);

    bench.sandbox.run(["prune", "nowhere"]).expect(1);
    assert_eq!(bench.sandbox.tree(), before);
}

#[test]
#[cfg(unix)]
fn links_stay_and_a_folder_that_cannot_be_written_is_said() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let Some(bench) = bench() else { return };
    bench.lock(&[wheel("a", "1")], &["a"]);
    let elsewhere = wheel("b", "1").write_to(bench.sandbox.work());
    let link = bench.path("wheels/b-1-py3-none-any.whl");
    symlink(&elsewhere, &link).unwrap();
    bench.sandbox.run(["prune", "wheels"]).expect(0);
    assert!(link.is_symlink() && elsewhere.exists());

    wheel("c", "1").write_to(bench.path("wheels"));
    let mode = |mode| {
        let permissions = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(bench.path("wheels"), permissions).unwrap();
    };
    mode(0o555);
    // root writes everywhere
    if std::fs::write(bench.path("wheels/probe"), "").is_err() {
        bench
            .sandbox
            .run(["prune", "wheels", "--dry-run"])
            .expect(0);
        bench.sandbox.run(["prune", "wheels"]).expect(3);
    }
    mode(0o755);
}
