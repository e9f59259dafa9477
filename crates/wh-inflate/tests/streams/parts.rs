//! How input is cut changes nothing: what is left comes again, with more behind it.

use flate2::FlushCompress;
use proptest::prelude::*;
use wh_inflate::Damage;

use crate::compressed::{by_libdeflate, by_zlib};
use crate::damage;
use crate::data::{mixed, noise, periodic, text};
use crate::oracle::{Outcome, fed, whole};
use crate::writer::Writer;

/// Streams of all types of block, short and of several pieces, with bytes behind them.
fn streams() -> Vec<Vec<u8>> {
    let blocks = [text(3_000), noise(2_000), periodic(19, 4_000)].concat();
    let mut streams = vec![
        by_libdeflate(b"", 6),
        by_libdeflate(b"abc", 6),
        by_libdeflate(&text(30_000), 6),
        by_libdeflate(&mixed(600_000), 12),
        by_zlib(&noise(70_000), 0, 70_000, FlushCompress::None),
        by_zlib(&blocks, 6, 50, FlushCompress::Sync),
        by_zlib(&blocks, 9, 70, FlushCompress::Partial),
        by_zlib(&vec![0; 400_000], 9, 400_000, FlushCompress::None),
        Writer::new().stored(false, b"").stored(true, b"").finish(),
    ];
    let with_more = streams
        .iter()
        .map(|stream| [&stream[..], &noise(1500)].concat());
    streams.extend(with_more.collect::<Vec<_>>());
    streams
}

#[track_caller]
fn same_in_parts(
    stream: &[u8],
    whole: &Outcome<Damage>,
    what: usize,
    part: &mut dyn FnMut() -> usize,
) {
    let fed = fed(stream, part);
    assert!(
        *whole == fed,
        "in parts of {what}: {:?}",
        fed.map(|(_, used)| used)
    );
}

#[test]
fn parts_of_one_length_give_the_same() {
    // the margin that is kept for a header, and what is looked at in a step
    let lengths = [
        1, 2, 3, 7, 8, 9, 31, 32, 33, 39, 40, 41, 255, 1000, 4096, 65_536,
    ];
    for stream in streams() {
        let whole = whole(&stream);
        for part in lengths.into_iter().chain(630..660) {
            same_in_parts(&stream, &whole, part, &mut || part);
        }
    }
}

#[test]
fn a_first_part_of_any_length_gives_the_same() {
    for stream in streams().iter().filter(|stream| stream.len() < 5_000) {
        let whole = whole(stream);
        for first in 0..=stream.len() {
            let mut parts = [first, stream.len()].into_iter();
            same_in_parts(stream, &whole, first, &mut || {
                parts.next().unwrap_or(stream.len())
            });
        }
    }
}

#[test]
fn nothing_may_come_last() {
    for stream in streams() {
        let whole = whole(&stream);
        let mut parts = [stream.len() - 1, 0, 0, 1].into_iter();
        same_in_parts(&stream, &whole, 0, &mut || parts.next().unwrap_or_default());
    }
}

#[test]
fn damage_is_the_same_in_parts() {
    for (what, _, stream) in damage::streams() {
        for part in (1..20).chain(630..660) {
            let told = fed(&stream, &mut || part).map_err(|(damage, _)| damage);
            let expected = whole(&stream).map_err(|(damage, _)| damage);
            assert_eq!(told, expected, "{what}, in parts of {part}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn any_parts_give_the_same(parts in prop::collection::vec(prop_oneof![0..50_usize, 0..1400_usize], 1..60)) {
        for stream in streams() {
            let whole = whole(&stream);
            let mut turns = parts.iter().chain([&1]).cycle();
            same_in_parts(&stream, &whole, 0, &mut || *turns.next().unwrap());
        }
    }
}
