//! One answer into the part: whether it fits what is there, and its bytes.

use http::StatusCode;
use http::header::{CONTENT_RANGE, HeaderMap};
use reqwest::Response;
use wh_packaging::Event;

use super::{Fetch, PIECE, Stop};
use crate::client::{ClientError, Encoding, Unpacking, validator};
use crate::download::DownloadError;

impl Fetch<'_> {
    /// Whether the answer goes on where the part ends; an answer from the start replaces it.
    pub(super) async fn accept(&mut self, response: &Response, from: u64) -> Result<(), Stop> {
        let headers = response.headers();
        let encoding = Encoding::of(headers);
        if encoding == Encoding::Unknown {
            let error = self.garbage("its content is encoded, though `identity` was asked for");
            return Err(Stop::Line(error));
        }
        match response.status() {
            StatusCode::OK => {
                if from > 0 {
                    self.begin_anew("the server sends the whole file again")
                        .await?;
                }
                self.unpacking =
                    (encoding == Encoding::Gzip).then(|| Unpacking::new(&self.file.name));
                self.validator = match encoding {
                    Encoding::Identity => validator(headers),
                    _ => None,
                };
                self.note(response.content_length())?;
                Ok(())
            }
            StatusCode::PARTIAL_CONTENT if from > 0 => {
                if encoding != Encoding::Identity || first_byte(headers) != Some(from) {
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

    /// Notes what another run needs to go on, where it is worth it.
    fn note(&mut self, length: Option<u64>) -> Result<(), DownloadError> {
        let small = self
            .expected
            .size
            .or(length)
            .is_some_and(|size| size <= PIECE as u64);
        if let (Some(coming), Some(validator), false) = (&self.coming, &self.validator, small) {
            self.part.note(coming, validator)?;
        }
        Ok(())
    }

    pub(super) async fn stream(&mut self, mut response: Response) -> Result<(), Stop> {
        let mut piece = Vec::with_capacity(PIECE);
        let ended = loop {
            match response.chunk().await {
                Ok(Some(chunk)) => {
                    match &mut self.unpacking {
                        None => piece.extend_from_slice(&chunk),
                        Some(unpacking) => match unpacking.push(&chunk) {
                            Ok(bytes) => piece.extend(bytes),
                            Err(error) => break Err(Stop::Line(self.cut(&error.to_string()))),
                        },
                    }
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
        if ended.is_ok()
            && let Some(unpacking) = self.unpacking.take()
        {
            let rest = unpacking.finish();
            piece.extend(rest.map_err(|error| Stop::Line(self.cut(&error.to_string())))?);
        }
        if !piece.is_empty() {
            self.hand_over(piece).await?;
        }
        ended?;
        self.whole_by_its_account()
    }

    /// A `Content-Length` may lie: what is missing is asked for, where tries are left. If there is no more, it is
    /// the announced size that is wrong.
    fn whole_by_its_account(&mut self) -> Result<(), Stop> {
        let position = self.part.position();
        let again = self.workshop.client.retry().retries() > 0;
        match self.expected.size {
            Some(size) if again && position < size && self.short != Some(position) => {
                self.short = Some(position);
                Err(Stop::Line(
                    self.cut(&format!("it ended after {position} of {size} bytes")),
                ))
            }
            _ => Ok(()),
        }
    }

    async fn hand_over(&mut self, piece: Vec<u8>) -> Result<(), DownloadError> {
        self.workshop.reporter.event(Event::FileProgress {
            file: &self.file.name,
            bytes: piece.len() as u64,
        });
        self.part.write(piece).await
    }

    /// More than was announced is not read to its end.
    fn limit(&mut self, bytes: u64) -> Result<(), Stop> {
        match self.expected.size {
            Some(expected) if bytes > expected => Err(self.wrong_size(expected, bytes)),
            _ => Ok(()),
        }
    }
}

/// The first byte of a `Content-Range: bytes FROM-TO/TOTAL`.
fn first_byte(headers: &HeaderMap) -> Option<u64> {
    let text = headers.get(CONTENT_RANGE)?.to_str().ok()?;
    let (from, _) = text.strip_prefix("bytes")?.trim_start().split_once('-')?;
    from.trim().parse().ok()
}
