//! No word that leaves `wh` has a password in it.
//!
//! URLs come from many hands: options, requirements files, METADATA, pages. Each may have
//! `user:password@`, and each may end up in an error, a warning, a report or a log. So it is taken
//! out where words leave, whatever they are made of.

use wh_packaging::direct_url::without_credentials;

/// The text, its URLs without credentials. What PEP 610 lets stand (`git@`, `${VAR}`) stays.
pub fn without_secrets(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let scheme = rest[..at]
            .trim_end_matches(|c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
            .len();
        let end = rest[at..]
            .find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`'))
            .map_or(rest.len(), |length| at + length);
        out.push_str(&rest[..scheme]);
        let url = &rest[scheme..end];
        out.push_str(without_credentials(url).as_deref().unwrap_or(url));
        rest = &rest[end..];
    }
    out + rest
}

#[cfg(test)]
mod tests {
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
        check("a://b://u:p@h", "a://b://u:p@h");
    }

    #[test]
    fn what_is_no_secret_stays() {
        for text in [
            "git+ssh://git@h/x",
            "https://${USER}:${WORD}@h/",
            "://",
            "a@b",
            "é://é",
        ] {
            check(text, text);
        }
    }
}
