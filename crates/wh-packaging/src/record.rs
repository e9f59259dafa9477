//! RECORD: the list of installed files (recording installed projects; binary distribution format).

/// One row: path, `sha256=urlsafe-base64-no-pad` or nothing, size or nothing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RecordRow {
    /// Path with `/`, relative to the folder that holds the dist-info, or absolute.
    pub path: String,
    /// `algorithm=digest`, as written.
    pub hash: Option<String>,
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
        if fields.len() > 1 || !fields[0].is_empty() {
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
    if value.contains([',', '"', '\n', '\r']) {
        text.push('"');
        text.push_str(&value.replace('"', "\"\""));
        text.push('"');
    } else {
        text.push_str(value);
    }
}

fn row(fields: Vec<String>) -> Result<RecordRow, String> {
    if fields.len() > 3 {
        return Err(format!("{} fields instead of three", fields.len()));
    }
    let mut fields = fields.into_iter();
    let path = fields.next().unwrap_or_default();
    if path.is_empty() {
        return Err("the path is missing".to_owned());
    }
    let hash = fields.next().filter(|hash| !hash.is_empty());
    let size = match fields.next().as_deref() {
        None | Some("") => None,
        Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => Some(
            digits
                .parse()
                .map_err(|_| format!("size `{digits}` is too big"))?,
        ),
        Some(other) => return Err(format!("size `{other}` is not a number")),
    };
    Ok(RecordRow { path, hash, size })
}

/// Walks over CSV, row by row.
struct Reader<'a> {
    rest: &'a str,
    line: usize,
}

impl Reader<'_> {
    /// The fields of the next row; at least one.
    fn row(&mut self) -> Result<Vec<String>, RecordError> {
        let mut fields = Vec::with_capacity(3);
        loop {
            fields.push(self.field()?);
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
    fn field(&mut self) -> Result<String, RecordError> {
        let mut value = String::new();
        if self.rest.starts_with('"') {
            self.quoted(&mut value)?;
        }
        let end = self.rest.find([',', '\n', '\r']).unwrap_or(self.rest.len());
        value.push_str(&self.rest[..end]);
        self.rest = &self.rest[end..];
        Ok(value)
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
