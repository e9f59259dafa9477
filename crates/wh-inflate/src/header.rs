//! How a block is coded (RFC 1951, 3.2.3 to 3.2.7).

use crate::Damage;
use crate::bits::Bits;
use crate::codes::{END, Entry, Incomplete, LENGTH_BITS, LENGTH_SIZE, LITERAL, RARE, Table};
use crate::symbols::Codes;

/// Bytes that a header may take, and the first look at symbols after it.
pub(crate) const MOST: usize = 640;

/// What follows a header.
pub(crate) enum Kind {
    /// So many bytes as they are.
    Stored(usize),
    /// Symbols.
    Coded,
}

/// Literals, the end of a block, lengths (3.2.5); the last two of the fixed code are no symbols.
const LITERALS: [Entry; 288] = literals();
const DISTANCES: [Entry; 32] = distances();
const LENGTHS: [Entry; 19] = lengths();

/// The order in which the lengths of the words for lengths come (3.2.7).
const ORDER: [usize; 19] = [
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
];

/// Reads a header: whether its block is the last, and what follows. The codes are ready then.
pub(crate) fn read(
    input: &[u8],
    bits: &mut Bits,
    codes: &mut Codes,
) -> Result<(bool, Kind), Damage> {
    let is_last = bits.take(1, input)? == 1;
    let kind = match bits.take(2, input)? {
        0 => stored(input, bits)?,
        1 => fixed(codes)?,
        2 => dynamic(input, bits, codes)?,
        _ => return Err(Damage::BlockType),
    };
    Ok((is_last, kind))
}

fn stored(input: &[u8], bits: &mut Bits) -> Result<Kind, Damage> {
    bits.align();
    let length = bits.take(16, input)?;
    let complement = bits.take(16, input)?;
    bits.align();
    match length == !complement & 0xffff {
        true => Ok(Kind::Stored(length as usize)),
        false => Err(Damage::StoredLength),
    }
}

fn fixed(codes: &mut Codes) -> Result<Kind, Damage> {
    let mut lengths = [8; 288];
    lengths[144..256].fill(9);
    lengths[256..280].fill(7);
    codes
        .literals
        .fill(&lengths, &LITERALS, Incomplete::Refused)?;
    codes
        .distances
        .fill(&[5; 32], &DISTANCES, Incomplete::Refused)?;
    Ok(Kind::Coded)
}

fn dynamic(input: &[u8], bits: &mut Bits, codes: &mut Codes) -> Result<Kind, Damage> {
    let literals = bits.take(5, input)? as usize + 257;
    let distances = bits.take(5, input)? as usize + 1;
    if literals > 286 || distances > 30 {
        return Err(Damage::Codes);
    }
    let mut lengths = [0; 19];
    let count = bits.take(4, input)? as usize + 4;
    for symbol in &ORDER[..count] {
        lengths[*symbol] = bits.take(3, input)? as u8;
    }
    let mut table = Table::<LENGTH_BITS, LENGTH_SIZE>::EMPTY;
    table.fill(&lengths, &LENGTHS, Incomplete::Refused)?;
    let mut lengths = [0; 286 + 30];
    read_lengths(input, bits, &table, &mut lengths[..literals + distances])?;
    if lengths[256] == 0 {
        return Err(Damage::Codes);
    }
    let (of_literals, of_distances) = lengths[..literals + distances].split_at(literals);
    codes
        .literals
        .fill(of_literals, &LITERALS, Incomplete::One)?;
    codes
        .distances
        .fill(of_distances, &DISTANCES, Incomplete::One)?;
    Ok(Kind::Coded)
}

/// The lengths of both codes, one after the other, as if they were one.
fn read_lengths(
    input: &[u8],
    bits: &mut Bits,
    table: &Table<LENGTH_BITS, LENGTH_SIZE>,
    lengths: &mut [u8],
) -> Result<(), Damage> {
    let mut at = 0;
    while at < lengths.len() {
        bits.refill(input);
        let entry = table.entries[(bits.buffer & ((1 << LENGTH_BITS) - 1)) as usize];
        if bits.left < (entry & 0xff) + 7 {
            return Err(Damage::Truncated);
        }
        bits.skip(entry & 0xff);
        let symbol = (entry >> 16) as u8;
        if symbol < 16 {
            lengths[at] = symbol;
            at += 1;
            continue;
        }
        let (length, count) = match symbol {
            16 => {
                let previous = at.checked_sub(1).ok_or(Damage::Codes)?;
                (lengths[previous], 3 + bits.take(2, input)?)
            }
            17 => (0, 3 + bits.take(3, input)?),
            _ => (0, 11 + bits.take(7, input)?),
        };
        let repeated = lengths
            .get_mut(at..at + count as usize)
            .ok_or(Damage::Codes)?;
        repeated.fill(length);
        at += count as usize;
    }
    Ok(())
}

const fn literals() -> [Entry; 288] {
    let mut entries = [RARE; 288];
    let mut byte = 0;
    while byte < 256 {
        entries[byte] = LITERAL | (byte as u32) << 16;
        byte += 1;
    }
    entries[256] = RARE | END;
    // 258 has a symbol of its own
    entries[285] = 258 << 16;
    with_bases(entries, (257, 285), 3, 4)
}

const fn distances() -> [Entry; 32] {
    with_bases([RARE; 32], (0, 30), 1, 2)
}

/// Gives symbols from a first up to an end their bases, the first of which is `base`: `group` of them to each number of
/// extra bits, but twice as many without.
const fn with_bases<const N: usize>(
    mut entries: [Entry; N],
    (first, end): (usize, usize),
    mut base: u32,
    group: usize,
) -> [Entry; N] {
    let mut symbol = first;
    while symbol < end {
        let extra = ((symbol - first) / group).saturating_sub(1) as u32;
        entries[symbol] = base << 16 | extra;
        base += 1 << extra;
        symbol += 1;
    }
    entries
}

const fn lengths() -> [Entry; 19] {
    let mut entries = [0; 19];
    let mut symbol = 0;
    while symbol < 19 {
        entries[symbol] = (symbol as u32) << 16;
        symbol += 1;
    }
    entries
}
