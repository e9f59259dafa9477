//! Tables that tell what the next bits mean, of the lengths of a code's words (RFC 1951, 3.2.2).
//!
//! A table is looked up by the next bits, always as many, and gives an [`Entry`]; words that are longer lead to a second table
//! behind the first.

use crate::Damage;

/// What the next bits are.
///
/// - Bits 0..8: how many bits to drop, those of the word and the extra bits behind it.
/// - Bits 8..12: how many of them are the word's. Of a second table: how many bits it is looked up by.
/// - Bit 12: a link to a second table. Bit 13: the end of the block. Bit 14: one of both, or no word at all.
/// - Bit 15: a literal.
/// - Bits 16..32: the literal, or the base of length or distance, or where the second table begins.
pub(crate) type Entry = u32;

pub(crate) const SECOND: Entry = 1 << 12;
pub(crate) const END: Entry = 1 << 13;
pub(crate) const RARE: Entry = 1 << 14;
pub(crate) const LITERAL: Entry = 1 << 15;

/// The longest word.
const LONGEST: usize = 15;

/// Bits that literals and lengths are looked up by; more entries than any code can need (zlib's enough.c, for 286
/// symbols, 11 and 15 bits: 2342).
pub(crate) const LITERAL_BITS: u32 = 11;
pub(crate) const LITERAL_SIZE: usize = 2342;
/// The same of distances (for 30 symbols, 8 and 15 bits: 402).
pub(crate) const DISTANCE_BITS: u32 = 8;
pub(crate) const DISTANCE_SIZE: usize = 402;
/// The same of the lengths of words (19 symbols of at most 7 bits).
pub(crate) const LENGTH_BITS: u32 = 7;
pub(crate) const LENGTH_SIZE: usize = 128;

/// A code that is ready to be decoded by: looked up by `BITS` bits, with second tables of `SIZE` entries in all.
pub(crate) struct Table<const BITS: u32, const SIZE: usize> {
    pub entries: [Entry; SIZE],
}

/// What a code may be, beside complete.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Incomplete {
    Refused,
    /// One word of one bit, or none.
    One,
}

impl<const BITS: u32, const SIZE: usize> Table<BITS, SIZE> {
    pub const EMPTY: Self = Self {
        entries: [RARE; SIZE],
    };

    /// Makes the table of a code whose words have these lengths, 0 of symbols that do not occur. `meanings` has an
    /// entry for each symbol, without the bits of its word.
    pub fn fill(
        &mut self,
        lengths: &[u8],
        meanings: &[Entry],
        incomplete: Incomplete,
    ) -> Result<(), Damage> {
        let of_parts = count(lengths);
        let counts: Counts =
            std::array::from_fn(|length| of_parts.iter().map(|counts| counts[length]).sum::<u16>());
        let longest = counts.iter().rposition(|count| *count > 0).unwrap_or(0);
        let mut free = 1_i32;
        for count in &counts[1..] {
            free = (free << 1) - i32::from(*count);
            if free < 0 {
                return Err(Damage::Codes);
            }
        }
        if free > 0 {
            if incomplete == Incomplete::Refused || longest > 1 {
                return Err(Damage::Codes);
            }
            // bits that no word has lead nowhere
            let all = &mut self.entries[..1 << BITS];
            all.fill(RARE);
            if let Some(symbol) = lengths.iter().position(|length| *length == 1) {
                let entry = of_word(meanings[symbol], 1);
                all.iter_mut().step_by(2).for_each(|place| *place = entry);
            }
            return Ok(());
        }
        let sorted = sort(lengths, &of_parts);
        self.fill_complete(&sorted, meanings, longest as u32, &counts);
        Ok(())
    }

    fn fill_complete(
        &mut self,
        sorted: &[u16; 512],
        meanings: &[Entry],
        longest: u32,
        counts: &Counts,
    ) {
        let mut symbols = sorted[counts[0] as usize..]
            .iter()
            .map(|symbol| *symbol as usize);
        let mut word = 0_u32;
        // the words that fit; the part that is filled doubles with each length, and the words of a complete code leave
        // nothing in it that was there before
        for length in 1..=BITS {
            let half = 1_usize << (length - 1);
            self.entries.copy_within(..half, half);
            for _ in 0..counts[length as usize] {
                let symbol = symbols.next().unwrap_or_default();
                self.entries[word as usize] = of_word(meanings[symbol], length);
                word = following(word, length);
            }
        }
        if longest > BITS {
            self.fill_second(meanings, symbols, word, longest, counts);
        }
    }

