//! A file system with almost no room left, really: a small one in memory, mounted over the
//! environment in a namespace of its own.

use std::process::Command;

use wh_testing::sandbox::{Run, finish, skipped};

use crate::WH;
use crate::case::{Case, KINDS, Outcome, tell};

/// Mounts a file system over `env`, takes `$KIB` of room to what the old state needs, runs the
/// rest, and leaves what then is there in `after`.
const SCRIPT: &str = "mount -t tmpfs none env 2>/dev/null || exit 77
    cp -a old/. env/
    used=$(df -k --output=used env | tail -1)
    mount -o remount,size=$((used + KIB))k env || exit 77
    \"$@\"; status=$?
    rm -rf after; cp -a env/. after/
    exit $status";

/// The change with so many KiB left; `None` where nothing can be mounted.
fn with_room(case: &Case, kib: usize, before: &str) -> Option<Run> {
    for flags in ["-m", "-rm"] {
        let mut command = Command::new("unshare");
        let script = format!(
            "KIB={kib}\n{}",
            SCRIPT.replace("\"$@\";", &format!("{before} \"$@\";"))
        );
        command.args([flags, "--", "/bin/sh", "-c", &script, "sh", WH]);
        command.args(&case.command);
        case.bench.sandbox.prepare(&mut command);
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        let run = finish(command);
        if !matches!(run.status, Some(1 | 77)) {
            return Some(run);
        }
    }
    None
}

#[test]
fn there_is_room_for_all_or_nothing_is_changed() {
    let most = if crate::points().is_some() { 1 } else { 5 };
    for kind in KINDS {
        let Some(case) = Case::small(kind) else {
            return;
        };
        case.begin_again();
        let mut outcomes = Vec::new();
        // page by page: staging, the journal, and the moves run out of it
        for pages in (0..).step_by(most) {
            let Some(run) = with_room(&case, pages * 4, "") else {
                return skipped("no file system can be mounted here");
            };
            let found = case.bench.snapshot("after");
            let outcome = case.outcome(&found);
            let outcome = outcome.unwrap_or_else(|differences| {
                panic!("{kind:?}, {pages} pages: {differences:#?}\n{}", run.stderr)
            });
            outcomes.push(outcome);
            if run.status == Some(0) {
                assert_eq!(outcome, Outcome::New);
                break;
            }
            assert_eq!((run.status, outcome), (Some(3), Outcome::Old), "{run:?}");
            assert!(
                run.stderr.contains("hint: the disk is full"),
                "{}",
                run.stderr
            );
            assert!(
                run.stderr
                    .contains(&format!("`{}/", case.bench.path("env").display())),
                "{}",
                run.stderr
            );
        }
        tell("with almost no room", kind, &outcomes);
    }
}
