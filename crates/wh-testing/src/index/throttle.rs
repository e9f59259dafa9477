//! A line of limited width, which all that share it fill together.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How far ahead of the line a sender may run: the time that a sleep may be late.
const SLACK: Duration = Duration::from_millis(2);

/// Bytes per second; clones share the line.
#[derive(Debug, Clone, Default)]
pub struct Throttle {
    line: Arc<Mutex<Option<Line>>>,
}

#[derive(Debug)]
struct Line {
    bytes_per_second: u64,
    free_at: Instant,
}

impl Throttle {
    /// A line of this width.
    pub fn new(bytes_per_second: u64) -> Self {
        let throttle = Self::default();
        throttle.set(Some(bytes_per_second));
        throttle
    }

    /// Another width, or none.
    pub fn set(&self, bytes_per_second: Option<u64>) {
        let line = bytes_per_second.map(|bytes_per_second| Line {
            bytes_per_second: bytes_per_second.max(1),
            free_at: Instant::now(),
        });
        *self.line.lock().unwrap_or_else(PoisonError::into_inner) = line;
    }

    /// Waits until so many bytes are through.
    pub(super) fn pass(&self, bytes: u64) {
        let wait = {
            let mut line = self.line.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(line) = line.as_mut() else { return };
            let now = Instant::now();
            let time = Duration::from_secs_f64(bytes as f64 / line.bytes_per_second as f64);
            line.free_at = line.free_at.max(now) + time;
            line.free_at - now
        };
        if wait > SLACK {
            sleep(wait);
        }
    }

    /// Pieces small enough for ten a second.
    pub(super) fn chunk(&self) -> u64 {
        let line = self.line.lock().unwrap_or_else(PoisonError::into_inner);
        line.as_ref()
            .map_or(u64::MAX, |line| (line.bytes_per_second / 10).max(1))
    }
}
