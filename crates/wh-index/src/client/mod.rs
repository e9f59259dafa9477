//! Requests to indexes and file servers.
//!
//! [`Client`] owns the runtime that all of this crate's requests run on; whoever is outside blocks
//! in [`Client::block_on`]. Each request function here makes one attempt and sorts what went wrong
//! ([`ClientError`]); [`Client::with_retries`] goes around a whole piece of work, bodies included.

use std::collections::{BTreeSet, HashMap};
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use http::header::{self, HeaderMap, HeaderValue};
use reqwest::{Response, StatusCode};
use tempfile::TempPath;
use tokio::runtime::Runtime;
use url::Url;
use wh_packaging::{Event, Reporter};

use crate::cache::Cache;
use crate::settings::IndexSettings;

mod connections;
mod credentials;
mod encoding;
mod error;
mod keyring;
mod netrc;
mod proxies;
mod retry;
mod tls;
mod validator;

pub use connections::Channel;
pub use encoding::{Encoding, Unpacking};
pub use error::{ClientError, strip_credentials, without_credentials};
pub use retry::{Attempts, RetryPolicy};
pub use tls::TlsFault;
pub use validator::validator;

use connections::Connections;
use credentials::CredentialStore;

/// As many redirects as browsers follow.
const MOST_REDIRECTS: usize = 20;

/// A piece of a file, for a range request.
#[derive(Debug, Clone, Copy)]
pub struct ByteRange<'a> {
    /// The first byte.
    pub from: u64,
    /// The last byte; `None`: to the end.
    pub to: Option<u64>,
    /// The validator (a strong ETag, or a date as good) that the file must still have: else the whole of it comes.
    pub if_range: Option<&'a str>,
}

/// Makes requests. Cheap to make: nothing is connected or read before the first request.
pub struct Client {
    runtime: Option<Runtime>,
    connections: Connections,
    credentials: Arc<CredentialStore>,
    retry: RetryPolicy,
    offline: bool,
    cache: Cache,
    missing: Mutex<BTreeSet<String>>,
    whole: Mutex<HashMap<String, Arc<TempPath>>>,
    reporter: Arc<dyn Reporter>,
}

