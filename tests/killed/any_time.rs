//! Killed at random points of a large change.

use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::case::{Case, Kind, tell};
use crate::points;

/// Numbers below one, the same each time (xorshift).
struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        for shift in [13, -7, 17] {
            self.0 ^= match shift {
                1.. => self.0 << shift,
                _ => self.0 >> -shift,
            };
        }
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// The change, begun.
fn begin(case: &Case) -> Child {
    let mut command = case.bench.sandbox.command(&case.command);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().unwrap()
}

/// Waits until it begins to unpack, if it has not ended before.
fn wait_until_it_unpacks(child: &mut Child, case: &Case) {
    let library = case.bench.site_packages("env");
    let unpacks = || {
        let mut names = library
            .read_dir()
            .unwrap()
            .flatten()
            .map(|entry| entry.file_name());
        names.any(|name| name.to_string_lossy().starts_with(".wh-change-"))
    };
    while !unpacks() && child.try_wait().unwrap().is_none() {
        sleep(Duration::from_micros(200));
    }
}

/// How long a change takes before it unpacks, and from then on.
fn times(case: &Case) -> [Duration; 2] {
    case.begin_again();
    let start = Instant::now();
    let mut child = begin(case);
    wait_until_it_unpacks(&mut child, case);
    let middle = Instant::now();
    assert!(child.wait().unwrap().success());
    [middle - start, middle.elapsed()]
}

fn of_sixty_distributions(kind: Kind) {
    let Some(case) = Case::large(kind) else {
        return;
    };
    let [before, from_then_on] = times(&case);
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut outcomes = Vec::new();
    for number in 0..points().unwrap_or(4) {
        case.begin_again();
        let mut child = begin(&case);
        // the part in which something happens gets three points of four
        let time = if number % 4 == 0 {
            before.mul_f64(random.next())
        } else {
            wait_until_it_unpacks(&mut child, &case);
            from_then_on.mul_f64(random.next() * 1.1)
        };
        sleep(time);
        child.kill().unwrap();
        child.wait().unwrap();
        outcomes.push(case.settles(&format!("point {number}, killed after {time:?}")));
    }
    tell("killed at any time", kind, &outcomes);
}

#[test]
fn install() {
    of_sixty_distributions(Kind::Install);
}

#[test]
fn upgrade() {
    of_sixty_distributions(Kind::Upgrade);
}

#[test]
fn uninstall() {
    of_sixty_distributions(Kind::Uninstall);
}

#[test]
fn sync() {
    of_sixty_distributions(Kind::Sync);
}
