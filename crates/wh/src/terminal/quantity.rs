//! Sizes, durations and counts in words.

use std::time::Duration;

/// Bytes with decimal units, as indexes and download tools show them.
pub fn bytes(count: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if count < 1000 {
        return format!("{count} B");
    }
    let mut value = count as f64 / 1000.0;
    let mut unit = 0;
    while value >= 999.95 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    format!("{value:.1} {}", UNITS[unit])
}

/// `1 file`, `2 files`.
pub fn plural(count: usize, one: &str) -> String {
    if count == 1 {
        return format!("1 {one}");
    }
    let many = match one {
        "entry" => "entries".to_owned(),
        other => format!("{other}s"),
    };
    format!("{count} {many}")
}

/// `120 ms`, `3.2 s`, `2 min 5 s`.
pub fn seconds(duration: Duration) -> String {
    match duration.as_secs_f64() {
        s if s < 1.0 => format!("{} ms", duration.as_millis()),
        s if s < 60.0 => format!("{s:.1} s"),
        s => format!("{} min {} s", s as u64 / 60, s as u64 % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_change_unit_where_they_round_up() {
        let check = |count, expected: &str| assert_eq!(bytes(count), expected);
        check(999, "999 B");
        check(1000, "1.0 kB");
        check(999_949, "999.9 kB");
        check(999_950, "1.0 MB");
        check(466_000_000, "466.0 MB");
    }

    #[test]
    fn durations_read_as_people_say_them() {
        let check = |ms, expected: &str| assert_eq!(seconds(Duration::from_millis(ms)), expected);
        check(120, "120 ms");
        check(3_210, "3.2 s");
        check(125_000, "2 min 5 s");
    }
}