impl Client {
    /// A client with these settings.
    ///
    /// # Errors
    /// The machine gives no threads.
    pub fn new(
        settings: &IndexSettings,
        reporter: Arc<dyn Reporter>,
    ) -> Result<Arc<Self>, ClientError> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("wh-index")
            .enable_all()
            .build()
            .map_err(|error| ClientError::Setup {
                reason: error.to_string(),
            })?;
        Ok(Arc::new(Self {
            runtime: Some(runtime),
            credentials: Arc::new(CredentialStore::new(settings)),
            retry: RetryPolicy::new(settings.retries),
            offline: settings.offline,
            cache: Cache::new(settings.cache_dir.clone()),
            missing: Mutex::default(),
            whole: Mutex::default(),
            connections: Connections::new(settings.clone()),
            reporter,
        }))
    }

    /// Waits for a future. Not to be called from inside of the runtime.
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.handle().block_on(future)
    }

    /// The runtime, to start tasks on.
    pub fn handle(&self) -> &tokio::runtime::Handle {
        self.runtime
            .as_ref()
            .expect("the runtime is taken in `drop` alone")
            .handle()
    }

    /// When requests are made again.
    pub fn retry(&self) -> RetryPolicy {
        self.retry
    }

    /// Whether no request may be made.
    pub fn is_offline(&self) -> bool {
        self.offline
    }

    /// What was asked for in vain, since no request may be made: URLs, without credentials.
    pub fn missing(&self) -> Vec<String> {
        let missing = self.missing.lock();
        let missing = missing.unwrap_or_else(PoisonError::into_inner);
        missing.iter().cloned().collect()
    }

    /// Keeps a file that had to be fetched whole for the sake of its METADATA, for as long as the
    /// client lives.
    pub(crate) fn keep_whole(&self, url: &Url, file: Arc<TempPath>) {
        let mut whole = self.whole.lock().unwrap_or_else(PoisonError::into_inner);
        whole.insert(without_credentials(url), file);
    }

    /// A file that was fetched whole before.
    pub(crate) fn whole(&self, url: &Url) -> Option<Arc<TempPath>> {
        let whole = self.whole.lock().unwrap_or_else(PoisonError::into_inner);
        whole.get(&without_credentials(url)).cloned()
    }

    /// Where documents are kept between runs.
    pub(crate) fn cache(&self) -> &Cache {
        &self.cache
    }

    /// Does a piece of work, and again while its faults are of those that pass.
    ///
    /// # Errors
    /// That of the last attempt.
    pub async fn with_retries<T, W, F>(&self, url: &Url, mut work: W) -> Result<T, ClientError>
    where
        W: FnMut() -> F,
        F: Future<Output = Result<T, ClientError>>,
    {
        let mut attempts = self.retry.attempts();
        loop {
            let error = match work().await {
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            let Some(delay) = attempts.after(&error) else {
                return Err(error);
            };
            self.reporter.event(Event::RequestRetried {
                url: &without_credentials(url),
                reason: &error.to_string(),
            });
            tokio::time::sleep(delay).await;
        }
    }

    /// One attempt at a whole file, or at a piece of one. Status 200 or 206; the caller must look.
    ///
    /// # Errors
    /// Any other status, or no answer.
    pub async fn file(
        &self,
        url: &Url,
        range: Option<ByteRange<'_>>,
    ) -> Result<Response, ClientError> {
        self.raw(Channel::Files, url, range).await
    }

    /// One attempt at a metadata file, or at a piece of a wheel, as [`Client::file`].
    ///
    /// # Errors
    /// Any other status than 200 or 206, or no answer.
    pub async fn metadata(
        &self,
        url: &Url,
        range: Option<ByteRange<'_>>,
    ) -> Result<Response, ClientError> {
        self.raw(Channel::Metadata, url, range).await
    }

    async fn raw(
        &self,
        channel: Channel,
        url: &Url,
        range: Option<ByteRange<'_>>,
    ) -> Result<Response, ClientError> {
        let mut headers = HeaderMap::new();
        // an index that gzips what is compressed already would spoil size and digest
        headers.insert(
            header::ACCEPT_ENCODING,
            HeaderValue::from_static("identity"),
        );
        if let Some(range) = range {
            let to = range.to.map(|to| to.to_string()).unwrap_or_default();
            let value = format!("bytes={}-{to}", range.from);
            if let Ok(value) = HeaderValue::try_from(value) {
                headers.insert(header::RANGE, value);
            }
            if let Some(Ok(value)) = range.if_range.map(HeaderValue::try_from) {
                headers.insert(header::IF_RANGE, value);
            }
        }
        self.get(channel, url, &headers).await
    }

    /// One attempt at any URL with these headers; redirects are followed. Status 2xx or 304.
    ///
    /// # Errors
    /// Any other status, or no answer.
    pub async fn get(
        &self,
        channel: Channel,
        url: &Url,
        headers: &HeaderMap,
    ) -> Result<Response, ClientError> {
        if self.offline {
            let url = without_credentials(url);
            let missing = self.missing.lock();
            let mut missing = missing.unwrap_or_else(PoisonError::into_inner);
            missing.insert(url.clone());
            return Err(ClientError::Offline { url });
        }
        let first = url;
        let mut url = url.clone();
        for _ in 0..=MOST_REDIRECTS {
            let (response, with_credentials) = self.send(channel, &url, first, headers).await?;
            match redirect_target(&url, &response)? {
                Some(target) => url = target,
                None if response.status() == StatusCode::PROXY_AUTHENTICATION_REQUIRED => {
                    let proxy = self.connections.proxy(&url);
                    return Err(ClientError::proxy_unauthorized(&url, proxy));
                }
                None => return classify(&url, response, with_credentials),
            }
        }
        Err(ClientError::Garbage {
            url: without_credentials(&url),
            reason: format!("more than {MOST_REDIRECTS} redirects"),
        })
    }

    /// One hop of a request that began as one to `first`.
    async fn send(
        &self,
        channel: Channel,
        url: &Url,
        first: &Url,
        headers: &HeaderMap,
    ) -> Result<(Response, bool), ClientError> {
        let credentials = self.credentials.find(url, first).await;
        let with_credentials = credentials.is_some();
        let mut sent = self.send_by(channel, url, headers, &credentials).await;
        // what is wrong with HTTP/2 over there, or with TLS below it, HTTP/1.1 will do without, or tell
        if matches!(sent, Err(ClientError::Cut { .. }))
            && channel != Channel::Files
            && url.scheme() == "https"
        {
            sent = self
                .send_by(Channel::Files, url, headers, &credentials)
                .await;
        }
        Ok((sent?, with_credentials))
    }

    async fn send_by(
        &self,
        channel: Channel,
        url: &Url,
        headers: &HeaderMap,
        credentials: &Option<(String, String)>,
    ) -> Result<Response, ClientError> {
        let mut request = self
            .connections
            .get(channel, url)?
            // reqwest would take credentials from the URL by itself
            .get(strip_credentials(url))
            .headers(headers.clone());
        if let Some((username, password)) = credentials {
            request = request.basic_auth(username, Some(password));
        }
        let sent = request.send().await;
        sent.map_err(|error| ClientError::through(url, self.connections.proxy(url), &error))
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.cache.finish();
        // a task of the runtime itself may hold the last reference, and must not wait for itself
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Reads a whole body of at most `limit` bytes.
///
/// # Errors
/// It ends early, or is longer.
pub async fn body(url: &Url, mut response: Response, limit: u64) -> Result<Vec<u8>, ClientError> {
    let too_long = || ClientError::Garbage {
        url: without_credentials(url),
        reason: format!("more than {limit} bytes"),
    };
    let announced = response.content_length().unwrap_or(0);
    if announced > limit {
        return Err(too_long());
    }
    // what is announced is only believed up to a point: the memory is taken before a byte came
    let mut bytes = Vec::with_capacity(announced.min(8 << 20) as usize);
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => {
                if (bytes.len() + chunk.len()) as u64 > limit {
                    return Err(too_long());
                }
                bytes.extend_from_slice(&chunk);
            }
            Ok(None) => return Ok(bytes),
            Err(error) => return Err(ClientError::from_reqwest(url, &error)),
        }
    }
}

