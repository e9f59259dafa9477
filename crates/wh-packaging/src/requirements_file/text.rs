//! From the bytes of a requirements file to text: byte order marks, then a PEP 263 line, then UTF-8.

/// Why bytes are no text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EncodingError {
    /// They are not what their mark, or the lack of one, says.
    #[error("the file is not {0}")]
    Invalid(&'static str),
    /// The file names an encoding that is not known here.
    #[error("the encoding `{0}` is not known")]
    Unknown(String),
}

/// The text of a requirements file.
///
/// UTF-8, UTF-16 and UTF-32 with a byte order mark (PowerShell writes UTF-16), ASCII, UTF-8 and
/// Latin-1 by a `# -*- coding: ... -*-` line among the first two, else UTF-8.
///
/// # Errors
/// See [`EncodingError`].
pub fn decode(bytes: &[u8]) -> Result<String, EncodingError> {
    match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => utf8(rest),
        [0xff, 0xfe, 0, 0, rest @ ..] => utf32(rest, u32::from_le_bytes),
        [0, 0, 0xfe, 0xff, rest @ ..] => utf32(rest, u32::from_be_bytes),
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        _ => match declared(bytes) {
            None => utf8(bytes),
            Some(name) => match name.to_ascii_lowercase().replace('_', "-").as_str() {
                "utf-8" | "utf8" | "ascii" | "us-ascii" => utf8(bytes),
                "latin-1" | "latin1" | "iso-8859-1" | "iso8859-1" => {
                    Ok(bytes.iter().copied().map(char::from).collect())
                }
                _ => Err(EncodingError::Unknown(name)),
            },
        },
    }
}

/// The encoding that a comment in the first two lines names.
fn declared(bytes: &[u8]) -> Option<String> {
    let lines = bytes.split(|b| *b == b'\n').take(2);
    lines
        .filter(|line| line.starts_with(b"#"))
        .find_map(|line| {
            let line = String::from_utf8_lossy(line);
            let (_, after) = line.split_once("coding")?;
            let name = after.strip_prefix([':', '='])?.trim_start();
            let end = name
                .find(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_' | '.')))
                .unwrap_or(name.len());
            (end > 0).then(|| name[..end].to_owned())
        })
}

fn utf8(bytes: &[u8]) -> Result<String, EncodingError> {
    String::from_utf8(bytes.to_vec()).map_err(|_| EncodingError::Invalid("UTF-8"))
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, EncodingError> {
    let (units, rest) = bytes.as_chunks::<2>();
    char::decode_utf16(units.iter().copied().map(unit))
        .collect::<Result<String, _>>()
        .ok()
        .filter(|_| rest.is_empty())
        .ok_or(EncodingError::Invalid("UTF-16"))
}

fn utf32(bytes: &[u8], unit: fn([u8; 4]) -> u32) -> Result<String, EncodingError> {
    let (units, rest) = bytes.as_chunks::<4>();
    units
        .iter()
        .map(|bytes| char::from_u32(unit(*bytes)))
        .collect::<Option<String>>()
        .filter(|_| rest.is_empty())
        .ok_or(EncodingError::Invalid("UTF-32"))
}
