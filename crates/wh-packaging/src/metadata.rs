//! Core metadata (METADATA, PKG-INFO), versions 1.0 to 2.6, as far as choosing and installing need.
//!
//! Follows the core metadata specification; an unknown minor version is read as the newest known,
//! an unknown major one is an error. A dependency or a Requires-Python that cannot be understood
//! makes the whole file unusable: to guess would be to install the wrong thing.

use crate::headers::{self, Header};
use crate::requirement::{self, Requirement};
use crate::{ExtraName, ProjectName, Version, VersionSpecifiers, extra_name, project_name};

/// The fields of METADATA that choosing needs.
#[derive(Debug, Clone, PartialEq)]
pub struct Metadata {
    /// `Metadata-Version`; `1.0` where the file gives none.
    pub metadata_version: String,
    /// `Name` as written.
    pub raw_name: String,
    /// `Name`, normalised.
    pub name: ProjectName,
    /// `Version`
    pub version: Version,
    /// `Version` as written.
    pub raw_version: String,
    /// `Requires-Dist`
    pub requires_dist: Vec<Requirement>,
    /// `Requires-Python`
    pub requires_python: Option<VersionSpecifiers>,
    /// `Provides-Extra`; those that are no valid name are left out, since nobody can ask for them.
    pub provides_extra: Vec<ExtraName>,
    /// `Dynamic`, lower-cased field names
    pub dynamic: Vec<String>,
}

/// Why METADATA could not be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("METADATA{}: {reason}", at_line(*.line))]
pub struct MetadataError {
    /// The line, from 1; 0 where a field is missing altogether.
    pub line: usize,
    /// What is wrong.
    pub reason: String,
}

/// ` line 3`, or nothing where the fault stands on no line.
fn at_line(line: usize) -> String {
    if line == 0 {
        String::new()
    } else {
        format!(" line {line}")
    }
}

impl Metadata {
    /// What is known of a distribution of which only name and version are.
    pub fn of_name(name: ProjectName, version: Version) -> Self {
        Self {
            metadata_version: "2.2".to_owned(),
            raw_name: name.to_string(),
            name,
            raw_version: version.to_string(),
            version,
            requires_dist: Vec::new(),
            requires_python: None,
            provides_extra: Vec::new(),
            dynamic: Vec::new(),
        }
    }

    /// Reads METADATA.
    ///
    /// # Errors
    /// A field that is needed is missing or cannot be read; the major version is unknown.
    pub fn parse(bytes: &[u8]) -> Result<Self, MetadataError> {
        let headers = headers::read(bytes);
        let metadata_version = match first(&headers, "Metadata-Version") {
            Some(header) => known_version(header)?,
            None => "1.0".to_owned(),
        };
        let name = needed(&headers, "Name")?;
        let version = needed(&headers, "Version")?;
        Ok(Self {
            metadata_version,
            raw_name: name.value.to_string(),
            name: project_name(&name.value)
                .ok_or_else(|| error(name, "is not a valid project name"))?,
            version: version
                .value
                .parse()
                .map_err(|e| error(version, format!("is not a version: {e}")))?,
            raw_version: version.value.to_string(),
            requires_dist: requires_dist(&headers)?,
            requires_python: requires_python(&headers)?,
            provides_extra: all(&headers, "Provides-Extra")
                .filter_map(|header| extra_name(&header.value))
                .collect(),
            dynamic: all(&headers, "Dynamic")
                .map(|header| header.value.to_ascii_lowercase())
                .collect(),
        })
    }
}

/// All fields of METADATA in order, by name and value, for showing; the lines of a long value are
/// joined. Nothing is checked.
pub fn fields(bytes: &[u8]) -> Vec<(String, String)> {
    headers::read(bytes)
        .into_iter()
        .map(|header| (header.name.to_owned(), header.value.into_owned()))
        .collect()
}

fn all<'h, 'a>(
    headers: &'h [Header<'a>],
    name: &'h str,
) -> impl Iterator<Item = &'h Header<'a>> + 'h {
    headers.iter().filter(move |header| header.is(name))
}

fn first<'h, 'a>(headers: &'h [Header<'a>], name: &str) -> Option<&'h Header<'a>> {
    headers.iter().find(|header| header.is(name))
}

