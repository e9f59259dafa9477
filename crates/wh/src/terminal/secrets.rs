//! No word that leaves `wh` has a password in it.
//!
//! URLs come from many hands: options, requirements files, METADATA, pages. Each may have
//! `user:password@`, and each may end up in an error, a warning, a report or a log. So it is taken
//! out where words leave, whatever they are made of. A password that was not encoded as it should be
//! (`https://me:pa/ss@host/`) is one too: what cannot be a host before the first `/` is taken for
//! the beginning of credentials, up to the next `@`. Rather too much is taken out than too little.

use serde_json::Value;
use wh_packaging::direct_url::without_credentials;

/// What hints say.
const PLACEHOLDER: &str = "USER:PASSWORD@";

/// The text, its URLs without credentials. What PEP 610 lets stand (`git@`, `${VAR}`) stays.
pub fn without_secrets(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let scheme = rest[..at]
            .trim_end_matches(|c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
            .len();
        out.push_str(&rest[..scheme]);
        let authority = authority(&rest[at + 3..]);
        let end = at + 3 + authority.len();
        let url = &rest[scheme..end];
        match secret_in(authority).filter(|_| !authority.starts_with(PLACEHOLDER)) {
            // a path may be a URL again: it is looked at next
            None => out.push_str(url),
            Some(Secret::Credentials) => {
                out.push_str(without_credentials(url).as_deref().unwrap_or(url));
            }
            Some(Secret::Perhaps) => out.push_str(&rest[scheme..at + 3]),
        }
        rest = &rest[end..];
    }
    out + rest
}

/// A text that was given as a URL and need not be one, without what looks like credentials.
pub fn url_without_secrets(text: &str) -> String {
    match (text.contains("://"), text.rsplit_once('@')) {
        (false, Some((_, host))) => host.to_owned(),
        (false, None) => text.to_owned(),
        (true, _) => without_secrets(text),
    }
}

/// JSON as text, each of its strings without secrets.
pub fn json_without_secrets(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(start) = rest.find('"') {
        let length = string_length(&rest[start..]);
        let (before, string) = rest[..start + length].split_at(start);
        out.push_str(before);
        match serde_json::from_str::<String>(string) {
            Ok(text) if text.contains("://") => {
                out.push_str(&Value::String(without_secrets(&text)).to_string());
            }
            _ => out.push_str(string),
        }
        rest = &rest[start + length..];
    }
    out + rest
}

