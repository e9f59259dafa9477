//! Streams by hand: bits, words of codes, blocks. Written after RFC 1951 and not after the decoder.

/// The first length of each symbol from 257 on, and its extra bits (3.2.5).
const LENGTHS: [(usize, u32); 29] = [
    (3, 0),
    (4, 0),
    (5, 0),
    (6, 0),
    (7, 0),
    (8, 0),
    (9, 0),
    (10, 0),
    (11, 1),
    (13, 1),
    (15, 1),
    (17, 1),
    (19, 2),
    (23, 2),
    (27, 2),
    (31, 2),
    (35, 3),
    (43, 3),
    (51, 3),
    (59, 3),
    (67, 4),
    (83, 4),
    (99, 4),
    (115, 4),
    (131, 5),
    (163, 5),
    (195, 5),
    (227, 5),
    (258, 0),
];
/// The first distance of each symbol, and its extra bits.
const DISTANCES: [(usize, u32); 30] = [
    (1, 0),
    (2, 0),
    (3, 0),
    (4, 0),
    (5, 1),
    (7, 1),
    (9, 2),
    (13, 2),
    (17, 3),
    (25, 3),
    (33, 4),
    (49, 4),
    (65, 5),
    (97, 5),
    (129, 6),
    (193, 6),
    (257, 7),
    (385, 7),
    (513, 8),
    (769, 8),
    (1025, 9),
    (1537, 9),
    (2049, 10),
    (3073, 10),
    (4097, 11),
    (6145, 11),
    (8193, 12),
    (12289, 12),
    (16385, 13),
    (24577, 13),
];
/// The order of the lengths of the words for lengths (3.2.7).
pub const ORDER: [usize; 19] = [
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
];
pub const END: usize = 256;

/// A stream that is being written, and the codes of its block.
#[derive(Clone, Default)]
pub struct Writer {
    bytes: Vec<u8>,
    /// Bits of the last byte that are there; 0 where it is whole.
    filled: u32,
    literals: Vec<u8>,
    distances: Vec<u8>,
}

impl Writer {
    pub fn new() -> Self {
        Self::default()
    }

    /// A number, its lowest bit first.
    pub fn bits(mut self, value: usize, count: u32) -> Self {
        for bit in 0..count {
            if self.filled == 0 {
                self.bytes.push(0);
            }
            *self.bytes.last_mut().unwrap() |= ((value >> bit & 1) as u8) << self.filled;
            self.filled = (self.filled + 1) % 8;
        }
        self
    }

    /// The word of a symbol, its highest bit first.
    fn word(mut self, lengths: &[u8], symbol: usize) -> Self {
        let (word, length) = word(lengths, symbol);
        for bit in (0..length).rev() {
            self = self.bits(word >> bit & 1, 1);
        }
        self
    }

    /// The three bits of a block of this type.
    pub fn block(self, is_last: bool, kind: usize) -> Self {
        self.bits(usize::from(is_last), 1).bits(kind, 2)
    }

    pub fn stored(mut self, is_last: bool, bytes: &[u8]) -> Self {
        self = self.block(is_last, 0);
        self.filled = 0;
        let length = bytes.len();
        assert!(length <= 0xffff, "too long for one block");
        self = self.bits(length, 16).bits(!length & 0xffff, 16);
        self.bytes.extend_from_slice(bytes);
        self
    }

    /// As many blocks as that takes, none of them the last.
    pub fn all_stored(self, bytes: &[u8]) -> Self {
        let blocks = bytes.chunks(0xffff);
        blocks.fold(self, |writer, block| writer.stored(false, block))
    }

    pub fn fixed(mut self, is_last: bool) -> Self {
        self.literals = [vec![8; 144], vec![9; 112], vec![7; 24], vec![8; 8]].concat();
        self.distances = vec![5; 32];
        self.block(is_last, 1)
    }

    /// A block of codes with words of these lengths, each length written out.
    pub fn dynamic(self, is_last: bool, literals: &[u8], distances: &[u8]) -> Self {
        // a code of sixteen words of four bits: for each length one, for the repeats none
        let mut words = [4; 19];
        words[16..].fill(0);
        let mut writer = self.counts(is_last, literals.len(), distances.len(), &words);
        for length in literals.iter().chain(distances) {
            writer = writer.word(&words, usize::from(*length));
        }
        writer.literals = literals.to_vec();
        writer.distances = distances.to_vec();
        writer
    }

    /// The beginning of such a block: how many symbols there are, and the code that their lengths are in.
    pub fn counts(
        self,
        is_last: bool,
        literals: usize,
        distances: usize,
        words: &[u8; 19],
    ) -> Self {
        let counts = self.block(is_last, 2).bits(literals - 257, 5);
        let mut writer = counts.bits(distances - 1, 5).bits(15, 4);
        for symbol in ORDER {
            writer = writer.bits(usize::from(words[symbol]), 3);
        }
        writer
    }

    /// A symbol of the literals' code.
    pub fn symbol(self, symbol: usize) -> Self {
        let lengths = self.literals.clone();
        self.word(&lengths, symbol)
    }

    pub fn distance_symbol(self, symbol: usize) -> Self {
        let lengths = self.distances.clone();
        self.word(&lengths, symbol)
    }

    pub fn text(self, bytes: &[u8]) -> Self {
        bytes
            .iter()
            .fold(self, |writer, byte| writer.symbol(usize::from(*byte)))
    }

    pub fn repeat(self, length: usize, distance: usize) -> Self {
        let (symbol, rest, extra) = spelled(&LENGTHS, length);
        let writer = self.symbol(257 + symbol).bits(rest, extra);
        let (symbol, rest, extra) = spelled(&DISTANCES, distance);
        writer.distance_symbol(symbol).bits(rest, extra)
    }

    pub fn end(self) -> Self {
        self.symbol(END)
    }

    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }
}

/// The last symbol whose base is no greater, and the extra bits.
fn spelled(bases: &[(usize, u32)], value: usize) -> (usize, usize, u32) {
    let symbol = bases.iter().rposition(|(base, _)| *base <= value).unwrap();
    let (base, extra) = bases[symbol];
    (symbol, value - base, extra)
}

/// The word of a symbol and its length: of each length, the words are numbers one after the other (3.2.2).
fn word(lengths: &[u8], symbol: usize) -> (usize, u8) {
    let of = |length: u8| lengths.iter().filter(move |other| **other == length);
    let length = lengths[symbol];
    assert!(length > 0, "symbol {symbol} has no word");
    let first = (1..length).fold(0, |first, shorter| (first + of(shorter).count()) << 1);
    let before = lengths[..symbol].iter().filter(|other| **other == length);
    (first + before.count(), length)
}
