//! Several builds side by side, as far as their order allows.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, PoisonError};

use crate::order::Order;

/// What the threads share.
struct State<T, E> {
    order: Order,
    done: BTreeMap<usize, T>,
    failed: BTreeMap<usize, E>,
    running: usize,
}

/// Does all builds of an order, at most `jobs` at once; gives what came of them, by position. After a
/// failure none begins any more.
///
/// # Errors
/// Builds failed: the error of the first in the order.
pub fn in_parallel<T: Send, E: Send>(
    order: Order,
    jobs: usize,
    work: impl Fn(usize) -> Result<T, E> + Sync,
) -> Result<Vec<T>, E> {
    let jobs = jobs.clamp(1, order.len().max(1));
    let state = Mutex::new(State {
        order,
        done: BTreeMap::new(),
        failed: BTreeMap::new(),
        running: 0,
    });
    let changed = Condvar::new();
    std::thread::scope(|scope| {
        for _ in 0..jobs {
            scope.spawn(|| {
                while let Some(position) = next(&state, &changed) {
                    let outcome = work(position);
                    finish(&state, position, outcome);
                    changed.notify_all();
                }
            });
        }
    });
    let state = state.into_inner().unwrap_or_else(PoisonError::into_inner);
    match state.failed.into_values().next() {
        Some(error) => Err(error),
        None => Ok(state.done.into_values().collect()),
    }
}

/// The next build to do; `None` once there will be no more.
fn next<T, E>(state: &Mutex<State<T, E>>, changed: &Condvar) -> Option<usize> {
    let mut held = state.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        if !held.failed.is_empty() {
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

fn finish<T, E>(state: &Mutex<State<T, E>>, position: usize, outcome: Result<T, E>) {
    let mut held = state.lock().unwrap_or_else(PoisonError::into_inner);
    held.running -= 1;
    match outcome {
        Ok(done) => {
            held.order.done(position);
            held.done.insert(position, done);
        }
        Err(error) => {
            held.failed.insert(position, error);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Barrier;

    use super::*;

    /// Builds that come `after` others, some of which fail; which were begun.
    #[track_caller]
    fn check(after: &[&[usize]], fails: &[usize], expected: Result<usize, usize>) -> Vec<usize> {
        let needs: Vec<BTreeSet<usize>> = after
            .iter()
            .map(|needs| needs.iter().copied().collect())
            .collect();
        let begun = Mutex::new(Vec::new());
        let outcome = in_parallel(Order::new(&needs), 1, |position| {
            begun.lock().unwrap().push(position);
            if fails.contains(&position) {
                Err(position)
            } else {
                Ok(position)
            }
        });
        assert_eq!(outcome.map(|done| done.len()), expected);
        let begun = begun.into_inner().unwrap();
        for (place, position) in begun.iter().enumerate() {
            let done = &begun[..place];
            assert!(needs[*position].iter().all(|need| done.contains(need)));
        }
        begun
    }

    #[test]
    fn what_is_needed_is_done_before_and_nothing_begins_after_a_failure() {
        assert!(check(&[], &[], Ok(0)).is_empty());
        assert_eq!(check(&[&[], &[0], &[1]], &[], Ok(3)), [0, 1, 2]);
        assert_eq!(check(&[&[], &[0], &[1]], &[0], Err(0)), [0]);
        assert_eq!(check(&[&[], &[0], &[]], &[2, 1], Err(1)), [0, 1]);
    }

    #[test]
    fn two_that_do_not_need_each_other_run_at_once() {
        let both = Barrier::new(2);
        let order = Order::new(&[BTreeSet::new(), BTreeSet::new()]);
        let outcome = in_parallel(order, 2, |_| {
            both.wait();
            Ok::<(), ()>(())
        });
        assert_eq!(outcome.map(|done| done.len()), Ok(2));
    }
}
