//! One file over HTTP into its part: requests, resumption, and when to begin anew.
//!
//! A cut download goes on where it was cut (Range with If-Range, RFC 9110, sections 13.1.5 and
//! 14). A server that sends the whole file again, or another file than before, makes it begin anew;
//! and what was put together from pieces and turns out wrong is fetched once more in one piece.

use http::StatusCode;
use http::header::{self, HeaderMap};
use reqwest::Response;
use wh_packaging::{DistributionFile, Event, Hashes};

use super::DownloadError;
use super::expected::Expected;
use super::keep::hashes_of;
use super::obtain::Workshop;
use super::part::Part;
use crate::client::{ByteRange, ClientError, without_credentials};

/// Bytes that are handed over at a time.
const PIECE: usize = 128 << 10;

/// An attempt that brought so much was worth it: it does not count.
const PROGRESS: u64 = 1 << 20;

/// Why an attempt ended before the file did.
enum Stop {
    /// The other side, or the line.
    Line(ClientError),
    /// What is there is of no use: begin anew.
    Restart(&'static str),
    /// Here.
    Here(DownloadError),
}

impl From<DownloadError> for Stop {
    fn from(error: DownloadError) -> Self {
        Stop::Here(error)
    }
}

/// A file on its way from a server.
pub(super) struct Fetch<'a> {
    pub workshop: &'a Workshop,
    pub file: &'a DistributionFile,
    pub expected: &'a Expected,
    pub part: &'a mut Part,
    /// The strong validator of what is there.
    validator: Option<String>,
    /// Whether more than one answer went into it.
    pieced: bool,
    announced: bool,
}

impl<'a> Fetch<'a> {
    pub(super) fn new(
        workshop: &'a Workshop,
        file: &'a DistributionFile,
        expected: &'a Expected,
        part: &'a mut Part,
    ) -> Self {
        Self {
            workshop,
            file,
            expected,
            part,
            validator: None,
            pieced: false,
            announced: false,
        }
    }

    /// Fetches all of it; size and digests are right when it returns.
    pub(super) async fn run(mut self) -> Result<Hashes, DownloadError> {
        let policy = self.workshop.client.retry();
        let mut attempts = policy.attempts();
        let mut restarts = 0;
        loop {
            let before = self.part.position();
            let stop = match self.attempt().await {
                Ok(hashes) => return Ok(hashes),
                Err(stop) => stop,
            };
            match stop {
                Stop::Here(error) => return Err(error),
                Stop::Restart(reason) => {
                    restarts += 1;
                    if restarts > 3 {
                        return Err(self.failed(self.garbage(reason)));
                    }
                    self.begin_anew(reason).await?;
                }
                Stop::Line(error) => {
                    if self.part.position() >= before + PROGRESS {
                        attempts = policy.attempts();
                    }
                    let Some(delay) = attempts.after(&error) else {
                        return Err(self.failed(error));
                    };
                    self.retried(&error.to_string(), 0);
                    tokio::time::sleep(delay).await;
                }
            }
        }
    }

    async fn attempt(&mut self) -> Result<Hashes, Stop> {
        let from = self.part.position();
        // what was cut after the last byte needs no request
        if from == 0 || Some(from) != self.expected.size {
            let response = self.request(from).await?;
            self.accept(&response, from).await?;
            self.announce(&response);
            self.stream(response).await?;
        }
        self.judge().await
    }

    async fn request(&self, from: u64) -> Result<Response, Stop> {
        let range = (from > 0).then_some(ByteRange {
            from,
            to: None,
            if_range: self.validator.as_deref(),
        });
        match self.workshop.client.file(&self.file.url, range).await {
            Ok(response) => Ok(response),
            Err(error) if from > 0 && error.status() == Some(416) => {
                Err(Stop::Restart("the server has no bytes from there on"))
            }
            Err(error) => Err(Stop::Line(error)),
        }
    }

    /// Whether the answer goes on where the part ends; an answer from the start replaces it.
    async fn accept(&mut self, response: &Response, from: u64) -> Result<(), Stop> {
        let headers = response.headers();
        if is_encoded(headers) {
            let error = self.garbage("its content is encoded, though `identity` was asked for");
            return Err(Stop::Line(error));
        }
        match response.status() {
            StatusCode::OK => {
                if from > 0 {
                    self.begin_anew("the server sends the whole file again")
                        .await?;
                }
                self.validator = validator(headers);
                Ok(())
            }
            StatusCode::PARTIAL_CONTENT if from > 0 => {
                if first_byte(headers) != Some(from) {
                    return Err(Stop::Restart("the server sends other bytes than asked for"));
                }
                if validator(headers).is_some_and(|now| Some(now) != self.validator) {
                    return Err(Stop::Restart("the file changed meanwhile"));
                }
                self.pieced = true;
                Ok(())
            }
            _ => Err(Stop::Line(self.garbage(
                "a piece of the file came where all of it was asked for",
            ))),
        }
    }

