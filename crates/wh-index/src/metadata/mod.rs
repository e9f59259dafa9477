//! The METADATA of a wheel, by the cheapest way there is; what an sdist says is in [`sdist`].
//!
//! In this order: the wheel itself, where it lies on this machine; the file beside the wheel,
//! where the index names one (PEP 658, 714), its digest checked; the wheel's end, by range
//! requests; the whole wheel. A file that is not there, or no ranges, means the next way; a wrong
//! digest never does.

use std::collections::HashSet;
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest, Sha256, Sha384, Sha512};
use tempfile::NamedTempFile;
use url::Url;
use wh_packaging::{CoreMetadataFile, DistributionFile, Hashes, Metadata, hexadecimal};

use crate::cache::Cache;
use crate::client::{Client, ClientError, Encoding, Unpacking, body, without_credentials};

mod range;
pub(crate) mod sdist;
mod sparse;

use range::Ranged;
use sdist::FetchedSdists;

/// No METADATA is longer.
const METADATA_LIMIT: u64 = 32 << 20;

/// Why there is no METADATA.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MetadataError {
    /// The wheel, or what it says, is of no use.
    #[error("{reason}")]
    Unusable {
        /// What is wrong with it.
        reason: String,
    },
    /// What an sdist requires is known only when it is built.
    #[error("{reason}")]
    NeedsBuild {
        /// Why.
        reason: String,
    },
    /// It could not be had.
    #[error(transparent)]
    Client(#[from] ClientError),
}

/// Fetches METADATA.
pub(crate) struct MetadataSource {
    cache: Cache,
    pub(crate) sdists: FetchedSdists,
    /// Hosts that do not answer range requests as they should.
    without_ranges: Mutex<HashSet<String>>,
}

/// METADATA, and whether no request was needed.
pub(crate) type Found = (Metadata, bool);

impl MetadataSource {
    pub(crate) fn new(cache: Cache) -> Self {
        Self {
            cache,
            sdists: FetchedSdists::default(),
            without_ranges: Mutex::default(),
        }
    }

    /// The METADATA of a wheel.
    pub(crate) async fn get(
        &self,
        client: &Client,
        file: &DistributionFile,
    ) -> Result<Found, MetadataError> {
        if let Some(path) = &file.path {
            let path = path.clone();
            let metadata = blocking(move || of_wheel(&path)).await?;
            return Ok((agreeing(metadata, file)?, true));
        }
        let (cache, key) = (self.cache.clone(), file.clone());
        let kept = blocking(move || Ok(cache.metadata(&key))).await?;
        if let Some(bytes) = kept
            && let Ok(metadata) = Metadata::parse(&bytes)
        {
            return Ok((agreeing(metadata, file)?, true));
        }
        let bytes = self.fetch(client, file).await?;
        let metadata = Metadata::parse(&bytes).map_err(|error| MetadataError::Unusable {
            reason: error.to_string(),
        })?;
        let metadata = agreeing(metadata, file)?;
        let key = file.clone();
        self.cache
            .behind(move |cache| cache.keep_metadata(&key, &bytes));
        Ok((metadata, false))
    }

    async fn fetch(
        &self,
        client: &Client,
        file: &DistributionFile,
    ) -> Result<Vec<u8>, MetadataError> {
        if let CoreMetadataFile::Present(hashes) = &file.core_metadata {
            match beside(client, &file.url, hashes).await {
                Err(ClientError::NotFound { .. }) => {}
                other => return Ok(other?),
            }
        }
        let host = file.url.host_str().unwrap_or_default().to_owned();
        let hosts = || {
            self.without_ranges
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
        };
        if !hosts().contains(&host) {
            match range::metadata(client, &file.url, file.size).await? {
                Ranged::Metadata(bytes) => return Ok(bytes),
                Ranged::Unsupported => hosts().insert(host),
            };
        }
        whole(client, file, &self.cache).await
    }
}

/// The `.metadata` file beside a wheel.
async fn beside(client: &Client, wheel: &Url, hashes: &Hashes) -> Result<Vec<u8>, ClientError> {
    let mut url = wheel.clone();
    url.set_path(&format!("{}.metadata", wheel.path()));
    let fetch = || {
        client.with_retries(&url, || async {
            let response = client.metadata(&url, None).await?;
            let encoding = Encoding::of(response.headers());
            let bytes = body(&url, response, METADATA_LIMIT).await?;
            unpacked(&url, encoding, bytes)
        })
    };
    let mut bytes = fetch().await?;
    // as with files: a cache on the way may have been the matter
    if check_digest(&url, hashes, &bytes).is_err() && client.retry().retries() > 0 {
        bytes = fetch().await?;
    }
    check_digest(&url, hashes, &bytes)?;
    Ok(bytes)
}

/// The file as it was published, whatever the server made of it.
fn unpacked(url: &Url, encoding: Encoding, bytes: Vec<u8>) -> Result<Vec<u8>, ClientError> {
    if encoding == Encoding::Identity {
        return Ok(bytes);
    }
    let refused = |reason: &str| ClientError::Garbage {
        url: without_credentials(url),
        reason: reason.to_owned(),
    };
    let damaged = |_| refused("its content is encoded, though `identity` was asked for");
    let mut unpacking = Unpacking::new(url.path());
    let mut out = Vec::new();
    // in pieces: a few bytes may unpack to very many
    for piece in bytes.chunks(16 << 10) {
        out.extend(unpacking.push(piece).map_err(damaged)?);
        if out.len() as u64 > METADATA_LIMIT {
            return Err(refused("it is too long"));
        }
    }
    out.extend(unpacking.finish().map_err(damaged)?);
    Ok(out)
}

