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
    let _ = text;
    todo!()
}

/// Writes RECORD as Python's `csv` module would, rows as given, lines ended by `\n`.
pub fn write(rows: &[RecordRow]) -> String {
    let _ = rows;
    todo!()
}
