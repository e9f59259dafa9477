//! Builds wheels: right ones by default, wrong ones by request.
//!
//! Follows the binary distribution format (file name, `.dist-info`, `.data`, RECORD) and the core
//! metadata. A wheel is right unless one of the methods of `lies.rs` was called. The same calls
//! always give the same bytes.

mod lies;
mod texts;

use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::zip::{Archive, Entry, Method};
use lies::Lies;

/// One wheel to be.
#[derive(Debug, Clone)]
pub struct WheelBuilder {
    name: String,
    version: String,
    spelling: Option<String>,
    build: Option<String>,
    tag: String,
    purelib: bool,
    metadata_version: String,
    wheel_version: String,
    headers: Vec<(String, String)>,
    description: String,
    entry_points: Vec<(String, String, String)>,
    method: Method,
    descriptors: bool,
    entries: Vec<Entry>,
    lies: Lies,
}

impl WheelBuilder {
    /// A wheel `py3-none-any` with nothing in it but its dist-info.
    pub fn new(name: impl Into<String>, version: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            version: version.into(),
            spelling: None,
            build: None,
            tag: "py3-none-any".into(),
            purelib: true,
            metadata_version: "2.1".into(),
            wheel_version: "1.0".into(),
            headers: Vec::new(),
            description: String::new(),
            entry_points: Vec::new(),
            method: Method::Deflate,
            descriptors: false,
            entries: Vec::new(),
            lies: Lies::default(),
        }
    }

    // --- names

    /// The name and version part of file name and folders, where a wheel does not normalise them:
    /// `Foo.Bar-1.0`.
    pub fn spelled(mut self, name_version: impl Into<String>) -> Self {
        self.spelling = Some(name_version.into());
        self
    }

    /// A build tag, which makes the file name one of six parts.
    pub fn build_tag(mut self, build: impl Into<String>) -> Self {
        self.build = Some(build.into());
        self
    }

    /// The tag of the file name, sets written with dots; WHEEL gets each of them.
    pub fn tag(mut self, tag: impl Into<String>) -> Self {
        self.tag = tag.into();
        self
    }

    // --- METADATA and WHEEL

    /// `Requires-Dist`.
    pub fn requires(self, requirement: impl Into<String>) -> Self {
        self.header("Requires-Dist", requirement)
    }

    /// `Provides-Extra`, with what the extra asks for; markers of a requirement are kept.
    pub fn extra<'a>(self, extra: &str, requires: impl IntoIterator<Item = &'a str>) -> Self {
        let wheel = self.header("Provides-Extra", extra);
        requires.into_iter().fold(wheel, |wheel, requirement| {
            wheel.requires(match requirement.split_once(';') {
                Some((what, marker)) => {
                    format!("{what}; ({}) and extra == \"{extra}\"", marker.trim())
                }
                None => format!("{requirement}; extra == \"{extra}\""),
            })
        })
    }

    /// `Requires-Python`.
    pub fn requires_python(self, specifiers: impl Into<String>) -> Self {
        self.header("Requires-Python", specifiers)
    }

    /// Any header of METADATA.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// `Metadata-Version`; 2.1 by default.
    pub fn metadata_version(mut self, version: impl Into<String>) -> Self {
        self.metadata_version = version.into();
        self
    }

    /// The text below the headers of METADATA.
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.description = text.into();
        self
    }

    /// `Wheel-Version`; 1.0 by default.
    pub fn wheel_version(mut self, version: impl Into<String>) -> Self {
        self.wheel_version = version.into();
        self
    }

    /// `Root-Is-Purelib`; true by default.
    pub fn purelib(mut self, purelib: bool) -> Self {
        self.purelib = purelib;
        self
    }

    // --- contents

    /// A regular file under the root of the wheel.
    pub fn file(self, path: impl Into<String>, bytes: impl AsRef<[u8]>) -> Self {
        self.entry(Entry::new(path, bytes.as_ref()))
    }

    /// A regular file with the executable bits.
    pub fn executable(self, path: impl Into<String>, bytes: impl AsRef<[u8]>) -> Self {
        self.entry(Entry {
            mode: 0o100_755,
            ..Entry::new(path, bytes.as_ref())
        })
    }

    /// A file of a `.data` scheme: `purelib`, `platlib`, `headers`, `scripts`, `data`.
    pub fn data(self, scheme: &str, path: &str, bytes: impl AsRef<[u8]>) -> Self {
        let path = format!("{}.data/{scheme}/{path}", self.stem());
        self.file(path, bytes)
    }

    /// A script, `#!python` and all, with the executable bits; by [`Self::data`] it has none.
    pub fn script(self, name: &str, bytes: impl AsRef<[u8]>) -> Self {
        let path = format!("{}.data/scripts/{name}", self.stem());
        self.executable(path, bytes)
    }

    /// A file in the dist-info folder, such as `licenses/LICENSE`.
    pub fn dist_info_file(self, path: &str, bytes: impl AsRef<[u8]>) -> Self {
        let path = self.dist_info(path);
        self.file(path, bytes)
    }

    /// An entry point: `("console_scripts", "hello", "pkg:main")`.
    pub fn entry_point(mut self, group: &str, name: &str, target: &str) -> Self {
        self.entry_points
            .push((group.into(), name.into(), target.into()));
        self
    }

    /// A member as it stands, with its row in RECORD. A name that ends in `/` gets none.
    pub fn entry(mut self, entry: Entry) -> Self {
        self.entries.push(entry);
        self
    }

    /// How all files added by path are kept; deflated by default.
    pub fn method(mut self, method: Method) -> Self {
        self.method = method;
        self
    }

    /// Sizes and check sums stand behind the data.
    pub fn descriptors(mut self) -> Self {
        self.descriptors = true;
        self
    }

    // --- results

    /// The file name.
    pub fn filename(&self) -> String {
        let build = self
            .build
            .as_ref()
            .map(|build| format!("-{build}"))
            .unwrap_or_default();
        format!("{}{build}-{}.whl", self.stem(), self.tag)
    }

    /// The name as it was given.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The bytes of the wheel.
    pub fn build(&self) -> Vec<u8> {
        let mut entries = self.members();
        let record = self.record(&entries);
        entries.retain(|entry| !self.lies.left_out.contains(&entry.name));
        if !self.lies.left_out.contains(&self.dist_info("RECORD")) {
            entries.push(self.plain("RECORD", &record));
        }
        entries.splice(0..0, self.lies.raw.iter().cloned());
        for (path, claims) in &self.lies.claims {
            for entry in entries.iter_mut().filter(|entry| entry.name == *path) {
                entry.claims = claims.clone();
            }
        }
        let mut bytes = Archive {
            entries,
            before: self.lies.before.clone(),
            after: self.lies.after.clone(),
            comment: Vec::new(),
        }
        .to_bytes();
        bytes.truncate(self.lies.cut.unwrap_or(usize::MAX));
        bytes
    }

    /// Writes the wheel into a folder, under its file name.
    ///
    /// # Panics
    /// The file cannot be written.
    pub fn write_to(&self, folder: impl AsRef<Path>) -> PathBuf {
        let path = folder.as_ref().join(self.filename());
        std::fs::write(&path, self.build()).expect("the folder can be written");
        path
    }

    /// A path in the dist-info folder.
    pub fn dist_info(&self, path: &str) -> String {
        format!("{}.dist-info/{path}", self.stem())
    }

    fn stem(&self) -> String {
        self.spelling.clone().unwrap_or_else(|| {
            format!(
                "{}-{}",
                escaped_name(&self.name),
                self.version.replace('-', "_")
            )
        })
    }

    /// All members but RECORD, those that will be left out included.
    fn members(&self) -> Vec<Entry> {
        let mut entries: Vec<Entry> = self
            .entries
            .iter()
            .map(|entry| match entry.method {
                Method::Deflate => Entry {
                    method: self.method,
                    ..entry.clone()
                },
                _ => entry.clone(),
            })
            .map(|entry| Entry {
                descriptor: entry.descriptor || self.descriptors,
                ..entry
            })
            .collect();
        entries.push(self.plain("METADATA", &self.metadata()));
        entries.push(self.plain("WHEEL", &self.wheel_text()));
        if !self.entry_points.is_empty() {
            entries.push(self.plain("entry_points.txt", &self.entry_points_text()));
        }
        entries
    }

    fn plain(&self, name: &str, text: &str) -> Entry {
        Entry {
            method: self.method,
            descriptor: self.descriptors,
            ..Entry::new(self.dist_info(name), text)
        }
    }
}

