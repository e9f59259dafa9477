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
    left_out: Vec<Option<usize>>,
}

/// Builds that wait for each other: nobody can be first. Each needs the next, the last the first.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("builds {0:?} need each other")]
pub struct Circle(pub Vec<usize>);

impl Order {
    /// The order of so many builds, each of which comes `after` the ones at the positions that it names.
    ///
    /// # Errors
    /// Some need each other.
    pub fn new(after: &[BTreeSet<usize>]) -> Result<Self, Circle> {
        if let Some(circle) = circle(after) {
            return Err(Circle(circle));
        }
        let mut waiting = vec![Vec::new(); after.len()];
        for (position, needs) in after.iter().enumerate() {
            for need in needs {
                waiting[*need].push(position);
            }
        }
        let before: Vec<usize> = after.iter().map(BTreeSet::len).collect();
        Ok(Self {
            waiting,
            ready: (0..after.len()).filter(|one| before[*one] == 0).collect(),
            left_out: vec![None; after.len()],
            before,
        })
    }

    /// One that can be done now; of several the first. It is not given again.
    pub fn take(&mut self) -> Option<usize> {
        self.ready.pop_first()
    }

    /// One is done: what waited for nothing else is ready.
    pub fn done(&mut self, position: usize) {
        for waiting in std::mem::take(&mut self.waiting[position]) {
            self.before[waiting] -= 1;
            if self.before[waiting] == 0 && self.left_out[waiting].is_none() {
                self.ready.insert(waiting);
            }
        }
    }

    /// One failed: what needs it, through whatever, cannot be done.
    pub fn failed(&mut self, position: usize) {
        let mut next = vec![position];
        while let Some(one) = next.pop() {
            for waiting in std::mem::take(&mut self.waiting[one]) {
                if self.left_out[waiting].is_none() {
                    self.left_out[waiting] = Some(position);
                    next.push(waiting);
                }
            }
        }
    }

    /// The failed one for which a build cannot be done.
    pub fn left_out_for(&self, position: usize) -> Option<usize> {
        self.left_out[position]
    }
}

/// The first circle, walking in order; `None` where there is none.
fn circle(after: &[BTreeSet<usize>]) -> Option<Vec<usize>> {
    // 0: not met, 1: on the way, 2: leads to no circle
    let mut state = vec![0u8; after.len()];
    for start in 0..after.len() {
        // a build, and which of those that it needs were looked at
        let mut way: Vec<(usize, Vec<usize>)> = Vec::new();
        let enter = |one: usize| (one, after[one].iter().rev().copied().collect());
        if state[start] == 0 {
            state[start] = 1;
            way.push(enter(start));
        }
        while let Some((here, rest)) = way.last_mut() {
            let here = *here;
            match rest.pop() {
                None => {
                    state[here] = 2;
                    way.pop();
                }
                Some(next) if state[next] == 1 => {
                    let on_the_way = way.iter().map(|(one, _)| *one);
                    return Some(on_the_way.skip_while(|one| *one != next).collect());
                }
                Some(next) if state[next] == 0 => {
                    state[next] = 1;
                    way.push(enter(next));
                }
                Some(_) => {}
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(after: &[&[usize]]) -> Result<Order, Circle> {
        let after: Vec<BTreeSet<usize>> = after
            .iter()
            .map(|needs| needs.iter().copied().collect())
            .collect();
        Order::new(&after)
    }

    #[test]
    fn what_is_needed_comes_first() {
        let mut order = order(&[&[2], &[], &[1]]).unwrap();
        assert_eq!((order.take(), order.take()), (Some(1), None));
        order.done(1);
        assert_eq!((order.take(), order.take()), (Some(2), None));
        order.done(2);
        assert_eq!((order.take(), order.take()), (Some(0), None));
    }

    #[test]
    fn what_needs_a_failed_one_is_left_out() {
        let mut order = order(&[&[], &[0], &[1, 3], &[]]).unwrap();
        assert_eq!((order.take(), order.take()), (Some(0), Some(3)));
        order.failed(0);
        order.done(3);
        assert_eq!(order.take(), None);
        let left_out: Vec<_> = (0..4).map(|one| order.left_out_for(one)).collect();
        assert_eq!(left_out, [None, Some(0), Some(0), None]);
    }

    #[test]
    fn circles_are_told() {
        let check = |after: &[&[usize]], expected: &[usize]| {
            assert_eq!(order(after).unwrap_err(), Circle(expected.to_vec()));
        };
        check(&[&[0]], &[0]);
        check(&[&[1], &[2], &[1]], &[1, 2]);
        check(&[&[], &[0, 3], &[1], &[2]], &[1, 3, 2]);
        assert!(order(&[&[1, 2], &[3], &[3], &[]]).is_ok());
    }
}
