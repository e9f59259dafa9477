//! Pages, METADATA and what sdists say, kept on disk between runs.
//!
//! A page is kept with the headers that say how long it is good for (RFC 9111): while it is fresh
//! no request is made, later it is asked whether it changed. METADATA of a wheel whose sha256 the
//! index gives never changes and is kept for good. Entries are keyed by URLs without credentials,
//! written beside their place and renamed; one that cannot be read counts as not there.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode};
use http_cache_semantics::{BeforeRequest, CacheOptions, CachePolicy};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use url::Url;
use wh_packaging::{DistributionFile, hexadecimal};
use wh_sdist::Sdist;

use writes::Writes;

mod writes;

/// Changes with the form of the entries, so that two versions of `wh` can share a folder.
pub(crate) const PAGES: &str = "pages-v1";
pub(crate) const METADATA: &str = "metadata-v1";
pub(crate) const WHEELS: &str = "wheels-v1";
pub(crate) const SDISTS: &str = "sdists-v1";
pub(crate) const FILES: &str = "files-v1";
const MAGIC: &[u8] = b"wh page\n";

/// Where a server says when a page changed, and nothing of how long it is good for, it is fresh for
/// the tenth of its age (as uv and browsers take it), but never longer than this.
const FRESH_BY_DEFAULT: Duration = Duration::from_secs(600);

/// What is private to a user may be kept for them.
const OPTIONS: CacheOptions = CacheOptions {
    shared: false,
    cache_heuristic: 0.1,
    immutable_min_time_to_live: Duration::from_secs(0),
    ignore_cargo_cult: false,
};

/// The folder, where there is one.
#[derive(Debug, Clone)]
pub(crate) struct Cache {
    folder: Option<PathBuf>,
    writes: Arc<Writes>,
}

/// A page as it was answered.
#[derive(Debug, Clone)]
pub(crate) struct StoredPage {
    /// Where it was in the end, after redirects.
    pub(crate) url: Url,
    /// The headers of the answer.
    pub(crate) headers: HeaderMap,
    /// When it came, or was last said to be good.
    pub(crate) time: SystemTime,
    /// The body, decoded.
    pub(crate) body: Vec<u8>,
}

/// What stands before the body in an entry.
#[derive(Serialize, Deserialize)]
struct Head {
    url: Url,
    seconds: u64,
    headers: Vec<(String, String)>,
    length: usize,
}

/// Whether a stored page can be used.
pub(crate) enum Freshness {
    /// As it is.
    Fresh,
    /// After a request with these headers was answered with 304.
    Stale(HeaderMap),
}

impl StoredPage {
    /// The content type that was answered.
    pub(crate) fn content_type(&self) -> Option<&str> {
        self.headers
            .get(http::header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
    }

    /// Whether a request for it must be made now.
    pub(crate) fn freshness(&self, asked: &HeaderMap) -> Freshness {
        let request = request(&self.url, asked);
        let policy = policy(&request, &self.headers, self.time);
        match policy.before_request(&request, SystemTime::now()) {
            BeforeRequest::Fresh(_) => Freshness::Fresh,
            BeforeRequest::Stale { request, matches } if matches => {
                Freshness::Stale(request.headers)
            }
            BeforeRequest::Stale { .. } => Freshness::Stale(asked.clone()),
        }
    }

    /// Takes over what a 304 says anew.
    pub(crate) fn confirm(&mut self, headers: &HeaderMap) {
        for (name, value) in headers {
            if name != http::header::CONTENT_TYPE && name != http::header::CONTENT_LENGTH {
                self.headers.insert(name.clone(), value.clone());
            }
        }
        self.time = SystemTime::now();
    }

    fn is_storable(&self, asked: &HeaderMap) -> bool {
        policy(&request(&self.url, asked), &self.headers, self.time).is_storable()
    }

    fn encode(&self) -> Option<Vec<u8>> {
        let head = Head {
            url: self.url.clone(),
            seconds: self.time.duration_since(UNIX_EPOCH).ok()?.as_secs(),
            headers: self
                .headers
                .iter()
                .filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.into())))
                .collect(),
            length: self.body.len(),
        };
        let head = serde_json::to_vec(&head).ok()?;
        let length = u32::try_from(head.len()).ok()?;
        let mut bytes = Vec::with_capacity(MAGIC.len() + 4 + head.len() + self.body.len());
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&length.to_le_bytes());
        bytes.extend_from_slice(&head);
        bytes.extend_from_slice(&self.body);
        Some(bytes)
    }

    fn decode(mut bytes: Vec<u8>) -> Option<Self> {
        let rest = bytes.strip_prefix(MAGIC)?;
        let (length, rest) = rest.split_first_chunk::<4>()?;
        let head_length = u32::from_le_bytes(*length) as usize;
        let head: Head = serde_json::from_slice(rest.get(..head_length)?).ok()?;
        let body_at = MAGIC.len() + 4 + head_length;
        if bytes.len() - body_at != head.length {
            return None;
        }
        let mut headers = HeaderMap::new();
        for (name, value) in head.headers {
            headers.append(
                HeaderName::try_from(name).ok()?,
                HeaderValue::try_from(value).ok()?,
            );
        }
        bytes.drain(..body_at);
        Some(Self {
            url: head.url,
            headers,
            time: UNIX_EPOCH.checked_add(Duration::from_secs(head.seconds))?,
            body: bytes,
        })
    }
}

