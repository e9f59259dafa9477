//! New inputs from known ones, without knowing what they reach: for machines where libFuzzer
//! cannot be built. The same number gives the same inputs.

/// Numbers at which readers go wrong.
const EDGES: &[u64] = &[
    0,
    1,
    0x7f,
    0x80,
    0xff,
    0x7fff,
    0xffff,
    0x7fff_ffff,
    0xffff_ffff,
    1 << 63,
];
/// Longer inputs only take time.
const LONGEST: usize = 64 << 10;

/// Makes inputs.
pub struct Mutations {
    state: u64,
}

impl Mutations {
    /// The inputs of this number.
    pub fn new(number: u64) -> Self {
        // splitmix64's step, so that small numbers differ too
        Self {
            state: number.wrapping_add(0x9e37_79b9_7f4a_7c15),
        }
    }

    /// One of the seeds, changed in one to eight places.
    ///
    /// # Panics
    /// There is no seed.
    pub fn input(&mut self, seeds: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = self.pick(seeds).clone();
        for _ in 0..=self.below(8) {
            self.change(&mut bytes, seeds);
        }
        bytes.truncate(LONGEST);
        bytes
    }

    fn change(&mut self, bytes: &mut Vec<u8>, seeds: &[Vec<u8>]) {
        let at = self.below(bytes.len() + 1);
        let end = (at + 1 + self.short()).min(bytes.len());
        match self.below(7) {
            0 if at < bytes.len() => bytes[at] ^= 1 << self.below(8),
            1 => {
                let byte = self.next() as u8;
                bytes.insert(at, byte);
            }
            2 => drop(bytes.drain(at..end)),
            3 => {
                let again = bytes[at..end].repeat(1 + self.short());
                bytes.splice(at..at, again);
            }
            4 => {
                let (edge, width) = (*self.pick(EDGES), 1 << self.below(4));
                let end = (at + width).min(bytes.len());
                let number = &edge.to_le_bytes()[..end - at];
                bytes[at..end].copy_from_slice(number);
            }
            5 => {
                let edge = self.pick(EDGES).to_string();
                bytes.splice(at..end, edge.into_bytes());
            }
            // what stands elsewhere, of a length that may be a word or all the rest
            _ => {
                let other = self.pick(seeds);
                let from = self.below(other.len() + 1);
                let length = if self.below(4) == 0 {
                    other.len()
                } else {
                    self.short()
                };
                let piece = other[from..(from + length).min(other.len())].to_vec();
                bytes.splice(at..end, piece);
            }
        }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    /// Mostly small, sometimes not.
    fn short(&mut self) -> usize {
        let limit = 1 << self.below(8);
        self.below(limit)
    }

    fn pick<'s, T>(&mut self, from: &'s [T]) -> &'s T {
        &from[self.below(from.len())]
    }
}
