//! All processes of a build: found, waited for, stopped.
//!
//! On Linux a process belongs to a build if it descends from the build's first one, is in its group or
//! session, or carries the mark of the build in its environment. One that has left its parents and
//! cleaned its environment as well becomes a child of `wh`, which takes in orphans while it builds; that
//! it comes from a build is told by the bit that nothing can take back (`no_new_privs`). Elsewhere the
//! group counts (on Windows the tree of parents).

use std::time::{Duration, Instant};

pub(super) use system::{Family, start};

impl Family {
    /// Waits until none is left but for so long, and gives what then is.
    pub(super) fn left_after(&self, grace: Duration, deadline: Option<Instant>) -> Vec<String> {
        let end = Instant::now() + grace;
        let end = deadline.map_or(end, |deadline| deadline.min(end));
        let mut pause = Duration::from_millis(1);
        loop {
            let left = self.members();
            if left.is_empty() || Instant::now() >= end {
                return left.iter().map(ToString::to_string).collect();
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(50));
        }
    }
}

/// A process that runs.
struct Member {
    number: u32,
    name: String,
}

impl std::fmt::Display for Member {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} ({})", self.name, self.number)
    }
}

#[cfg(target_os = "linux")]
#[path = "family_linux.rs"]
mod system;

#[cfg(not(target_os = "linux"))]
#[path = "family_elsewhere.rs"]
mod system;
