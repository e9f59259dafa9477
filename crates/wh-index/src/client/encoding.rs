//! Bodies that come in gzip where `identity` was asked for.
//!
//! Digests are those of the file as it was published, so such a body is unpacked before anything
//! looks at it. Some servers say gzip of files that are gzip by themselves (`.tar.gz`) and are sent
//! as they are: only a body that begins as gzip does, of a file that is not gzip itself, is
//! unpacked.

use std::io::{self, Write as _};

use flate2::write::GzDecoder;
use http::HeaderMap;
use http::header::CONTENT_ENCODING;

/// How a body is encoded, by its headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Not at all.
    Identity,
    /// gzip.
    Gzip,
    /// Otherwise: nobody asked for it, and it is not understood.
    Unknown,
}

impl Encoding {
    /// What the headers of an answer say.
    pub fn of(headers: &HeaderMap) -> Self {
        let mut all = headers.get_all(CONTENT_ENCODING).iter();
        let Some(first) = all.next() else {
            return Self::Identity;
        };
        match first.as_bytes().trim_ascii() {
            b"" | b"identity" if all.next().is_none() => Self::Identity,
            b"gzip" | b"x-gzip" if all.next().is_none() => Self::Gzip,
            _ => Self::Unknown,
        }
    }
}

/// Unpacks a body in gzip, piece by piece.
pub struct Unpacking {
    name_is_gzip: bool,
    state: State,
}

enum State {
    /// The first bytes decide.
    Unseen(Vec<u8>),
    Plain,
    Packed(Box<GzDecoder<Vec<u8>>>),
}

impl Unpacking {
    /// Of a file of this name.
    pub fn new(name: &str) -> Self {
        Self {
            name_is_gzip: [".gz", ".tgz"].iter().any(|end| name.ends_with(end)),
            state: State::Unseen(Vec::new()),
        }
    }

    /// The next bytes, unpacked as far as they can be.
    ///
    /// # Errors
    /// They are no gzip.
    pub fn push(&mut self, bytes: &[u8]) -> io::Result<Vec<u8>> {
        if let State::Unseen(seen) = &mut self.state {
            seen.extend_from_slice(bytes);
            if seen.len() < 2 {
                return Ok(Vec::new());
            }
            let seen = std::mem::take(seen);
            let packed = seen.starts_with(b"\x1f\x8b") && !self.name_is_gzip;
            self.state = if packed {
                State::Packed(Box::new(GzDecoder::new(Vec::new())))
            } else {
                State::Plain
            };
            return self.push(&seen);
        }
        match &mut self.state {
            State::Packed(decoder) => {
                decoder.write_all(bytes)?;
                Ok(std::mem::take(decoder.get_mut()))
            }
            State::Plain | State::Unseen(_) => Ok(bytes.to_vec()),
        }
    }

    /// What is left at the end.
    ///
    /// # Errors
    /// The end is missing.
    pub fn finish(self) -> io::Result<Vec<u8>> {
        match self.state {
            State::Unseen(seen) => Ok(seen),
            State::Plain => Ok(Vec::new()),
            State::Packed(decoder) => decoder.finish(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    /// In pieces of three bytes.
    fn unpack(name: &str, bytes: &[u8]) -> io::Result<Vec<u8>> {
        let mut unpacking = Unpacking::new(name);
        let mut out = Vec::new();
        for piece in bytes.chunks(3) {
            out.extend(unpacking.push(piece)?);
        }
        out.extend(unpacking.finish()?);
        Ok(out)
    }

    #[test]
    fn what_is_packed_is_unpacked_and_nothing_else() {
        let words = b"words and words and words and words".as_slice();
        assert_eq!(unpack("a.whl", &packed(words)).unwrap(), words);
        assert_eq!(unpack("a.whl", words).unwrap(), words);
        assert_eq!(unpack("a.whl", b"").unwrap(), b"");
        let sdist = packed(words);
        assert_eq!(unpack("a-1.tar.gz", &sdist).unwrap(), sdist);
    }

    #[test]
    fn a_cut_end_is_an_error() {
        let whole = packed(b"words and words");
        assert!(unpack("a.whl", &whole[..whole.len() - 6]).is_err());
    }

    #[test]
    fn headers_tell() {
        let check = |values: &[&str], expected: Encoding| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(CONTENT_ENCODING, value.parse().unwrap());
            }
            assert_eq!(Encoding::of(&headers), expected, "{values:?}");
        };
        check(&[], Encoding::Identity);
        check(&["identity"], Encoding::Identity);
        check(&["gzip"], Encoding::Gzip);
        check(&["x-gzip"], Encoding::Gzip);
        check(&["br"], Encoding::Unknown);
        check(&["gzip", "gzip"], Encoding::Unknown);
    }
}