/// Bytes of a string in JSON, its quotes included.
fn string_length(json: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in json.bytes().enumerate().skip(1) {
        match byte {
            b'"' if !escaped => return at + 1,
            b'\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    json.len()
}

enum Secret {
    /// `user:password@host`.
    Credentials,
    /// What cannot be a host, up to an `@`.
    Perhaps,
}

/// The beginning of what follows a `://`: a host, what stands before it, and no more; or all that may
/// be a password, its `@` included.
fn authority(rest: &str) -> &str {
    let stop = |c: char| c.is_whitespace() || matches!(c, '"' | '`');
    let word = &rest[..rest.find(stop).unwrap_or(rest.len())];
    let authority = &word[..word.find(['/', '?', '#']).unwrap_or(word.len())];
    if authority.contains('@') || is_host(authority) {
        return authority;
    }
    let line = &rest[..rest.find('\n').unwrap_or(rest.len())];
    match line.rfind('@') {
        Some(at) => &line[..=at],
        None => authority,
    }
}

fn secret_in(authority: &str) -> Option<Secret> {
    if is_host(authority) || !authority.contains('@') {
        None
    } else if authority.ends_with('@') {
        Some(Secret::Perhaps)
    } else {
        Some(Secret::Credentials)
    }
}

/// Whether a text can be a host, perhaps with a port.
fn is_host(text: &str) -> bool {
    // what stands behind it in a sentence
    let text = text.trim_end_matches(['\'', ',', ';', '.', ')', '>', '}']);
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !text.ends_with(']') => (host, Some(port)),
        _ => (text, None),
    };
    let in_name =
        |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '%' | '$' | '{' | '}');
    let in_address = |c: char| c.is_ascii_hexdigit() || matches!(c, ':' | '.' | '%');
    let address = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    let is_name = address.map_or(host.chars().all(in_name), |a| a.chars().all(in_address));
    is_name && port.is_none_or(|port| port.parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(without_secrets(text), expected);
    }

    #[test]
    fn passwords_go_wherever_they_stand() {
        check("nothing", "nothing");
        check(
            "`ftp://u:p@h/x` and a @ https://u:p@h:1/x#y (r.txt:1)",
            "`ftp://h/x` and a @ https://h:1/x#y (r.txt:1)",
        );
        check(
            "{\"url\":\"git+https://token@h/x\"}",
            "{\"url\":\"git+https://h/x\"}",
        );
        check("http://u:p@[bad", "http://[bad");
        check("a://b://u:p@h", "a://h");
        check("https://h/https://u:p@i/x", "https://h/https://i/x");
        check(
            "'http://u:p@h/x', 'http://h/y'",
            "'http://h/x', 'http://h/y'",
        );
    }

    #[test]
    fn so_do_those_that_were_not_encoded() {
        check("http://u:p/w@h/x", "http://h/x");
        check("http://u:p?w@h/x", "http://h/x");
        check("http://u:p#w@h/x is bad", "http://h/x is bad");
        check("http://u:p w@h/x is bad", "http://h/x is bad");
        check("http://u:p'w@h/x", "http://h/x");
        check("http://u:p\"w@h/x", "http://h/x");
        check("http://u:p@w@h/x", "http://h/x");
    }

    #[test]
    fn what_is_no_secret_stays() {
        for text in [
            "git+ssh://git@h/x",
            "--proxy http://USER:PASSWORD@HOST:PORT",
            "https://${USER}:${WORD}@h/",
            "https://h:8080/x@1.0",
            "git+https://h/x.git@v1",
            "http://[::1]:80/a@b",
            "file:///home/me/a@b.whl",
            "://",
            "a@b",
            "é://é",
        ] {
            check(text, text);
        }
    }

    #[test]
    fn what_was_given_as_a_url() {
        let check = |text: &str, expected: &str| assert_eq!(url_without_secrets(text), expected);
        check("u:p@h:80", "h:80");
        check("u:p w@h:80", "h:80");
        check("http://u:p w@h", "http://h");
        check("ftp://h/x", "ftp://h/x");
        check("h", "h");
    }

    proptest! {
        /// Whatever a password is made of: it is not in what leaves. (What reads as a port or as a
        /// host, before a `/` or a blank that was not encoded, cannot be told from one.)
        #[test]
        fn no_password_leaves(password in "[ -~]{0,12}x7q[ -~]{0,12}", port in 1u16..) {
            let first = password.split(['/', '?', '#', ' ', '"', '`', '\'', ',', ';', '.', ')', '>', '}']).next().unwrap_or_default();
            let before_path = password.split(['/', '?', '#', ' ', '"', '`']).next();
            let reads_as_url = before_path.is_some_and(|part| part != password && part.contains('@'));
            prop_assume!(first.parse::<u16>().is_err() && !reads_as_url);
            let url = format!("https://keeper:{password}@host.example:{port}/simple/");
            for text in [
                url.clone(),
                format!("`{url}` is bad"),
                format!("error: no page at {url}: 404\nhint: look"),
                format!("app @ {url} (r.txt:1)"),
            ] {
                let left = without_secrets(&text);
                prop_assert!(!left.contains("x7q"), "{}", left);
            }
            let json = serde_json::json!({"z": [{"url": url.clone(), "b\\": 1}], "a": "\\\""});
            let left = json_without_secrets(&json.to_string());
            prop_assert!(!left.contains("x7q"), "{}", left);
            prop_assert!(serde_json::from_str::<Value>(&left).is_ok());
            prop_assert!(!url_without_secrets(&url).contains("x7q"));
        }
    }
}
