//! What project source is, where no file name tells: name and version, as far as they are known
//! without running anything.

use wh_packaging::{Metadata, ProjectName, Version};

use crate::contents::Sdist;
use crate::error::NotStatic;
use crate::pyproject::Pyproject;

/// What project some source is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Its name, normalised.
    pub name: ProjectName,
    /// Its version; or why only a build tells it.
    pub version: Result<Version, NotStatic>,
}

impl Sdist {
    /// What project this is: by PKG-INFO, whose name and version are never dynamic, else by
    /// `[project]` (PEP 621), whose name never is.
    ///
    /// # Errors
    /// Only a build tells even the name, or what tells it cannot be read.
    pub fn identity(&self) -> Result<Identity, NotStatic> {
        if let Some(text) = &self.pkg_info {
            let told = Metadata::parse(text.as_bytes()).map_err(NotStatic::PkgInfo)?;
            return Ok(Identity {
                name: told.name,
                version: Ok(told.version),
            });
        }
        let text = self.pyproject.as_ref().ok_or(NotStatic::Nothing)?;
        let pyproject = Pyproject::parse(text).map_err(NotStatic::Pyproject)?;
        let table = pyproject.project.ok_or(NotStatic::Nothing)?;
        let project = table.understood().map_err(NotStatic::Pyproject)?;
        let dynamic = || NotStatic::Dynamic {
            field: "version".to_owned(),
        };
        Ok(Identity {
            name: project.name,
            version: project.version.ok_or_else(dynamic),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pkg_info: Option<&str>, pyproject: Option<&str>, expected: Result<&str, &str>) {
        let sdist = Sdist {
            pkg_info: pkg_info.map(str::to_owned),
            pyproject: pyproject.map(str::to_owned),
            ..Sdist::default()
        };
        let shown = sdist.identity().map(|found| match found.version {
            Ok(version) => format!("{} {version}", found.name),
            Err(why) => format!("{}: {why}", found.name),
        });
        match (shown, expected) {
            (Ok(shown), Ok(expected)) => assert_eq!(shown, expected),
            (Err(why), Err(part)) => assert!(why.to_string().contains(part), "{why}"),
            (shown, _) => panic!("{shown:?}, where {expected:?} was expected"),
        }
    }

    #[test]
    fn names_and_versions() {
        let old = "Metadata-Version: 1.0\nName: A.b\nVersion: 1.0\n";
        let table = "[project]\nname = 'C_d'\nversion = '2'\n";
        let dynamic = "[project]\nname = 'C_d'\ndynamic = ['version']\n";
        check(Some(old), Some(table), Ok("a-b 1.0"));
        check(None, Some(table), Ok("c-d 2"));
        check(
            None,
            Some(dynamic),
            Ok("c-d: `version` is dynamic: only its build backend tells it"),
        );
        check(
            None,
            Some("[tool.poetry]\nname = 'x'\n"),
            Err("no [project]"),
        );
        check(None, None, Err("no PKG-INFO"));
    }
}
