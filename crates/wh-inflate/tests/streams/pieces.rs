//! What is handed on, to whom; and streams one after the other.

use wh_inflate::{Damage, Inflater, PIECE, Progress};

use crate::compressed::by_libdeflate;
use crate::damage;
use crate::data::{mixed, noise, text};
use crate::oracle::{agrees, feed};
use crate::writer::Writer;

/// More than a piece can have: a few literals and a match.
const OVER: usize = 300;

fn pieces(stream: &[u8]) -> Vec<Vec<u8>> {
    let mut pieces = Vec::new();
    let done = Inflater::new().feed::<Damage>(stream, true, &mut |piece| {
        pieces.push(piece.to_vec());
        Ok(())
    });
    assert_eq!(done, Ok(Progress::Done(stream.len())));
    pieces
}

#[test]
fn pieces_are_full_and_not_much_more() {
    let streams = [
        by_libdeflate(&mixed(1_300_000), 6),
        by_libdeflate(&vec![0; 1_300_000], 6),
        by_libdeflate(&noise(600_000), 1),
        by_libdeflate(&text(600_000), 9),
    ];
    for stream in streams {
        let pieces = pieces(&stream);
        let (last, full) = pieces.split_last().unwrap();
        assert!(full.len() > 1);
        for piece in full {
            assert!(
                (PIECE..PIECE + OVER).contains(&piece.len()),
                "{}",
                piece.len()
            );
        }
        assert!((1..PIECE + OVER).contains(&last.len()));
    }
    assert_eq!(pieces(&by_libdeflate(b"", 6)), Vec::<Vec<u8>>::new());
    assert_eq!(pieces(&by_libdeflate(&[1; PIECE], 6)).len(), 1);
}

#[test]
fn matches_reach_over_the_end_of_a_piece_and_back_into_the_one_before() {
    let bytes = noise(PIECE + 2);
    for before in (PIECE - 262..=PIECE + 2).rev().step_by(3) {
        let mut writer = Writer::new().all_stored(&bytes[..before]).fixed(true);
        let mut expected = bytes[..before].to_vec();
        for (length, distance) in [
            (258, 32_768),
            (258, 1),
            (258, 7),
            (258, 32_768),
            (100, 32_767),
        ] {
            writer = writer.repeat(length, distance);
            for _ in 0..length {
                expected.push(expected[expected.len() - distance]);
            }
        }
        let (out, _) = agrees(&writer.end().finish()).unwrap();
        assert!(out == expected, "{before} bytes before");
    }
}

#[test]
fn after_damage_an_inflater_is_as_new() {
    let bytes = text(10_000);
    let good = by_libdeflate(&bytes, 9);
    // a match before its first byte would reach what the stream before left there
    let reaching = Writer::new()
        .fixed(true)
        .text(b"a")
        .repeat(3, 2)
        .end()
        .finish();
    let mut inflater = Inflater::new();
    for (what, damage, stream) in damage::streams() {
        for part in [stream.len(), 7] {
            let told = feed(&mut inflater, &stream, &mut || part).map_err(|(damage, _)| damage);
            assert_eq!(told, Err(damage), "{what}");
            let told = feed(&mut inflater, &good, &mut || 100);
            assert!(told == Ok((bytes.clone(), good.len())), "after {what}");
            let told = feed(&mut inflater, &reaching, &mut || part).map_err(|(damage, _)| damage);
            assert_eq!(told, Err(Damage::Distance), "after {what}");
        }
    }
}

#[test]
fn a_stream_that_is_left_halfway_leaves_nothing() {
    let (bytes, other) = (mixed(700_000), text(9_000));
    let (long, good) = (by_libdeflate(&bytes, 6), by_libdeflate(&other, 6));
    let mut inflater = Inflater::new();
    for length in (1..long.len()).step_by(long.len() / 40) {
        inflater.begin();
        let progress = inflater.feed::<Damage>(&long[..length], false, &mut |_| Ok(()));
        assert!(
            matches!(progress, Ok(Progress::NeedsInput(_))),
            "{progress:?}"
        );
        let told = feed(&mut inflater, &good, &mut || 900);
        assert!(
            told == Ok((other.clone(), good.len())),
            "after {length} bytes"
        );
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Error {
    Damaged(Damage),
    /// The sink had enough after so many pieces.
    Enough(usize),
}

impl From<Damage> for Error {
    fn from(damage: Damage) -> Self {
        Self::Damaged(damage)
    }
}

#[test]
fn what_the_sink_says_is_handed_on() {
    let bytes = mixed(1_300_000);
    let stream = by_libdeflate(&bytes, 6);
    let count = pieces(&stream).len();
    let mut inflater = Inflater::new();
    for enough in 1..=count {
        let mut met = 0;
        inflater.begin();
        let told = inflater.feed(&stream, true, &mut |_| {
            met += 1;
            match met < enough {
                true => Ok(()),
                false => Err(Error::Enough(met)),
            }
        });
        assert_eq!(told, Err(Error::Enough(enough)));
        // it is not asked again
        assert_eq!(met, enough);
        let told = feed(&mut inflater, &stream, &mut || 5000);
        assert!(told == Ok((bytes.clone(), stream.len())));
    }
    let told = inflater.feed(&[], true, &mut |_| Err(Error::Enough(0)));
    assert_eq!(
        told,
        Ok(Progress::Done(0)),
        "nothing more comes of a stream that is over"
    );
    inflater.begin();
    let told = inflater.feed(&[7], true, &mut |_| Err(Error::Enough(0)));
    assert_eq!(told, Err(Error::Damaged(Damage::BlockType)));
}
