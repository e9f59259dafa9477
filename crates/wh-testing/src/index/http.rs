//! HTTP/1.1, as much as an index needs (RFC 9110, 9112): requests in, responses out, one thread a
//! connection, connections kept alive.

use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

use percent_encoding::percent_decode_str;

use super::throttle::Throttle;

const CHUNK: u64 = 64 << 10;
const LONGEST_HEAD: u64 = 64 << 10;

/// A request as it came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// `GET`, `HEAD`.
    pub method: String,
    /// The path without the query, decoded.
    pub path: String,
    /// Path and query as they were sent.
    pub target: String,
    /// All headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// `HTTP/1.1` or `HTTP/2`.
    pub protocol: String,
    /// Counts connections from 1.
    pub connection: u64,
    /// Since the index was started.
    pub at: Duration,
}

impl Request {
    /// The value of a header, its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// The `Range` header.
    pub fn range(&self) -> Option<&str> {
        self.header("range")
    }

    pub(super) fn read(
        stream: &mut BufReader<impl Read>,
        connection: u64,
    ) -> io::Result<Option<Self>> {
        let mut head = stream.take(LONGEST_HEAD);
        let mut line = String::new();
        if head.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let mut words = line.split_whitespace();
        let method = words.next().unwrap_or_default().to_owned();
        let target = words.next().unwrap_or_default().to_owned();
        let mut headers = Vec::new();
        loop {
            let mut line = String::new();
            if head.read_line(&mut line)? == 0 || line.trim().is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(':') {
                headers.push((name.trim().to_lowercase(), value.trim().to_owned()));
            }
        }
        let protocol = words.next().unwrap_or_default();
        Ok(Some(Self::new(
            &method, &target, headers, protocol, connection,
        )))
    }

    pub(super) fn new(
        method: &str,
        target: &str,
        headers: Vec<(String, String)>,
        protocol: &str,
        connection: u64,
    ) -> Self {
        let path = target.split('?').next().unwrap_or_default();
        let path = match path.strip_prefix("http://") {
            Some(rest) => rest.find('/').map_or("/", |at| &rest[at..]), // as a proxy is asked
            None => path,
        };
        let path = percent_decode_str(path).decode_utf8_lossy().into_owned();
        Self {
            method: method.to_owned(),
            path,
            target: target.to_owned(),
            headers,
            protocol: protocol.to_owned(),
            connection,
            at: Duration::ZERO,
        }
    }

    /// The first and the last byte asked for, of a body of this length: `Ok(None)` where no single
    /// range is asked for, `Err` where none of it is there.
    pub(super) fn byte_range(&self, length: u64) -> Result<Option<(u64, u64)>, ()> {
        let Some(range) = self.range().and_then(|range| range.strip_prefix("bytes=")) else {
            return Ok(None);
        };
        let Some((first, last)) = range.split_once('-') else {
            return Ok(None);
        };
        let (first, last) = match (first.parse::<u64>(), last.parse::<u64>()) {
            (Ok(first), Ok(last)) => (first, last.min(length.wrapping_sub(1))),
            (Ok(first), Err(_)) if last.is_empty() => (first, length.wrapping_sub(1)),
            (Err(_), Ok(count)) if first.is_empty() && count > 0 => {
                (length.saturating_sub(count), length.wrapping_sub(1))
            }
            _ => return Ok(None),
        };
        if length == 0 || first >= length || last < first {
            Err(())
        } else {
            Ok(Some((first, last)))
        }
    }
}

/// The bytes behind an address.
#[derive(Debug, Clone)]
pub enum Body {
    /// In memory.
    Bytes(Arc<Vec<u8>>),
    /// On disk, with its length.
    File(PathBuf, u64),
}

impl Body {
    /// Bytes in memory.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self::Bytes(Arc::new(bytes.into()))
    }

    /// How many bytes.
    pub fn len(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::File(_, length) => *length,
        }
    }

    /// No byte.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All of them.
    ///
    /// # Panics
    /// The file cannot be read.
    pub fn read(&self) -> Arc<Vec<u8>> {
        match self {
            Self::Bytes(bytes) => bytes.clone(),
            Self::File(path, _) => {
                Arc::new(std::fs::read(path).expect("a file of the index can be read"))
            }
        }
    }

    fn open(&self, first: u64) -> io::Result<Box<dyn Read + '_>> {
        Ok(match self {
            Self::Bytes(bytes) => Box::new(&bytes[first as usize..]),
            Self::File(path, _) => {
                let mut file = std::fs::File::open(path)?;
                file.seek(SeekFrom::Start(first))?;
                Box::new(file)
            }
        })
    }
}

