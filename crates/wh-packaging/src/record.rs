//! RECORD: the list of installed files (recording installed projects; binary distribution format).

use std::borrow::Cow;
use std::sync::Arc;

use memchr::{memchr, memchr3};

/// One row: path, `sha256=urlsafe-base64-no-pad` or nothing, size or nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordRow {
    /// Path with `/`, relative to the folder that holds the dist-info, or absolute.
    pub path: String,
    /// `algorithm=digest`, as written; shared by all that speak of the file.
    pub hash: Option<Arc<str>>,
    /// Bytes.
    pub size: Option<u64>,
}

/// Why RECORD could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("RECORD line {line}: {reason}")]
pub struct RecordError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub reason: String,
}

/// Reads RECORD: CSV as Python's `csv` module writes and reads it.
///
/// # Errors
/// A row has another number of fields than three (older writers: one or two are read as such), a
/// size is not a number, or quotes do not close.
pub fn parse(text: &str) -> Result<Vec<RecordRow>, RecordError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = Reader {
        rest: text,
        line: 1,
    };
    let mut rows = Vec::new();
    while !reader.rest.is_empty() {
        let line = reader.line;
        let fields = reader.row()?;
        // an empty line is no row
        if fields.count > 1 || !fields.first[0].is_empty() {
            rows.push(row(fields).map_err(|reason| RecordError { line, reason })?);
        }
    }
    Ok(rows)
}

/// Writes RECORD as Python's `csv` module would, rows as given, lines ended by `\n`.
pub fn write(rows: &[RecordRow]) -> String {
    let mut text = String::new();
    for row in rows {
        write_row(&mut text, &row.path, row.hash.as_deref(), row.size);
    }
    text
}

/// Adds one row to what [`write`] would write.
pub fn write_row(text: &mut String, path: &str, hash: Option<&str>, size: Option<u64>) {
    use std::fmt::Write as _;
    field(text, path);
    text.push(',');
    field(text, hash.unwrap_or_default());
    text.push(',');
    if let Some(size) = size {
        // a String takes whatever is written to it
        let _ = write!(text, "{size}");
    }
    text.push('\n');
}

/// Quotes a field only where it must be (`csv.QUOTE_MINIMAL`).
fn field(text: &mut String, value: &str) {
    let bytes = value.as_bytes();
    if memchr3(b',', b'"', b'\n', bytes).is_some() || memchr(b'\r', bytes).is_some() {
        text.push('"');
        text.push_str(&value.replace('"', "\"\""));
        text.push('"');
    } else {
        text.push_str(value);
    }
}

/// The fields of a row: the first of them, and how many there are.
#[derive(Default)]
struct Fields<'a> {
    first: [Cow<'a, str>; 3],
    count: usize,
}

fn row(Fields { first, count }: Fields<'_>) -> Result<RecordRow, String> {
    if count > 3 {
        return Err(format!("{count} fields instead of three"));
    }
    let [path, hash, size] = first;
    if path.is_empty() {
        return Err("the path is missing".to_owned());
    }
    let size = match &*size {
        "" => None,
        digits if digits.bytes().all(|b| b.is_ascii_digit()) => Some(
            digits
                .parse()
                .map_err(|_| format!("size `{digits}` is too big"))?,
        ),
        other => return Err(format!("size `{other}` is not a number")),
    };
    Ok(RecordRow {
        path: path.into_owned(),
        hash: (!hash.is_empty()).then(|| hash.into()),
        size,
    })
}

/// Walks over CSV, row by row.
struct Reader<'a> {
    rest: &'a str,
    line: usize,
}

impl<'a> Reader<'a> {
    /// The fields of the next row; at least one.
    fn row(&mut self) -> Result<Fields<'a>, RecordError> {
        let mut fields = Fields::default();
        loop {
            let field = self.field()?;
            if let Some(place) = fields.first.get_mut(fields.count) {
                *place = field;
            }
            fields.count += 1;
            match self.rest.as_bytes().first() {
                Some(b',') => self.rest = &self.rest[1..],
                _ => break,
            }
        }
        self.end_of_line();
        Ok(fields)
    }

    /// One field: a quoted part, where it begins with a quote, and what stands before the next
    /// comma or line end.
    fn field(&mut self) -> Result<Cow<'a, str>, RecordError> {
        let mut quoted = String::new();
        let is_quoted = self.rest.starts_with('"');
        if is_quoted {
            self.quoted(&mut quoted)?;
        }
        let end = memchr3(b',', b'\n', b'\r', self.rest.as_bytes()).unwrap_or(self.rest.len());
        let (plain, rest) = self.rest.split_at(end);
        self.rest = rest;
        Ok(match is_quoted {
            true => Cow::Owned(quoted + plain),
            false => Cow::Borrowed(plain),
        })
    }

    fn quoted(&mut self, value: &mut String) -> Result<(), RecordError> {
        let begin = self.line;
        self.rest = &self.rest[1..];
        loop {
            let Some(end) = self.rest.find('"') else {
                return Err(RecordError {
                    line: begin,
                    reason: "quotes are opened and not closed".to_owned(),
                });
            };
            let part = &self.rest[..end];
            self.line += part.matches('\n').count();
            value.push_str(part);
            self.rest = &self.rest[end + 1..];
            if !self.rest.starts_with('"') {
                return Ok(());
            }
            value.push('"');
            self.rest = &self.rest[1..];
        }
    }

    fn end_of_line(&mut self) {
        self.rest = self
            .rest
            .strip_prefix("\r\n")
            .or_else(|| self.rest.strip_prefix(['\n', '\r']))
            .unwrap_or(self.rest);
        self.line += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(path: &str, hash: Option<&str>, size: Option<u64>) -> RecordRow {
        RecordRow {
            path: path.into(),
            hash: hash.map(Into::into),
            size,
        }
    }

    #[test]
    fn reads_what_python_writes() {
        let text = "a/b.py,sha256=AA,3\r\n\"a,\"\"b\"\"\nc.py\",,\n\nold.py\nolder.py,md5=x\n";
        let rows = parse(text).unwrap();
        assert_eq!(
            rows,
            [
                new("a/b.py", Some("sha256=AA"), Some(3)),
                new("a,\"b\"\nc.py", None, None),
                new("old.py", None, None),
                new("older.py", Some("md5=x"), None),
            ]
        );
        assert_eq!(parse(&write(&rows)).unwrap(), rows);
    }

    #[test]
    fn writes_as_python_does() {
        let rows = [
            new("a,b.py", Some("sha256=AA"), Some(3)),
            new("x/RECORD", None, None),
        ];
        assert_eq!(write(&rows), "\"a,b.py\",sha256=AA,3\nx/RECORD,,\n");
    }

    #[test]
    fn says_which_line_is_wrong() {
        let check = |text: &str, line: usize| assert_eq!(parse(text).unwrap_err().line, line);
        check("a,,\nb,,,\n", 2);
        check("a,,x\n", 1);
        check("a,,-1\n", 1);
        check("\"a\nb\",,\n\"c", 3);
        check("a,,\n,,\n", 2);
        check("a,,99999999999999999999999\n", 1);
    }
}
