//! Bytes of many kinds, the same each time.

use wh_inflate::PIECE;

/// Numbers by chance: splitmix64.
pub struct Chance(pub u64);

impl Chance {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }
}

pub fn noise(length: usize) -> Vec<u8> {
    let mut chance = Chance(1);
    (0..length).map(|_| chance.next() as u8).collect()
}

/// Words of some hundred, the first ones often.
pub fn text(length: usize) -> Vec<u8> {
    let mut chance = Chance(2);
    let words: Vec<Vec<u8>> = (0..400)
        .map(|_| {
            let letters = 1 + chance.below(9);
            (0..letters)
                .map(|_| b'a' + chance.below(26).min(chance.below(26)) as u8)
                .collect()
        })
        .collect();
    let mut text = Vec::with_capacity(length + 10);
    while text.len() < length {
        let at = chance.below(400).min(chance.below(400));
        text.extend_from_slice(&words[at]);
        text.push(if chance.below(9) == 0 { b'\n' } else { b' ' });
    }
    text.truncate(length);
    text
}

/// What comes again after so many bytes.
pub fn periodic(period: usize, length: usize) -> Vec<u8> {
    let bytes = noise(period);
    (0..length).map(|at| bytes[at % period]).collect()
}

/// Text, noise, runs and what was there before, in turns.
pub fn mixed(length: usize) -> Vec<u8> {
    let mut chance = Chance(3);
    let (text, noise) = (text(100_000), noise(100_000));
    let mut mixed: Vec<u8> = Vec::with_capacity(length + 5000);
    while mixed.len() < length {
        let some = 1 + chance.below(4000);
        let from = chance.below(90_000);
        match chance.below(4) {
            0 => mixed.extend_from_slice(&text[from..from + some]),
            1 => mixed.extend_from_slice(&noise[from..from + some / 8]),
            2 => mixed.resize(mixed.len() + some, from as u8),
            _ => {
                let start = mixed.len().saturating_sub(chance.below(40_000));
                let end = (start + some).min(mixed.len());
                mixed.extend_from_within(start..end);
            }
        }
    }
    mixed.truncate(length);
    mixed
}

/// All kinds, named.
pub fn kinds() -> Vec<(String, Vec<u8>)> {
    let mut kinds = vec![
        ("nothing".to_owned(), Vec::new()),
        ("a byte".to_owned(), vec![7]),
        ("a short text".to_owned(), text(60)),
        ("text".to_owned(), text(70_000)),
        ("text of two pieces".to_owned(), text(PIECE + 40_000)),
        ("noise".to_owned(), noise(100_000)),
        ("a run".to_owned(), vec![0; 2 * PIECE + 5]),
        ("mixed".to_owned(), mixed(1_300_000)),
        ("far".to_owned(), periodic(32_768, 150_000)),
        ("too far".to_owned(), periodic(32_769, 100_000)),
    ];
    for length in [PIECE - 1, PIECE, PIECE + 1, PIECE + 258, 2 * PIECE] {
        kinds.push((format!("{length} bytes"), mixed(length)));
    }
    for period in 1..=40 {
        kinds.push((format!("period {period}"), periodic(period, 3000 + period)));
    }
    kinds
}
