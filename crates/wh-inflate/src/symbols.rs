//! Decoding a block's symbols into the window: where the time goes (RFC 1951, 3.2.3 and 3.2.5).
//!
//! Up to 63 bits are held, and 56 or more before each step: enough for two literals of the first table, a length with
//! its extra bits, and the look at what comes next. The entry of the next symbol is looked up before new bits are
//! asked for and before a match is copied, so that neither is waited for.

use crate::Damage;
use crate::bits::Bits;
use crate::codes::{
    DISTANCE_BITS, DISTANCE_SIZE, END, Entry, LITERAL, LITERAL_BITS, LITERAL_SIZE, RARE, SECOND,
    Table,
};
use crate::window::{FULL, Out, Window};

/// Bytes of input that a step may look at.
pub(crate) const AHEAD: usize = 32;
/// The most extra bits of a distance.
const EXTRA: u32 = 13;
/// Bits of a distance whose word is in the first table, of any, and of the look at the next symbol behind them.
const SHORT: u32 = DISTANCE_BITS + EXTRA + LITERAL_BITS;
const LONG: u32 = 15 + EXTRA + LITERAL_BITS;

/// The two codes of a block.
pub(crate) struct Codes {
    pub literals: Table<LITERAL_BITS, LITERAL_SIZE>,
    pub distances: Table<DISTANCE_BITS, DISTANCE_SIZE>,
}

/// Why decoding stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The block is over.
    Block,
    /// Fewer than [`AHEAD`] bytes of input are left.
    Input,
    /// The piece is full.
    Full,
}

/// Decodes until something is over.
pub(crate) fn decode(
    codes: &Codes,
    input: &[u8],
    bits: &mut Bits,
    window: &mut Window,
) -> Result<Stop, Damage> {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("bmi2") && std::arch::is_x86_feature_detected!("bmi1") {
        // Shifts by a variable number of bits take one instruction there in place of three: a tenth of the time.
        // SAFETY: the processor has both.
        #[allow(unsafe_code)]
        return unsafe { decode_with_bmi(codes, input, bits, window) };
    }
    decode_anywhere(codes, input, bits, window)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "bmi1,bmi2")]
fn decode_with_bmi(
    codes: &Codes,
    input: &[u8],
    bits: &mut Bits,
    window: &mut Window,
) -> Result<Stop, Damage> {
    decode_anywhere(codes, input, bits, window)
}

#[inline(always)]
fn decode_anywhere(
    codes: &Codes,
    input: &[u8],
    bits: &mut Bits,
    window: &mut Window,
) -> Result<Stop, Damage> {
    let last = input.len().checked_sub(AHEAD);
    let Some(last) = last.filter(|last| bits.at <= *last) else {
        return Ok(Stop::Input);
    };
    let held = Held {
        input,
        buffer: bits.buffer,
        left: bits.left,
        at: bits.at,
    };
    let mut decoder = Decoder {
        codes,
        held,
        out: window.out(),
        next: 0,
    };
    decoder.held.refill();
    decoder.next = decoder.look();
    let stop = loop {
        if decoder.held.at > last {
            break Ok(Stop::Input);
        }
        if decoder.out.at >= FULL {
            break Ok(Stop::Full);
        }
        if let Some(stop) = decoder.step() {
            break stop;
        }
    };
    let Decoder { held, out, .. } = decoder;
    *bits = Bits {
        buffer: held.buffer,
        left: held.left & 0xff,
        at: held.at,
    };
    window.at = out.at;
    stop
}

struct Decoder<'a> {
    codes: &'a Codes,
    held: Held<'a>,
    out: Out<'a>,
    /// The entry of the next symbol, whose bits are still held.
    next: Entry,
}

