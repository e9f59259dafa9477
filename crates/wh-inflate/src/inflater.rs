//! Input as it comes, pieces as they are full.

use crate::Damage;
use crate::bits::Bits;
use crate::codes::Table;
use crate::header::{self, Kind};
use crate::symbols::{self, Codes, Stop};
use crate::window::Window;

/// Zeros behind the end of the input: what a header may take, beside the bits that are held already.
const PADDING: usize = header::MOST + 8;

/// Unpacks one stream after the other, with the same buffers.
pub struct Inflater {
    state: State,
    bits: Bits,
    window: Window,
    codes: Box<Codes>,
}

/// How far a stream is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// So many bytes of the input were used; what is left of it has to come again, with more behind it.
    NeedsInput(usize),
    /// The stream is over; so many bytes of the input were its own.
    Done(usize),
}

#[derive(Clone, Copy)]
enum State {
    Header,
    Stored { left: usize, is_last: bool },
    Coded { is_last: bool },
    Done,
}

impl Default for Inflater {
    fn default() -> Self {
        Self::new()
    }
}

impl Inflater {
    /// Ready for a first stream.
    pub fn new() -> Self {
        let codes = Codes {
            literals: Table::EMPTY,
            distances: Table::EMPTY,
        };
        Self {
            state: State::Header,
            bits: Bits::default(),
            window: Window::new(),
            codes: Box::new(codes),
        }
    }

    /// Begins a stream.
    pub fn begin(&mut self) {
        self.state = State::Header;
        self.bits = Bits::default();
        self.window.clear();
    }

    /// Decodes what comes next of a stream's bytes. `is_all` says that nothing comes after `input`; before that,
    /// a rest of up to 1 KiB is left for the next time. `sink` gets the unpacked bytes in pieces, none of them empty.
    ///
    /// # Errors
    /// The bytes are no DEFLATE stream; or what `sink` says. Only [`Inflater::begin`] may follow: what was decoded
    /// until then is lost.
    pub fn feed<E: From<Damage>>(
        &mut self,
        input: &[u8],
        is_all: bool,
        sink: &mut dyn FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<Progress, E> {
        self.bits.at = 0;
        // what is decoded ends where a header could look beyond the input
        let used = self.advance(input, input.len(), sink)?;
        if matches!(self.state, State::Done) {
            return Ok(Progress::Done(used));
        }
        if !is_all {
            return Ok(Progress::NeedsInput(used));
        }
        let rest = &input[used..];
        let mut padded = [0; 2 * PADDING];
        padded[..rest.len()].copy_from_slice(rest);
        self.bits.at = 0;
        let last = self.advance(&padded[..rest.len() + PADDING], rest.len(), sink)?;
        match self.state {
            State::Done => Ok(Progress::Done(used + last)),
            _ => Err(Damage::Truncated.into()),
        }
    }

    /// Goes on while `header::MOST` bytes are there; how many were used. Behind `end` there are only zeros.
    fn advance<E: From<Damage>>(
        &mut self,
        input: &[u8],
        end: usize,
        sink: &mut dyn FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<usize, E> {
        loop {
            let goes_on = self.step(input);
            // what the zeros were taken for is nobody's: neither bytes nor damage
            if self.bits.used() > end {
                return Err(Damage::Truncated.into());
            }
            if !goes_on? {
                break;
            }
            if self.window.room() == 0 {
                sink(self.window.piece())?;
                self.window.next();
            }
        }
        if matches!(self.state, State::Done) && !self.window.piece().is_empty() {
            sink(self.window.piece())?;
            self.window.clear();
        }
        self.bits.give_back();
        Ok(self.bits.at)
    }

    /// A header, or of a block what fits into the piece; whether anything can follow without more input.
    fn step(&mut self, input: &[u8]) -> Result<bool, Damage> {
        let is_near_end = input.len().saturating_sub(self.bits.at) < header::MOST;
        match self.state {
            State::Done => return Ok(false),
            State::Header if is_near_end => return Ok(false),
            State::Header => {
                let (is_last, kind) = header::read(input, &mut self.bits, &mut self.codes)?;
                self.state = match kind {
                    Kind::Stored(left) => State::Stored { left, is_last },
                    Kind::Coded => State::Coded { is_last },
                };
            }
            State::Stored { left: 0, is_last } => self.end_block(is_last),
            State::Stored { left, is_last } => {
                let rest = &input[self.bits.at..];
                let some = left.min(self.window.room()).min(rest.len());
                self.window.push(&rest[..some]);
                self.bits.at += some;
                let left = left - some;
                self.state = State::Stored { left, is_last };
                return Ok(some > 0);
            }
            State::Coded { is_last } => {
                match symbols::decode(&self.codes, input, &mut self.bits, &mut self.window)? {
                    Stop::Block => self.end_block(is_last),
                    Stop::Full => {}
                    Stop::Input => return Ok(false),
                }
            }
        }
        Ok(true)
    }

    fn end_block(&mut self, is_last: bool) {
        self.state = match is_last {
            true => State::Done,
            false => State::Header,
        };
    }
}
