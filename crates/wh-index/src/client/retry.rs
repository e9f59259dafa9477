//! When a request is made again.
//!
//! One loop goes around a whole request, its body included: retries inside of retries multiply.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};

use super::ClientError;

/// The longest that a server's Retry-After is obeyed.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// How often and when a request is made again.
#[derive(Debug, Clone, Copy)]
pub struct RetryPolicy {
    retries: u32,
}

impl RetryPolicy {
    /// So many more attempts after the first.
    pub fn new(retries: u32) -> Self {
        Self { retries }
    }

    /// The attempts at one request.
    pub fn attempts(&self) -> Attempts {
        Attempts {
            delays: ExponentialBuilder::default()
                .with_min_delay(Duration::from_millis(250))
                .with_factor(2.0)
                .with_max_delay(Duration::from_secs(10))
                .with_max_times(self.retries as usize)
                .with_jitter()
                .build(),
        }
    }
}

/// The attempts left of one request.
#[derive(Debug)]
pub struct Attempts {
    delays: ExponentialBackoff,
}

impl Attempts {
    /// How long to wait before the next attempt; `None` where there is none, because the fault
    /// will not pass or because there were enough.
    pub fn after(&mut self, error: &ClientError) -> Option<Duration> {
        if !error.is_transient() {
            return None;
        }
        let delay = self.delays.next()?;
        Some(match error {
            ClientError::Server {
                retry_after: Some(wait),
                ..
            } => (*wait).min(LONGEST_WAIT).max(delay),
            _ => delay,
        })
    }
}

/// The seconds of a Retry-After header; its other form, a date, counts as not given.
pub(super) fn retry_after(headers: &http::HeaderMap) -> Option<Duration> {
    let text = headers.get(http::header::RETRY_AFTER)?.to_str().ok()?;
    text.trim().parse().ok().map(Duration::from_secs)
}
