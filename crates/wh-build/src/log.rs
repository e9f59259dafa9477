//! What a backend prints: kept in a file, up to a length, and its last lines.
//!
//! Standard output and standard error go into one pipe. Of what is too much for the file, only the end is
//! kept, so that a backend cannot fill a disk, and so that the end, which tells why it failed, is
//! always there.

use std::collections::VecDeque;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::error::{BuildFault, Output};

/// Bytes of the file, without the end of what did not go in.
const LONGEST: u64 = 16 << 20;
/// Bytes at the end that are kept in any case.
const END: usize = 64 << 10;
/// Lines that an error shows.
const LINES: usize = 25;
/// An error shows no more of a line.
const LINE: usize = 500;

/// The log of one build.
#[derive(Debug)]
pub(crate) struct Log {
    path: PathBuf,
    file: File,
    written: u64,
    left_out: u64,
    end: VecDeque<u8>,
}

impl Log {
    /// Begins a log; one of that name that is there is written over.
    pub(crate) fn begin(folder: &Path, name: &str) -> Result<Self, BuildFault> {
        wh_wheel::own_folder(folder).map_err(BuildFault::io("use", folder))?;
        let name: String = name
            .chars()
            .map(|c| {
                if c.is_ascii_alphanumeric() || "-_.+".contains(c) {
                    c
                } else {
                    '_'
                }
            })
            .collect();
        let path = folder.join(format!("{}.log", name.trim_start_matches('.')));
        let file = File::create(&path).map_err(BuildFault::io("write", &path))?;
        Ok(Self {
            path,
            file,
            written: 0,
            left_out: 0,
            end: VecDeque::new(),
        })
    }

    /// Adds bytes.
    pub(crate) fn add(&mut self, bytes: &[u8]) {
        let room = usize::try_from(LONGEST - self.written).unwrap_or(usize::MAX);
        let fits = bytes.len().min(room);
        if self.file.write_all(&bytes[..fits]).is_ok() {
            self.written += fits as u64;
        }
        self.left_out += (bytes.len() - fits) as u64;
        self.end.extend(bytes);
        let over = self.end.len().saturating_sub(END);
        self.end.drain(..over);
    }

    /// The end, as an error shows it. What did not go into the file is told there.
    pub(crate) fn output(&mut self) -> Output {
        let end: Vec<u8> = self.end.iter().copied().collect();
        if self.left_out > 0 {
            let kept = end
                .len()
                .min(usize::try_from(self.left_out).unwrap_or(usize::MAX));
            let missing = self.left_out - kept as u64;
            let note = format!("\n[{missing} bytes are left out here]\n");
            // as above: the lines are told in any case
            let _ = self.file.write_all(note.as_bytes());
            let _ = self.file.write_all(&end[end.len() - kept..]);
            self.left_out = 0;
            self.written = LONGEST;
        }
        let text = String::from_utf8_lossy(&end);
        let lines: Vec<String> = text.trim_end().lines().map(shown).collect();
        Output {
            last: lines[lines.len().saturating_sub(LINES)..].to_vec(),
            log: self.path.clone(),
        }
    }
}

/// A line without what would move a terminal's cursor or change its colours.
fn shown(line: &str) -> String {
    // what was printed over by a carriage return nobody would have seen
    let line = line.trim_end_matches('\r');
    let line = line.rsplit('\r').next().unwrap_or(line);
    let mut clean = String::new();
    let mut rest = line.chars();
    while let Some(c) = rest.next() {
        if c == '\u{1b}' {
            // a control sequence ends with a letter
            let _ = rest.by_ref().find(|c| c.is_ascii_alphabetic());
        } else if c == '\t' || !c.is_control() {
            clean.push(c);
        }
        if clean.len() > LINE {
            clean.push('…');
            break;
        }
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_kept_of_what_is_too_much() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = Log::begin(folder.path(), "a/b-1.0.tar.gz").unwrap();
        let lines = "all work and no play\n".repeat(1_000_000);
        log.add(lines.as_bytes());
        log.add(b"\x1b[31mthe reason\x1b[0m\r\n");
        let output = log.output();
        assert_eq!(output.last.len(), LINES);
        assert_eq!(output.last[LINES - 1], "the reason");
        assert_eq!(output.log.file_name().unwrap(), "a_b-1.0.tar.gz.log");
        let written = fs_err::read(&output.log).unwrap();
        assert!(written.len() < (LONGEST as usize) + 2 * END);
        let text = String::from_utf8(written).unwrap();
        assert!(text.contains("bytes are left out here") && text.contains("the reason"));
    }

    #[test]
    fn lines_are_shown_without_what_moves_the_cursor() {
        for (line, expected) in [
            ("plain", "plain"),
            ("10%\r20%\r", "20%"),
            ("\x1b[1;31mred\x1b[0m", "red"),
            ("a\x07b\tc", "ab\tc"),
        ] {
            assert_eq!(shown(line), expected, "{line:?}");
        }
    }
}
