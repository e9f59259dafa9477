//! When a request is made again.
//!
//! One loop goes around a whole request, its body included: retries inside of retries multiply.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use http::HeaderMap;
use http::header::{DATE, RETRY_AFTER};
use jiff::Timestamp;

use super::ClientError;
use super::validator::http_date;

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

    /// How many attempts follow the first.
    pub fn retries(&self) -> u32 {
        self.retries
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

/// How long a Retry-After header asks to wait: in seconds, or until a date (RFC 9110, section
/// 10.2.3). The date is compared with that of the answer, where it has one: clocks differ.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name| headers.get(name)?.to_str().ok().map(str::trim);
    let when = text(RETRY_AFTER)?;
    if let Ok(seconds) = when.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let now = text(DATE)
        .and_then(http_date)
        .unwrap_or_else(Timestamp::now);
    let seconds = http_date(when)?.as_second() - now.as_second();
    Some(Duration::from_secs(seconds.try_into().unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(headers: &[(&str, &str)], expected: Option<u64>) {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect();
        let found = retry_after(&headers);
        assert_eq!(found, expected.map(Duration::from_secs), "{headers:?}");
    }

    #[test]
    fn retry_after_in_seconds_or_as_a_date() {
        let date = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
        check(&[], None);
        check(&[("retry-after", "7")], Some(7));
        check(
            &[("retry-after", "Sun, 06 Nov 1994 08:50:00 GMT"), date],
            Some(23),
        );
        // in the past: at once
        check(
            &[("retry-after", "Sun, 06 Nov 1994 08:00:00 GMT"), date],
            Some(0),
        );
        check(&[("retry-after", "Sun, 06 Nov 1994 08:00:00 GMT")], Some(0));
        check(&[("retry-after", "soon")], None);
        check(&[("retry-after", "-1")], None);
    }

    /// The wait that a server asks for, or the back-off's, whichever is longer; never over a minute.
    #[test]
    fn waits_grow_and_end() {
        let mut attempts = RetryPolicy::new(3).attempts();
        let timeout = ClientError::Timeout { url: String::new() };
        let waits: Vec<_> = std::iter::from_fn(|| attempts.after(&timeout)).collect();
        assert_eq!(waits.len(), 3);
        assert!(
            waits[2] >= waits[0] && waits[2] < Duration::from_secs(3),
            "{waits:?}"
        );
        let asked = |seconds| ClientError::Server {
            url: String::new(),
            status: 503,
            retry_after: Some(Duration::from_secs(seconds)),
        };
        let wait = |seconds| RetryPolicy::new(1).attempts().after(&asked(seconds));
        assert_eq!(wait(20), Some(Duration::from_secs(20)));
        assert_eq!(wait(9999), Some(LONGEST_WAIT));
        assert!(wait(0) > Some(Duration::ZERO));
        assert_eq!(RetryPolicy::new(0).attempts().after(&timeout), None);
    }
}