    async fn stream(&mut self, mut response: Response) -> Result<(), Stop> {
        let mut piece = Vec::with_capacity(PIECE);
        let ended = loop {
            match response.chunk().await {
                Ok(Some(chunk)) => {
                    piece.extend_from_slice(&chunk);
                    self.limit(self.part.position() + piece.len() as u64)?;
                    if piece.len() >= PIECE {
                        let full = std::mem::replace(&mut piece, Vec::with_capacity(PIECE));
                        self.hand_over(full).await?;
                    }
                }
                Ok(None) => break Ok(()),
                Err(error) => {
                    break Err(Stop::Line(ClientError::from_reqwest(
                        &self.file.url,
                        &error,
                    )));
                }
            }
        };
        if !piece.is_empty() {
            self.hand_over(piece).await?;
        }
        ended
    }

    async fn hand_over(&mut self, piece: Vec<u8>) -> Result<(), DownloadError> {
        self.workshop.reporter.event(Event::FileProgress {
            file: &self.file.name,
            bytes: piece.len() as u64,
        });
        self.part.write(piece).await
    }

    /// More than was announced is not read to its end.
    fn limit(&self, bytes: u64) -> Result<(), Stop> {
        match self.expected.size {
            Some(expected) if bytes > expected => Err(self.wrong_size(expected, bytes)),
            _ => Ok(()),
        }
    }

    async fn judge(&mut self) -> Result<Hashes, Stop> {
        let size = self.part.position();
        if let Some(expected) = self.expected.size
            && expected != size
        {
            return Err(self.wrong_size(expected, size));
        }
        let mut actual = self.part.sha256().await?;
        let algorithms = self.expected.algorithms();
        if algorithms.len() > 1 {
            actual = hashes_of(self.part.path(), &algorithms)?;
        }
        if self.expected.admits(&actual) {
            return Ok(actual);
        }
        if self.pieced {
            return Err(Stop::Restart("the pieces do not fit together"));
        }
        Err(Stop::Here(DownloadError::HashMismatch {
            file: self.file.name.clone(),
            url: without_credentials(&self.file.url),
            expected: self.expected.failed_by(&actual),
            actual,
        }))
    }

    fn wrong_size(&self, expected: u64, actual: u64) -> Stop {
        if self.pieced {
            return Stop::Restart("the pieces do not fit together");
        }
        Stop::Here(DownloadError::SizeMismatch {
            file: self.file.name.clone(),
            url: without_credentials(&self.file.url),
            expected,
            actual,
        })
    }

    async fn begin_anew(&mut self, reason: &str) -> Result<(), DownloadError> {
        self.retried(reason, self.part.position());
        self.pieced = false;
        self.validator = None;
        self.part.restart().await
    }

    fn announce(&mut self, response: &Response) {
        if !std::mem::replace(&mut self.announced, true) {
            self.workshop.reporter.event(Event::FileStarted {
                file: &self.file.name,
                size: self.expected.size.or_else(|| response.content_length()),
            });
        }
    }

    fn retried(&self, reason: &str, discarded: u64) {
        self.workshop.reporter.event(Event::FileRetried {
            file: &self.file.name,
            reason,
            discarded,
        });
    }

    fn garbage(&self, reason: &str) -> ClientError {
        ClientError::Garbage {
            url: without_credentials(&self.file.url),
            reason: reason.to_owned(),
        }
    }

    fn failed(&self, source: ClientError) -> DownloadError {
        DownloadError::Fetch {
            file: self.file.name.clone(),
            received: self.part.position(),
            source: Box::new(source),
        }
    }
}

/// A strong ETag; a weak one says nothing of bytes.
fn validator(headers: &HeaderMap) -> Option<String> {
    let etag = headers.get(header::ETAG)?.to_str().ok()?;
    (!etag.starts_with("W/")).then(|| etag.to_owned())
}

fn is_encoded(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_ENCODING)
        .is_some_and(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity"))
}

/// The first byte of a `Content-Range: bytes FROM-TO/TOTAL`.
fn first_byte(headers: &HeaderMap) -> Option<u64> {
    let text = headers.get(header::CONTENT_RANGE)?.to_str().ok()?;
    let (from, _) = text.strip_prefix("bytes")?.trim_start().split_once('-')?;
    from.trim().parse().ok()
}
