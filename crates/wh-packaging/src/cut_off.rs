//! The cut-off by age: files that were uploaded later do not count (`upload-time`, PEP 700).

use std::time::SystemTime;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

/// A point in time; what was uploaded before it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CutOff {
    recorded: String,
    until: Timestamp,
}

/// Whether a date given without a time still counts as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Day {
    /// The cut-off is its end, as with uv's `--exclude-newer`.
    Counts,
    /// The cut-off is its beginning, as with pip's `--uploaded-prior-to`.
    DoesNot,
}

/// The text is neither a time nor an age.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is neither a date, nor a time, nor an age")]
pub struct CutOffError {
    /// As given.
    pub text: String,
}

impl CutOff {
    /// Reads a time (RFC 3339; without an offset it is UTC), a date (UTC), or an age before `now`:
    /// ISO 8601 (`P7D`, `PT24H`) or in words (`7 days`).
    ///
    /// # Errors
    /// The text is none of these.
    pub fn parse(text: &str, now: SystemTime, day: Day) -> Result<Self, CutOffError> {
        let text = text.trim();
        let error = || CutOffError {
            text: text.to_owned(),
        };
        if let Some(until) = point(text, day) {
            return Ok(Self {
                recorded: until.to_string(),
                until,
            });
        }
        let span: Span = text.parse().map_err(|_| error())?;
        let now = Timestamp::try_from(now).map_err(|_| error())?;
        let until = now.to_zoned(TimeZone::UTC).checked_sub(span);
        let until = until.map_err(|_| error())?.timestamp();
        if until > now {
            return Err(error());
        }
        Ok(Self {
            recorded: text.to_owned(),
            until,
        })
    }

    /// Whether a file counts that was uploaded at this time (RFC 3339); `None`: that is no time.
    pub fn admits(&self, upload_time: &str) -> Option<bool> {
        let uploaded = upload_time.parse::<Timestamp>();
        // the Simple API's times are UTC; some leave the `Z` out
        let uploaded = uploaded.or_else(|_| format!("{upload_time}Z").parse::<Timestamp>());
        uploaded.ok().map(|time| time < self.until)
    }

    /// As it is written down: a time, or the age as it was given, so that the same request is
    /// written down alike on another day.
    pub fn recorded(&self) -> &str {
        &self.recorded
    }
}

fn point(text: &str, day: Day) -> Option<Timestamp> {
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(time);
    }
    let in_utc = |time: DateTime| Some(time.to_zoned(TimeZone::UTC).ok()?.timestamp());
    // a date is read from the start of a time too
    if text.len() > "2026-01-31".len() {
        return in_utc(text.parse::<DateTime>().ok()?);
    }
    let date = text.parse::<Date>().ok()?;
    let date = match day {
        Day::Counts => date.tomorrow().ok()?,
        Day::DoesNot => date,
    };
    in_utc(date.to_datetime(jiff::civil::Time::midnight()))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    /// 2026-01-31T12:00:00Z
    fn now() -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_769_860_800)
    }

    /// What is recorded, and the last second that counts and the first that does not.
    fn check(text: &str, day: Day, recorded: &str, before: &str, after: &str) {
        let found = CutOff::parse(text, now(), day).unwrap();
        assert_eq!(found.recorded(), recorded);
        assert_eq!(found.admits(before), Some(true), "{text}");
        assert_eq!(found.admits(after), Some(false), "{text}");
    }

    #[test]
    fn times_dates_and_ages() {
        let noon = "2026-01-10T12:00:00Z";
        for text in [noon, "2026-01-10T12:00:00", "2026-01-10 13:00:00+01:00"] {
            check(text, Day::Counts, noon, "2026-01-10T11:59:59.9Z", noon);
        }
        let (first, second) = ("2026-01-10T00:00:00Z", "2026-01-11T00:00:00Z");
        check(
            "2026-01-10",
            Day::Counts,
            second,
            "2026-01-10T23:59:59Z",
            second,
        );
        check(
            "2026-01-10",
            Day::DoesNot,
            first,
            "2026-01-09T23:59:59Z",
            first,
        );
        for text in ["P7D", "7 days", "1 week", "PT168H"] {
            let (before, after) = ("2026-01-24T11:59:59Z", "2026-01-24T12:00:00Z");
            check(text, Day::Counts, text, before, after);
        }
        check(
            "P1M",
            Day::Counts,
            "P1M",
            "2025-12-31T11:59:59",
            "2025-12-31T12:00:00",
        );
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "yesterday",
            "7",
            "2026-13-01",
            "-P7D",
            "2026-01-10T25:00:00Z",
        ] {
            assert!(CutOff::parse(text, now(), Day::Counts).is_err(), "{text}");
        }
        let found = CutOff::parse("P1D", now(), Day::Counts).unwrap();
        assert_eq!(found.admits("soon"), None);
    }
}