/// What goes back.
#[derive(Debug, Clone)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// The headers, without the length and the range.
    pub headers: Vec<(String, String)>,
    /// The whole body.
    pub body: Body,
    /// The part of it that is sent: the first byte and the last.
    pub part: Option<(u64, u64)>,
    /// How it is sent.
    pub delivery: Delivery,
}

/// How a response is sent.
#[derive(Debug, Clone, Default)]
pub struct Delivery {
    /// Wait before the first byte.
    pub delay: Duration,
    /// Bytes per second for this response.
    pub rate: Option<Throttle>,
    /// Cut the connection after so many bytes of the body.
    pub cut: Option<u64>,
    /// Say nothing for so long after so many bytes of the body, then cut.
    pub stall: Option<(u64, Duration)>,
    /// Added to Content-Length.
    pub lie: i64,
    /// `Content-Range` ends in `/*`.
    pub without_total: bool,
    /// Close the connection afterwards.
    pub close: bool,
}

impl Response {
    /// A response with a status and a body.
    pub fn new(status: u16, content_type: &str, body: Body) -> Self {
        Self {
            status,
            headers: vec![("Content-Type".into(), content_type.into())],
            body,
            part: None,
            delivery: Delivery::default(),
        }
    }

    /// A response that is a line of text.
    pub fn text(status: u16, text: &str) -> Self {
        Self::new(status, "text/plain", Body::new(format!("{text}\n")))
    }

    /// Takes a header away.
    pub fn unset(&mut self, name: &str) {
        self.headers
            .retain(|(key, _)| !key.eq_ignore_ascii_case(name));
    }

    /// Sets a header, instead of the one there is.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.unset(name);
        self.headers.push((name.into(), value.into()));
    }

    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    fn head(&self, first: u64, length: u64) -> String {
        let mut head = format!("HTTP/1.1 {} {}\r\n", self.status, reason(self.status));
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        if self.status != 304 {
            let declared = length.saturating_add_signed(self.delivery.lie);
            head += &format!("Content-Length: {declared}\r\n");
        }
        if self.part.is_some() {
            let total = if self.delivery.without_total {
                "*".to_owned()
            } else {
                self.body.len().to_string()
            };
            head += &format!(
                "Content-Range: bytes {first}-{}/{total}\r\n",
                first + length - 1
            );
        }
        if self.delivery.close {
            head += "Connection: close\r\n";
        }
        head + "\r\n"
    }

    /// Sends it; false where the connection must be closed now.
    pub(super) fn send(
        &self,
        stream: &mut impl Write,
        line: &Throttle,
        head_only: bool,
    ) -> io::Result<bool> {
        sleep(self.delivery.delay);
        let (first, length) = match self.part {
            Some((first, last)) => (first, last - first + 1),
            None => (0, self.body.len()),
        };
        stream.write_all(self.head(first, length).as_bytes())?;
        if head_only || self.status == 304 {
            return Ok(!self.delivery.close);
        }
        let stop = self
            .delivery
            .cut
            .or(self.delivery.stall.map(|(after, _)| after));
        let sent = stop.map_or(length, |stop| stop.min(length));
        self.send_body(stream, line, first, sent)?;
        if let Some((_, pause)) = self.delivery.stall {
            stream.flush()?;
            sleep(pause);
        }
        Ok(stop.is_none() && self.delivery.lie == 0 && !self.delivery.close)
    }

    fn send_body(
        &self,
        stream: &mut impl Write,
        line: &Throttle,
        first: u64,
        length: u64,
    ) -> io::Result<()> {
        let mut source = self.body.open(first)?.take(length);
        let chunk = self
            .delivery
            .rate
            .as_ref()
            .map_or(CHUNK, |rate| rate.chunk().min(CHUNK));
        let mut buffer = vec![0; chunk.min(length.max(1)) as usize];
        loop {
            let n = source.read(&mut buffer)?;
            if n == 0 {
                return stream.flush();
            }
            line.pass(n as u64);
            if let Some(rate) = &self.delivery.rate {
                rate.pass(n as u64);
            }
            stream.write_all(&buffer[..n])?;
        }
    }
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        206 => "Partial Content",
        301 => "Moved Permanently",
        302 => "Found",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        407 => "Proxy Authentication Required",
        416 => "Range Not Satisfiable",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Status",
    }
}
