//! What an index can do wrong, as seen in the field.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::http::{Body, Request, Response};
use super::throttle::Throttle;

/// One misbehaviour, for the paths it is given for ([`super::TestIndex::misbehave`]).
#[derive(Debug, Clone)]
pub struct Fault {
    kind: Kind,
    skip: usize,
    times: usize,
    retry_after: Option<String>,
}

#[derive(Debug, Clone)]
enum Kind {
    Status(u16),
    Cut(u64),
    Stall(u64, Duration),
    WrongBytes,
    NoRange { says_so: bool },
    NoSuffixRange(u16),
    Unsatisfiable,
    WithoutTotal,
    Slow(Duration),
    Rate(u64),
    Redirect(u16, String),
    Auth(String),
    Body(Option<&'static str>, Vec<u8>),
    ContentLength(i64),
    Gzip,
    EtagChanges,
    NoValidator,
    LastModified(String),
    Close,
}

impl Fault {
    fn new(kind: Kind) -> Self {
        Self {
            kind,
            skip: 0,
            times: usize::MAX,
            retry_after: None,
        }
    }

    /// Answers with this status: 401, 403, 404, 429, 500, 503, ...
    pub fn status(status: u16) -> Self {
        Self::new(Kind::Status(status))
    }

    /// Cuts the connection after so many bytes of the body.
    pub fn cut(after: u64) -> Self {
        Self::new(Kind::Cut(after))
    }

    /// Falls silent after so many bytes of the body, for so long, and cuts then.
    pub fn stall(after: u64, pause: Duration) -> Self {
        Self::new(Kind::Stall(after, pause))
    }

    /// The last byte of the body is another one; lengths and ETags are as ever.
    pub fn wrong_bytes() -> Self {
        Self::new(Kind::WrongBytes)
    }

    /// No `Accept-Ranges`, and 200 with the whole body to a range.
    pub fn no_range() -> Self {
        Self::new(Kind::NoRange { says_so: true })
    }

    /// `Accept-Ranges: bytes`, and 200 with the whole body to a range all the same.
    pub fn ignores_range() -> Self {
        Self::new(Kind::NoRange { says_so: false })
    }

    /// This status to `bytes=-N`; ranges from the start are served.
    pub fn no_suffix_range(status: u16) -> Self {
        Self::new(Kind::NoSuffixRange(status))
    }

    /// 416 to every range.
    pub fn unsatisfiable_range() -> Self {
        Self::new(Kind::Unsatisfiable)
    }

    /// `Content-Range: bytes 0-9/*`.
    pub fn range_without_total() -> Self {
        Self::new(Kind::WithoutTotal)
    }

    /// Waits before it answers.
    pub fn slow(delay: Duration) -> Self {
        Self::new(Kind::Slow(delay))
    }

    /// Sends so many bytes per second, for each response.
    pub fn rate(bytes_per_second: u64) -> Self {
        Self::new(Kind::Rate(bytes_per_second))
    }

    /// 302 to another address; `{path}` in it stands for the path asked for, from its `/` on.
    pub fn redirect(to: impl Into<String>) -> Self {
        Self::redirect_with(302, to)
    }

    /// 301, 302, 303, 307 or 308 to another address.
    pub fn redirect_with(status: u16, to: impl Into<String>) -> Self {
        Self::new(Kind::Redirect(status, to.into()))
    }

    /// 401 unless these basic credentials are given.
    pub fn auth(user: &str, password: &str) -> Self {
        Self::new(Kind::Auth(format!(
            "Basic {}",
            STANDARD.encode(format!("{user}:{password}"))
        )))
    }

    /// A body that is neither JSON nor HTML, under the right content type.
    pub fn garbage() -> Self {
        Self::new(Kind::Body(
            None,
            b"\x00\xff<<<{\"files\": [nothing".to_vec(),
        ))
    }

    /// A page of HTML that is no index: a portal's log-in.
    pub fn no_links() -> Self {
        let page = "<!DOCTYPE html><html><body><h1>Please log in</h1></body></html>";
        Self::new(Kind::Body(Some("text/html"), page.into()))
    }

    /// Another body.
    pub fn body(content_type: &'static str, bytes: impl Into<Vec<u8>>) -> Self {
        Self::new(Kind::Body(Some(content_type), bytes.into()))
    }

    /// `Content-Length` is off by so many bytes.
    pub fn content_length(off_by: i64) -> Self {
        Self::new(Kind::ContentLength(off_by))
    }

    /// The body in gzip under `Content-Encoding: gzip`, whatever was asked for.
    pub fn gzip() -> Self {
        Self::new(Kind::Gzip)
    }

