//! What an sdist requires, where it is known without building it.
//!
//! PEP 643: a field of PKG-INFO (metadata 2.2 and later) that is not `Dynamic` is that of every
//! wheel that is built of it. Else PEP 621: what pyproject.toml's `[project]` table says and does
//! not list as `dynamic`, a build backend must take over as it stands.

use wh_packaging::Metadata;
use wh_packaging::sdist_filename::SdistFilename;

use crate::contents::Sdist;
use crate::error::NotStatic;
use crate::pyproject::{ProjectTable, Pyproject};

/// Fields that decide what is chosen; name and version are never dynamic in PKG-INFO.
const NEEDED: [&str; 3] = ["requires-dist", "requires-python", "provides-extra"];

impl Sdist {
    /// The metadata of every wheel that will be built of it.
    ///
    /// # Errors
    /// It is known only when the sdist is built, or cannot be read.
    pub fn metadata(&self, filename: &SdistFilename) -> Result<Metadata, NotStatic> {
        let told = match &self.pkg_info {
            Some(text) => self.of_pkg_info(text),
            None => Err(NotStatic::Nothing),
        };
        let why = match told {
            Ok(metadata) => return Ok(metadata),
            Err(why) => why,
        };
        let Some(text) = &self.pyproject else {
            return Err(why);
        };
        let pyproject = Pyproject::parse(text).map_err(NotStatic::Pyproject)?;
        match pyproject.project {
            Some(project) => of_project(project, filename),
            None => Err(why),
        }
    }

    fn of_pkg_info(&self, text: &str) -> Result<Metadata, NotStatic> {
        let metadata = Metadata::parse(text.as_bytes()).map_err(NotStatic::PkgInfo)?;
        if !says_what_is_dynamic(&metadata.metadata_version) {
            let version = metadata.metadata_version;
            return Err(NotStatic::Old { version });
        }
        match NEEDED
            .iter()
            .find(|field| metadata.dynamic.iter().any(|one| one == *field))
        {
            Some(field) => Err(NotStatic::Dynamic {
                field: (*field).to_owned(),
            }),
            None => Ok(metadata),
        }
    }
}

/// Metadata 2.2 brought `Dynamic`.
fn says_what_is_dynamic(version: &str) -> bool {
    let (major, minor) = version.trim().split_once('.').unwrap_or((version, "0"));
    match (major.parse::<u32>(), minor.parse::<u32>()) {
        (Ok(major), Ok(minor)) => (major, minor) >= (2, 2),
        _ => false,
    }
}

/// A version that is dynamic is the one that the sdist was made with: its file name has it.
fn of_project(table: ProjectTable, filename: &SdistFilename) -> Result<Metadata, NotStatic> {
    const NEEDED: [&str; 3] = ["dependencies", "optional-dependencies", "requires-python"];
    let dynamic = |field: &str| NotStatic::Dynamic {
        field: field.to_owned(),
    };
    if let Some(field) = NEEDED.iter().find(|field| table.is_dynamic(field)) {
        return Err(dynamic(field));
    }
    let later = table.is_dynamic("version");
    let project = table.understood().map_err(NotStatic::Pyproject)?;
    let version = match project.version {
        Some(version) => version,
        None if later => filename.version.clone(),
        None => return Err(dynamic("version")),
    };
    Ok(Metadata {
        raw_name: project.raw_name,
        requires_dist: project.requires_dist,
        requires_python: project.requires_python,
        provides_extra: project.extras,
        ..Metadata::of_name(project.name, version)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is required, `python` first; or why it is not known.
    fn check(pkg_info: Option<&str>, pyproject: Option<&str>, expected: Result<&[&str], &str>) {
        let sdist = Sdist {
            pkg_info: pkg_info.map(str::to_owned),
            pyproject: pyproject.map(str::to_owned),
            ..Sdist::default()
        };
        let name = SdistFilename::parse("a-1.0.tar.gz", &"a".parse().unwrap()).unwrap();
        let found = sdist.metadata(&name);
        match (&found, expected) {
            (Ok(metadata), Ok(expected)) => {
                let python = metadata.requires_python.iter().map(ToString::to_string);
                let requires = metadata.requires_dist.iter();
                let all: Vec<String> = python
                    .chain(requires.map(wh_packaging::requirement::display))
                    .collect();
                assert_eq!(all, expected);
                assert_eq!(metadata.version.to_string(), "1.0");
            }
            (Err(why), Err(part)) => assert!(why.to_string().contains(part), "{why}"),
            _ => panic!("{found:?}, where {expected:?} was expected"),
        }
    }

    const NEW: &str = "Metadata-Version: 2.4\nName: a\nVersion: 1.0\nRequires-Dist: b>1\n";
    const OLD: &str = "Metadata-Version: 2.1\nName: a\nVersion: 1.0\n";

    #[test]
    fn pkg_info_counts_where_it_says_what_is_dynamic() {
        check(Some(NEW), None, Ok(&["b>1"]));
        let license = format!("{NEW}Dynamic: License\n");
        check(Some(&license), None, Ok(&["b>1"]));
        for field in ["Requires-Dist", "requires-python", "Provides-Extra"] {
            let text = format!("{NEW}Dynamic: {field}\n");
            check(Some(&text), None, Err("is dynamic"));
        }
        check(Some(OLD), None, Err("metadata 2.1"));
        check(Some("Name: a\nVersion: 1.0\n"), None, Err("metadata 1.0"));
        check(Some("nothing"), None, Err("PKG-INFO"));
        check(None, None, Err("no PKG-INFO"));
    }

    #[test]
    fn else_the_project_table() {
        let project = "[project]\nname = 'A'\nversion = '1'\nrequires-python = '>=3.9'\n\
            dependencies = ['c']\n[project.optional-dependencies]\n\
            x = ['d; python_version < \"4\"']\n";
        let told: &[&str] = &[">=3.9", "c", "d; python_version < \"4\" and extra == \"x\""];
        check(Some(OLD), Some(&project.replace("'1'", "'1.0'")), Ok(told));
        let dynamic = "[project]\nname = 'a'\ndynamic = ['version']\n";
        check(Some(OLD), Some(dynamic), Ok(&[]));
        let dynamic = "[project]\nname = 'a'\nversion = '1.0'\ndynamic = ['dependencies']\n";
        check(Some(OLD), Some(dynamic), Err("`dependencies` is dynamic"));
        check(Some(OLD), Some("[project]\nname = 'a'\n"), Err("version"));
        check(Some(OLD), Some("[tool.poetry]\nname = 'a'\n"), Err("2.1"));
        check(Some(OLD), Some("[project"), Err("pyproject.toml"));
        check(Some(NEW), Some("[project"), Ok(&["b>1"]));
    }
}
