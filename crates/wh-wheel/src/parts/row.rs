//! One row of the directory.

use super::extra::{Extra, Values};
use super::{FLAGS, UTF8, inconsistent, number};
use crate::error::Fault;

const CENTRAL: &[u8] = b"PK\x01\x02";
const LENGTH: usize = 46;

/// What the directory says of an entry.
pub(super) struct Row<'a> {
    pub name: &'a [u8],
    /// Those of [`FLAGS`].
    pub flags: u16,
    pub method: u64,
    pub crc: u64,
    pub compressed: u64,
    pub size: u64,
    /// Where its local header is.
    pub start: u64,
    /// What the system it was packed on says of it.
    pub attributes: u32,
}

impl<'a> Row<'a> {
    /// Reads a row, and gives what follows it.
    pub(super) fn read(bytes: &'a [u8]) -> Result<(Self, &'a [u8]), Fault> {
        let cut = || inconsistent("its directory is damaged".to_owned());
        if !bytes.starts_with(CENTRAL) {
            return Err(cut());
        }
        let (fixed, rest) = bytes.split_at_checked(LENGTH).ok_or_else(cut)?;
        let field = |at: usize| number(&fixed[at..at + 2]);
        let (name, rest) = rest.split_at_checked(field(28) as usize).ok_or_else(cut)?;
        let (extra, rest) = rest.split_at_checked(field(30) as usize).ok_or_else(cut)?;
        let long = |at: usize| number(&fixed[at..at + 4]);
        let mut row = Self {
            name,
            flags: field(8) as u16 & FLAGS,
            method: field(10),
            crc: long(16),
            compressed: long(20),
            size: long(24),
            start: long(42),
            attributes: long(38) as u32,
        };
        if field(32) != 0 {
            return Err(row.disagrees("it has a comment, which only the directory has"));
        }
        if !matches!(field(34), 0 | 0xffff) {
            return Err(row.disagrees("it is said to be on another disk"));
        }
        if !name.is_ascii() && row.flags & UTF8 == 0 {
            let entry = row.shown();
            return Err(Fault::NameEncoding { entry });
        }
        let values = Values {
            size: row.size,
            compressed: row.compressed,
            start: Some(row.start),
        };
        let extra = Extra::read(extra, values).map_err(|reason| row.disagrees(reason))?;
        row.size = extra.values.size;
        row.compressed = extra.values.compressed;
        row.start = extra.values.start.unwrap_or(row.start);
        Ok((row, rest))
    }

    /// The name, for a message.
    pub(super) fn shown(&self) -> String {
        String::from_utf8_lossy(self.name).into_owned()
    }

    pub(super) fn disagrees(&self, reason: &str) -> Fault {
        Fault::HeadersDisagree {
            entry: self.shown(),
            reason: reason.to_owned(),
        }
    }
}
