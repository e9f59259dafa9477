//! The header block of METADATA, PKG-INFO and WHEEL, as Python's `email` package reads it.
//!
//! Names are compared without case; a line that begins with a space or a tab continues the value
//! before it; an empty line, or one that is no header at all, ends the block (what follows is the
//! description). Bytes that are not UTF-8 are replaced: only free text has any.

use std::borrow::Cow;

/// One header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header<'a> {
    /// The line it begins on, from 1.
    pub line: usize,
    /// The name as written.
    pub name: &'a str,
    /// The value, trimmed; the lines of a continued one are joined by a space.
    pub value: Cow<'a, str>,
}

impl Header<'_> {
    /// Whether this is the header `name`.
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

/// Reads the headers in order; the body is not looked at.
pub(crate) fn read(bytes: &[u8]) -> Vec<Header<'_>> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut headers: Vec<Header<'_>> = Vec::new();
    let mut rest = bytes;
    let mut number = 0;
    while !rest.is_empty() {
        let (line, after) = split_line(rest);
        rest = after;
        number += 1;
        match line.first() {
            None => break,
            Some(b' ' | b'\t') => continue_value(headers.last_mut(), line),
            // an mbox envelope; `email` skips it too
            Some(_) if number == 1 && line.starts_with(b"From ") => {}
            Some(_) => match header_name(line) {
                None => break,
                Some("") => {}
                Some(name) => headers.push(Header {
                    line: number,
                    name,
                    value: trimmed(&line[name.len() + 1..]),
                }),
            },
        }
    }
    headers
}

/// The first line without its end, and what follows it; `\n`, `\r\n` and `\r` end lines.
fn split_line(bytes: &[u8]) -> (&[u8], &[u8]) {
    let Some(end) = bytes.iter().position(|b| matches!(b, b'\n' | b'\r')) else {
        return (bytes, &[]);
    };
    let width = if bytes[end..].starts_with(b"\r\n") {
        2
    } else {
        1
    };
    (&bytes[..end], &bytes[end + width..])
}

/// The name of the header on this line: printable ASCII up to a colon.
fn header_name(line: &[u8]) -> Option<&str> {
    let end = line
        .iter()
        .position(|b| !(b'!'..=b'~').contains(b) || *b == b':')?;
    if line[end] != b':' {
        return None;
    }
    std::str::from_utf8(&line[..end]).ok()
}

fn trimmed(value: &[u8]) -> Cow<'_, str> {
    match String::from_utf8_lossy(value) {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    }
}

fn continue_value(header: Option<&mut Header<'_>>, line: &[u8]) {
    // a continuation with nothing before it is a defect that `email` passes over
    let Some(header) = header else { return };
    let more = trimmed(line);
    if !more.is_empty() {
        let value = header.value.to_mut();
        if !value.is_empty() {
            value.push(' ');
        }
        value.push_str(&more);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &[u8], expected: &[(usize, &str, &str)]) {
        let headers = read(input);
        let found: Vec<_> = headers
            .iter()
            .map(|h| (h.line, h.name, h.value.as_ref()))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn reads_as_email_does() {
        check(b"A: 1\nB:2\n\nC: 3\n", &[(1, "A", "1"), (2, "B", "2")]);
        check(
            b"A: 1\r\nB: 2\rC: 3",
            &[(1, "A", "1"), (2, "B", "2"), (3, "C", "3")],
        );
        check(
            b"A: x,\n   y\n\tz\nB: 1\n",
            &[(1, "A", "x, y z"), (4, "B", "1")],
        );
        check(b"A: 1\nno header here\nB: 2\n", &[(1, "A", "1")]);
        check(b"\xef\xbb\xbfA: caf\xe9\n", &[(1, "A", "caf\u{fffd}")]);
        check(
            b" lost\nA: 1\n:empty\nB: 2",
            &[(2, "A", "1"), (4, "B", "2")],
        );
        check(b"", &[]);
    }
}
