//! Why a request came to nothing, in kinds that differ in what can be done about them.

use std::error::Error as _;
use std::path::PathBuf;
use std::time::Duration;

use url::Url;

use super::tls::TlsFault;

/// Why a request came to nothing. URLs are without credentials.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// 404 or 410.
    #[error("{url} answered {status}")]
    NotFound {
        /// What was asked for.
        url: String,
        /// The status.
        status: u16,
    },
    /// 401 or 403.
    #[error("{url} answered {status}")]
    Unauthorized {
        /// What was asked for.
        url: String,
        /// The status.
        status: u16,
        /// Whether credentials were sent.
        with_credentials: bool,
    },
    /// 407: the proxy wants to know who asks.
    #[error("the proxy {proxy} {} (407)", if *with_credentials { "does not accept these credentials" } else { "wants credentials" })]
    ProxyUnauthorized {
        /// What was asked for.
        url: String,
        /// The proxy's host and port.
        proxy: String,
        /// Whether credentials were sent.
        with_credentials: bool,
    },
    /// 5xx, or one of the others that may pass: 408 and 429.
    #[error("{url} answered {status}")]
    Server {
        /// What was asked for.
        url: String,
        /// The status.
        status: u16,
        /// What the server said about when to come again.
        retry_after: Option<Duration>,
    },
    /// Any other status.
    #[error("{url} answered {status}")]
    Status {
        /// What was asked for.
        url: String,
        /// The status.
        status: u16,
    },
    /// No connection came about.
    #[error("cannot connect to {host}{}: {reason}", through(proxy.as_deref()))]
    Connect {
        /// What was asked for.
        url: String,
        /// The host (and port).
        host: String,
        /// The proxy (host and port) that was in between.
        proxy: Option<Box<str>>,
        /// Why.
        reason: Box<str>,
    },
    /// The other side's certificate, or TLS itself, is the matter.
    #[error("no secure connection to {host}: {fault}")]
    Tls {
        /// What was asked for.
        url: String,
        /// The host (and port).
        host: String,
        /// Why.
        fault: TlsFault,
    },
    /// Nothing came for too long.
    #[error("{url} did not answer in time")]
    Timeout {
        /// What was asked for.
        url: String,
    },
    /// The answer ended before its end.
    #[error("the connection to {url} was cut: {reason}")]
    Cut {
        /// What was asked for.
        url: String,
        /// Why.
        reason: String,
    },
    /// The answer is not what it should be.
    #[error("{url} gave no usable answer: {reason}")]
    Garbage {
        /// What was asked for.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The bytes are not those that the index announced.
    #[error(
        "{url} is not what its index says: {algorithm} {expected} was announced, {actual} came"
    )]
    HashMismatch {
        /// What was asked for.
        url: String,
        /// The algorithm.
        algorithm: &'static str,
        /// The announced digest.
        expected: String,
        /// The digest of what came.
        actual: String,
    },
    /// Only the cache may be asked, and it does not have this.
    #[error("{url} is not in the cache")]
    Offline {
        /// What was asked for.
        url: String,
    },
    /// A file on this machine (certificates, a folder served as an index) cannot be read.
    #[error("cannot read {}: {reason}", path.display())]
    File {
        /// The path.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The client cannot be set up.
    #[error("cannot set up the HTTP client: {reason}")]
    Setup {
        /// Why.
        reason: String,
    },
}

impl ClientError {
    /// Whether the same request may succeed if made again.
    pub fn is_transient(&self) -> bool {
        match self {
            ClientError::Server { .. }
            | ClientError::Connect { .. }
            | ClientError::Timeout { .. }
            | ClientError::Cut { .. } => true,
            ClientError::NotFound { .. }
            | ClientError::Unauthorized { .. }
            | ClientError::ProxyUnauthorized { .. }
            | ClientError::Status { .. }
            | ClientError::Tls { .. }
            | ClientError::Garbage { .. }
            | ClientError::HashMismatch { .. }
            | ClientError::Offline { .. }
            | ClientError::File { .. }
            | ClientError::Setup { .. } => false,
        }
    }

    /// The status that the server answered with, where it did.
    pub fn status(&self) -> Option<u16> {
        match self {
            ClientError::NotFound { status, .. }
            | ClientError::Unauthorized { status, .. }
            | ClientError::Server { status, .. }
            | ClientError::Status { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// Sorts what went wrong while a request was made or its body read.
    pub fn from_reqwest(url: &Url, error: &reqwest::Error) -> Self {
        Self::through(url, None, error)
    }

    /// The same for a request that went through a proxy.
    pub(super) fn through(url: &Url, proxy: Option<&Url>, error: &reqwest::Error) -> Self {
        let reason = innermost(error);
        let url_text = without_credentials(url);
        let host = host_of(url);
        if error.is_timeout() {
            return ClientError::Timeout { url: url_text };
        }
        if let Some(fault) = TlsFault::among_causes(error) {
            return ClientError::Tls {
                url: url_text,
                host,
                fault,
            };
        }
        if error.is_connect() {
            if reason.contains("proxy authorization required") {
                return Self::proxy_unauthorized(url, proxy);
            }
            return ClientError::Connect {
                url: url_text,
                host,
                proxy: proxy.map(|proxy| host_of(proxy).into()),
                reason: reason.into(),
            };
        }
        if error.is_builder() {
            return ClientError::Setup { reason };
        }
        ClientError::Cut {
            url: url_text,
            reason,
        }
    }

    pub(super) fn proxy_unauthorized(url: &Url, proxy: Option<&Url>) -> Self {
        ClientError::ProxyUnauthorized {
            url: without_credentials(url),
            proxy: proxy.map(host_of).unwrap_or_default(),
            with_credentials: proxy.is_some_and(|proxy| !proxy.username().is_empty()),
        }
    }
}

fn through(proxy: Option<&str>) -> String {
    proxy
        .map(|proxy| format!(" through the proxy {proxy}"))
        .unwrap_or_default()
}

/// A URL without user name and password, as it may be shown and stored.
pub fn without_credentials(url: &Url) -> String {
    strip_credentials(url).into()
}

/// The same as a URL.
pub fn strip_credentials(url: &Url) -> Url {
    let mut url = url.clone();
    if !url.username().is_empty() || url.password().is_some() {
        // these fail only for URLs that have no host, which have no credentials either
        let _ = url.set_username("");
        let _ = url.set_password(None);
    }
    url
}

/// `host` or `host:port`.
pub(super) fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// The words of the last error in the chain: the others only repeat that something failed.
fn innermost(error: &reqwest::Error) -> String {
    let mut reason = None;
    let mut next = error.source();
    while let Some(source) = next {
        reason = Some(source.to_string());
        next = source.source();
    }
    reason.unwrap_or_else(|| error.to_string())
}