impl Cache {
    pub(crate) fn new(folder: Option<PathBuf>) -> Self {
        Self {
            folder,
            writes: Arc::default(),
        }
    }

    /// Does work that keeps something, so that no request waits for the disk. Within a runtime only.
    pub(crate) fn behind(&self, work: impl FnOnce(&Self) + Send + 'static) {
        let (cache, open) = (self.clone(), self.writes.open());
        tokio::task::spawn_blocking(move || {
            work(&cache);
            drop(open);
        });
    }

    /// Waits for the work that nobody waited for: with its runtime, what has not begun would go, and with
    /// the process, what has not ended.
    pub(crate) fn finish(&self) {
        self.writes.wait();
    }

    /// The page kept for a URL (without credentials).
    pub(crate) fn page(&self, url: &str) -> Option<StoredPage> {
        let path = self.path(PAGES, &[url])?;
        StoredPage::decode(fs_err::read(path).ok()?)
    }

    /// Keeps a page, if its server allows. That a disk is full is no reason to stop.
    pub(crate) fn keep_page(&self, url: &str, asked: &HeaderMap, page: &StoredPage) {
        if let Some(path) = self.path(PAGES, &[url])
            && page.is_storable(asked)
            && let Some(bytes) = page.encode()
        {
            let _ = write(&path, &[&bytes]);
        }
    }

    /// A file that is gone when it is dropped: in the cache's folder, else in the machine's.
    pub(crate) fn temporary_file(&self) -> std::io::Result<tempfile::NamedTempFile> {
        match &self.folder {
            Some(folder) => {
                fs_err::create_dir_all(folder)?;
                tempfile::NamedTempFile::new_in(folder)
            }
            None => tempfile::NamedTempFile::new(),
        }
    }

    /// The METADATA kept of a wheel.
    pub(crate) fn metadata(&self, file: &DistributionFile) -> Option<Vec<u8>> {
        read_checked(&self.file_path(METADATA, file)?)
    }

    /// What an sdist was kept to say of itself.
    pub(crate) fn sdist(&self, file: &DistributionFile) -> Option<Sdist> {
        serde_json::from_slice(&read_checked(&self.file_path(SDISTS, file)?)?).ok()
    }

    /// Keeps what an sdist says of itself.
    pub(crate) fn keep_sdist(&self, file: &DistributionFile, sdist: &Sdist) {
        if let Some(path) = self.file_path(SDISTS, file)
            && let Ok(bytes) = serde_json::to_vec(sdist)
        {
            let _ = write(&path, &[Sha256::digest(&bytes).as_slice(), &bytes]);
        }
    }

    /// Keeps the METADATA of a wheel: its fields, without the description.
    pub(crate) fn keep_metadata(&self, file: &DistributionFile, metadata: &[u8]) {
        if let Some(path) = self.file_path(METADATA, file) {
            keep_fields(&path, metadata);
        }
    }

    /// The METADATA kept of a wheel on this machine, by what tells it from every other.
    pub(crate) fn local_metadata(&self, identity: &str) -> Option<Vec<u8>> {
        read_checked(&self.path(WHEELS, &[identity])?)
    }

    /// Keeps the METADATA of a wheel on this machine.
    pub(crate) fn keep_local_metadata(&self, identity: &str, metadata: &[u8]) {
        if let Some(path) = self.path(WHEELS, &[identity]) {
            keep_fields(&path, metadata);
        }
    }

    /// Both URL and digest count: whoever serves a page may say anything about its own files, but
    /// nothing about those of others.
    pub(crate) fn file_path(&self, kind: &str, file: &DistributionFile) -> Option<PathBuf> {
        let sha256 = file.hashes.sha256()?;
        self.path(kind, &[file.url.as_str(), sha256])
    }

    fn path(&self, kind: &str, key: &[&str]) -> Option<PathBuf> {
        let folder = self.folder.as_ref()?;
        let hex = hex(key);
        Some(folder.join(kind).join(&hex[..2]).join(&hex[2..]))
    }
}

/// What stands for a key, as the name of a file.
pub(crate) fn hex(key: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in key {
        hasher.update(part.as_bytes());
        hasher.update(b"\n");
    }
    hexadecimal(&hasher.finalize())
}

/// METADATA behind its digest.
fn read_checked(path: &Path) -> Option<Vec<u8>> {
    let mut bytes = fs_err::read(path).ok()?;
    let digest_length = 32;
    let (digest, metadata) = bytes.split_at_checked(digest_length)?;
    if Sha256::digest(metadata).as_slice() != digest {
        return None;
    }
    bytes.drain(..digest_length);
    Some(bytes)
}

fn keep_fields(path: &Path, metadata: &[u8]) {
    let fields = fields_alone(metadata);
    let _ = write(path, &[Sha256::digest(fields).as_slice(), fields]);
}