impl Decoder<'_> {
    /// Looks up what comes next.
    #[inline(always)]
    fn look(&self) -> Entry {
        self.codes.literals.entries[self.held.low(LITERAL_BITS)]
    }

    /// Decodes three literals, or a match and up to two literals before it; or says why not.
    #[inline(always)]
    fn step(&mut self) -> Option<Result<Stop, Damage>> {
        let mut entry = self.next;
        if entry & LITERAL != 0 {
            entry = self.literal(entry);
            if entry & LITERAL != 0 {
                entry = self.literal(entry);
                if entry & LITERAL != 0 {
                    self.next = self.literal(entry);
                    self.held.refill();
                    return None;
                }
            }
        }
        let mut before = self.held.buffer;
        self.held.drop(entry);
        if entry & RARE != 0 {
            if entry & SECOND != 0 {
                entry = self.codes.literals.entries[second(entry, self.held.buffer)];
                if entry & LITERAL != 0 {
                    self.next = self.literal(entry);
                    self.held.refill();
                    return None;
                }
                before = self.held.buffer;
                self.held.drop(entry);
            }
            if entry & END != 0 {
                return Some(Ok(Stop::Block));
            }
            if entry & RARE != 0 {
                return Some(Err(Damage::Symbol));
            }
        }
        match self.distance() {
            Ok(distance) => self.copy(value(entry, before), distance),
            Err(damage) => Some(Err(damage)),
        }
    }

    /// Writes a literal; the entry of what comes next.
    #[inline(always)]
    fn literal(&mut self, entry: Entry) -> Entry {
        self.held.drop(entry);
        self.out.put((entry >> 16) as u8);
        self.look()
    }

    #[inline(always)]
    fn distance(&mut self) -> Result<usize, Damage> {
        let mut entry = self.codes.distances.entries[self.held.low(DISTANCE_BITS)];
        if entry & RARE != 0 {
            self.held.refill_below(LONG);
            // also a word that is no symbol: the input may have ended within it
            self.held.drop(entry);
            if entry & SECOND == 0 {
                return Err(Damage::Symbol);
            }
            entry = self.codes.distances.entries[second(entry, self.held.buffer)];
            if entry & RARE != 0 {
                self.held.drop(entry);
                return Err(Damage::Symbol);
            }
        } else {
            self.held.refill_below(SHORT);
        }
        let before = self.held.buffer;
        self.held.drop(entry);
        Ok(value(entry, before))
    }

    #[inline(always)]
    fn copy(&mut self, length: usize, distance: usize) -> Option<Result<Stop, Damage>> {
        let Some(from) = self.out.back(distance) else {
            return Some(Err(Damage::Distance));
        };
        self.next = self.look();
        self.held.refill();
        self.out.copy(from, length);
        None
    }
}

/// The base of an entry with the extra bits behind its word, of the bits that were held before it was dropped.
#[inline(always)]
fn value(entry: Entry, before: u64) -> usize {
    let extra = (before & !(u64::MAX << (entry & 63))) >> ((entry >> 8) & 15);
    (entry >> 16) as usize + extra as usize
}

/// Where the entry of a longer word stands.
#[inline(always)]
fn second(entry: Entry, buffer: u64) -> usize {
    let low = buffer & !(u64::MAX << ((entry >> 8) & 15));
    (entry >> 16) as usize + low as usize
}

/// As [`Bits`], but only the lowest byte of `left` counts: an entry is subtracted as it is.
struct Held<'i> {
    input: &'i [u8],
    buffer: u64,
    left: u32,
    at: usize,
}

impl Held<'_> {
    /// Makes 56 bits or more available.
    #[inline(always)]
    fn refill(&mut self) {
        let eight = self.input[self.at..].first_chunk();
        let eight = eight.map_or(0, |eight| u64::from_le_bytes(*eight));
        self.buffer |= eight << (self.left & 63);
        self.at += 7 - ((self.left >> 3) & 7) as usize;
        self.left |= 56;
    }

    #[inline(always)]
    fn refill_below(&mut self, bits: u32) {
        if self.left & 0xff < bits {
            self.refill();
        }
    }

    #[inline(always)]
    fn drop(&mut self, entry: Entry) {
        self.buffer >>= entry & 63;
        self.left = self.left.wrapping_sub(entry);
    }

    #[inline(always)]
    fn low(&self, bits: u32) -> usize {
        (self.buffer & ((1 << bits) - 1)) as usize
    }
}
