//! Archives that two readers read in two ways, and sizes that are not so.

use super::{Hostile, INIT, inside, outside, wheel};
use crate::zip::{Claims, Entry, Method};

const BIG: &str = "hostile/big.bin";

/// Archives that two readers read in two ways.
pub(super) fn directories() -> Vec<Hostile> {
    let hidden = Entry {
        claims: Claims {
            hidden: true,
            ..Claims::default()
        },
        ..Entry::new("hidden.py", "import os\n")
    };
    let sharing = Entry {
        claims: Claims {
            shares_bytes_of: Some(0),
            ..Claims::default()
        },
        ..Entry::new("twin.py", "x = 1\n")
    };
    let encrypted = Claims {
        flags: 1,
        ..Claims::default()
    };
    let lzma = Claims {
        method: Some(14),
        ..Claims::default()
    };
    let whole = wheel().build().len();
    vec![
        outside(
            "local name differs",
            wheel().local_name(INIT, "hostile/__evil__.py"),
            &[],
        ),
        outside(
            "local name escapes",
            wheel().local_name(INIT, "../../../../evil.py"),
            &[],
        ),
        outside("member not in the directory", wheel().raw(hidden), &[]),
        outside("overlapping members", wheel().entry(sharing), &[]),
        outside(
            "encrypted member",
            wheel().claims(INIT, encrypted),
            &["encrypted"],
        ),
        outside("unknown method", wheel().claims(INIT, lzma), &[]),
        outside(
            "bytes before the start",
            wheel().before(b"#!/bin/sh\n".to_vec()),
            &[],
        ),
        outside("bytes before, offsets unaware", wheel(), &[]),
        outside("bytes after the end", wheel().after(b"more".to_vec()), &[]),
        outside(
            "another archive behind",
            wheel().after(wheel().build()),
            &[],
        ),
        outside("truncated", wheel().cut(whole - 30), &[]),
        outside("truncated to half", wheel().cut(whole / 2), &[]),
        outside("no byte", wheel().cut(0), &[]),
        outside("no archive", wheel(), &[]),
    ]
    .into_iter()
    .map(|hostile| match hostile.kind {
        "bytes before, offsets unaware" => Hostile {
            bytes: [b"#!/bin/sh\n".to_vec(), hostile.bytes].concat(),
            ..hostile
        },
        "no archive" => Hostile {
            bytes: b"<html>404</html>\n".repeat(50),
            ..hostile
        },
        _ => hostile,
    })
    .collect()
}

/// Sizes and check sums that are not so.
pub(super) fn sizes() -> Vec<Hostile> {
    let big = || Entry::new(BIG, vec![0; 8 << 20]);
    let claimed = |size| Claims {
        size: Some(size),
        ..Claims::default()
    };
    let stored = Entry {
        method: Method::Stored,
        ..Entry::new(BIG, "0123456789")
    };
    vec![
        inside(
            "bomb: more than declared",
            wheel().entry(big()).claims(BIG, claimed(10)),
            &[BIG],
        ),
        inside(
            "bomb: one byte more",
            wheel().entry(big()).claims(BIG, claimed((8 << 20) - 1)),
            &[BIG],
        ),
        inside(
            "less than declared",
            wheel().entry(big()).claims(BIG, claimed(9 << 20)),
            &[BIG],
        ),
        outside(
            "declares 4 TiB",
            wheel().entry(big()).claims(BIG, claimed(4 << 40)),
            &[],
        ),
        outside(
            "declares 3 GiB of 8 MiB",
            wheel().entry(big()).claims(BIG, claimed(3 << 30)),
            &[],
        ),
        inside(
            "stored, sizes differ",
            wheel().entry(stored).claims(BIG, claimed(5)),
            &[],
        ),
        inside(
            "wrong check sum",
            wheel().claims(
                INIT,
                Claims {
                    crc: Some(1),
                    ..Claims::default()
                },
            ),
            &[INIT],
        ),
    ]
}
