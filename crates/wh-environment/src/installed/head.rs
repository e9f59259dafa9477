//! Reads what listing needs of one distribution: the head of METADATA, and `direct_url.json`.

use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use wh_packaging::DirectUrl;
use wh_packaging::report::Warning;

use super::find::{Found, project_name};
use super::{InstalledDistribution, InstalledKind, unreadable};

/// `Name` and `Version` stand among the first lines; a description may be megabytes.
const HEAD_BYTES: u64 = 2048;
/// Where they do not, no more than this is read.
const MAX_HEAD_BYTES: u64 = 1 << 20;
const MAX_DIRECT_URL_BYTES: u64 = 1 << 20;

/// `Name` and `Version` as written.
#[derive(Debug, Default, PartialEq, Eq)]
struct Head {
    name: Option<String>,
    version: Option<String>,
}

/// The whole of the metadata.
pub(super) fn whole(kind: InstalledKind, path: &Path) -> std::io::Result<Vec<u8>> {
    match kind {
        InstalledKind::ZippedEgg => zipped(path),
        _ => fs_err::read(metadata_file(kind, path)),
    }
}

/// `EGG-INFO/PKG-INFO` of a zipped egg, as far as it is of a bearable size.
fn zipped(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut archive = zip::ZipArchive::new(fs_err::File::open(path)?)?;
    let member = archive.by_name("EGG-INFO/PKG-INFO")?;
    let mut bytes = Vec::new();
    member.take(MAX_HEAD_BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn metadata_file(kind: InstalledKind, path: &Path) -> PathBuf {
    match kind {
        InstalledKind::DistInfo => path.join("METADATA"),
        InstalledKind::EggInfo | InstalledKind::Egg => path.join("PKG-INFO"),
        InstalledKind::EggInfoFile | InstalledKind::ZippedEgg => path.to_path_buf(),
    }
}

/// The distribution; with a warning where its `direct_url.json` is not one.
pub(super) fn read(found: Found) -> Result<(InstalledDistribution, Option<Warning>), Warning> {
    let head = match found.kind {
        InstalledKind::ZippedEgg => {
            zipped(&found.path).map(|bytes| parse_head(&bytes, true).unwrap_or_default())
        }
        kind => read_head(&metadata_file(kind, &found.path)),
    };
    let head = match head {
        Ok(head) => head,
        // pip makes do with what the folder's name tells
        Err(error) if error.kind() == ErrorKind::NotFound => Head::default(),
        Err(error) => return Err(unreadable(&found.path, error.to_string())),
    };
    let project = project_name(&found.stem)
        .ok_or_else(|| unreadable(&found.path, "its name is not a project name"))?;
    let Some(version) = found.version.or_else(|| head.version.clone()) else {
        return Err(unreadable(&found.path, "its metadata has no version"));
    };
    let name = head.name.unwrap_or_else(|| project.to_string());
    if project_name(&name).is_none() {
        return Err(unreadable(&found.path, "its metadata has no valid name"));
    }
    let (direct_url, warning) = match read_direct_url(found.kind, &found.path) {
        Ok(direct_url) => (direct_url, None),
        Err(reason) => {
            let path = found.path.join("direct_url.json");
            (None, Some(unreadable(&path, reason)))
        }
    };
    let distribution = InstalledDistribution {
        project,
        name,
        version,
        raw_version: head.version,
        kind: found.kind,
        metadata_path: found.path,
        location: found.location,
        direct_url,
        egg_link: found.egg_link,
    };
    Ok((distribution, warning))
}

/// `Version` as the metadata has it, where that can be read.
pub(crate) fn version_in(kind: InstalledKind, path: &Path) -> Option<String> {
    read_head(&metadata_file(kind, path)).ok()?.version
}

fn read_head(path: &Path) -> std::io::Result<Head> {
    let mut file = std::fs::File::open(path)?;
    let mut bytes = Vec::with_capacity(HEAD_BYTES as usize);
    let mut limit = HEAD_BYTES;
    loop {
        let missing = limit - bytes.len() as u64;
        let read = (&mut file).take(missing).read_to_end(&mut bytes)?;
        let whole = (read as u64) < missing;
        if let Some(head) = parse_head(&bytes, whole || limit >= MAX_HEAD_BYTES) {
            return Ok(head);
        }
        limit *= 8;
    }
}

/// Reads the header lines. `None`: more text is needed.
fn parse_head(bytes: &[u8], whole: bool) -> Option<Head> {
    let mut head = Head::default();
    let mut rest = bytes;
    while let Some(end) = rest.iter().position(|&byte| byte == b'\n') {
        let line = rest[..end].strip_suffix(b"\r").unwrap_or(&rest[..end]);
        rest = &rest[end + 1..];
        if line.is_empty() {
            return Some(head);
        }
        head.take(line);
        if head.name.is_some() && head.version.is_some() {
            return Some(head);
        }
    }
    if whole {
        head.take(rest);
    }
    whole.then_some(head)
}

impl Head {
    /// The first `Name` and the first `Version` count.
    fn take(&mut self, line: &[u8]) {
        let Some(colon) = line.iter().position(|&byte| byte == b':') else {
            return;
        };
        let field = &line[..colon];
        let place = if field.eq_ignore_ascii_case(b"name") {
            &mut self.name
        } else if field.eq_ignore_ascii_case(b"version") {
            &mut self.version
        } else {
            return;
        };
        if place.is_none() {
            let value = String::from_utf8_lossy(&line[colon + 1..]);
            *place = Some(value.trim().to_owned()).filter(|value| !value.is_empty());
        }
    }
}

fn read_direct_url(kind: InstalledKind, folder: &Path) -> Result<Option<DirectUrl>, String> {
    if matches!(kind, InstalledKind::EggInfoFile | InstalledKind::ZippedEgg) {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    match std::fs::File::open(folder.join("direct_url.json")) {
        Ok(file) => file.take(MAX_DIRECT_URL_BYTES).read_to_end(&mut bytes),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => Err(error),
    }
    .map_err(|error| error.to_string())?;
    serde_json::from_slice(&bytes)
        .map(Some)
        .map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, name: Option<&str>, version: Option<&str>) {
        let expected = Head {
            name: name.map(str::to_owned),
            version: version.map(str::to_owned),
        };
        assert_eq!(parse_head(text.as_bytes(), true), Some(expected));
    }

    #[test]
    fn heads_of_metadata() {
        let text = "Metadata-Version: 2.1\nName: Foo.Bar\nVersion: 1.0\n\nName: no\n";
        check(text, Some("Foo.Bar"), Some("1.0"));
        check("name:a\r\nVERSION: 2 \r\n\r\n", Some("a"), Some("2"));
        check("Name: a\nName: b\n", Some("a"), None);
        check("Name: a\n\nVersion: 1\n", Some("a"), None);
        check("", None, None);
        check("Version: 1", None, Some("1"));
    }

    #[test]
    fn a_long_head_is_read_on() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let classifiers = "Classifier: x\n".repeat(10_000);
        fs_err::write(
            file.path(),
            format!("Name: a\n{classifiers}Version: 3\n\ntext"),
        )
        .unwrap();
        let head = read_head(file.path()).unwrap();
        assert_eq!(head.version.as_deref(), Some("3"));
    }
}
