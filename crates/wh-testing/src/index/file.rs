//! One file of an index, and what its page says of it.

use std::io::{Cursor, Read, Seek};
use std::path::Path;

use super::http::Body;
use crate::wheel::{WheelBuilder, normalized_name};

/// One file, and what the page says of it. By default the page tells the truth: size, sha256,
/// Requires-Python of the METADATA, and METADATA itself beside the wheel (PEP 658).
#[derive(Debug, Clone)]
pub struct IndexFile {
    pub(super) filename: String,
    pub(super) project: String,
    pub(super) version: String,
    pub(super) body: Body,
    pub(super) url: Option<String>,
    pub(super) size: Option<u64>,
    pub(super) hashes: Vec<(String, String)>,
    pub(super) metadata: Option<Vec<u8>>,
    pub(super) metadata_hash: Option<String>,
    pub(super) requires_python: Option<String>,
    pub(super) yanked: Option<String>,
    pub(super) upload_time: Option<String>,
    pub(super) provenance: Option<String>,
}

impl IndexFile {
    /// A wheel that is built.
    pub fn wheel(wheel: &WheelBuilder) -> Self {
        Self::new(wheel.filename(), wheel.build()).project(wheel.name())
    }

    /// Any file. Its project and version are read from its name, its METADATA from the wheel.
    pub fn new(filename: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        let metadata = metadata_of(Cursor::new(&bytes));
        let hash = crate::sha256_hex(&bytes);
        Self::with(filename.into(), Body::new(bytes), hash, metadata)
    }

    /// A file on disk, which is read once now and whenever it is asked for.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn on_disk(path: &Path) -> std::io::Result<Self> {
        let bytes = std::fs::read(path)?;
        let filename = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let metadata = metadata_of(Cursor::new(&bytes));
        let body = Body::File(path.to_owned(), bytes.len() as u64);
        Ok(Self::with(
            filename,
            body,
            crate::sha256_hex(&bytes),
            metadata,
        ))
    }

    fn with(filename: String, body: Body, hash: String, metadata: Option<Vec<u8>>) -> Self {
        let (project, version) = split_filename(&filename);
        Self {
            project: normalized_name(&project),
            version,
            url: None,
            size: Some(body.len()),
            hashes: vec![("sha256".into(), hash)],
            requires_python: metadata.as_deref().and_then(requires_python_of),
            metadata_hash: metadata.as_deref().map(crate::sha256_hex),
            metadata,
            yanked: None,
            upload_time: None,
            provenance: None,
            filename,
            body,
        }
    }

    /// The project on whose page it stands.
    pub fn project(mut self, name: &str) -> Self {
        self.project = normalized_name(name);
        self
    }

    /// What the page says of Requires-Python.
    pub fn requires_python(mut self, specifiers: impl Into<String>) -> Self {
        self.requires_python = Some(specifiers.into());
        self
    }

    /// The page says nothing of Requires-Python.
    pub fn without_requires_python(mut self) -> Self {
        self.requires_python = None;
        self
    }

    /// Yanked; the reason may be empty.
    pub fn yanked(mut self, reason: impl Into<String>) -> Self {
        self.yanked = Some(reason.into());
        self
    }

    /// When it was uploaded: `2026-01-31T12:00:00Z`. JSON only.
    pub fn upload_time(mut self, time: impl Into<String>) -> Self {
        self.upload_time = Some(time.into());
        self
    }

    /// Where its provenance is (PEP 740).
    pub fn provenance(mut self, url: impl Into<String>) -> Self {
        self.provenance = Some(url.into());
        self
    }

    /// The page gives no size.
    pub fn without_size(mut self) -> Self {
        self.size = None;
        self
    }

    /// The page gives another size.
    pub fn size(mut self, bytes: u64) -> Self {
        self.size = Some(bytes);
        self
    }

    /// The page gives no hash.
    pub fn without_hashes(mut self) -> Self {
        self.hashes.clear();
        self
    }

    /// The page gives this hash, beside others or instead of the one of the same algorithm.
    pub fn hash(mut self, algorithm: &str, hex: impl Into<String>) -> Self {
        self.hashes.retain(|(name, _)| name != algorithm);
        self.hashes.push((algorithm.into(), hex.into()));
        self
    }

    /// No METADATA beside the file.
    pub fn without_metadata(mut self) -> Self {
        (self.metadata, self.metadata_hash) = (None, None);
        self
    }

    /// Another METADATA beside the file, with its right hash.
    pub fn metadata(mut self, text: impl Into<Vec<u8>>) -> Self {
        let text = text.into();
        self.metadata_hash = Some(crate::sha256_hex(&text));
        self.metadata = Some(text);
        self
    }

    /// What the page says of the hash of METADATA; `None`: that it is there, without a hash.
    pub fn metadata_hash(mut self, hash: Option<&str>) -> Self {
        self.metadata_hash = hash.map(Into::into);
        self
    }

    /// The sha256 of the file, whatever the page says.
    pub fn sha256(&self) -> String {
        crate::sha256_hex(&self.body.read())
    }

    /// Another address, relative to the page or absolute; nothing is served there.
    pub fn url(mut self, url: impl Into<String>) -> Self {
        self.url = Some(url.into());
        self
    }
}

/// METADATA out of a wheel; none where it is no wheel.
fn metadata_of(file: impl Read + Seek) -> Option<Vec<u8>> {
    let mut archive = zip::ZipArchive::new(file).ok()?;
    let name = archive
        .file_names()
        .filter_map(Result::ok)
        .find(|name| name.ends_with(".dist-info/METADATA") && name.matches('/').count() == 1)?
        .into_owned();
    let mut bytes = Vec::new();
    archive.by_name(&name).ok()?.read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

fn requires_python_of(metadata: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(metadata);
    let mut headers = text.lines().take_while(|line| !line.is_empty());
    headers
        .find_map(|line| line.strip_prefix("Requires-Python:"))
        .map(|value| value.trim().into())
}

/// Project and version of a wheel's or an sdist's file name.
fn split_filename(filename: &str) -> (String, String) {
    let stem = filename
        .strip_suffix(".tar.gz")
        .or_else(|| filename.rsplit_once('.').map(|(stem, _)| stem))
        .unwrap_or(filename);
    let (name, version) = if filename.ends_with(".whl") {
        let mut parts = stem.split('-');
        (parts.next(), parts.next())
    } else {
        stem.rsplit_once('-')
            .map_or((Some(stem), None), |(name, v)| (Some(name), Some(v)))
    };
    (
        name.unwrap_or_default().into(),
        version.unwrap_or_default().into(),
    )
}