/// `sha256=` and the urlsafe base64 without padding, as RECORD has it.
pub fn record_hash(bytes: &[u8]) -> String {
    format!("sha256={}", URL_SAFE_NO_PAD.encode(Sha256::digest(bytes)))
}

/// The name as file names have it: lower case, runs of `-_.` as one `_`.
pub fn escaped_name(name: &str) -> String {
    normalized_name(name).replace('-', "_")
}

/// The name as an index has it (PEP 503).
pub fn normalized_name(name: &str) -> String {
    let parts: Vec<&str> = name
        .split(['-', '_', '.'])
        .filter(|part| !part.is_empty())
        .collect();
    parts.join("-").to_lowercase()
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn read(bytes: Vec<u8>, name: &str) -> String {
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        let mut text = String::new();
        archive
            .by_name(name)
            .unwrap()
            .read_to_string(&mut text)
            .unwrap();
        text
    }

    #[test]
    fn a_plain_wheel_reads_back() {
        let wheel = WheelBuilder::new("Foo.Bar", "1.0+cpu")
            .tag("py2.py3-none-any")
            .requires("x>=1")
            .extra("dev", ["pytest", "colorama; os_name == 'nt'"])
            .file("foo/__init__.py", "x = 1\n")
            .file("foo/a,b.txt", "")
            .script("hello", "#!python\n")
            .entry_point("console_scripts", "hi", "foo:main");
        assert_eq!(wheel.filename(), "foo_bar-1.0+cpu-py2.py3-none-any.whl");
        let bytes = wheel.build();
        let record = read(bytes.clone(), "foo_bar-1.0+cpu.dist-info/RECORD");
        let expected = format!(
            "foo/__init__.py,{},6\n\"foo/a,b.txt\"",
            record_hash(b"x = 1\n")
        );
        assert!(record.starts_with(&expected), "{record}");
        assert!(record.contains("foo_bar-1.0+cpu.data/scripts/hello,"));
        assert!(record.ends_with("foo_bar-1.0+cpu.dist-info/RECORD,,\n"));
        let metadata = read(bytes.clone(), "foo_bar-1.0+cpu.dist-info/METADATA");
        assert!(metadata.contains("colorama; (os_name == 'nt') and extra == \"dev\"\n"));
        let text = read(bytes, "foo_bar-1.0+cpu.dist-info/WHEEL");
        assert!(
            text.ends_with("Tag: py2-none-any\nTag: py3-none-any\n"),
            "{text}"
        );
    }

    #[test]
    fn every_way_to_keep_a_member_reads_back() {
        for method in [Method::Stored, Method::Deflate, Method::Zstd] {
            for descriptors in [false, true] {
                let mut wheel = WheelBuilder::new("a", "1")
                    .method(method)
                    .file("a.py", "a = 1\n");
                if descriptors {
                    wheel = wheel.descriptors();
                }
                assert_eq!(
                    read(wheel.build(), "a.py"),
                    "a = 1\n",
                    "{method:?} {descriptors}"
                );
            }
        }
        let zip64 = WheelBuilder::new("a", "1").entry(Entry {
            zip64: true,
            ..Entry::new("b", "b")
        });
        assert_eq!(read(zip64.build(), "b"), "b");
    }
}
