//! What is said of a half state, and of what was done about it.

use crate::case::{Case, Kind};

/// Leaves what a change leaves that is killed so many calls after the commit is made.
fn killed_near_commit(case: &Case, after: usize) -> Option<()> {
    let call = case.near_commit(after)?;
    case.begin_again();
    case.killed(&call, &case.command).map(drop)
}

#[test]
fn who_only_reads_says_so_and_shows_nothing() {
    let Some(case) = crate::has_strace()
        .then(|| Case::small(Kind::Upgrade))
        .flatten()
    else {
        return;
    };
    if killed_near_commit(&case, 0).is_none() {
        return;
    }
    let half = case.bench.snapshot("env");
    let python = case.python();
    for command in [
        &["freeze"][..],
        &["list"],
        &["show", "lib"],
        &["tree"],
        &["check"],
        &["verify", "--env"],
        &["install", "-f", "wheels", "--dry-run", "lib"],
        &["uninstall", "--dry-run", "lib"],
        &["sync", "wheels", "--dry-run", "-r", "want.txt"],
    ] {
        case.bench.sandbox.write("want.txt", "lib\n");
        let all = [command, &["--python", &python]].concat();
        let run = case.bench.sandbox.run(all).expect(1);
        assert_eq!(run.stdout, "", "{command:?}");
        let words = [
            "a killed run is in the way in ",
            "hint: run `wh install ...` again",
        ];
        for words in words {
            assert!(run.stderr.contains(words), "{command:?}: {}", run.stderr);
        }
    }
    assert_eq!(half.differences(&case.bench.snapshot("env")), [""; 0]);
}

#[test]
fn who_writes_says_which_way_it_went() {
    let Some(case) = crate::has_strace()
        .then(|| Case::small(Kind::Upgrade))
        .flatten()
    else {
        return;
    };
    for (after, words) in [
        (0, "what it had moved was moved back"),
        (1, "it was done, and what it had put aside was removed"),
    ] {
        if killed_near_commit(&case, after).is_none() {
            return;
        }
        let said = case.recover().expect(0).stderr;
        assert!(
            said.contains("an earlier run was killed while it changed "),
            "{said}"
        );
        assert!(said.contains(words), "{said}");
    }
}
