//! What is asked for wrongly, or cannot be done here: the status, and what the user reads.

use wh_testing::WheelBuilder;

use crate::{bench, three, wheel};

#[track_caller]
fn check(arguments: &[&str], status: i32, words: &[&str]) {
    let Some(bench) = bench() else { return };
    bench.lock(&three(), &["app"]);
    bench.environment("env");
    let before = bench.snapshot("env");
    let run = bench.install(arguments).expect(status);
    for word in words {
        assert!(
            run.stderr.contains(word),
            "{word:?} is not in\n{}",
            run.stderr
        );
    }
    assert_eq!(before.differences(&bench.snapshot("env")), [""; 0]);
}

#[test]
fn malformed_requests() {
    check(&["app >=> 1"], 2, &["app >=> 1", "hint:"]);
    check(&["--no-such-flag"], 2, &["--no-such-flag"]);
    check(&["-r", "none.txt"], 2, &["none.txt"]);
    check(&["-r", "wheels/pylock.none.toml"], 2, &["pylock.none.toml"]);
}

#[test]
fn what_would_have_to_be_built() {
    for asked in [
        "git+https://git.example/a.git",
        "app @ https://files.example/app-1.tar.gz",
    ] {
        check(&[asked], 1, &[asked.trim_start_matches("app @ "), "hint:"]);
    }
}

#[test]
fn not_a_python_environment() {
    let Some(bench) = bench() else { return };
    bench.folder(&three());
    bench.sandbox.write("not-python/readme.txt", "");
    let arguments = |python| ["install", "--find-links", "wheels", "--python", python];
    for python in ["not-python", "no-such-folder/bin/python", "2.1"] {
        let run = bench.sandbox.run(arguments(python)).expect(1);
        assert!(
            run.stderr.contains(python) && run.stderr.contains("hint:"),
            "{}",
            run.stderr
        );
    }
    // nothing is named and nothing is found
    let run = bench
        .sandbox
        .run(["install", "--find-links", "wheels"])
        .expect(1);
    assert!(run.stderr.contains("--python"), "{}", run.stderr);
    let broken = bench
        .sandbox
        .write("broken/bin/python", "#!/bin/sh\nexit 7\n");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&broken, std::fs::Permissions::from_mode(0o755)).unwrap();
        bench
            .sandbox
            .run(arguments(&broken.display().to_string()))
            .expect(3);
    }
}

#[test]
fn a_damaged_wheel() {
    let Some(bench) = bench() else { return };
    bench.folder(&[wheel("good", "1"), wheel("lib", "1.5").cut(300)]);
    bench.environment("env");
    let before = bench.snapshot("env");
    let run = bench.install(&[]).expect(1);
    assert!(
        run.stderr.contains("lib-1.5-py3-none-any.whl"),
        "{}",
        run.stderr
    );
    assert_eq!(before.differences(&bench.snapshot("env")), [""; 0]);
}

/// What RECORD says is compared unless a lock vouches; `--verify-record` insists.
#[test]
fn a_wrong_record_is_found_without_a_lock() {
    let Some(bench) = bench() else { return };
    bench.folder(&[wheel("lib", "1.5").wrong_hash("lib/__init__.py")]);
    let run = bench.install(&[]).expect(1);
    assert!(run.stderr.contains("lib/__init__.py"), "{}", run.stderr);
    assert_eq!(bench.freeze("env"), [""; 0]);
    bench.install(&["--verify-record"]).expect(1);
}

#[test]
fn two_wheels_that_fight_for_one_file() {
    let Some(bench) = bench() else { return };
    let one = WheelBuilder::new("one", "1").file("shared.py", "1\n");
    let two = WheelBuilder::new("two", "1").file("shared.py", "2\n");
    bench.folder(&[one.clone(), two]);
    bench.environment("env");
    let before = bench.snapshot("env");
    let run = bench.install(&[]).expect(1);
    for word in ["shared.py", "one-1-", "two-1-"] {
        assert!(run.stderr.contains(word), "{word}: {}", run.stderr);
    }
    assert_eq!(before.differences(&bench.snapshot("env")), [""; 0]);
    // one after the other is the same fight
    bench.install(&["one"]).expect(0);
    let run = bench.install(&["two"]).expect(1);
    assert!(run.stderr.contains("one"), "{}", run.stderr);
    assert_eq!(bench.freeze("env"), ["one==1"]);
    // the same bytes are no fight
    bench.folder(&[WheelBuilder::new("three", "1").file("shared.py", "1\n")]);
    bench.environment("same");
    bench.install_into("same", &["one", "three"]).expect(0);
}
