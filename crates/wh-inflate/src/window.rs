//! What was unpacked: the piece that is filled, and in front of it what matches may still reach for.

/// Bytes that a match may reach back (RFC 1951, 3.2.5).
const HISTORY: usize = 32 << 10;
/// Unpacked bytes that are handed on at once, and at most as many more as a match has: what stays in a processor's
/// cache.
pub const PIECE: usize = 256 << 10;
/// Where a piece is full, behind its history.
pub(crate) const FULL: usize = HISTORY + PIECE;
/// Room behind it: the literals and the longest match of one step, copied 32 bytes at a time.
const SLACK: usize = 3 + 258 + 32;
const SIZE: usize = FULL + SLACK;

/// The bytes; their number is known to the compiler, so that few accesses are compared with it.
pub(crate) struct Window {
    bytes: Box<[u8; SIZE]>,
    /// Where the next byte goes.
    pub at: usize,
    // where the history begins
    first: usize,
}

impl Window {
    pub fn new() -> Self {
        let bytes = vec![0; SIZE].into_boxed_slice();
        Self {
            // it is of that size
            bytes: bytes.try_into().unwrap_or_else(|_| Box::new([0; SIZE])),
            at: HISTORY,
            first: HISTORY,
        }
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.at = HISTORY;
        self.first = HISTORY;
    }

    /// Bytes that can be written before the piece is full.
    pub fn room(&self) -> usize {
        FULL.saturating_sub(self.at)
    }

    /// The piece, as far as it was filled.
    pub fn piece(&self) -> &[u8] {
        &self.bytes[HISTORY..self.at]
    }

    /// Begins the next piece behind a full one, of which matches may still reach for the end.
    pub fn next(&mut self) {
        self.bytes.copy_within(self.at - HISTORY..self.at, 0);
        self.at = HISTORY;
        self.first = 0;
    }

    /// Adds bytes, no more than there is room for.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes[self.at..self.at + bytes.len()].copy_from_slice(bytes);
        self.at += bytes.len();
    }

    /// The window as what is decoded into.
    #[inline(always)]
    pub fn out(&mut self) -> Out<'_> {
        Out {
            bytes: &mut self.bytes,
            at: self.at,
            first: self.first,
        }
    }
}

/// A window that is written to.
pub(crate) struct Out<'w> {
    bytes: &'w mut [u8; SIZE],
    pub at: usize,
    first: usize,
}

impl Out<'_> {
    #[inline(always)]
    pub fn put(&mut self, byte: u8) {
        self.bytes[self.at] = byte;
        self.at += 1;
    }

    /// Where a match begins; `None` before the first byte.
    #[inline(always)]
    pub fn back(&self, distance: usize) -> Option<usize> {
        let from = self.at.checked_sub(distance)?;
        (from >= self.first).then_some(from)
    }

    /// Copies a match, and up to 32 bytes behind it, which the next step writes over.
    #[inline(always)]
    pub fn copy(&mut self, mut from: usize, length: usize) {
        let mut to = self.at;
        let distance = to - from;
        let end = to + length;
        self.at = end;
        if distance >= 16 {
            // most matches are shorter than 32 bytes: no loop whose end would be guessed
            self.copy_chunk::<16>(from, to);
            self.copy_chunk::<16>(from + 16, to + 16);
            while to + 32 < end {
                from += 32;
                to += 32;
                self.copy_chunk::<16>(from, to);
                self.copy_chunk::<16>(from + 16, to + 16);
            }
        } else if distance == 1 {
            self.repeat(self.bytes[from], to, end);
        } else {
            // of what is read, as much is right as lies before `to`
            let step = distance.min(8);
            while to < end {
                self.copy_chunk::<8>(from, to);
                from += step;
                to += step;
            }
        }
    }

    #[inline(always)]
    fn copy_chunk<const N: usize>(&mut self, from: usize, to: usize) {
        let mut chunk = [0; N];
        chunk.copy_from_slice(&self.bytes[from..from + N]);
        self.bytes[to..to + N].copy_from_slice(&chunk);
    }

    #[inline(always)]
    fn repeat(&mut self, byte: u8, mut to: usize, end: usize) {
        while to < end {
            self.bytes[to..to + 16].fill(byte);
            to += 16;
        }
    }
}
