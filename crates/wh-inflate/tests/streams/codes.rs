//! Blocks whose codes are out of the ordinary, and right.

use proptest::prelude::*;

use crate::data::{Chance, noise};
use crate::oracle::agrees;
use crate::writer::{END, Writer};

/// What a right stream gives.
#[track_caller]
fn bytes_of(writer: Writer) -> Vec<u8> {
    let stream = writer.finish();
    let (bytes, used) = agrees(&stream).unwrap_or_else(|(damage, _)| panic!("{damage}"));
    assert_eq!(used, stream.len());
    bytes
}

fn code(size: usize, words: &[(usize, u8)]) -> Vec<u8> {
    let mut lengths = vec![0; size];
    for (symbol, length) in words {
        lengths[*symbol] = *length;
    }
    lengths
}

#[test]
fn one_distance_has_a_word_of_one_bit() {
    let literals = code(258, &[(97, 1), (END, 2), (257, 2)]);
    let distances = code(4, &[(3, 1)]);
    let block = Writer::new().dynamic(true, &literals, &distances);
    let bytes = bytes_of(block.text(b"aaaa").repeat(3, 4).repeat(3, 4).end());
    assert_eq!(bytes, b"aaaaaaaaaa");
}

#[test]
fn a_code_may_be_of_no_distance_or_of_nothing_but_the_end() {
    let literals = code(257, &[(97, 1), (END, 1)]);
    let block = Writer::new()
        .dynamic(false, &literals, &[0])
        .text(b"aa")
        .end();
    let block = block.dynamic(true, &code(257, &[(END, 1)]), &[0]).end();
    assert_eq!(bytes_of(block), b"aa");
}

#[test]
fn lengths_are_repeated_to_the_very_end() {
    // 0 for many zeros, 10 for a length of one bit, 11 for repeating it
    let mut words = [0; 19];
    (words[1], words[16], words[18]) = (2, 2, 1);
    let (zeros, one, repeat) = (0, 0b01, 0b11);
    // 256 zeros, the end, and what is like it: a length and both distances
    let writer = Writer::new().counts(true, 258, 2, &words);
    let writer = writer
        .bits(zeros, 1)
        .bits(127, 7)
        .bits(zeros, 1)
        .bits(107, 7);
    let writer = writer.bits(one, 2).bits(repeat, 2).bits(0, 2);
    // the end is the lower of two words
    assert_eq!(bytes_of(writer.bits(0, 1)), b"");
}

#[test]
fn words_have_up_to_15_bits() {
    let mut chance = Chance(4);
    let mut lengths: Vec<u8> = (1..=15).collect();
    lengths.push(15);
    for _ in 0..40 {
        let literals = spread(&mut chance, &lengths, 286, &[END, 285, 97]);
        let distances = spread(&mut chance, &lengths, 30, &[0, 29]);
        let writer = Writer::new().stored(false, &noise(32_768));
        bytes_of(any_symbols(&mut chance, writer, &literals, &distances));
    }
}

#[test]
fn all_lengths_and_all_symbols_of_distances_are_what_they_say() {
    let bytes = noise(32_768);
    let mut writer = Writer::new().stored(false, &bytes).fixed(true);
    let mut expected = bytes;
    let edges = (0..15).flat_map(|bit| [(1 << bit), (1 << bit) + 1, 3 << bit, (3 << bit) + 1]);
    let distances: Vec<usize> = edges
        .chain([32_768, 32_767])
        .filter(|far| *far <= 32_768)
        .collect();
    for length in 3..=258 {
        let distance = distances[length % distances.len()];
        writer = writer.repeat(length, distance);
        for _ in 0..length {
            expected.push(expected[expected.len() - distance]);
        }
    }
    for distance in (1..=64).chain(distances) {
        for length in [3, 16, 17, 32, 33, 64, 65, 258] {
            writer = writer.repeat(length, distance).text(b"|");
            for _ in 0..length {
                expected.push(expected[expected.len() - distance]);
            }
            expected.push(b'|');
        }
    }
    assert!(bytes_of(writer.end()) == expected);
}

/// Words of these lengths for any symbols, some of which must have one.
fn spread(chance: &mut Chance, lengths: &[u8], size: usize, must: &[usize]) -> Vec<u8> {
    let mut spread = vec![0; size];
    let mut symbols = must.to_vec();
    while symbols.len() < lengths.len() {
        let symbol = chance.below(size);
        if !symbols.contains(&symbol) {
            symbols.push(symbol);
        }
    }
    // those that must have one get any of the lengths
    let turn = chance.below(lengths.len());
    for (at, symbol) in symbols.into_iter().enumerate() {
        spread[symbol] = lengths[(at + turn) % lengths.len()];
    }
    spread
}

/// The lengths of a complete code's words, as many as wanted: a word of them is cut in two, time and again.
fn complete(chance: &mut Chance, count: usize) -> Vec<u8> {
    let mut lengths = vec![1, 1];
    while lengths.len() < count {
        // mostly one of the last, so that some words get long
        let back = chance.below(lengths.len()).min(chance.below(lengths.len()));
        let at = lengths.len() - 1 - back;
        if lengths[at] < 15 {
            lengths[at] += 1;
            lengths.push(lengths[at]);
        }
    }
    lengths
}

/// A block of symbols that have words, with any extra bits.
fn any_symbols(chance: &mut Chance, writer: Writer, literals: &[u8], distances: &[u8]) -> Writer {
    let with_word = |lengths: &[u8]| -> Vec<usize> {
        let symbols = lengths
            .iter()
            .enumerate()
            .filter(|(_, length)| **length > 0);
        symbols.map(|(symbol, _)| symbol).collect()
    };
    let (symbols, far) = (with_word(literals), with_word(distances));
    let mut writer = writer.dynamic(true, literals, distances);
    for _ in 0..400 {
        let symbol = symbols[chance.below(symbols.len())];
        if symbol != END {
            writer = writer.symbol(symbol);
        }
        if symbol > END {
            let extra = if symbol < 265 || symbol == 285 {
                0
            } else {
                (symbol - 261) / 4
            };
            writer = writer.bits(chance.next() as usize, extra as u32);
            let symbol = far[chance.below(far.len())];
            let extra = if symbol < 4 { 0 } else { (symbol - 2) / 2 };
            writer = writer
                .distance_symbol(symbol)
                .bits(chance.next() as usize, extra as u32);
        }
    }
    writer.end()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_complete_code_is_read(seed: u64, literals in 3..=286_usize, distances in 2..=30_usize) {
        let mut chance = Chance(seed);
        let lengths = complete(&mut chance, literals);
        let literals = spread(&mut chance, &lengths, 286, &[END, 257 + literals % 29]);
        let lengths = complete(&mut chance, distances);
        let distances = spread(&mut chance, &lengths, 30, &[]);
        let writer = Writer::new().stored(false, &noise(32_768));
        bytes_of(any_symbols(&mut chance, writer, &literals, &distances));
    }
}
