//! URLs as text: what freeze prints must be what was written, so nothing is parsed and written
//! anew.

use std::path::{Path, PathBuf};

use url::Url;

/// The URL without `user:password@`; `None` where it has nothing to hide. `git@`, a user name of
/// an ssh URL, and names of environment variables (`${USER}:${TOKEN}@`) stay (PEP 610).
pub(super) fn without_credentials(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (user, _) = rest[..end].rsplit_once('@')?;
    let keeps = user == "git"
        || (scheme.contains("ssh") && !user.contains(':'))
        || user.split(':').count() <= 2 && user.split(':').all(is_variable);
    (!keeps).then(|| format!("{scheme}://{}", &rest[user.len() + 1..]))
}

/// `${NAME}`
fn is_variable(text: &str) -> bool {
    let name = text
        .strip_prefix("${")
        .and_then(|rest| rest.strip_suffix('}'));
    name.is_some_and(|name| {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        !name.is_empty() && name.chars().all(allowed)
    })
}

/// The path of a `file:` URL.
pub(super) fn local_path(url: &str) -> Option<PathBuf> {
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

    #[track_caller]
    fn check(url: &str, expected: Option<&str>) {
        assert_eq!(without_credentials(url).as_deref(), expected, "{url}");
    }

    #[test]
    fn credentials_go_and_what_is_none_stays() {
        check("https://me:secret@x.example/a", Some("https://x.example/a"));
        check("https://token@x.example/a", Some("https://x.example/a"));
        check("git+https://a:b@c@x.example", Some("git+https://x.example"));
        check("ssh://me:secret@x.example/a", Some("ssh://x.example/a"));
        for url in [
            "https://x.example/a@1#egg=b",
            "git+ssh://git@x.example/a",
            "ssh://me@x.example/a",
            "https://${USER}:${TOKEN}@x.example/a",
            "https://${TOKEN}@x.example/a",
            "file:///a@b/c:d@e",
            "no url at all",
        ] {
            check(url, None);
        }
    }

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
