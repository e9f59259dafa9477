//! Bits of the input, the lowest first (RFC 1951, 3.1.1).

use crate::Damage;

/// Bits that were read from a piece of input and not used yet.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Bits {
    /// The next bits, the next one lowest. What lies above `left` bits is what the input has there, or zeros.
    pub buffer: u64,
    /// How many of them are there.
    pub left: u32,
    /// Where the byte after them stands.
    pub at: usize,
}

impl Bits {
    /// Makes 56 bits or more available, where the input has eight more bytes.
    #[inline(always)]
    pub fn refill(&mut self, input: &[u8]) {
        if let Some(eight) = input
            .get(self.at..self.at + 8)
            .and_then(|eight| eight.first_chunk())
        {
            self.buffer |= u64::from_le_bytes(*eight) << self.left;
            let bytes = (63 - self.left) >> 3;
            self.at += bytes as usize;
            self.left += bytes * 8;
        }
    }

    /// Bytes of the input of which a bit was used.
    pub fn used(&self) -> usize {
        self.at - (self.left / 8) as usize
    }

    /// Takes up to 16 bits.
    pub fn take(&mut self, count: u32, input: &[u8]) -> Result<u32, Damage> {
        if self.left < count {
            self.refill(input);
        }
        if self.left < count {
            return Err(Damage::Truncated);
        }
        let taken = self.buffer & ((1 << count) - 1);
        self.skip(count);
        Ok(taken as u32)
    }

    /// Drops bits that are there.
    pub fn skip(&mut self, count: u32) {
        self.buffer >>= count;
        self.left -= count;
    }

    /// Drops the rest of a byte, and gives back whole bytes: the next one is that at `at`.
    pub fn align(&mut self) {
        self.skip(self.left % 8);
        self.give_back();
        self.buffer = 0;
    }

    /// Gives whole bytes back to the input; fewer than eight bits stay.
    pub fn give_back(&mut self) {
        self.at = self.used();
        self.left %= 8;
        self.buffer &= (1 << self.left) - 1;
    }
}
