//! An index over HTTP that serves what a test gives it, and misbehaves as told.
//!
//! Speaks the Simple API in HTML and JSON ([`page`]), ranges, conditional requests, METADATA
//! beside wheels; keeps a log of requests. Asked as a proxy, it answers for any host. Listens on
//! 127.0.0.1 only; with TLS also HTTP/2 ([`tls`]). What is added counts from the next request on, so
//! that an index can change under a client.

mod fault;
mod file;
mod http;
mod page;
mod site;
mod throttle;
mod tls;

use std::io::{BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

pub use fault::Fault;
pub use file::IndexFile;
pub use http::{Body, Delivery, Request, Response};
pub use page::{HTML, JSON};
pub use throttle::Throttle;
pub use tls::{Authority, Certificate};

use crate::wheel::{WheelBuilder, normalized_name};
use site::Site;
use tls::{Server, Spoken};

/// In which forms the pages are served.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Format {
    /// What the client prefers; HTML where it says nothing.
    #[default]
    Both,
    /// JSON; 406 to a client that does not take it.
    Json,
    /// HTML, whatever the client prefers.
    Html,
}

/// A running index. It ends when it is dropped.
#[derive(Debug)]
pub struct TestIndex {
    address: SocketAddr,
    shared: Arc<Shared>,
}

/// What the threads of the connections share.
#[derive(Debug)]
struct Shared {
    site: Mutex<Site>,
    line: Throttle,
    tls: Option<Server>,
    started: Instant,
    stopped: AtomicBool,
    open: Mutex<Vec<(u64, TcpStream)>>,
    busy: AtomicU64,
    busiest: AtomicU64,
}

impl TestIndex {
    /// Starts an empty index on a free port.
    ///
    /// # Panics
    /// There is no port to listen on.
    pub fn start() -> Self {
        Self::listen(0)
    }

    /// Starts an empty index on a port.
    ///
    /// # Panics
    /// The port is taken.
    pub fn listen(port: u16) -> Self {
        Self::serve_on(port, None)
    }

    /// Starts an empty index with TLS on a free port.
    ///
    /// # Panics
    /// There is no port to listen on.
    pub fn secure(authority: &Authority, certificate: &Certificate) -> Self {
        Self::serve_on(0, Some(authority.server(certificate)))
    }

    fn serve_on(port: u16, tls: Option<Server>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).expect("127.0.0.1 has a free port");
        let address = listener.local_addr().expect("a listener has an address");
        let shared = Arc::new(Shared {
            site: Mutex::default(),
            line: Throttle::default(),
            tls,
            started: Instant::now(),
            stopped: AtomicBool::new(false),
            open: Mutex::default(),
            busy: AtomicU64::new(0),
            busiest: AtomicU64::new(0),
        });
        let accepting = shared.clone();
        thread::spawn(move || accepting.accept(&listener));
        Self { address, shared }
    }

    // --- where it is

    /// The address of the index: `http://127.0.0.1:PORT/simple/`, with TLS
    /// `https://localhost:PORT/simple/`.
    pub fn url(&self) -> String {
        self.url_of("/simple/")
    }

    /// The address of a path: `/files/x.whl`.
    pub fn url_of(&self, path: &str) -> String {
        match self.shared.tls {
            Some(_) => format!("https://localhost:{}{path}", self.port()),
            None => format!("http://{}{path}", self.address),
        }
    }

    /// The address of a file that was added.
    pub fn file_url(&self, filename: &str) -> String {
        self.url_of(&format!("/files/{filename}"))
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    // --- what it holds

    /// Adds a file to the page of its project. One of the same name there is replaced.
    pub fn add(&self, file: IndexFile) -> &Self {
        let mut site = self.site();
        let files = &mut site.projects.entry(file.project.clone()).or_default().files;
        files.retain(|other| other.filename != file.filename);
        files.push(file);
        drop(site);
        self
    }

    /// Adds a wheel.
    pub fn add_wheel(&self, wheel: &WheelBuilder) -> &Self {
        self.add(IndexFile::wheel(wheel))
    }

    /// Adds a project without files, if it is not there.
    pub fn add_project(&self, name: &str) -> &Self {
        self.site()
            .projects
            .entry(normalized_name(name))
            .or_default();
        self
    }

    /// Sets the status of a project (PEP 792): `archived`, `deprecated`, `quarantined`.
    pub fn status(&self, project: &str, status: &str, reason: Option<&str>) -> &Self {
        let status = Some((status.to_owned(), reason.map(Into::into)));
        self.site()
            .projects
            .entry(normalized_name(project))
            .or_default()
            .status = status;
        self
    }

    /// Takes a project away, page and files.
    pub fn remove(&self, project: &str) -> &Self {
        self.site().projects.remove(&normalized_name(project));
        self
    }

    /// Serves anything at a path, such as a page of links. A redirect of the same path wins.
    pub fn serve(&self, path: &str, content_type: &str, bytes: impl Into<Vec<u8>>) -> &Self {
        let other = (content_type.to_owned(), Body::new(bytes));
        self.site().others.insert(path.to_owned(), other);
        self
    }

    // --- how it answers

    /// In which forms the pages are served; both by default.
    pub fn format(&self, format: Format) -> &Self {
        self.site().format = format;
        self
    }

    /// The version of the API that pages tell; 1.4 by default.
    pub fn api_version(&self, version: &str) -> &Self {
        self.site().api_version = version.into();
        self
    }

    /// `Cache-Control` of pages; `max-age=0` by default, so that each use asks again.
    pub fn cache_control(&self, value: &str) -> &Self {
        self.site().cache_control = value.into();
        self
    }

    /// Misbehaves at the paths that match; `*` stands for any characters, `/` among them. The
    /// faults that match a request all count, in the order they were given.
    pub fn misbehave(&self, pattern: &str, fault: Fault) -> &Self {
        self.site().faults.push((pattern.into(), fault));
        self
    }

    /// Forgets all faults.
    pub fn behave(&self) -> &Self {
        self.site().faults.clear();
        self
    }

    /// The time from a request to its response, and that of opening a connection.
    pub fn latency(&self, latency: Duration) -> &Self {
        self.site().latency = latency;
        self
    }

    /// The width of the line in bytes per second, which all connections share.
    pub fn bandwidth(&self, bytes_per_second: Option<u64>) -> &Self {
        self.shared.line.set(bytes_per_second);
        self
    }

    // --- what it saw

    /// All requests, in the order they came in.
    pub fn requests(&self) -> Vec<Request> {
        self.site().log.clone()
    }

    /// The requests whose path matches.
    pub fn requests_to(&self, pattern: &str) -> Vec<Request> {
        let mut requests = self.requests();
        requests.retain(|request| site::matches(pattern, &request.path));
        requests
    }

    /// How many requests have a path that matches.
    pub fn count(&self, pattern: &str) -> usize {
        self.requests_to(pattern).len()
    }

    /// Forgets the requests so far.
    pub fn clear_log(&self) -> &Self {
        self.site().log.clear();
        self
    }

    /// The most requests that were answered at one time.
    pub fn busiest(&self) -> u64 {
        self.shared.busiest.load(Ordering::Relaxed)
    }

    fn site(&self) -> MutexGuard<'_, Site> {
        lock(&self.shared.site)
    }
}

