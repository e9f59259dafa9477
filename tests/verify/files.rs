//! Files against the lock and against themselves.

use crate::{BOTH, bench, chain, faults, verify, wheel};

#[test]
fn a_whole_wheelhouse_is_content_and_nothing_is_written() {
    let Some(bench) = bench() else { return };
    bench.lock(&chain(), &BOTH);
    let before = bench.sandbox.tree();
    let requests = bench.index.requests().len();
    let run = verify(&bench, &[], 0);
    assert_eq!(faults(&run), [""; 0]);
    for target in ["cp312-manylinux_2_28_x86_64", "cp312-win_amd64"] {
        let row = run.stdout.lines().find(|line| line.contains(target));
        assert!(row.unwrap().ends_with("complete"), "{}", run.stdout);
    }
    assert!(!run.stdout.contains("incomplete"), "{}", run.stdout);
    assert!(run.stderr.contains("Verified 4 files"), "{}", run.stderr);
    assert!(!run.stderr.contains("chooses"), "{}", run.stderr);
    assert_eq!(bench.sandbox.tree(), before);
    assert_eq!(bench.index.requests().len(), requests);
}

#[test]
fn another_file_of_the_same_name_is_told_from_the_locked_one() {
    let Some(bench) = bench() else { return };
    bench.lock(&chain(), &BOTH);
    let name = "lib-1.5-py3-none-any.whl";
    let other = wheel("lib", "1.5").file("lib/more.py", "x = 1\n").build();
    bench.sandbox.write(&format!("wheels/{name}"), other);
    let run = verify(&bench, &[], 1);
    let told = faults(&run);
    assert!(
        told.iter()
            .any(|line| line.starts_with(&format!("wrong: {name}: pylock.toml says sha256"))),
        "{told:?}"
    );
    assert!(told.iter().any(|line| line.starts_with("missing: lib>=1 for cp312-linux, cp312-windows, asked for by app > middle==2.0")
        || line.starts_with("missing: lib>=1 for cp312-manylinux_2_28_x86_64, cp312-win_amd64, asked for by app > middle==2.0")), "{told:?}");
    assert!(run.stderr.contains("hint:"), "{}", run.stderr);
}

#[test]
fn a_wheel_that_its_record_does_not_describe_is_wrong_without_any_lock() {
    let Some(bench) = bench() else { return };
    bench.folder(&[wheel("good", "1")]);
    let record = "bad/__init__.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\n";
    let bad = wheel("bad", "1").dist_info_file("RECORD", record);
    bench.folder(&[bad]);
    bench
        .sandbox
        .write("wheels/none-1-py3-none-any.whl", "no archive");
    let run = verify(&bench, &[], 1);
    let told = faults(&run).join("\n");
    assert!(told.contains("wrong: bad-1-py3-none-any.whl: "), "{told}");
    assert!(
        told.contains("wrong: none-1-py3-none-any.whl: not a zip archive"),
        "{told}"
    );
    assert!(!told.contains("wrong: good"), "{told}");
}

/// What no lock names is looked at, too; it is no fault to be there.
#[test]
fn files_that_no_lock_names_are_said() {
    let Some(bench) = bench() else { return };
    bench.lock(&chain(), &BOTH).folder(&[wheel("stray", "9")]);
    let run = verify(&bench, &[], 0);
    assert!(
        run.stderr
            .contains("no lock in the folder names stray-9-py3-none-any.whl"),
        "{}",
        run.stderr
    );
    bench
        .sandbox
        .write("wheels/stray-9-py3-none-any.whl", "damaged");
    let run = verify(&bench, &[], 1);
    assert!(
        faults(&run)[0].starts_with("wrong: stray-9-"),
        "{}",
        run.stdout
    );
}

#[cfg(unix)]
#[test]
fn what_cannot_be_read_is_not_called_wrong() {
    use std::os::unix::fs::PermissionsExt as _;
    let Some(bench) = bench() else { return };
    bench.lock(&chain(), &BOTH);
    let path = bench.path("wheels/lib-1.5-py3-none-any.whl");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::read(&path).is_ok() {
        return wh_testing::sandbox::skipped("this user may read everything");
    }
    verify(&bench, &[], 3);
}

#[test]
fn malformed_requests_are_told_as_such() {
    let Some(bench) = bench() else { return };
    bench.sandbox.run(["verify"]).expect(2);
    bench.sandbox.run(["verify", "nowhere"]).expect(1);
    bench
        .sandbox
        .write("wheels/pylock.toml", "lock-version = 3\n");
    verify(&bench, &[], 2);
}

/// `--no-record` leaves out the comparison with RECORD, says so, and nothing else.
#[test]
fn without_record_the_lock_still_counts() {
    let Some(bench) = bench() else { return };
    bench.lock(&chain(), &BOTH);
    let run = verify(&bench, &["--no-record"], 0);
    assert!(run.stderr.contains("--no-record: "), "{}", run.stderr);
    let name = "lib-1.5-py3-none-any.whl";
    let other = wheel("lib", "1.5").file("lib/more.py", "").build();
    bench.sandbox.write(&format!("wheels/{name}"), other);
    let run = verify(&bench, &["--no-record"], 1);
    let told = faults(&run).join("\n");
    assert!(
        told.contains(&format!("wrong: {name}: pylock.toml says")),
        "{told}"
    );
    // a RECORD that is wrong inside is not seen
    std::fs::remove_dir_all(bench.path("wheels")).unwrap();
    bench.folder(&[wheel("bad", "1").wrong_hash("bad/__init__.py")]);
    verify(&bench, &["--target", "cp312-linux", "--no-record"], 0);
    verify(&bench, &["--target", "cp312-linux"], 1);
}
