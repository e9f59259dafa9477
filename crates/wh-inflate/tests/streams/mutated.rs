//! Streams that something happened to: whatever zlib says of them.

use flate2::FlushCompress;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::compressed::{by_libdeflate, by_zlib};
use crate::damage;
use crate::data::{mixed, noise, text};
use crate::oracle::agrees;
use crate::writer::Writer;

fn short_streams() -> Vec<Vec<u8>> {
    vec![
        by_libdeflate(&text(300), 9),
        by_libdeflate(&mixed(3000), 6),
        by_zlib(&text(400), 6, 40, FlushCompress::Partial),
        by_zlib(&noise(100), 0, 30, FlushCompress::None),
        Writer::new()
            .fixed(true)
            .text(b"abcdefg")
            .repeat(20, 5)
            .repeat(258, 1)
            .end()
            .finish(),
    ]
}

#[test]
fn every_bit_may_be_another() {
    let (mut all, mut fine) = (0, 0);
    for stream in short_streams() {
        for bit in 0..stream.len() * 8 {
            let mut other = stream.clone();
            other[bit / 8] ^= 1 << (bit % 8);
            all += 1;
            fine += usize::from(agrees(&other).is_ok());
        }
    }
    // the comparison was of both kinds
    assert!(fine > 100 && all - fine > 100, "{fine} of {all} are right");
}

#[test]
fn every_beginning_is_read_as_zlib_does() {
    let rest = noise(400);
    // the last block or not, of every type, any two counts
    for first in 0..1_u16 << 13 {
        let stream = [&(first | 0x6000).to_le_bytes()[..], &rest].concat();
        let _ = agrees(&stream);
    }
}

/// Some bytes are taken out at a place, others put in.
type Edit = (Index, usize, Vec<u8>);

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let put = prop::collection::vec(any::<u8>(), 0..4);
    prop::collection::vec((any::<Index>(), 0..4_usize, put), 1..4)
}

fn edited(mut stream: Vec<u8>, edits: &[Edit]) -> Vec<u8> {
    for (place, removed, put) in edits {
        let start = place.index(stream.len() + 1);
        let end = (start + removed).min(stream.len());
        stream.splice(start..end, put.iter().copied());
    }
    stream
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changed_streams_are_read_as_zlib_does(edits in edits(), rest in prop::collection::vec(any::<u8>(), 0..900)) {
        let by_hand = damage::streams().into_iter().map(|(_, _, stream)| stream);
        let long = by_libdeflate(&mixed(20_000), 6);
        for stream in short_streams().into_iter().chain(by_hand).chain([long]) {
            let mut stream = edited(stream, &edits);
            stream.extend(&rest);
            let _ = agrees(&stream);
        }
    }

    #[test]
    fn any_bytes_are_read_as_zlib_does(bytes in prop::collection::vec(any::<u8>(), 0..1500)) {
        for kind in 0..4 {
            // of each type of block
            let mut bytes = bytes.clone();
            bytes.iter_mut().take(1).for_each(|byte| *byte = *byte & !6 | kind << 1);
            let _ = agrees(&bytes);
        }
    }
}
