//! One file over HTTP into its part: requests, resumption, and when to begin anew.
//!
//! A cut download goes on where it was cut, in this run or in the next (Range with If-Range,
//! RFC 9110, sections 13.1.5 and 14). A server that sends the whole file again, or another file
//! than before, makes it begin anew; so does one that gives no validator for a file that nobody
//! gives a digest of. What turns out wrong is fetched once more in one piece.

use reqwest::Response;
use wh_packaging::{DistributionFile, Event, Hashes};

use super::DownloadError;
use super::expected::Expected;
use super::keep::hashes_of;
use super::obtain::Workshop;
use super::part::Part;
use super::resume::Coming;
use crate::client::{ByteRange, ClientError, Unpacking, without_credentials};

mod answer;

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
    /// Where another run can go on with what this one leaves.
    coming: Option<Coming>,
    /// The validator of what is there.
    validator: Option<String>,
    /// The answer comes packed.
    unpacking: Option<Unpacking>,
    /// Whether more than one answer went into it.
    pieced: bool,
    /// Where an answer ended that was whole by its own account, and short of what was announced.
    short: Option<u64>,
    /// Whether a whole answer turned out wrong before.
    doubted: bool,
    announced: bool,
}

impl<'a> Fetch<'a> {
    /// Goes on with what the part has, of which an earlier run noted the validator.
    pub(super) fn new(
        workshop: &'a Workshop,
        file: &'a DistributionFile,
        expected: &'a Expected,
        part: &'a mut Part,
        validator: Option<String>,
    ) -> Self {
        Self {
            workshop,
            file,
            expected,
            coming: Coming::new(file, expected),
            validator,
            unpacking: None,
            pieced: part.position() > 0,
            short: None,
            doubted: false,
            announced: false,
            part,
        }
    }

    /// Fetches all of it; size and digests are right when it returns.
    pub(super) async fn run(mut self) -> Result<Hashes, DownloadError> {
        let policy = self.workshop.client.retry();
        let mut attempts = policy.attempts();
        let mut furthest = self.part.position();
        let mut restarts = 0;
        self.take_up();
        loop {
            let stop = match self.attempt().await {
                Ok(hashes) => return Ok(hashes),
                Err(stop) => stop,
            };
            match stop {
                Stop::Here(error) => {
                    self.part.give_up();
                    return Err(error);
                }
                Stop::Restart(reason) => {
                    restarts += 1;
                    if restarts > 3 {
                        self.part.give_up();
                        return Err(self.failed(self.garbage(reason)));
                    }
                    self.begin_anew(reason).await?;
                }
                Stop::Line(error) => {
                    if self.part.position() >= furthest + PROGRESS {
                        attempts = policy.attempts();
                    }
                    furthest = furthest.max(self.part.position());
                    let Some(delay) = attempts.after(&error) else {
                        self.part.settle().await?;
                        return Err(self.failed(error));
                    };
                    self.retried(&error.to_string(), 0);
                    tokio::time::sleep(delay).await;
                    if !self.may_go_on() {
                        self.begin_anew("nothing tells whether the file is still the same")
                            .await?;
                    }
                }
            }
        }
    }

    /// Tells of what an earlier run left.
    fn take_up(&mut self) {
        let bytes = self.part.position();
        if bytes > 0 {
            self.announce(self.expected.size);
            self.workshop.reporter.event(Event::FileResumed {
                file: &self.file.name,
                bytes,
            });
        }
    }

    /// Whether the next bytes may be put behind those that are there: the server can tell that the
    /// file is still the same, or the digest of the whole will.
    fn may_go_on(&self) -> bool {
        let known = self.validator.is_some() || self.expected.is_known();
        self.part.position() == 0 || known && self.unpacking.is_none()
    }

    async fn attempt(&mut self) -> Result<Hashes, Stop> {
        let from = self.part.position();
        // what was cut after the last byte needs no request
        if from == 0 || Some(from) != self.expected.size {
            let response = self.request(from).await?;
            self.accept(&response, from).await?;
            self.announce(self.expected.size.or_else(|| response.content_length()));
            self.stream(response).await?;
        }
        self.judge().await
    }

    async fn request(&mut self, from: u64) -> Result<Response, Stop> {
        let range = (from > 0).then_some(ByteRange {
            from,
            to: None,
            if_range: self.validator.as_deref(),
        });
        match self.workshop.client.file(&self.file.url, range).await {
            Ok(response) => Ok(response),
            Err(error) if from > 0 && error.status() == Some(416) => match self.expected.size {
                Some(expected) if self.short == Some(from) => Err(self.wrong_size(expected, from)),
                _ => Err(Stop::Restart("the server has no bytes from there on")),
            },
            Err(error) => Err(Stop::Line(error)),
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
        Err(self.wrong(DownloadError::HashMismatch {
            file: self.file.name.clone(),
            url: without_credentials(&self.file.url),
            expected: self.expected.failed_by(&actual),
            actual,
        }))
    }

    fn wrong_size(&mut self, expected: u64, actual: u64) -> Stop {
        self.wrong(DownloadError::SizeMismatch {
            file: self.file.name.clone(),
            url: without_credentials(&self.file.url),
            expected,
            actual,
        })
    }

    /// What was put together from pieces is fetched in one; what came in one, once more: a cache on
    /// the way may have been the matter. Then it is what the server has.
    fn wrong(&mut self, error: DownloadError) -> Stop {
        if self.pieced {
            return Stop::Restart("the pieces do not fit together");
        }
        let again = self.workshop.client.retry().retries() > 0;
        if again && !std::mem::replace(&mut self.doubted, true) {
            return Stop::Restart("it is not what was announced");
        }
        Stop::Here(error)
    }

    async fn begin_anew(&mut self, reason: &str) -> Result<(), DownloadError> {
        self.retried(reason, self.part.position());
        self.pieced = false;
        self.validator = None;
        self.unpacking = None;
        self.part.restart().await
    }

    fn announce(&mut self, size: Option<u64>) {
        if !std::mem::replace(&mut self.announced, true) {
            self.workshop.reporter.event(Event::FileStarted {
                file: &self.file.name,
                size,
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

    fn cut(&self, reason: &str) -> ClientError {
        ClientError::Cut {
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
