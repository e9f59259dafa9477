//! Builds sdists: `{name}-{version}.tar.gz` with a PKG-INFO and whatever else is asked for. The same
//! calls always give the same bytes.

use std::path::{Path, PathBuf};

use libdeflater::{CompressionLvl, Compressor};

use crate::IndexFile;
use crate::wheel::escaped_name;

/// One sdist to be.
#[derive(Debug, Clone)]
pub struct SdistBuilder {
    name: String,
    version: String,
    metadata_version: String,
    headers: Vec<(String, String)>,
    files: Vec<(String, Vec<u8>)>,
}

impl SdistBuilder {
    /// An sdist that is built by setuptools and whose metadata is static.
    pub fn new(name: impl Into<String>, version: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            version: version.into(),
            metadata_version: "2.4".into(),
            headers: Vec::new(),
            files: Vec::new(),
        }
    }

    /// `Metadata-Version`; below 2.2 nothing is static.
    pub fn metadata_version(mut self, version: impl Into<String>) -> Self {
        self.metadata_version = version.into();
        self
    }

    /// `Requires-Dist`.
    pub fn requires(self, requirement: impl Into<String>) -> Self {
        self.header("Requires-Dist", requirement)
    }

    /// Any header of PKG-INFO.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// A pyproject.toml with this build backend and these requirements to build.
    pub fn builds_with<'a>(
        self,
        backend: &str,
        requires: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let requires: Vec<&str> = requires.into_iter().collect();
        let text =
            format!("[build-system]\nrequires = {requires:?}\nbuild-backend = \"{backend}\"\n");
        self.file("pyproject.toml", text)
    }

    /// With a build backend in its own tree that needs nothing: the wheel is PKG-INFO and what lies
    /// below `src`. A file `hook.py` may define any of its hooks anew.
    pub fn builds_itself(self) -> Self {
        let text =
            "[build-system]\nrequires = []\nbuild-backend = \"tiny\"\nbackend-path = [\".\"]\n";
        self.file("pyproject.toml", text)
            .file("tiny.py", include_str!("backend.py"))
    }

    /// The same as a project's folder below another; its path.
    pub fn unpacked(&self, into: &Path) -> PathBuf {
        let folder = into.join(self.folder());
        let pkg_info = ("PKG-INFO".to_owned(), self.pkg_info().into_bytes());
        for (path, content) in std::iter::once(&pkg_info).chain(&self.files) {
            let path = folder.join(path);
            std::fs::create_dir_all(path.parent().expect("below the folder")).expect("can write");
            std::fs::write(path, content).expect("can write");
        }
        folder
    }

    /// A file below its folder.
    pub fn file(mut self, path: impl Into<String>, content: impl Into<Vec<u8>>) -> Self {
        self.files.push((path.into(), content.into()));
        self
    }

    /// The file's name.
    pub fn filename(&self) -> String {
        format!("{}.tar.gz", self.folder())
    }

    fn folder(&self) -> String {
        format!("{}-{}", escaped_name(&self.name), self.version)
    }

    fn pkg_info(&self) -> String {
        let mut text = format!(
            "Metadata-Version: {}\nName: {}\nVersion: {}\n",
            self.metadata_version, self.name, self.version
        );
        for (name, value) in &self.headers {
            text += &format!("{name}: {value}\n");
        }
        text
    }

    /// The archive.
    pub fn build(&self) -> Vec<u8> {
        let mut tar = Vec::new();
        add(
            &mut tar,
            &format!("{}/PKG-INFO", self.folder()),
            self.pkg_info().as_bytes(),
        );
        for (path, content) in &self.files {
            add(&mut tar, &format!("{}/{path}", self.folder()), content);
        }
        tar.resize(tar.len() + 1024, 0);
        let mut compressor = Compressor::new(CompressionLvl::default());
        let mut bytes = vec![0; compressor.gzip_compress_bound(tar.len())];
        let length = compressor
            .gzip_compress(&tar, &mut bytes)
            .expect("the bound holds");
        bytes.truncate(length);
        bytes
    }

    /// As an index offers it.
    pub fn on_index(&self) -> IndexFile {
        IndexFile::new(self.filename(), self.build()).project(&self.name)
    }
}

/// A regular file of a tar archive (POSIX ustar).
fn add(tar: &mut Vec<u8>, path: &str, content: &[u8]) {
    let mut header = [0u8; 512];
    header[..path.len()].copy_from_slice(path.as_bytes());
    header[100..108].copy_from_slice(b"0000644\0");
    header[108..116].copy_from_slice(b"0000000\0");
    header[116..124].copy_from_slice(b"0000000\0");
    header[124..136].copy_from_slice(format!("{:011o}\0", content.len()).as_bytes());
    header[136..148].copy_from_slice(b"00000000000\0");
    header[148..156].copy_from_slice(b"        ");
    header[156] = b'0';
    header[257..265].copy_from_slice(b"ustar\x0000");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    tar.extend_from_slice(&header);
    tar.extend_from_slice(content);
    tar.resize(tar.len().next_multiple_of(512), 0);
}
