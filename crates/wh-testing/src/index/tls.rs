//! TLS and HTTP/2 for an index: certificates that are made for a test, the handshake, and what speaks
//! HTTP/2 where a client asks for it (RFC 9113). HTTP/1.1 over TLS is answered as without.

use std::io;
use std::net::TcpStream;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, date_time_ymd,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio::runtime::Runtime;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::io::SyncIoBridge;

use super::http::{Request, Response};

/// A TLS connection of tokio's.
pub(super) type Secure = TlsStream<tokio::net::TcpStream>;

/// An authority that signs certificates.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

/// How the certificate of an index is.
#[derive(Debug, Clone)]
pub struct Certificate {
    names: Vec<String>,
    expired: bool,
    wants_client: bool,
}

impl Default for Certificate {
    fn default() -> Self {
        Self {
            names: vec!["localhost".into()],
            expired: false,
            wants_client: false,
        }
    }
}

impl Certificate {
    /// For another name than `localhost`.
    pub fn name(mut self, name: &str) -> Self {
        self.names = vec![name.into()];
        self
    }

    /// Good until 2001.
    pub fn expired(mut self) -> Self {
        self.expired = true;
        self
    }

    /// Clients must show one of the same authority.
    pub fn wants_client(mut self) -> Self {
        self.wants_client = true;
        self
    }
}

impl Default for Authority {
    fn default() -> Self {
        Self::new()
    }
}

impl Authority {
    /// A new one, which nobody knows.
    ///
    /// # Panics
    /// The machine has no randomness.
    pub fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params
            .distinguished_name
            .push(DnType::CommonName, "authority of a test");
        let key = KeyPair::generate().expect("keys can be made");
        Self {
            issuer: CertifiedIssuer::self_signed(params, key).expect("it signs itself"),
        }
    }

    /// Its certificate, to be trusted.
    pub fn pem(&self) -> String {
        self.issuer.pem()
    }

    /// A client's certificate and its key.
    ///
    /// # Panics
    /// The machine has no randomness.
    pub fn client_pem(&self) -> String {
        let mut params = CertificateParams::new(Vec::new()).expect("no name is a bad one");
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        let key = KeyPair::generate().expect("keys can be made");
        let certificate = params.signed_by(&key, &self.issuer).expect("it is signed");
        certificate.pem() + &key.serialize_pem()
    }

    pub(super) fn server(&self, certificate: &Certificate) -> Server {
        let names = certificate.names.clone();
        let mut params = CertificateParams::new(names).expect("the names are good");
        if certificate.expired {
            params.not_before = date_time_ymd(2000, 1, 1);
            params.not_after = date_time_ymd(2001, 1, 1);
        }
        let key = KeyPair::generate().expect("keys can be made");
        let signed = params.signed_by(&key, &self.issuer).expect("it is signed");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .expect("ring has the usual ones");
        let builder = if certificate.wants_client {
            let mut roots = RootCertStore::empty();
            roots.add(self.issuer.der().clone()).expect("it is one");
            let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider);
            builder.with_client_cert_verifier(verifier.build().expect("there is a root"))
        } else {
            builder.with_no_client_auth()
        };
        let chain: Vec<CertificateDer<'static>> = vec![signed.der().clone()];
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let mut config = builder
            .with_single_cert(chain, key)
            .expect("the key is that of the certificate");
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Server::new(config)
    }
}

impl std::fmt::Debug for Authority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Authority")
    }
}

/// Shakes hands, and speaks what was agreed.
pub(super) struct Server {
    acceptor: TlsAcceptor,
    runtime: Runtime,
}

/// What a client wants to speak.
pub(super) enum Spoken {
    Http1(Box<SyncIoBridge<Secure>>),
    Http2(Box<Secure>),
}

impl Server {
    fn new(config: ServerConfig) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build();
        Self {
            acceptor: Arc::new(config).into(),
            runtime: runtime.expect("the machine has threads"),
        }
    }

    /// The handshake. Blocks.
    pub(super) fn accept(&self, stream: TcpStream) -> io::Result<Spoken> {
        stream.set_nonblocking(true)?;
        self.runtime.block_on(async {
            let stream = tokio::net::TcpStream::from_std(stream)?;
            let secure = self.acceptor.accept(stream).await?;
            Ok(match secure.get_ref().1.alpn_protocol() {
                Some(b"h2") => Spoken::Http2(Box::new(secure)),
                _ => Spoken::Http1(Box::new(SyncIoBridge::new(secure))),
            })
        })
    }

    /// Answers the requests of an HTTP/2 connection, until it is closed. Blocks.
    pub(super) fn serve_http2(
        &self,
        secure: Secure,
        connection: u64,
        answer: impl Fn(&mut Request) -> Response,
    ) -> io::Result<()> {
        self.runtime.block_on(async {
            let mut streams = h2::server::handshake(secure).await.map_err(other)?;
            while let Some(accepted) = streams.accept().await {
                let (request, reply) = accepted.map_err(other)?;
                let mut request = read(&request, connection);
                let response = answer(&mut request);
                tokio::spawn(send(response, reply));
            }
            Ok(())
        })
    }
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Server")
    }
}

fn other(error: h2::Error) -> io::Error {
    io::Error::other(error)
}

fn read(request: &http::Request<h2::RecvStream>, connection: u64) -> Request {
    let target = request.uri().path_and_query();
    let target = target.map_or("/", |target| target.as_str()).to_owned();
    let headers = request.headers().iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        (name.as_str().to_owned(), value)
    });
    Request::new(
        request.method().as_str(),
        &target,
        headers.collect(),
        "HTTP/2",
        connection,
    )
}

/// Faults of delivery become what they are in HTTP/2: a stream that is reset.
async fn send(response: Response, mut reply: h2::server::SendResponse<bytes::Bytes>) {
    tokio::time::sleep(response.delivery.delay).await;
    let whole = response.body.read();
    let (first, last) = response
        .part
        .unwrap_or((0, (whole.len() as u64).saturating_sub(1)));
    let bytes = whole
        .get(first as usize..=last as usize)
        .unwrap_or_default();
    let mut head = http::Response::builder().status(response.status);
    for (name, value) in &response.headers {
        head = head.header(name, value);
    }
    if response.part.is_some() {
        head = head.header(
            "content-range",
            format!("bytes {first}-{last}/{}", whole.len()),
        );
    }
    let empty = bytes.is_empty() || response.status == 304;
    let Ok(head) = head.body(()) else { return };
    let Ok(mut stream) = reply.send_response(head, empty) else {
        return;
    };
    if empty {
        return;
    }
    let cut = response
        .delivery
        .cut
        .map(|cut| (cut as usize).min(bytes.len()));
    let sent = &bytes[..cut.unwrap_or(bytes.len())];
    let _ = stream.send_data(bytes::Bytes::copy_from_slice(sent), cut.is_none());
    if cut.is_some() {
        stream.send_reset(h2::Reason::INTERNAL_ERROR);
    }
}
