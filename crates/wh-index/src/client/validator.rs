//! By what two answers are known to be of the same bytes (RFC 9110, sections 8.8 and 13.1.5).

use http::HeaderMap;
use http::header::{DATE, ETAG, HeaderName, LAST_MODIFIED};
use jiff::Timestamp;

/// What may stand in `If-Range`: a strong ETag, else the date of the last change, where the answer
/// is at least a second younger (section 8.8.2.2). A weak ETag says nothing of bytes, and where
/// there is one the date says no more.
pub fn validator(headers: &HeaderMap) -> Option<String> {
    if let Some(etag) = headers.get(ETAG) {
        let etag = etag.to_str().ok()?;
        let strong = etag.len() > 2 && etag.starts_with('"') && etag.ends_with('"');
        return strong.then(|| etag.to_owned());
    }
    let changed = date(headers, LAST_MODIFIED)?;
    let answered = date(headers, DATE)?;
    if answered.as_second() - changed.as_second() < 1 {
        return None;
    }
    headers.get(LAST_MODIFIED)?.to_str().ok().map(str::to_owned)
}

fn date(headers: &HeaderMap, name: HeaderName) -> Option<Timestamp> {
    http_date(headers.get(name)?.to_str().ok()?)
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`, the form that senders must use (RFC 9110, section 5.6.7).
pub(super) fn http_date(text: &str) -> Option<Timestamp> {
    jiff::fmt::rfc2822::parse(text)
        .ok()
        .map(|date| date.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(headers: &[(&str, &str)], expected: Option<&str>) {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect();
        assert_eq!(validator(&headers).as_deref(), expected, "{headers:?}");
    }

    #[test]
    fn only_what_tells_bytes_apart() {
        let changed = ("last-modified", "Sun, 06 Nov 1994 08:49:37 GMT");
        let later = ("date", "Sun, 06 Nov 1994 08:49:38 GMT");
        check(&[("etag", "\"a\"")], Some("\"a\""));
        check(&[("etag", "\"a\""), changed, later], Some("\"a\""));
        check(&[("etag", "W/\"a\""), changed, later], None);
        check(&[("etag", "\"\"")], None);
        check(&[changed, later], Some("Sun, 06 Nov 1994 08:49:37 GMT"));
        check(&[changed, ("date", changed.1)], None);
        check(&[changed], None);
        check(&[("last-modified", "yesterday"), later], None);
        check(&[], None);
    }
}
