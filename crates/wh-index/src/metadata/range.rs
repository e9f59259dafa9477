//! METADATA of a wheel out of the wheel's end, without the rest of it.
//!
//! The zip's directory stands at the end, and by the recommendation of the wheel specification
//! the dist-info just before it; so the last kilobytes mostly hold all that is needed.
//!
//! Servers differ: some answer a range with the whole file (200) or with 416 although the range is
//! good, some leave the file's length out of Content-Range, some know no suffix ranges
//! (`bytes=-N`). No suffix range is ever sent: where the page does not give the size, `bytes=0-0`
//! asks for it. Whatever is not as it should be means: this wheel must be fetched whole.

use std::io::Read;

use http::{StatusCode, header};
use reqwest::Response;
use url::Url;
use zip::ZipArchive;

use super::sparse::{Pieces, SparseReader};
use super::{METADATA_LIMIT, MetadataError};
use crate::client::{ByteRange, Client, ClientError, body};

/// As much of the end as is fetched first: the directory of a wheel with 500 files and METADATA.
const TAIL: u64 = 64 << 10;
/// As much as is fetched around a hole.
const PIECE: u64 = 64 << 10;
/// A wheel that needs more pieces than this is fetched whole.
const MOST_PIECES: usize = 24;

/// What came of it.
pub(super) enum Ranged {
    /// The bytes of METADATA.
    Metadata(Vec<u8>),
    /// The server does not do ranges as it should.
    Unsupported,
}

/// Reads METADATA by range requests.
pub(super) async fn metadata(
    client: &Client,
    url: &Url,
    size: Option<u64>,
) -> Result<Ranged, MetadataError> {
    let size = match size {
        Some(size) => size,
        None => match piece(client, url, 0, 0, None).await? {
            Some(piece) => match piece.total {
                Some(total) => total,
                None => return Ok(Ranged::Unsupported),
            },
            None => return Ok(Ranged::Unsupported),
        },
    };
    if size == 0 {
        return Ok(Ranged::Unsupported);
    }
    let mut pieces = Pieces::new(size);
    let mut next = (size.saturating_sub(TAIL), size - 1);
    for _ in 0..MOST_PIECES {
        let Some(piece) = piece(client, url, next.0, next.1, Some(size)).await? else {
            return Ok(Ranged::Unsupported);
        };
        pieces.add(next.0, piece.bytes);
        match look(&pieces)? {
            Look::Found(bytes) => return Ok(Ranged::Metadata(bytes)),
            Look::Hole(place) => {
                let to = place.saturating_add(PIECE).min(pieces.length());
                next = (place, to.saturating_sub(1));
            }
        }
    }
    Ok(Ranged::Unsupported)
}

enum Look {
    Found(Vec<u8>),
    Hole(u64),
}

/// Reads METADATA out of the pieces that are there, or says what is missing.
fn look(pieces: &Pieces) -> Result<Look, MetadataError> {
    let (reader, hole) = SparseReader::new(pieces);
    let found = read(reader);
    match hole.get() {
        Some(place) => Ok(Look::Hole(place)),
        None => Ok(Look::Found(found?)),
    }
}

fn read(reader: SparseReader<'_>) -> Result<Vec<u8>, MetadataError> {
    let damaged = |reason: String| MetadataError::Unusable { reason };
    let mut archive = ZipArchive::new(reader).map_err(|e| damaged(e.to_string()))?;
    let mut found = None;
    for (index, name) in archive.file_names().enumerate() {
        let name = name.map_err(|e| damaged(e.to_string()))?;
        let is_metadata = name
            .split_once('/')
            .is_some_and(|(folder, file)| folder.ends_with(".dist-info") && file == "METADATA");
        if is_metadata && found.replace(index).is_some() {
            return Err(damaged("it has two dist-info folders".to_owned()));
        }
    }
    let Some(index) = found else {
        return Err(damaged("it has no METADATA".to_owned()));
    };
    let entry = archive
        .by_index(index)
        .map_err(|e| damaged(e.to_string()))?;
    let mut bytes = Vec::new();
    entry
        .take(METADATA_LIMIT + 1)
        .read_to_end(&mut bytes)
        .map_err(|e| damaged(e.to_string()))?;
    if bytes.len() as u64 > METADATA_LIMIT {
        return Err(damaged("its METADATA is too long".to_owned()));
    }
    Ok(bytes)
}

struct Piece {
    bytes: Vec<u8>,
    total: Option<u64>,
}

/// Fetches bytes `from` to `to`; `None` where the server answers otherwise than asked.
async fn piece(
    client: &Client,
    url: &Url,
    from: u64,
    to: u64,
    size: Option<u64>,
) -> Result<Option<Piece>, ClientError> {
    let fetched = client
        .with_retries(url, || async {
            let range = ByteRange {
                from,
                to: Some(to),
                if_range: None,
            };
            let response = client.metadata(url, Some(range)).await?;
            let Some((start, end, total)) = content_range(&response) else {
                return Ok(None);
            };
            let as_asked = (start, end) == (from, to)
                && (size.is_none() || total.is_none() || total == size)
                && !response.headers().contains_key(header::CONTENT_ENCODING);
            if !as_asked {
                return Ok(None);
            }
            let wanted = to - from + 1;
            let bytes = body(url, response, wanted).await?;
            Ok((bytes.len() as u64 == wanted).then_some(Piece { bytes, total }))
        })
        .await;
    match fetched {
        // 416, 405 and whatever else a server says to ranges; also 404, as the whole file will tell
        Err(ClientError::Status { .. } | ClientError::NotFound { .. }) => Ok(None),
        Err(ClientError::Garbage { .. }) => Ok(None),
        other => other,
    }
}

/// The place and the total of a 206.
fn content_range(response: &Response) -> Option<(u64, u64, Option<u64>)> {
    if response.status() != StatusCode::PARTIAL_CONTENT {
        return None;
    }
    let text = response.headers().get(header::CONTENT_RANGE)?;
    let text = text.to_str().ok()?.trim().strip_prefix("bytes")?.trim();
    let (range, total) = text.split_once('/')?;
    let (start, end) = range.split_once('-')?;
    let total = match total.trim() {
        "*" => None,
        total => Some(total.parse().ok()?),
    };
    Some((start.trim().parse().ok()?, end.trim().parse().ok()?, total))
}
