//! Calls of the system that fail: once, and from some moment on (a disk that is full, a permission
//! that is lost half-way). The run ends with status 3 and names the file, and nothing is changed;
//! or it is done, and says what it could not clean up.

use wh_testing::sandbox::Run;
use wh_testing::snapshot::Snapshot;

use crate::case::{Case, KINDS, Outcome, tell};
use crate::{NAMES, WRITES, has_strace, some_of};

/// What is there, but for what a run put aside and could not remove.
fn without_ours(found: Snapshot) -> Snapshot {
    found.without(|path| path.contains(".wh-"))
}

/// Which state a fault that came once left, without anybody's help.
fn left(case: &Case, run: &Run, what: &str) -> Outcome {
    let found = without_ours(case.bench.snapshot("env"));
    let outcome = case.outcome(&found);
    let outcome = outcome.unwrap_or_else(|differences| panic!("{what}: {differences:#?}\n{run:?}"));
    let expected = match run.status {
        Some(0) => Outcome::New,
        _ => Outcome::Old,
    };
    assert_eq!(outcome, expected, "{what}: {run:?}");
    outcome
}

/// Status 0, or status 3 with the name of a file below the environment.
fn is_told(case: &Case, run: &Run, what: &str) {
    let env = case.bench.path("env").display().to_string();
    let calls = case.bench.sandbox.read("calls");
    let is_lost = |call: &str| call.contains("write(2, ") && call.contains("(INJECTED)");
    match run.status {
        Some(0) => {}
        Some(3) if calls.lines().any(is_lost) => {}
        Some(3) => assert!(
            run.stderr.contains(&format!("`{env}/"))
                && run.stderr.lines().any(|line| line.starts_with("error: ")),
            "{what}: {}",
            run.stderr
        ),
        _ => panic!("{what}: {run:?}"),
    }
}

fn once(calls: &str, error: &str, count: usize) {
    for kind in KINDS.into_iter().filter(|_| has_strace()) {
        let Some(case) = Case::small(kind) else {
            return;
        };
        case.begin_again();
        let Some(made) = case.calls(calls, &case.command) else {
            return;
        };
        let mut outcomes = Vec::new();
        for call in some_of(&made, count) {
            let what = format!("{kind:?}, {error} once: {call:?}");
            case.begin_again();
            let fault = format!("{}:error={error}:when={}", call.name, call.number);
            let Some(run) = case.injected(calls, &[fault], &case.command) else {
                return;
            };
            is_told(&case, &run, &what);
            let outcome = left(&case, &run, &what);
            assert_eq!(case.recover().status, Some(0), "{what}");
            outcomes.push(outcome);
        }
        tell(&format!("{error} once"), kind, &outcomes);
    }
}

/// From some moment on everything fails, undoing too: the next run does it.
fn from_then_on(calls: &str, error: &str, count: usize) {
    for kind in KINDS.into_iter().filter(|_| has_strace()) {
        let Some(case) = Case::small(kind) else {
            return;
        };
        case.begin_again();
        let Some(made) = case.calls(calls, &case.command) else {
            return;
        };
        let moments: Vec<usize> = (0..made.len()).collect();
        let mut outcomes = Vec::new();
        for moment in some_of(&moments, count) {
            let what = format!("{error} from then on: {:?}", made[moment]);
            let faults = calls.split(',').map(|name| {
                let before = made[..moment]
                    .iter()
                    .filter(|call| call.name == name)
                    .count();
                format!("{name}:error={error}:when={}+", before + 1)
            });
            let faults: Vec<String> = faults.collect();
            case.begin_again();
            let Some(run) = case.injected(calls, &faults, &case.command) else {
                return;
            };
            is_told(&case, &run, &what);
            let outcome = case.settles(&what);
            // what is done is done
            assert!(
                run.status != Some(0) || outcome == Outcome::New,
                "{what}: {run:?}"
            );
            outcomes.push(outcome);
        }
        tell(&format!("{error} from then on"), kind, &outcomes);
    }
}

#[test]
fn a_name_that_cannot_be_changed() {
    once(NAMES, "EIO", 6);
}

#[test]
fn a_permission_that_is_lost_half_way() {
    from_then_on(NAMES, "EACCES", 5);
}

#[test]
fn a_write_for_which_there_is_no_room() {
    once(WRITES, "ENOSPC", 4);
}

#[test]
fn a_disk_that_becomes_full() {
    from_then_on(WRITES, "ENOSPC", 3);
}
