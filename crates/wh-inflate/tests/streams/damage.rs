//! Each kind of damage, in streams by hand that are right but for that. zlib refuses them all.

use wh_inflate::Damage::{self, BlockType, Codes, Distance, StoredLength, Symbol, Truncated};
use wh_inflate::PIECE;

use crate::oracle::agrees;
use crate::writer::{END, Writer};

/// What makes each stream wrong, by name.
pub fn streams() -> Vec<(&'static str, Damage, Vec<u8>)> {
    // nothing that comes behind is what is missing
    let after = |writer: Writer| [writer.finish(), vec![0x55; 700]].concat();
    let fixed = || Writer::new().fixed(true).text(b"abc");
    let dynamic =
        |literals: &[u8], distances: &[u8]| Writer::new().dynamic(true, literals, distances);
    let two_of_two = [1, 1].as_slice();
    vec![
        ("type 3", BlockType, after(Writer::new().block(true, 3))),
        (
            "type 3, later",
            BlockType,
            after(Writer::new().stored(false, b"abc").block(false, 3)),
        ),
        (
            "stored lengths",
            StoredLength,
            after(
                Writer::new()
                    .block(true, 0)
                    .bits(0, 5)
                    .bits(0xfffe_0002, 32),
            ),
        ),
        ("286", Symbol, after(fixed().symbol(286))),
        ("287", Symbol, after(fixed().symbol(287))),
        (
            "distance 30",
            Symbol,
            after(fixed().symbol(257).distance_symbol(30)),
        ),
        (
            "distance 31",
            Symbol,
            after(fixed().symbol(257).distance_symbol(31)),
        ),
        (
            "the other word of one",
            Symbol,
            after(
                dynamic(&literals(&[(97, 1), (END, 2), (257, 2)]), &[1])
                    .text(b"a")
                    .symbol(257)
                    .bits(1, 1),
            ),
        ),
        (
            "a distance of none",
            Symbol,
            after(
                dynamic(&literals(&[(97, 1), (END, 2), (257, 2)]), &[0])
                    .text(b"a")
                    .symbol(257),
            ),
        ),
        (
            "a literal of none",
            Symbol,
            after(dynamic(&literals(&[(END, 1)]), &[1]).bits(1, 1)),
        ),
        (
            "before the first byte",
            Distance,
            after(Writer::new().fixed(true).repeat(3, 1)),
        ),
        (
            "one before the first byte",
            Distance,
            after(fixed().repeat(3, 4)),
        ),
        (
            "one before the first byte, far",
            Distance,
            after(
                Writer::new()
                    .stored(false, &[7; 32_767])
                    .fixed(true)
                    .repeat(3, 32_768),
            ),
        ),
        (
            "literals too many by one",
            Codes,
            after(dynamic(&over(285), two_of_two)),
        ),
        (
            "literals too few",
            Codes,
            after(dynamic(&literals(&[(97, 2), (END, 1)]), two_of_two)),
        ),
        (
            "one literal of two bits",
            Codes,
            after(dynamic(&literals(&[(END, 2)]), two_of_two)),
        ),
        (
            "distances too many by one",
            Codes,
            after(dynamic(&complete(), &[1, 1, 15])),
        ),
        (
            "distances too few",
            Codes,
            after(dynamic(&complete(), &[1, 2])),
        ),
        (
            "one distance of two bits",
            Codes,
            after(dynamic(&complete(), &[2])),
        ),
        (
            "no end",
            Codes,
            after(dynamic(&literals(&[(97, 1), (98, 1)]), two_of_two)),
        ),
        (
            "287 literals",
            Codes,
            after(dynamic(&complete_of(287), two_of_two).end()),
        ),
        (
            "288 literals",
            Codes,
            after(dynamic(&complete_of(288), two_of_two).end()),
        ),
        (
            "31 distances",
            Codes,
            after(dynamic(&complete(), &two_of(31)).end()),
        ),
        (
            "32 distances",
            Codes,
            after(dynamic(&complete(), &two_of(32)).end()),
        ),
        (
            "lengths too many by one",
            Codes,
            after(lengths(&[(0, 1), (1, 1), (2, 7)])),
        ),
        ("lengths too few", Codes, after(lengths(&[(0, 1), (1, 2)]))),
        ("one length", Codes, after(lengths(&[(8, 1)]))),
        ("no length", Codes, after(lengths(&[]))),
        (
            "repeats what is not there",
            Codes,
            after(repeats(16).bits(REPEAT, 2).bits(0, 2)),
        ),
        // of 258 lengths, those of both codes
        (
            "repeats one too many",
            Codes,
            after(times(43, repeats(16).bits(ZERO, 1), |writer| {
                writer.bits(REPEAT, 2).bits(3, 2)
            })),
        ),
        (
            "a zero too many of a few",
            Codes,
            after(
                times(31, repeats(17).bits(ZERO, 1).bits(ZERO, 1), |writer| {
                    writer.bits(REPEAT, 2).bits(5, 3)
                })
                .bits(REPEAT, 2)
                .bits(6, 3),
            ),
        ),
        (
            "a zero too many of many",
            Codes,
            after(
                repeats(18)
                    .bits(REPEAT, 2)
                    .bits(127, 7)
                    .bits(REPEAT, 2)
                    .bits(110, 7),
            ),
        ),
        (
            "a match that is cut",
            Truncated,
            Writer::new()
                .all_stored(&[7; PIECE - 1])
                .fixed(true)
                .repeat(258, 1)
                .finish(),
        ),
    ]
}

/// A code of literals whose words have these lengths.
pub fn literals(words: &[(usize, u8)]) -> Vec<u8> {
    let most = words.iter().map(|(symbol, _)| symbol + 1).max();
    let mut lengths = vec![0; most.unwrap_or_default().max(258)];
    for (symbol, length) in words {
        lengths[*symbol] = *length;
    }
    lengths
}

fn complete() -> Vec<u8> {
    literals(&[(97, 1), (END, 1)])
}

/// Complete, and a word of 15 bits more.
fn over(symbol: usize) -> Vec<u8> {
    let mut lengths = literals(&[(97, 1), (98, 2), (END, 2)]);
    lengths.resize(286, 0);
    lengths[symbol] = 15;
    lengths
}

/// The same, of so many symbols.
fn complete_of(count: usize) -> Vec<u8> {
    let mut lengths = complete();
    lengths.resize(count, 0);
    lengths
}

/// Two distances of so many.
fn two_of(count: usize) -> Vec<u8> {
    let mut lengths = vec![1, 1];
    lengths.resize(count, 0);
    lengths
}

/// The beginning of a block whose lengths' code has these words.
fn lengths(words: &[(usize, u8)]) -> Writer {
    let mut lengths = [0; 19];
    for (symbol, length) in words {
        lengths[*symbol] = *length;
    }
    Writer::new().counts(true, 257, 1, &lengths)
}

/// The same of words for a length of 0, one of 8, and what repeats.
fn repeats(symbol: usize) -> Writer {
    lengths(&[(0, 1), (8, 2), (symbol, 2)])
}

/// These words, as they stand in a stream.
const ZERO: usize = 0;
const REPEAT: usize = 0b11;

/// What comes so many times.
pub fn times(count: usize, writer: Writer, more: fn(Writer) -> Writer) -> Writer {
    (0..count).fold(writer, |writer, _| more(writer))
}

#[test]
fn each_kind_is_told() {
    for (what, damage, stream) in streams() {
        let told = agrees(&stream).map_err(|(damage, _)| damage);
        assert_eq!(told.map(drop), Err(damage), "{what}");
    }
}