fn needed<'h, 'a>(headers: &'h [Header<'a>], name: &str) -> Result<&'h Header<'a>, MetadataError> {
    first(headers, name).ok_or_else(|| MetadataError {
        line: 0,
        reason: format!("`{name}` is missing"),
    })
}

/// `Name: value` and what is wrong with it.
fn error(header: &Header<'_>, what: impl std::fmt::Display) -> MetadataError {
    MetadataError {
        line: header.line,
        reason: format!("`{}: {}` {what}", header.name, header.value),
    }
}

/// The metadata version, where its major number is one that we know.
fn known_version(header: &Header<'_>) -> Result<String, MetadataError> {
    let major = header.value.split('.').next().unwrap_or_default();
    match major.trim().parse::<u32>() {
        Ok(1 | 2) => Ok(header.value.to_string()),
        Ok(_) => Err(error(header, "is of an unknown major version")),
        Err(_) => Err(error(header, "is not a metadata version")),
    }
}

fn requires_dist(headers: &[Header<'_>]) -> Result<Vec<Requirement>, MetadataError> {
    all(headers, "Requires-Dist")
        .map(|header| requirement::parse(&header.value).map_err(|e| error(header, e.message)))
        .collect()
}

fn requires_python(headers: &[Header<'_>]) -> Result<Option<VersionSpecifiers>, MetadataError> {
    match first(headers, "Requires-Python") {
        // `Requires-Python: UNKNOWN` was written by old tools for a field that was not given
        Some(header) if !header.value.is_empty() && header.value != "UNKNOWN" => {
            requirement::parse_specifiers_lenient(&header.value)
                .map(Some)
                .map_err(|e| error(header, e.message))
        }
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "Metadata-Version: 2.9\n\
        name: Foo.Bar\n\
        Version: 1.0\n\
        Requires-Python: >=3.6.*\n\
        Requires-Dist: click (>=8.0,)\n\
        Requires-Dist: colorama ; sys_platform ==\n    'win32'\n\
        Provides-Extra: Test_All\n\
        Provides-Extra: not a name!\n\
        Dynamic: Requires-Dist\n\
        \n\
        Requires-Dist: not-read\n";

    #[test]
    fn reads_the_fields() {
        let metadata = Metadata::parse(GOOD.as_bytes()).unwrap();
        assert_eq!(metadata.name.as_ref(), "foo-bar");
        assert_eq!(metadata.raw_name, "Foo.Bar");
        assert_eq!(metadata.version.to_string(), "1.0");
        assert_eq!(metadata.requires_python.unwrap().to_string(), ">=3.6");
        let requires: Vec<String> = metadata
            .requires_dist
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(
            requires,
            ["click>=8.0", "colorama ; sys_platform == 'win32'"]
        );
        assert_eq!(metadata.provides_extra.len(), 1);
        assert_eq!(metadata.provides_extra[0].as_ref(), "test-all");
        assert_eq!(metadata.dynamic, ["requires-dist"]);
    }

    #[test]
    fn all_fields_for_showing() {
        let text = "Name: a\nLicense: one\n  two\nSummary:\n\nbody: no\n";
        let expected = [("Name", "a"), ("License", "one two"), ("Summary", "")];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(fields(text.as_bytes()), expected);
    }

    #[test]
    fn says_where_it_is_wrong() {
        let check = |text: &str, line: usize, part: &str| {
            let error = Metadata::parse(text.as_bytes()).unwrap_err();
            assert_eq!(error.line, line, "{error}");
            assert!(error.reason.contains(part), "{error}");
        };
        check("Name: a\n", 0, "`Version` is missing");
        check("Version: 1\n", 0, "`Name` is missing");
        check("Name:\nVersion: 1\n", 1, "not a valid project name");
        check("Name: a\nVersion: x y\n", 2, "not a version");
        check("Metadata-Version: 3.0\nName: a\nVersion: 1\n", 1, "major");
        check("Name: a\nVersion: 1\nRequires-Dist: b ==\n", 3, "b ==");
        check("Name: a\nVersion: 1\nRequires-Python: soon\n", 3, "soon");
    }
}