    /// The tables of words that are longer than `BITS`.
    fn fill_second(
        &mut self,
        meanings: &[Entry],
        mut symbols: impl Iterator<Item = usize>,
        mut word: u32,
        longest: u32,
        counts: &Counts,
    ) {
        let mask = (1_u32 << BITS) - 1;
        let mut end = 1_usize << BITS;
        let mut open: Option<(u32, usize, u32)> = None;
        for length in BITS + 1..=longest {
            for already in 0..counts[length as usize] {
                let symbol = symbols.next().unwrap_or_default();
                let prefix = word & mask;
                let (start, size) = match open {
                    Some((of, start, size)) if of == prefix => (start, size),
                    _ => {
                        let size = second_size(length, already, BITS, longest, counts);
                        self.entries[prefix as usize] =
                            (end as u32) << 16 | RARE | SECOND | (size << 8) | BITS;
                        let start = end;
                        end += 1 << size;
                        open = Some((prefix, start, size));
                        (start, size)
                    }
                };
                let entry = of_word(meanings[symbol], length - BITS);
                let step = 1_usize << (length - BITS);
                let mut at = (word >> BITS) as usize;
                while at < 1 << size {
                    self.entries[start + at] = entry;
                    at += step;
                }
                word = following(word, length);
            }
        }
    }
}

/// Parts of the symbols that are counted and sorted in turns: neighbours often have words of one length, and would wait for
/// each other.
const PARTS: usize = 4;

/// How many words there are of each length.
type Counts = [u16; LONGEST + 1];

/// The same, of each part of the symbols.
fn count(lengths: &[u8]) -> [Counts; PARTS] {
    let mut counts = [[0; LONGEST + 1]; PARTS];
    in_turns(lengths, |part, _, length| counts[part][length] += 1);
    counts
}

/// The symbols in the order of their words, behind those that have none.
fn sort(lengths: &[u8], counts: &[Counts; PARTS]) -> [u16; 512] {
    let mut places = [[0; LONGEST + 1]; PARTS];
    let mut next = 0;
    for length in 0..=LONGEST {
        for part in 0..PARTS {
            places[part][length] = next;
            next += counts[part][length];
        }
    }
    let mut sorted = [0; 512];
    in_turns(lengths, |part, symbol, length| {
        let place = &mut places[part][length];
        sorted[*place as usize & 511] = symbol as u16;
        *place += 1;
    });
    sorted
}

/// Calls for each symbol: with its part, itself, and the length of its word.
#[inline(always)]
fn in_turns(lengths: &[u8], mut call: impl FnMut(usize, usize, usize)) {
    let each = lengths.len() / PARTS;
    let (parts, rest) = lengths.split_at(each * PARTS);
    for at in 0..each {
        for part in 0..PARTS {
            let symbol = part * each + at;
            call(part, symbol, parts[symbol] as usize & LONGEST);
        }
    }
    for (at, length) in rest.iter().enumerate() {
        call(PARTS - 1, parts.len() + at, *length as usize & LONGEST);
    }
}

/// By how many bits a second table is looked up that begins with a word of this length, `already` of which came before.
fn second_size(length: u32, already: u16, bits: u32, longest: u32, counts: &Counts) -> u32 {
    let mut size = length - bits;
    let mut used = u32::from(counts[length as usize] - already);
    while size + bits < longest && used < 1 << size {
        size += 1;
        used = (used << 1) + u32::from(counts[(bits + size) as usize]);
    }
    size
}

/// The entry of a symbol whose word has this length, in its table.
fn of_word(meaning: Entry, length: u32) -> Entry {
    meaning + length + (length << 8)
}

/// The next word of this length, as it stands in the input: its bits in reverse (3.1.1).
fn following(word: u32, length: u32) -> u32 {
    let ones = !word & ((1 << length) - 1);
    if ones == 0 {
        return 0;
    }
    let bit = 1 << (31 - ones.leading_zeros());
    (word & (bit - 1)) | bit
}

#[cfg(test)]
mod tests;