/// Compares with the strongest digest that is given; one that cannot be computed proves nothing.
fn check_digest(url: &Url, hashes: &Hashes, bytes: &[u8]) -> Result<(), ClientError> {
    let (algorithm, expected, actual) = if let Some(expected) = hashes.get("sha512") {
        ("sha512", expected, hexadecimal(&Sha512::digest(bytes)))
    } else if let Some(expected) = hashes.get("sha384") {
        ("sha384", expected, hexadecimal(&Sha384::digest(bytes)))
    } else if let Some(expected) = hashes.get("sha256") {
        ("sha256", expected, hexadecimal(&Sha256::digest(bytes)))
    } else {
        return Ok(());
    };
    if expected == actual {
        return Ok(());
    }
    Err(ClientError::HashMismatch {
        url: without_credentials(url),
        algorithm,
        expected: expected.to_owned(),
        actual,
    })
}

/// Fetches the whole wheel to a temporary file and reads METADATA there.
async fn whole(
    client: &Client,
    file: &DistributionFile,
    cache: &Cache,
) -> Result<Vec<u8>, MetadataError> {
    let temporary = whole_file(client, &Whole::of(file), cache).await?;
    let kept = Arc::new(temporary.into_temp_path());
    let path = Arc::clone(&kept);
    let bytes = blocking(move || {
        wh_wheel::Wheel::open(path.to_path_buf())
            .and_then(|wheel| wheel.metadata_bytes())
            .map_err(|error| unusable(&error))
    })
    .await?;
    // if it is chosen, it need not be fetched again
    client.keep_whole(&file.url, kept);
    Ok(bytes)
}

/// A file that is fetched whole, as far as it is known.
pub(crate) struct Whole<'f> {
    pub(crate) url: &'f Url,
    pub(crate) name: &'f str,
    pub(crate) size: Option<u64>,
    pub(crate) sha256: Option<&'f str>,
}

impl<'f> Whole<'f> {
    pub(crate) fn of(file: &'f DistributionFile) -> Self {
        Self {
            url: &file.url,
            name: &file.name,
            size: file.size,
            sha256: file.hashes.sha256(),
        }
    }
}

/// Fetches a file whole to a temporary one; its digest is right, where one is known.
pub(crate) async fn whole_file(
    client: &Client,
    file: &Whole<'_>,
    cache: &Cache,
) -> Result<NamedTempFile, ClientError> {
    let url = file.url;
    let (temporary, sha256) = client
        .with_retries(url, || async {
            let mut response = client.file(url, None).await?;
            let mut temporary = cache.temporary_file().map_err(|error| ClientError::Setup {
                reason: format!("no temporary file can be made: {error}"),
            })?;
            let path = temporary.path().to_owned();
            let local = |error: std::io::Error| ClientError::File {
                path: path.clone(),
                reason: error.to_string(),
            };
            let mut hasher = Sha256::new();
            let mut length = 0;
            let mut take = |bytes: &[u8]| {
                hasher.update(bytes);
                length += bytes.len() as u64;
                temporary.write_all(bytes).map_err(local)
            };
            let cut = |reason: String| ClientError::Cut {
                url: without_credentials(url),
                reason,
            };
            let packed = Encoding::of(response.headers()) == Encoding::Gzip;
            let mut unpacking = packed.then(|| Unpacking::new(file.name));
            while let Some(chunk) = response
                .chunk()
                .await
                .map_err(|error| ClientError::from_reqwest(url, &error))?
            {
                match &mut unpacking {
                    None => take(&chunk)?,
                    Some(unpacking) => {
                        let bytes = unpacking.push(&chunk);
                        take(&bytes.map_err(|error| cut(error.to_string()))?)?;
                    }
                }
            }
            if let Some(unpacking) = unpacking {
                let rest = unpacking.finish();
                take(&rest.map_err(|error| cut(error.to_string()))?)?;
            }
            if file.size.is_some_and(|size| length < size) {
                return Err(cut(format!("it ended after {length} bytes")));
            }
            Ok((temporary, hexadecimal(&hasher.finalize())))
        })
        .await?;
    if let Some(expected) = file.sha256
        && expected != sha256
    {
        return Err(ClientError::HashMismatch {
            url: without_credentials(url),
            algorithm: "sha256",
            expected: expected.to_owned(),
            actual: sha256,
        });
    }
    Ok(temporary)
}

fn of_wheel(path: &Path) -> Result<Metadata, MetadataError> {
    wh_wheel::read_metadata_of(path).map_err(|error| unusable(&error))
}

fn unusable(error: &dyn std::error::Error) -> MetadataError {
    MetadataError::Unusable {
        reason: with_causes(error),
    }
}

/// The error's words with those of its causes.
pub(crate) fn with_causes(error: &dyn std::error::Error) -> String {
    let mut reason = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        reason = format!("{reason}: {source}");
        next = source.source();
    }
    reason
}

/// METADATA that speaks of another project or version than the file's name is of no use.
fn agreeing(metadata: Metadata, file: &DistributionFile) -> Result<Metadata, MetadataError> {
    if metadata.name != *file.filename.project() {
        return Err(MetadataError::Unusable {
            reason: format!("its METADATA names the project `{}`", metadata.raw_name),
        });
    }
    if metadata.version != *file.version() {
        return Err(MetadataError::Unusable {
            reason: format!("its METADATA names the version `{}`", metadata.raw_version),
        });
    }
    Ok(metadata)
}

async fn blocking<T, W>(work: W) -> Result<T, MetadataError>
where
    T: Send + 'static,
    W: FnOnce() -> Result<T, MetadataError> + Send + 'static,
{
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| {
            Err(MetadataError::Unusable {
                reason: error.to_string(),
            })
        })
}
