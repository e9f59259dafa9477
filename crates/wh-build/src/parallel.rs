//! Several builds side by side, as far as their order allows.

use std::sync::{Condvar, Mutex, PoisonError};

use crate::order::Order;

/// What came of one build.
#[derive(Debug)]
pub enum Outcome<T, E> {
    /// It is done.
    Done(T),
    /// It failed.
    Failed(E),
    /// It was not begun, since the build at this position failed.
    LeftOut(usize),
}

/// What the threads share.
struct State<T, E> {
    order: Order,
    outcomes: Vec<Option<Outcome<T, E>>>,
    running: usize,
    /// The first that failed, where nothing is begun after that.
    stopped_by: Option<usize>,
}

/// Does `count` builds, at most `jobs` at once, in an order; gives what came of each, by position. After a
/// failure, what is not begun is left out: all of it, or with `keep_going` what needs the failed
/// one.
pub fn in_parallel<T: Send, E: Send>(
    order: Order,
    (count, jobs): (usize, usize),
    keep_going: bool,
    work: impl Fn(usize) -> Result<T, E> + Sync,
) -> Vec<Outcome<T, E>> {
    let state = Mutex::new(State {
        order,
        outcomes: (0..count).map(|_| None).collect(),
        running: 0,
        stopped_by: None,
    });
    let changed = Condvar::new();
    std::thread::scope(|scope| {
        for _ in 0..jobs.clamp(1, count.max(1)) {
            scope.spawn(|| {
                while let Some(position) = next(&state, &changed) {
                    let outcome = work(position);
                    finish(&state, position, outcome, keep_going);
                    changed.notify_all();
                }
            });
        }
    });
    let state = state.into_inner().unwrap_or_else(PoisonError::into_inner);
    let mut outcomes = state.outcomes;
    for (position, outcome) in outcomes.iter_mut().enumerate() {
        let because = state.order.left_out_for(position).or(state.stopped_by);
        if let (None, Some(because)) = (&outcome, because) {
            *outcome = Some(Outcome::LeftOut(because));
        }
    }
    // nobody waits for ever: what was not begun was left out
    outcomes.into_iter().flatten().collect()
}

/// The next build to do; `None` once there will be no more.
fn next<T, E>(state: &Mutex<State<T, E>>, changed: &Condvar) -> Option<usize> {
    let mut held = state.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        if held.stopped_by.is_some() {
            return None;
        }
        if let Some(position) = held.order.take() {
            held.running += 1;
            return Some(position);
        }
        if held.running == 0 {
            return None;
        }
        held = changed.wait(held).unwrap_or_else(PoisonError::into_inner);
    }
}

fn finish<T, E>(
    state: &Mutex<State<T, E>>,
    position: usize,
    outcome: Result<T, E>,
    keep_going: bool,
) {
    let mut held = state.lock().unwrap_or_else(PoisonError::into_inner);
    held.running -= 1;
    held.outcomes[position] = Some(match outcome {
        Ok(done) => {
            held.order.done(position);
            Outcome::Done(done)
        }
        Err(error) => {
            held.order.failed(position);
            if !keep_going {
                held.stopped_by.get_or_insert(position);
            }
            Outcome::Failed(error)
        }
    });
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Barrier;

    use super::*;

    /// Outcomes in short: `+`, `!`, or who it was left out for.
    fn check(after: &[&[usize]], fails: &[usize], keep_going: bool, expected: &str) {
        let after: Vec<BTreeSet<usize>> = after
            .iter()
            .map(|needs| needs.iter().copied().collect())
            .collect();
        let begun = Mutex::new(Vec::new());
        let order = Order::new(&after);
        let outcomes = in_parallel(order, (after.len(), 1), keep_going, |position| {
            begun.lock().unwrap().push(position);
            if fails.contains(&position) {
                Err(())
            } else {
                Ok(())
            }
        });
        let text: String = outcomes
            .iter()
            .map(|outcome| match outcome {
                Outcome::Done(()) => "+".to_owned(),
                Outcome::Failed(()) => "!".to_owned(),
                Outcome::LeftOut(for_whom) => for_whom.to_string(),
            })
            .collect();
        assert_eq!(text, expected);
        let begun = begun.into_inner().unwrap();
        for (place, position) in begun.iter().enumerate() {
            assert!(
                after[*position]
                    .iter()
                    .all(|need| begun[..place].contains(need))
            );
        }
    }

    #[test]
    fn outcomes() {
        check(&[], &[], false, "");
        check(&[&[], &[0], &[1]], &[], false, "+++");
        check(&[&[], &[0], &[1]], &[0], false, "!00");
        check(&[&[], &[0], &[]], &[0], false, "!00");
        check(&[&[], &[0], &[]], &[0], true, "!0+");
    }

    #[test]
    fn two_that_do_not_need_each_other_run_at_once() {
        let both = Barrier::new(2);
        let order = Order::new(&[BTreeSet::new(), BTreeSet::new()]);
        let outcomes = in_parallel(order, (2, 2), false, |_| {
            both.wait();
            Ok::<(), ()>(())
        });
        assert_eq!(outcomes.len(), 2);
    }
}
