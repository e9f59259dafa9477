//! Codes by chance, held against the words as RFC 1951 counts them.

use proptest::prelude::*;

use super::*;

/// Lengths of the words of a complete code: one of them is cut in two, time and again.
fn complete() -> impl Strategy<Value = Vec<u8>> {
    let cuts = prop::collection::vec(any::<prop::sample::Index>(), 1..285);
    let lengths = (cuts, any::<bool>()).prop_map(|(cuts, is_deep)| {
        let mut lengths = vec![1, 1];
        for cut in cuts {
            let reach = if is_deep {
                lengths.len().min(3)
            } else {
                lengths.len()
            };
            let at = lengths.len() - 1 - cut.index(reach);
            if lengths[at] < LONGEST as u8 {
                lengths[at] += 1;
                lengths.push(lengths[at]);
            }
        }
        // symbols that do not occur
        lengths.extend([0; 4]);
        lengths
    });
    lengths.prop_shuffle()
}

/// The words, counted as in RFC 1951, 3.2.2, and turned around.
fn words(lengths: &[u8]) -> Vec<u32> {
    let mut next = 0_u32;
    let mut words = vec![0; lengths.len()];
    for length in 1..=LONGEST as u8 {
        next <<= 1;
        for (symbol, _) in lengths.iter().enumerate().filter(|of| *of.1 == length) {
            words[symbol] = next.reverse_bits() >> (32 - u32::from(length));
            next += 1;
        }
    }
    words
}

/// The symbol and the length of the word that these bits begin with.
fn found<const BITS: u32, const SIZE: usize>(table: &Table<BITS, SIZE>, bits: u32) -> (usize, u32) {
    let first = table.entries[(bits & ((1 << BITS) - 1)) as usize];
    if first & SECOND == 0 {
        return ((first >> 16) as usize, first & 0xff);
    }
    let dropped = first & 0xff;
    let low = (bits >> dropped) & ((1 << ((first >> 8) & 15)) - 1);
    let entry = table.entries[(first >> 16) as usize + low as usize];
    ((entry >> 16) as usize, dropped + (entry & 0xff))
}

fn check<const BITS: u32, const SIZE: usize>(lengths: &[u8]) {
    // what stood there before must not shine through
    let mut table = Table::<BITS, SIZE> {
        entries: [Entry::MAX; SIZE],
    };
    let meanings: Vec<Entry> = (0..lengths.len() as u32)
        .map(|symbol| symbol << 16)
        .collect();
    let filled = table.fill(lengths, &meanings, Incomplete::Refused);
    assert_eq!(filled, Ok(()), "{lengths:?}");
    for (symbol, word) in words(lengths).into_iter().enumerate() {
        let length = u32::from(lengths[symbol]);
        // whatever comes behind it
        for behind in [0, u32::MAX, 0x5555_5555] {
            if length > 0 {
                let bits = word | behind << length;
                assert_eq!(found(&table, bits), (symbol, length), "{lengths:?}");
            }
        }
    }
}

proptest! {
    #[test]
    fn every_word_of_a_complete_code_is_found(lengths in complete()) {
        check::<LITERAL_BITS, LITERAL_SIZE>(&lengths);
        if lengths.iter().filter(|length| **length > 0).count() <= 30 {
            check::<DISTANCE_BITS, DISTANCE_SIZE>(&lengths);
        }
    }

    #[test]
    fn a_word_more_or_less_is_refused(lengths in complete(), of: prop::sample::Index, longer: bool) {
        let with_word: Vec<usize> = (0..lengths.len()).filter(|at| lengths[*at] > 0).collect();
        let mut lengths = lengths;
        let length = &mut lengths[with_word[of.index(with_word.len())]];
        // a longer word leaves a gap, a shorter one is another's beginning
        *length = if longer && *length < 15 { *length + 1 } else { *length - 1 };
        let mut table = Table::<LITERAL_BITS, LITERAL_SIZE>::EMPTY;
        let meanings = [0; 300];
        let told = table.fill(&lengths, &meanings, Incomplete::One);
        // but for one word of one bit
        let alone = lengths.iter().map(|length| u32::from(*length)).sum::<u32>() == 1;
        prop_assert_eq!(told.is_ok(), alone);
    }
}
