//! DEFLATE (RFC 1951), unpacked piece by piece, nearly as fast as in one piece.
//!
//! An [`Inflater`] takes compressed bytes as they come and hands on unpacked ones as soon as a piece is full, so that
//! an entry of any size needs the same few hundred kilobytes, which stay in the processor's own cache until what is
//! handed on has been written. What it refuses is what zlib refuses. No I/O.
//!
//! The walk: [`Inflater::feed`] cuts the input into what can be decoded without asking for more and a short rest;
//! `header` reads how a block is coded, `codes` makes tables of that, `symbols` decodes by them into the `Window`.
//!
//! Why it is here: no library unpacks both piece by piece and as fast (docs/benchmarks.md has the figures; zlib-rs is a
//! stream and takes half as long again, libdeflate is fast and needs all of an entry in memory, twice).

mod bits;
mod codes;
mod header;
mod inflater;
mod symbols;
mod window;

pub use inflater::{Inflater, Progress};
pub use window::PIECE;

/// Why bytes are no DEFLATE stream, in zlib's sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// Block type 3 (RFC 1951, 3.2.3).
    #[error("a block is of no known type")]
    BlockType,
    /// The length of a stored block and its complement disagree (3.2.4).
    #[error("the two lengths of a stored block disagree")]
    StoredLength,
    /// The lengths of a dynamic block's codes make no code, or too many symbols (3.2.7).
    #[error("a block's codes contradict themselves")]
    Codes,
    /// Bits that are no symbol of the block's codes.
    #[error("a code word is none of its block's")]
    Symbol,
    /// A match begins before the first byte.
    #[error("a match begins before the first byte")]
    Distance,
    /// The input ends within a block.
    #[error("it ends too early")]
    Truncated,
}
