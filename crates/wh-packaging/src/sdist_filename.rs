//! Names of source distributions (PEP 625, and the older forms that indexes still list).

use std::fmt;
use std::str::FromStr;

use crate::{ProjectName, Version};

/// The endings that sdists have or have had; the longer before its own ending.
const ENDINGS: [&str; 7] = [
    ".tar.gz", ".zip", ".tar.bz2", ".tar.xz", ".tgz", ".tar.Z", ".tar",
];

/// What the name of an sdist says, for a project that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SdistFilename {
    /// The project.
    pub project: ProjectName,
    /// The version.
    pub version: Version,
}

impl SdistFilename {
    /// Reads `name` as an sdist of `project` (`.tar.gz`, `.zip`, `.tar.bz2`, `.tar.xz`, `.tgz`,
    /// `.tar.Z`, `.tar`); `None` where it is not one.
    ///
    /// The project must be known because old names are ambiguous (`a-b-1.0.tar.gz`).
    pub fn parse(name: &str, project: &ProjectName) -> Option<Self> {
        let stem = ENDINGS.iter().find_map(|end| name.strip_suffix(end))?;
        stem.match_indices('-')
            .filter(|(dash, _)| is_name_of(&stem[..*dash], project))
            .find_map(|(dash, _)| Version::from_str(&stem[dash + 1..]).ok())
            .map(|version| Self {
                project: project.clone(),
                version,
            })
    }
}

impl SdistFilename {
    /// Reads `name` as PEP 625 has it: what stands before the last `-` is the project. Older names
    /// may be read otherwise, once the project is known.
    pub fn of_unknown_project(name: &str) -> Option<Self> {
        let stem = ENDINGS.iter().find_map(|end| name.strip_suffix(end))?;
        let (project, _) = stem.rsplit_once('-')?;
        Self::parse(name, &crate::project_name(project)?)
    }
}

impl fmt::Display for SdistFilename {
    /// As PEP 625 has it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let project = self.project.as_ref().replace('-', "_");
        write!(f, "{project}-{}.tar.gz", self.version)
    }
}

/// Whether `text` is a spelling of the project's name (PEP 503), without allocating.
fn is_name_of(text: &str, project: &ProjectName) -> bool {
    let mut wanted = project.as_ref().bytes();
    let mut bytes = text.bytes().peekable();
    while let Some(byte) = bytes.next() {
        let separator = matches!(byte, b'-' | b'_' | b'.');
        if separator {
            while bytes.next_if(|b| matches!(b, b'-' | b'_' | b'.')).is_some() {}
        }
        let normal = if separator {
            b'-'
        } else {
            byte.to_ascii_lowercase()
        };
        if wanted.next() != Some(normal) {
            return false;
        }
    }
    wanted.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, project: &str, expected: Option<&str>) {
        let project = ProjectName::from_str(project).unwrap();
        let found = SdistFilename::parse(name, &project).map(|sdist| sdist.version.to_string());
        assert_eq!(found.as_deref(), expected, "{name}");
    }

    #[test]
    fn old_and_new_names() {
        check("foo_bar-1.0.tar.gz", "foo-bar", Some("1.0"));
        check("Foo.Bar-1.0.zip", "foo-bar", Some("1.0"));
        check("foo-bar-1.0.tar.bz2", "foo-bar", Some("1.0"));
        check("foo-bar-1.0.tar.Z", "foo-bar", Some("1.0"));
        check("foo-2-1.tgz", "foo", Some("2.post1"));
        check("foo-2-1.tgz", "foo-2", Some("1"));
        check("foo-1.0-1.tar.gz", "foo", Some("1.0.post1"));
        check("foo__bar-1.0.tar", "foo-bar", Some("1.0"));
    }

    #[test]
    fn written_as_it_is_read() {
        let name = "foo_bar-1.0.tar.gz";
        let found = SdistFilename::of_unknown_project(name).unwrap();
        assert_eq!(found.to_string(), name);
    }

    #[test]
    fn other_files() {
        check("foo-1.0.tar.gz", "bar", None);
        check("foo-bar-1.0.tar.gz", "foo", None);
        check("foo-1.0-py3-none-any.whl", "foo", None);
        check("foo-1.0.win32.exe", "foo", None);
        check("foo-dev.tar.gz", "foo", None);
        check("-1.0.tar.gz", "foo", None);
        check("foo.tar.gz", "foo", None);
        check("föö-1.0.tar.gz", "foo", None);
    }
}