fn redirect_target(from: &Url, response: &Response) -> Result<Option<Url>, ClientError> {
    let is_redirect = matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308);
    if !is_redirect {
        return Ok(None);
    }
    let location = response
        .headers()
        .get(header::LOCATION)
        .and_then(|value| std::str::from_utf8(value.as_bytes()).ok());
    let target = location.and_then(|location| from.join(location).ok());
    match target {
        Some(target) if matches!(target.scheme(), "http" | "https") => Ok(Some(target)),
        _ => Err(ClientError::Garbage {
            url: without_credentials(from),
            reason: "a redirect to nowhere".to_owned(),
        }),
    }
}

fn classify(
    url: &Url,
    response: Response,
    with_credentials: bool,
) -> Result<Response, ClientError> {
    let status = response.status();
    if status.is_success() || status == StatusCode::NOT_MODIFIED {
        return Ok(response);
    }
    let url = without_credentials(url);
    let status = status.as_u16();
    Err(match status {
        404 | 410 => ClientError::NotFound { url, status },
        401 | 403 => ClientError::Unauthorized {
            url,
            status,
            with_credentials,
        },
        408 | 429 | 500..=599 => ClientError::Server {
            url,
            status,
            retry_after: retry::retry_after(response.headers()),
        },
        _ => ClientError::Status { url, status },
    })
}