impl Drop for TestIndex {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address); // wakes the thread that accepts
        for (_, stream) in lock(&self.shared.open).drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

impl Shared {
    fn accept(self: Arc<Self>, listener: &TcpListener) {
        for (number, stream) in (1..).zip(listener.incoming()) {
            if self.stopped.load(Ordering::SeqCst) {
                return;
            }
            let Ok(stream) = stream else { continue };
            let _ = stream.set_nodelay(true);
            if let Ok(copy) = stream.try_clone() {
                lock(&self.open).push((number, copy));
            }
            let shared = self.clone();
            thread::spawn(move || {
                let _ = shared.converse(stream, number); // a client that went away is no error
                lock(&shared.open).retain(|(other, _)| *other != number);
            });
        }
    }

    /// Answers the requests of one connection, until either side closes it.
    fn converse(&self, stream: TcpStream, number: u64) -> std::io::Result<()> {
        // read first: a lock held over the sleep would let connections in one by one
        let latency = lock(&self.site).latency;
        thread::sleep(latency);
        let Some(tls) = &self.tls else {
            let closing = stream.try_clone()?;
            self.answer_all(stream, number)?;
            return closing.shutdown(Shutdown::Both);
        };
        match tls.accept(stream)? {
            Spoken::Http1(mut stream) => {
                self.answer_all(&mut stream, number)?;
                stream.shutdown()
            }
            Spoken::Http2(stream) => tls.serve_http2(*stream, number, |request| {
                request.at = self.started.elapsed();
                lock(&self.site).answer(request)
            }),
        }
    }

    fn answer_all(&self, stream: impl Read + Write, number: u64) -> std::io::Result<()> {
        let mut reader = BufReader::new(stream);
        while let Some(mut request) = Request::read(&mut reader, number)? {
            request.at = self.started.elapsed();
            let busy = self.busy.fetch_add(1, Ordering::Relaxed) + 1;
            self.busiest.fetch_max(busy, Ordering::Relaxed);
            let response = lock(&self.site).answer(&request);
            let sent = response.send(reader.get_mut(), &self.line, request.method == "HEAD");
            self.busy.fetch_sub(1, Ordering::Relaxed);
            let wants_close = request.header("connection") == Some("close");
            if !sent? || wants_close || request.header("content-length").is_some() {
                break;
            }
        }
        Ok(())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
