//! The HTTP connections: which protocol, roots, proxies and encodings for which purpose.
//!
//! Pages and metadata are many and small: HTTP/2, one connection a host. Files are few and large:
//! HTTP/1, a connection each, since one TCP connection does not fill a long line. Files and
//! metadata are never decoded on the way, because their digests are those of the bytes sent.

use std::path::Path;
use std::sync::OnceLock;

use reqwest::{Certificate, ClientBuilder, Identity, Proxy, redirect};
use url::Url;

use super::error::{ClientError, host_of};
use super::proxies::Proxies;
use crate::settings::IndexSettings;

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// Pages of an index.
    Pages,
    /// Metadata files and pieces of wheels.
    Metadata,
    /// Whole files.
    Files,
}

type Slot = OnceLock<Result<reqwest::Client, ClientError>>;

/// Clients for each purpose, made when first needed: reading the machine's certificates takes
/// milliseconds, and may fail where nothing would ever have been fetched.
pub(super) struct Connections {
    settings: IndexSettings,
    proxies: Proxies,
    verifying: [Slot; 3],
    trusting: [Slot; 3],
}

impl Connections {
    pub(super) fn new(settings: IndexSettings) -> Self {
        Self {
            proxies: Proxies::new(&settings),
            settings,
            verifying: Default::default(),
            trusting: Default::default(),
        }
    }

    /// The client to send a request with.
    pub(super) fn get(&self, channel: Channel, url: &Url) -> Result<&reqwest::Client, ClientError> {
        let trusted = self.is_trusted(url);
        let slots = if trusted {
            &self.trusting
        } else {
            &self.verifying
        };
        slots[channel as usize]
            .get_or_init(|| self.build(channel, trusted))
            .as_ref()
            .map_err(Clone::clone)
    }

    /// The proxy that a request goes through, credentials included.
    pub(super) fn proxy(&self, url: &Url) -> Option<&Url> {
        self.proxies.of(url)
    }

    fn is_trusted(&self, url: &Url) -> bool {
        let (host_and_port, host) = (host_of(url), url.host_str().unwrap_or_default());
        self.settings
            .trusted_hosts
            .iter()
            .any(|trusted| *trusted == host_and_port || trusted == host)
    }

    fn build(&self, channel: Channel, trusted: bool) -> Result<reqwest::Client, ClientError> {
        // fails only where there is one already, which then serves
        let _ = rustls::crypto::ring::default_provider().install_default();
        match self.builder(channel, trusted)?.build() {
            Ok(client) => Ok(client),
            // a machine without certificate store: Mozilla's list instead
            Err(_) if self.settings.cert.is_none() => {
                let roots = webpki_root_certs::TLS_SERVER_ROOT_CERTS
                    .iter()
                    .filter_map(|der| Certificate::from_der(der).ok());
                self.builder(channel, trusted)?
                    .tls_certs_only(roots)
                    .build()
                    .map_err(setup)
            }
            Err(error) => Err(setup(error)),
        }
    }

    fn builder(&self, channel: Channel, trusted: bool) -> Result<ClientBuilder, ClientError> {
        let settings = &self.settings;
        let mut builder = reqwest::Client::builder()
            .user_agent(&settings.user_agent)
            .connect_timeout(settings.timeout)
            .read_timeout(settings.timeout)
            // followed by `Client`, which asks for credentials at every hop
            .redirect(redirect::Policy::none())
            // `Client` repeats whole requests
            .retry(reqwest::retry::never())
            .no_proxy();
        if settings.http_proxy.is_some() || settings.https_proxy.is_some() {
            let proxies = self.proxies.clone();
            builder = builder.proxy(Proxy::custom(move |url| proxies.of(url).cloned()));
        }
        builder = match channel {
            Channel::Pages => builder.http2_adaptive_window(true),
            Channel::Metadata => builder
                .http2_adaptive_window(true)
                .no_gzip()
                .no_brotli()
                .no_zstd(),
            Channel::Files => builder.http1_only().no_gzip().no_brotli().no_zstd(),
        };
        if let Some(path) = &settings.cert {
            builder = builder.tls_certs_only(authorities(path)?);
        }
        if let Some(path) = &settings.client_cert {
            builder = builder.identity(Identity::from_pem(&read(path)?).map_err(setup)?);
        }
        if trusted {
            builder = builder.tls_danger_accept_invalid_certs(true);
        }
        Ok(builder)
    }
}

/// The certificates of a bundle, or of every file in a folder (as `REQUESTS_CA_BUNDLE` may be one).
fn authorities(path: &Path) -> Result<Vec<Certificate>, ClientError> {
    let unreadable = |reason: String| ClientError::File {
        path: path.to_owned(),
        reason,
    };
    let mut found = Vec::new();
    if path.is_dir() {
        for entry in fs_err::read_dir(path).map_err(|error| unreadable(error.to_string()))? {
            let file = entry.map_err(|error| unreadable(error.to_string()))?.path();
            // other things lie there too
            if file.is_file()
                && let Ok(bundle) = Certificate::from_pem_bundle(&read(&file)?)
            {
                found.extend(bundle);
            }
        }
    } else {
        found = Certificate::from_pem_bundle(&read(path)?).map_err(setup)?;
    }
    if found.is_empty() {
        return Err(unreadable("no certificate stands in it".to_owned()));
    }
    Ok(found)
}

fn setup(error: reqwest::Error) -> ClientError {
    let mut reason = error.to_string();
    let mut next = std::error::Error::source(&error);
    while let Some(source) = next {
        reason = format!("{reason}: {source}");
        next = source.source();
    }
    ClientError::Setup { reason }
}

fn read(path: &Path) -> Result<Vec<u8>, ClientError> {
    fs_err::read(path).map_err(|error| ClientError::File {
        path: path.to_owned(),
        reason: error.to_string(),
    })
}
