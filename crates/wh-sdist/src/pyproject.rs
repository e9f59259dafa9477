//! The `pyproject.toml` of an sdist: its `[project]` table as far as choosing needs it (PEP 621)
//! and its `[build-system]` (PEP 518, 517), read strictly: what is not as the standard says is an
//! error, for a build backend would refuse it too.

use std::collections::BTreeMap;

use serde::Deserialize;
use wh_packaging::requirement::{Requirement, display_marker, parse, parse_specifiers};
use wh_packaging::{ExtraName, ProjectName, Version, VersionSpecifiers, extra_name, project_name};

/// Why a pyproject.toml is of no use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("pyproject.toml: {reason}")]
pub struct PyprojectError {
    /// What is wrong.
    pub reason: String,
}

fn error(reason: impl std::fmt::Display) -> PyprojectError {
    PyprojectError {
        reason: reason.to_string(),
    }
}

/// A pyproject.toml as it stands.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Pyproject {
    pub(crate) project: Option<ProjectTable>,
    #[serde(rename = "build-system")]
    pub(crate) build_system: Option<BuildSystemTable>,
    #[serde(default)]
    pub(crate) tool: toml::Table,
}

/// `[project]` as it stands.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct ProjectTable {
    name: String,
    version: Option<String>,
    #[serde(default)]
    dependencies: Vec<String>,
    #[serde(default)]
    optional_dependencies: BTreeMap<String, Vec<String>>,
    requires_python: Option<String>,
    #[serde(default)]
    dynamic: Vec<String>,
}

/// `[build-system]` as it stands.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct BuildSystemTable {
    /// PEP 518: must be there where the table is.
    pub(crate) requires: Vec<String>,
    pub(crate) build_backend: Option<String>,
    /// PEP 517: folders of the project that the backend is imported from.
    #[serde(default)]
    pub(crate) backend_path: Vec<String>,
}

/// `[project]`, understood.
pub(crate) struct Project {
    pub(crate) raw_name: String,
    pub(crate) name: ProjectName,
    pub(crate) version: Option<Version>,
    /// Those of extras with a marker that says so.
    pub(crate) requires_dist: Vec<Requirement>,
    pub(crate) extras: Vec<ExtraName>,
    pub(crate) requires_python: Option<VersionSpecifiers>,
}

impl Pyproject {
    pub(crate) fn parse(text: &str) -> Result<Self, PyprojectError> {
        toml::from_str(text).map_err(|fault| error(fault.message()))
    }
}

impl ProjectTable {
    pub(crate) fn is_dynamic(&self, field: &str) -> bool {
        self.dynamic.iter().any(|one| one == field)
    }

    pub(crate) fn understood(self) -> Result<Project, PyprojectError> {
        let name = project_name(&self.name)
            .ok_or_else(|| error(format!("`{}` is no name of a project", self.name)))?;
        let version = self.version.as_deref().map(str::parse).transpose();
        let specifiers = self.requires_python.as_deref().map(parse_specifiers);
        let mut requires_dist = requirements(&self.dependencies)?;
        let mut extras = Vec::new();
        for (extra, lines) in &self.optional_dependencies {
            let name = extra_name(extra)
                .ok_or_else(|| error(format!("`{extra}` is no name of an extra")))?;
            for requirement in requirements(lines)? {
                requires_dist.push(with_extra(requirement, &name)?);
            }
            extras.push(name);
        }
        Ok(Project {
            raw_name: self.name,
            name,
            version: version.map_err(error)?,
            requires_dist,
            extras,
            requires_python: specifiers.transpose().map_err(error)?,
        })
    }
}

/// Requirements, a string each.
pub(crate) fn requirements(lines: &[String]) -> Result<Vec<Requirement>, PyprojectError> {
    let read = |line: &String| {
        parse(line).map_err(|fault| error(format!("`{line}` is not a requirement: {fault}")))
    };
    lines.iter().map(read).collect()
}

/// The requirement, for those who ask for an extra.
fn with_extra(requirement: Requirement, extra: &ExtraName) -> Result<Requirement, PyprojectError> {
    let marker = match display_marker(&requirement.marker) {
        Some(marker) => format!("({marker}) and extra == '{extra}'"),
        None => format!("extra == '{extra}'"),
    };
    let mut requirement = requirement;
    requirement.marker = wh_packaging::requirement::parse_marker(&marker).map_err(error)?;
    Ok(requirement)
}
