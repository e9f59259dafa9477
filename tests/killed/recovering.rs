//! The run that puts right what a killed one left is killed itself, and another one does it.

use crate::case::{Case, Kind, Outcome, tell};
use crate::{NAMES, has_strace, some_of};

/// A change killed so many calls after the commit is made, and its recovery killed at calls; how
/// that came out each time.
fn outcomes(kind: Kind, after: usize) -> Option<Vec<Outcome>> {
    let case = Case::small(kind)?;
    let call = case.near_commit(after)?;
    let half = || {
        case.begin_again();
        case.killed(&call, &case.command)
    };
    let recovery = case.recovery();
    half()?;
    let made = case.calls(NAMES, &recovery)?;
    let mut outcomes = Vec::new();
    for call in some_of(&made, 5) {
        half()?;
        let run = case.killed(&call, &recovery)?;
        assert_eq!(run.status, None, "{run:?}");
        outcomes.push(case.settles(&format!("recovery killed at {call:?}")));
    }
    Some(outcomes)
}

#[test]
fn back() {
    for kind in [Kind::Upgrade, Kind::Uninstall]
        .into_iter()
        .filter(|_| has_strace())
    {
        let Some(outcomes) = outcomes(kind, 0) else {
            return;
        };
        tell("moving back killed", kind, &outcomes);
        assert!(
            outcomes.iter().all(|outcome| *outcome == Outcome::Old),
            "{outcomes:?}"
        );
    }
}

#[test]
fn forward() {
    for kind in [Kind::Upgrade, Kind::Sync]
        .into_iter()
        .filter(|_| has_strace())
    {
        let Some(outcomes) = outcomes(kind, 1) else {
            return;
        };
        tell("clean-up killed", kind, &outcomes);
        assert!(
            outcomes.iter().all(|outcome| *outcome == Outcome::New),
            "{outcomes:?}"
        );
    }
}