    /// Another ETag with each response.
    pub fn etag_changes() -> Self {
        Self::new(Kind::EtagChanges)
    }

    /// No ETag: nothing tells whether the file is still the same.
    pub fn no_validator() -> Self {
        Self::new(Kind::NoValidator)
    }

    /// No ETag, but this `Last-Modified`, and a `Date` of long after it.
    pub fn last_modified(date: &str) -> Self {
        Self::new(Kind::LastModified(date.to_owned()))
    }

    /// Closes the connection after each response, saying so.
    pub fn close() -> Self {
        Self::new(Kind::Close)
    }

    /// Only the first requests that match.
    pub fn first(mut self, times: usize) -> Self {
        self.times = times;
        self
    }

    /// Lets so many requests that match pass before.
    pub fn after(mut self, requests: usize) -> Self {
        self.skip = requests;
        self
    }

    /// `Retry-After` beside the status: seconds or a date.
    pub fn retry_after(mut self, value: impl ToString) -> Self {
        self.retry_after = Some(value.to_string());
        self
    }

    /// Counts a request that matched: is the fault in force for it?
    pub(super) fn strikes(&mut self) -> bool {
        if self.skip > 0 {
            self.skip -= 1;
            return false;
        }
        let strikes = self.times > 0;
        self.times = self.times.saturating_sub(1);
        strikes
    }

    /// Changes the response before ranges and conditions are looked at. `nth` counts requests.
    pub(super) fn apply(&self, request: &Request, response: &mut Response, nth: usize) {
        match &self.kind {
            Kind::Status(status) => self.fail(response, *status),
            Kind::Cut(after) => response.delivery.cut = Some(*after),
            Kind::Stall(after, pause) => response.delivery.stall = Some((*after, *pause)),
            Kind::WrongBytes => {
                let mut bytes = response.body.read().to_vec();
                if let Some(last) = bytes.last_mut() {
                    *last ^= 0xff;
                }
                response.body = Body::new(bytes);
            }
            Kind::NoRange { says_so: true } => response.set("Accept-Ranges", "none"),
            Kind::NoRange { says_so: false } => {}
            Kind::NoSuffixRange(status) => {
                if request.range().is_some_and(|range| range.contains("=-")) {
                    self.fail(response, *status);
                }
            }
            Kind::Unsatisfiable => {
                if request.range().is_some() {
                    self.fail(response, 416);
                }
            }
            Kind::WithoutTotal => response.delivery.without_total = true,
            Kind::Slow(delay) => response.delivery.delay += *delay,
            Kind::Rate(rate) => response.delivery.rate = Some(Throttle::new(*rate)),
            Kind::Redirect(status, to) => {
                self.fail(response, *status);
                response.set("Location", to.replace("{path}", &request.target));
            }
            Kind::Auth(expected) => {
                if request.header("authorization") != Some(expected) {
                    self.fail(response, 401);
                    response.set("WWW-Authenticate", "Basic realm=\"index\"");
                }
            }
            Kind::Body(content_type, bytes) => {
                response.body = Body::new(bytes.clone());
                if let Some(content_type) = content_type {
                    response.set("Content-Type", *content_type);
                }
            }
            Kind::ContentLength(off_by) => response.delivery.lie = *off_by,
            Kind::Gzip => gzip(response),
            Kind::EtagChanges => response.set("ETag", format!("\"changed-{nth}\"")),
            Kind::NoValidator => response.unset("ETag"),
            Kind::LastModified(date) => {
                response.unset("ETag");
                response.set("Last-Modified", date.clone());
                response.set("Date", "Wed, 01 Jan 2098 00:00:00 GMT");
            }
            Kind::Close => response.delivery.close = true,
        }
    }

    /// Whether ranges are not served under this fault.
    pub(super) fn whole_body_only(&self) -> bool {
        matches!(self.kind, Kind::NoRange { .. } | Kind::Gzip)
    }

    fn fail(&self, response: &mut Response, status: u16) {
        let delivery = std::mem::take(&mut response.delivery);
        *response = Response::text(status, "refused by the test index");
        response.delivery = delivery;
        if let Some(value) = &self.retry_after {
            response.set("Retry-After", value.clone());
        }
    }
}

fn gzip(response: &mut Response) {
    let bytes = response.body.read();
    let mut packer = libdeflater::Compressor::new(libdeflater::CompressionLvl::fastest());
    let mut out = vec![0; packer.gzip_compress_bound(bytes.len())];
    let n = packer
        .gzip_compress(&bytes, &mut out)
        .expect("the bound is large enough");
    out.truncate(n);
    response.body = Body::new(out);
    response.set("Content-Encoding", "gzip");
}