/// METADATA up to the empty line before the description, which choosing does not need.
fn fields_alone(metadata: &[u8]) -> &[u8] {
    let mut start = 0;
    for line in metadata.split_inclusive(|byte| *byte == b'\n') {
        if line == b"\n" || line == b"\r\n" {
            return &metadata[..start];
        }
        start += line.len();
    }
    metadata
}

fn write(path: &Path, parts: &[&[u8]]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    fs_err::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    for part in parts {
        file.write_all(part)?;
    }
    file.persist(path)?;
    Ok(())
}

fn request(url: &Url, headers: &HeaderMap) -> Request<()> {
    let mut request = Request::new(());
    *request.uri_mut() = url.as_str().parse().unwrap_or_default();
    *request.headers_mut() = headers.clone();
    request
}

fn policy(request: &Request<()>, headers: &HeaderMap, time: SystemTime) -> CachePolicy {
    let mut response = Response::new(());
    *response.status_mut() = StatusCode::OK;
    *response.headers_mut() = headers.clone();
    let old = time.elapsed().unwrap_or_default() > FRESH_BY_DEFAULT;
    let options = CacheOptions {
        cache_heuristic: if old { 0.0 } else { OPTIONS.cache_heuristic },
        ..OPTIONS
    };
    CachePolicy::new_options(request, &response, time, options)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(headers: &[(&str, &str)], age: u64) -> StoredPage {
        StoredPage {
            url: "https://index.example/simple/demo/".parse().unwrap(),
            headers: headers
                .iter()
                .map(|(n, v)| (n.parse().unwrap(), v.parse().unwrap()))
                .collect(),
            time: SystemTime::now() - Duration::from_secs(age),
            body: b"body".to_vec(),
        }
    }

    /// `expected`: "fresh", or the conditional header that is sent.
    fn check(headers: &[(&str, &str)], age: u64, expected: &str) {
        let found = match page(headers, age).freshness(&HeaderMap::new()) {
            Freshness::Fresh => "fresh".to_owned(),
            Freshness::Stale(headers) => headers
                .get("if-none-match")
                .or(headers.get("if-modified-since"))
                .map_or("unconditional".to_owned(), |v| v.to_str().unwrap().into()),
        };
        assert_eq!(found, expected, "{headers:?}");
    }

    #[test]
    fn fresh_as_long_as_the_server_says() {
        let ten_minutes = ("cache-control", "max-age=600, public");
        check(&[ten_minutes], 10, "fresh");
        check(&[ten_minutes, ("etag", "\"x\"")], 700, "\"x\"");
        check(&[("cache-control", "private, max-age=600")], 10, "fresh");
        check(&[("etag", "\"x\"")], 0, "\"x\"");
        // nothing said of how long: for a while, if it did not change for long
        let changed = ("last-modified", "Mon, 01 Jan 2024 00:00:00 GMT");
        check(&[changed], 500, "fresh");
        check(&[changed], 700, changed.1);
        check(&[changed, ("cache-control", "max-age=0")], 1, changed.1);
        check(&[], 0, "unconditional");
    }

    #[test]
    fn kept_unless_forbidden_and_ignored_where_damaged() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(Some(folder.path().to_owned()));
        let url = "https://index.example/simple/demo/";
        let asked = HeaderMap::new();
        cache.keep_page(url, &asked, &page(&[("cache-control", "no-store")], 0));
        assert!(cache.page(url).is_none());
        let kept = page(&[("content-type", "text/html"), ("etag", "\"x\"")], 0);
        cache.keep_page(url, &asked, &kept);
        let found = cache.page(url).unwrap();
        assert_eq!(found.body, b"body");
        assert_eq!(found.content_type(), Some("text/html"));
        let path = cache.path(PAGES, &[url]).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        for length in 0..bytes.len() {
            std::fs::write(&path, &bytes[..length]).unwrap();
            assert!(cache.page(url).is_none(), "{length} bytes");
        }
    }

    #[test]
    fn metadata_by_url_and_digest() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(Some(folder.path().to_owned()));
        let file = |url: &str, sha256: &str| {
            let name = "demo-1.0-py3-none-any.whl";
            let filename = crate::simple::filename(name, &"demo".parse().unwrap()).unwrap();
            let url = url.parse().unwrap();
            let origin = wh_packaging::Origin::FindLinks;
            let mut file = DistributionFile::new(filename, name, url, origin);
            file.hashes.insert("sha256", sha256);
            file
        };
        let kept = file("https://a.example/x.whl", "ab");
        cache.keep_metadata(&kept, b"Name: demo\nVersion: 1.0\n\nwords");
        assert_eq!(
            cache.metadata(&kept).unwrap(),
            b"Name: demo\nVersion: 1.0\n"
        );
        assert!(
            cache
                .metadata(&file("https://a.example/x.whl", "cd"))
                .is_none()
        );
        assert!(
            cache
                .metadata(&file("https://b.example/x.whl", "ab"))
                .is_none()
        );
        let path = cache.file_path(METADATA, &kept).unwrap();
        let mut bytes = std::fs::read(&path).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        std::fs::write(&path, bytes).unwrap();
        assert!(cache.metadata(&kept).is_none());
    }
}
