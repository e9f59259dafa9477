//! What compressors write comes out as what went in.

use flate2::{Compress, Compression, FlushCompress, Status};
use libdeflater::{CompressionLvl, Compressor};
use proptest::prelude::*;

use crate::data::{kinds, mixed, noise, text};
use crate::oracle::{self, whole};

/// zlib's streams, level by level; a block ends at least after so many bytes.
pub fn by_zlib(bytes: &[u8], level: u32, block: usize, flush: FlushCompress) -> Vec<u8> {
    let mut stream = Compress::new(Compression::new(level), false);
    let mut out = Vec::with_capacity(2 * bytes.len() + 1000);
    for part in bytes.chunks(block) {
        let start = stream.total_in();
        while (stream.total_in() - start) < part.len() as u64 {
            let rest = &part[(stream.total_in() - start) as usize..];
            out.reserve(1000);
            stream.compress_vec(rest, &mut out, flush).unwrap();
        }
    }
    while stream
        .compress_vec(&[], &mut out, FlushCompress::Finish)
        .unwrap()
        != Status::StreamEnd
    {
        out.reserve(1000);
    }
    out
}

pub fn by_libdeflate(bytes: &[u8], level: i32) -> Vec<u8> {
    let mut compressor = Compressor::new(CompressionLvl::new(level).unwrap());
    let mut out = vec![0; compressor.deflate_compress_bound(bytes.len())];
    let length = compressor.deflate_compress(bytes, &mut out).unwrap();
    out.truncate(length);
    out
}

/// Streams of these bytes by both, of all levels, with what they are.
fn streams(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let one = bytes.len().max(1);
    let of_zlib = (0..=9).map(|level| {
        let stream = by_zlib(bytes, level, one, FlushCompress::None);
        (format!("zlib {level}"), stream)
    });
    let of_libdeflate =
        [1, 6, 9, 12].map(|level| (format!("libdeflate {level}"), by_libdeflate(bytes, level)));
    of_zlib.chain(of_libdeflate).collect()
}

#[track_caller]
fn comes_out(what: &str, stream: &[u8], expected: &[u8]) {
    let (bytes, used) = whole(stream).unwrap_or_else(|(damage, _)| panic!("{what}: {damage}"));
    assert_eq!(used, stream.len(), "{what}");
    assert_eq!(bytes.len(), expected.len(), "{what}");
    assert!(bytes == expected, "{what}: other bytes");
}

#[test]
fn all_kinds_of_bytes_come_out_of_all_levels() {
    for (kind, bytes) in kinds() {
        for (level, stream) in streams(&bytes) {
            comes_out(&format!("{kind}, {level}"), &stream, &bytes);
        }
    }
}

#[test]
fn short_blocks_come_out() {
    let bytes = [text(20_000), noise(3_000), mixed(40_000)].concat();
    for block in [1, 10, 99, 1000] {
        for flush in [
            FlushCompress::Partial,
            FlushCompress::Sync,
            FlushCompress::Full,
        ] {
            for level in [0, 1, 6] {
                let stream = by_zlib(&bytes, level, block, flush);
                comes_out(&format!("{block}, {flush:?}, {level}"), &stream, &bytes);
            }
        }
    }
}

#[test]
fn what_follows_a_stream_is_left() {
    for rest in [1, 7, 8, 9, 639, 640, 641, 5000] {
        for bytes in [text(40), text(5000), noise(5000)] {
            let mut stream = by_libdeflate(&bytes, 6);
            let length = stream.len();
            stream.extend(noise(rest));
            let (out, used) = oracle::agrees(&stream).unwrap();
            assert_eq!((used, out), (length, bytes));
        }
    }
}

/// Bytes of which some come again.
fn any_bytes() -> impl Strategy<Value = Vec<u8>> {
    let part = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..300),
        prop::collection::vec(b'a'..b'e', 0..300),
        (any::<u8>(), 1..700_usize).prop_map(|(byte, length)| vec![byte; length]),
    ];
    let parts = prop::collection::vec((part, 1..40_usize), 0..8);
    parts.prop_map(|parts| {
        let repeated = parts.iter().map(|(part, times)| part.repeat(*times));
        repeated.collect::<Vec<_>>().concat()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_come_out(bytes in any_bytes(), level in 0..=9_u32, block in 1..5000_usize) {
        let stream = by_zlib(&bytes, level, block, FlushCompress::None);
        comes_out("zlib", &stream, &bytes);
        let stream = by_zlib(&bytes, level, block, FlushCompress::Partial);
        comes_out("zlib, in blocks", &stream, &bytes);
        let stream = by_libdeflate(&bytes, 1 + level as i32);
        comes_out("libdeflate", &stream, &bytes);
    }
}
