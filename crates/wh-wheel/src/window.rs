//! A file read at positions, without a cursor of its own and without a map.
//!
//! Several threads read one open file at once; a bad medium is an error here, where a map would
//! raise a signal.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

/// Reads at most `buffer.len()` bytes at `offset`.
pub(crate) fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    #[cfg(unix)]
    return std::os::unix::fs::FileExt::read_at(file, buffer, offset);
    #[cfg(windows)]
    return std::os::windows::fs::FileExt::seek_read(file, buffer, offset);
}

/// Fills `buffer` from `offset`.
pub(crate) fn read_exact_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<()> {
    let mut filled = 0;
    while filled < buffer.len() {
        match read_at(file, &mut buffer[filled..], offset + filled as u64) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Local headers are short and often near each other: one page holds several of small files.
const WINDOW: usize = 4096;

/// A cursor over a shared file that keeps the last page it read, also across seeks.
pub(crate) struct Window {
    file: Arc<File>,
    length: u64,
    position: u64,
    page: Vec<u8>,
    page_start: u64,
}

impl Window {
    pub(crate) fn new(file: Arc<File>, length: u64) -> Self {
        Self {
            file,
            length,
            position: 0,
            page: Vec::new(),
            page_start: 0,
        }
    }
}

impl Clone for Window {
    fn clone(&self) -> Self {
        Self::new(self.file.clone(), self.length)
    }
}

impl Read for Window {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.position >= self.length || buffer.is_empty() {
            return Ok(0);
        }
        if buffer.len() >= WINDOW {
            let read = read_at(&self.file, buffer, self.position)?;
            self.position += read as u64;
            return Ok(read);
        }
        let held = self.page_start..self.page_start + self.page.len() as u64;
        if !held.contains(&self.position) {
            self.page.resize(WINDOW, 0);
            let read = read_at(&self.file, &mut self.page, self.position);
            self.page.truncate(*read.as_ref().unwrap_or(&0));
            self.page_start = self.position;
            read?;
        }
        let held = &self.page[(self.position - self.page_start) as usize..];
        let read = held.len().min(buffer.len());
        buffer[..read].copy_from_slice(&held[..read]);
        self.position += read as u64;
        Ok(read)
    }
}

impl Seek for Window {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(by) => self.length.checked_add_signed(by),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
        };
        self.position = position.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}
