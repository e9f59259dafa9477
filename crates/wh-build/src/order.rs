//! In which order several builds are done: those that need each other one after the other, the rest side
//! by side. Pure: [`parallel`](crate::parallel) has the threads.

use std::collections::BTreeSet;

/// Builds, by their positions, and which of them must be done before which.
#[derive(Debug, Clone)]
pub struct Order {
    /// By position: those that wait for it.
    waiting: Vec<Vec<usize>>,
    /// By position: how many it still waits for.
    before: Vec<usize>,
    ready: BTreeSet<usize>,
}

impl Order {
    /// The order of so many builds, each of which comes `after` the ones at the positions that it names:
    /// these are before its own, so that nobody waits for ever. Others do not count.
    pub fn new(after: &[BTreeSet<usize>]) -> Self {
        let mut waiting = vec![Vec::new(); after.len()];
        let mut before = vec![0; after.len()];
        for (position, needs) in after.iter().enumerate() {
            for need in needs.range(..position) {
                waiting[*need].push(position);
                before[position] += 1;
            }
        }
        Self {
            waiting,
            ready: (0..after.len()).filter(|one| before[*one] == 0).collect(),
            before,
        }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.before.len()
    }

    /// One that can be done now; of several the first. It is not given again.
    pub fn take(&mut self) -> Option<usize> {
        self.ready.pop_first()
    }

    /// One is done: what waited for nothing else is ready.
    pub fn done(&mut self, position: usize) {
        for waiting in std::mem::take(&mut self.waiting[position]) {
            self.before[waiting] -= 1;
            if self.before[waiting] == 0 {
                self.ready.insert(waiting);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(after: &[&[usize]]) -> Order {
        let after: Vec<BTreeSet<usize>> = after
            .iter()
            .map(|needs| needs.iter().copied().collect())
            .collect();
        Order::new(&after)
    }

    #[test]
    fn what_is_needed_comes_first() {
        let mut order = order(&[&[], &[], &[0], &[0, 1, 2]]);
        assert_eq!(
            (order.take(), order.take(), order.take()),
            (Some(0), Some(1), None)
        );
        order.done(1);
        assert_eq!(order.take(), None);
        order.done(0);
        assert_eq!((order.take(), order.take()), (Some(2), None));
        order.done(2);
        assert_eq!((order.take(), order.take()), (Some(3), None));
    }

    #[test]
    fn nobody_waits_for_ever() {
        let mut order = order(&[&[0, 1], &[0]]);
        assert_eq!(order.take(), Some(0));
    }
}
