//! URLs as text: what freeze prints must be what was written, so nothing is parsed and written
//! anew.

use std::path::{Path, PathBuf};

use url::Url;

/// The path of a `file:` URL.
pub(crate) fn local_path(url: &str) -> Option<PathBuf> {
    let url = url
        .get(..5)
        .filter(|scheme| scheme.eq_ignore_ascii_case("file:"))
        .map(|_| url)?;
    Url::parse(url).ok()?.to_file_path().ok()
}

/// A path as `file:` URL, quoted as Python's `Path.as_uri` quotes.
pub(super) fn file_url(path: &Path) -> String {
    let path = path.to_string_lossy().replace('\\', "/");
    let start = if path.starts_with('/') {
        "file://"
    } else {
        "file:///"
    };
    format!(
        "{start}{}",
        quote(&path, if cfg!(windows) { ":" } else { "" })
    )
}

/// Percent-encodes all but letters, digits, `_.-~/` and what is given.
pub(super) fn quote(text: &str, safe: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        let c = char::from(byte);
        if c.is_ascii_alphanumeric() || "_.-~/".contains(c) || safe.contains(c) {
            out.push(c);
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn paths_of_file_urls() {
        let path = |url| local_path(url).map(|path| path.display().to_string());
        assert_eq!(path("file:///a%20b/c").as_deref(), Some("/a b/c"));
        assert_eq!(path("FILE:///a").as_deref(), Some("/a"));
        assert_eq!(path("https://x.example/a"), None);
        assert_eq!(path("fil\u{e9}"), None);
        assert_eq!(
            file_url(Path::new("/a b/(é)")),
            "file:///a%20b/%28%C3%A9%29"
        );
    }
}
