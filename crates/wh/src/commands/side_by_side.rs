//! Work for each of several, each in a thread of its own.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// The answers for all of these, each worked out in a thread of its own, in their order.
pub fn side_by_side<T: Sync, R: Send>(all: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    thread::scope(|scope| {
        let work = &work;
        let running: Vec<_> = all
            .iter()
            .map(|one| scope.spawn(move || work(one)))
            .collect();
        running
            .into_iter()
            .map(|thread| match thread.join() {
                Ok(answer) => answer,
                Err(panic) => std::panic::resume_unwind(panic),
            })
            .collect()
    })
}

/// The same with as many threads as there are processors: for work that is heavy.
pub fn few_at_a_time<T: Sync, R: Send>(all: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = thread::available_parallelism().map_or(1, Into::into);
    let next = AtomicUsize::new(0);
    let workers: Vec<usize> = (0..threads.min(all.len())).collect();
    let done = side_by_side(&workers, |_| {
        let mut own = Vec::new();
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(one) = all.get(place) else { break };
            own.push((place, work(one)));
        }
        own
    });
    let mut done: Vec<(usize, R)> = done.into_iter().flatten().collect();
    done.sort_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, answer)| answer).collect()
}
