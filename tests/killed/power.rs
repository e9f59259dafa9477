//! `--sync`: a power loss is like a kill. What a state is made of is on the disk before the change
//! of a name that makes it count.

use std::process::Command;

use wh_testing::sandbox::{Run, finish, skipped};

use crate::case::{Call, Case, KINDS, Kind, Outcome, tell};
use crate::{NAMES, WH, has_strace, some_of};

/// A change, with `--sync`.
fn synced(kind: Kind) -> Option<Case> {
    let mut case = has_strace().then(|| Case::small(kind)).flatten()?;
    case.command.push("--sync".to_owned());
    case.begin_again();
    Some(case)
}

/// What a call does about names and the disk, as a letter.
fn letter(call: &Call) -> char {
    match &*call.name {
        "syncfs" => 'S',
        "fsync" => 'F',
        _ if call.text.contains("/journal\")") => 'J',
        _ if call.text.contains("/committed\")") => 'C',
        "rename" | "renameat2" | "rmdir" => 'm',
        "unlink" | "unlinkat" => 'u',
        _ => '-',
    }
}

#[test]
fn each_state_is_on_the_disk_before_the_next_begins() {
    let Some(case) = synced(Kind::Upgrade) else {
        return;
    };
    let calls = format!("{NAMES},fsync,syncfs");
    let Some(made) = case.calls(&calls, &case.command) else {
        return;
    };
    let mut letters: Vec<char> = made.iter().map(letter).collect();
    letters.retain(|letter| *letter != '-');
    letters.dedup();
    let order: String = letters.into_iter().collect();
    // what is staged; the journal, its name; the moves; the commit; and then the old files go
    assert_eq!(order, "SFJFmSCFu", "{made:#?}");
}

/// Mounts a disk over `env` and does the rest there; the power fails when it ends. `after` is what
/// is found on the disk then, once `wh` has been there.
const SCRIPT: &str = "truncate -s 32M disk && mkfs.ext4 -q -F disk || exit 77
    mount -o loop disk env || exit 77
    cp -a old/. env/ && sync -f env
    (\"$@\"); status=$?
    cp --sparse=always disk left
    umount env
    mount -o loop left env || exit 77
    rmdir env/lost+found
    eval \"$RECOVERY\" || exit 78
    rm -rf after; cp -a env/. after/
    exit $status";

/// The change, cut off at a call by a power loss, or done and then cut off.
fn power_loss(case: &Case, call: Option<&Call>) -> Run {
    let mut command = Command::new("unshare");
    command.args(["-m", "--", "/bin/sh", "-c", SCRIPT, "sh"]);
    if let Some(Call { name, number, .. }) = call {
        command.args(["strace", "-f", "-qqq", "--detach-on=execve", "-o", "calls"]);
        command.arg(format!("--trace={name}"));
        command.arg(format!("--inject={name}:signal=SIGKILL:when={number}"));
    }
    command.arg(WH).args(&case.command);
    case.bench.sandbox.prepare(&mut command);
    let recovery = format!("'{WH}' '{}'", case.recovery().join("' '"));
    command
        .env("RECOVERY", recovery)
        .env("RAYON_NUM_THREADS", "1");
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    finish(command)
}

#[test]
fn a_power_loss() {
    for kind in KINDS {
        let Some(case) = synced(kind) else { return };
        let Some(made) = case.calls(NAMES, &case.command) else {
            return;
        };
        case.begin_again();
        let run = power_loss(&case, None);
        if matches!(run.status, Some(1 | 77)) {
            return skipped(&format!("no disk can be mounted here: {}", run.stderr));
        }
        run.expect(0);
        let outcome = |what: &str| {
            let outcome = case.outcome(&case.bench.snapshot("after"));
            outcome.unwrap_or_else(|differences| panic!("{kind:?}, {what}: {differences:#?}"))
        };
        assert_eq!(outcome("done"), Outcome::New);
        let mut outcomes = Vec::new();
        for call in some_of(&made, 3) {
            let run = power_loss(&case, Some(&call));
            assert_eq!(run.status, Some(128 + 9), "{call:?}: {run:?}");
            outcomes.push(outcome(&format!("cut off at {call:?}")));
        }
        tell("power lost", kind, &outcomes);
        assert!(outcomes.is_sorted(), "{outcomes:?}");
    }
}
