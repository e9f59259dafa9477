//! Killed at calls of the system, one after the other.

use crate::case::{Case, KINDS, Outcome, tell};
use crate::{NAMES, WRITES, has_strace, some_of};

/// Kills a change at calls of a kind; how it came out each time.
fn outcomes(case: &Case, calls: &str, count: usize) -> Option<Vec<Outcome>> {
    case.begin_again();
    let made = case.calls(calls, &case.command)?;
    let mut outcomes = Vec::new();
    for call in some_of(&made, count) {
        case.begin_again();
        let run = case.killed(&call, &case.command)?;
        assert_eq!(run.status, None, "{:?} at {call:?}: {run:?}", case.kind);
        outcomes.push(case.settles(&format!("killed at {call:?}")));
    }
    Some(outcomes)
}

#[test]
fn at_a_change_of_a_name() {
    if !has_strace() {
        return;
    }
    for kind in KINDS {
        let Some(case) = Case::small(kind) else {
            return;
        };
        let Some(outcomes) = outcomes(&case, NAMES, 8) else {
            return;
        };
        tell("killed at a change of a name", kind, &outcomes);
        // old until the commit, new from then on
        assert!(outcomes.is_sorted(), "{outcomes:?}");
        assert_eq!(outcomes.first(), Some(&Outcome::Old));
        assert_eq!(outcomes.last(), Some(&Outcome::New));
    }
}

/// What is linked from the store is moved as everything else, and the store is left as it was.
#[test]
fn with_links_into_the_store() {
    for mode in ["hardlink", "symlink"].into_iter().filter(|_| has_strace()) {
        let Some(case) = Case::linked(mode) else {
            return;
        };
        let kept = || {
            let cache = wh_testing::snapshot(&case.bench.sandbox.home().join(".cache"));
            cache.without(|path| !path.contains("/files/"))
        };
        let before = kept();
        assert!(!before.0.is_empty());
        let Some(outcomes) = outcomes(&case, NAMES, 8) else {
            return;
        };
        tell(&format!("killed with {mode}"), case.kind, &outcomes);
        assert!(outcomes.is_sorted(), "{outcomes:?}");
        assert_eq!(outcomes.first(), Some(&Outcome::Old));
        assert_eq!(outcomes.last(), Some(&Outcome::New));
        assert_eq!(before.differences(&kept()), [""; 0]);
    }
}

#[test]
fn at_a_write() {
    if !has_strace() {
        return;
    }
    for kind in KINDS {
        let Some(case) = Case::small(kind) else {
            return;
        };
        let Some(outcomes) = outcomes(&case, WRITES, 4) else {
            return;
        };
        tell("killed at a write", kind, &outcomes);
        assert!(outcomes.len() > 1, "{outcomes:?}");
        assert_eq!(outcomes.first(), Some(&Outcome::Old));
    }
}
