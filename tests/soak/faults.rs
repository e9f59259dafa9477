//! Which fault strikes which request: by chance, and the same for the same seed.

use std::time::Duration;

use wh_testing::{Fault, TestIndex};

use super::DISTRIBUTIONS;

/// Chance with a seed (xorshift64*).
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        let mut this = Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        for _ in 0..8 {
            this.next();
        }
        this
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below another.
    pub fn below(&mut self, end: usize) -> usize {
        ((self.next() >> 33) % end.max(1) as u64) as usize
    }

    pub fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// Bytes that no compression makes fewer.
    pub fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| (self.next() >> 40) as u8).collect()
    }
}

/// Strews faults over pages, metadata and files: each address fails fewer times than there are
/// tries. Says how many.
pub fn strew(chance: &mut Chance, index: &TestIndex, retries: usize) -> u64 {
    let mut count = 0;
    for (name, _, length) in DISTRIBUTIONS {
        for pattern in [
            format!("/simple/{name}/"),
            format!("/files/{name}-*.metadata"),
            format!("/files/{name}-1.0-py3-none-any.whl"),
            format!("/files/{name}-1.1-py3-none-any.whl"),
        ] {
            let is_file = pattern.ends_with(".whl");
            let failing = if chance.one_in(2) {
                chance.below(retries)
            } else {
                0
            };
            for request in 0..failing {
                let fault = passing(chance, is_file, length);
                index.misbehave(&pattern, fault.after(request).first(1));
                count += 1;
            }
            if is_file && chance.one_in(3) {
                index.misbehave(&pattern, habit(chance));
            }
        }
    }
    if chance.one_in(4) {
        index.misbehave("/simple/*", Fault::gzip());
    }
    count
}

/// A fault that spoils one answer.
fn passing(chance: &mut Chance, is_file: bool, length: usize) -> Fault {
    let cut = chance.below(length.max(200)) as u64;
    match chance.below(if is_file { 14 } else { 9 }) {
        0 => Fault::status(500),
        1 => Fault::status(502),
        2 => Fault::status(503).retry_after(0),
        3 => Fault::status(429).retry_after("Wed, 21 Oct 2015 07:28:00 GMT"),
        4 | 5 => Fault::cut(cut),
        6 => Fault::content_length(1 + chance.below(5000) as i64),
        7 if chance.one_in(3) => Fault::stall(cut, Duration::from_millis(2500)),
        7 => Fault::status(408),
        8 => Fault::slow(Duration::from_millis(chance.below(300) as u64)),
        9 => Fault::gzip(),
        10 => Fault::content_length(-1 - chance.below(length) as i64),
        11 => Fault::unsatisfiable_range(),
        12 => Fault::etag_changes(),
        _ => Fault::cut(length as u64 / 2),
    }
}

/// How a server is, all the time.
fn habit(chance: &mut Chance) -> Fault {
    match chance.below(8) {
        0 => Fault::no_range(),
        1 => Fault::ignores_range(),
        2 => Fault::gzip(),
        3 => Fault::etag_changes(),
        4 => Fault::no_validator(),
        5 => Fault::last_modified("Mon, 01 Jan 2024 00:00:00 GMT"),
        6 => Fault::close(),
        _ => Fault::range_without_total(),
    }
}

/// A fault that does not pass, and how the run must end.
pub struct Permanent {
    pub status: i32,
    /// What the error names.
    pub names: &'static str,
}

/// Makes the index fail for good at one address.
pub fn permanent(chance: &mut Chance, index: &TestIndex) -> Permanent {
    let page = ("/simple/core/", "core");
    let file = ("/files/numbers-1.1-py3-none-any.whl", "numbers-1.1");
    let (at, names, fault, status) = match chance.below(8) {
        0 => (page.0, page.1, Fault::status(503).retry_after(0), 3),
        1 => (page.0, page.1, Fault::status(403), 3),
        2 => (page.0, page.1, Fault::status(404), 1),
        3 => (page.0, page.1, Fault::garbage(), 3),
        4 => (file.0, file.1, Fault::status(404), 1),
        5 => (file.0, file.1, Fault::status(503).retry_after(0), 3),
        6 => (file.0, file.1, Fault::wrong_bytes(), 1),
        _ => (file.0, file.1, Fault::cut(0), 3),
    };
    index.misbehave(at, fault);
    Permanent { status, names }
}
