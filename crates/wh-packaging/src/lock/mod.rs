//! `pylock.toml` (PEP 751): the model, read, written and selected from.
//!
//! Deterministic: packages and files are sorted, no clock is read. `[tool.wh]` holds what the
//! standard has no place for.

use std::collections::BTreeMap;

use pep508_rs::MarkerTree;
use serde::{Deserialize, Serialize};

use crate::hashes::Hashes;
use crate::{ProjectName, Version, VersionSpecifiers};

/// A lock.
#[derive(Debug, Clone, PartialEq)]
pub struct Lock {
    /// `lock-version`, "1.0".
    pub lock_version: String,
    /// `created-by`
    pub created_by: String,
    /// `environments`: a marker for each class of targets.
    pub environments: Vec<MarkerTree>,
    /// `requires-python`
    pub requires_python: Option<VersionSpecifiers>,
    /// `extras`, `dependency-groups`, `default-groups`: as read; `wh` writes none.
    pub extras: Vec<String>,
    /// `dependency-groups`
    pub dependency_groups: Vec<String>,
    /// `default-groups`
    pub default_groups: Vec<String>,
    /// `[[packages]]`, sorted by name, version, marker.
    pub packages: Vec<LockedPackage>,
    /// `[tool.wh]`, where `wh` wrote the lock.
    pub tool: Option<LockTool>,
}

/// One `[[packages]]` entry.
#[derive(Debug, Clone, PartialEq)]
pub struct LockedPackage {
    /// `name`
    pub name: ProjectName,
    /// `version`
    pub version: Option<Version>,
    /// `marker`, as text: PEP 751 markers know `extras` and `dependency_groups` too. `None`: always.
    pub marker: Option<String>,
    /// `requires-python`
    pub requires_python: Option<VersionSpecifiers>,
    /// `index`
    pub index: Option<String>,
    /// `dependencies`: name and, where ambiguous, version.
    pub dependencies: Vec<LockedDependency>,
    /// `wheels`, sorted by name.
    pub wheels: Vec<LockedFile>,
    /// `sdist`
    pub sdist: Option<LockedFile>,
    /// `archive` (direct URLs)
    pub archive: Option<LockedFile>,
    /// `vcs` and `directory` are read as unsupported: the kind's name.
    pub unsupported: Option<String>,
}

/// One of `packages.dependencies`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LockedDependency {
    /// The project.
    pub name: ProjectName,
    /// Which entry, where there are several.
    pub version: Option<Version>,
}

/// A file of a package.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LockedFile {
    /// `name`; for an `archive`, the last part of path or url.
    pub name: String,
    /// `url`, without credentials.
    pub url: Option<String>,
    /// `path`, relative to the lock, with `/`.
    pub path: Option<String>,
    /// `size`, bytes.
    pub size: Option<u64>,
    /// `upload-time`, RFC 3339.
    pub upload_time: Option<String>,
    /// `hashes`
    pub hashes: Hashes,
}

/// `[tool.wh]`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct LockTool {
    /// The requirements as asked.
    pub requirements: Vec<String>,
    /// The constraints as asked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub constraints: Vec<String>,
    /// Whether dependencies were left out (`--no-deps`).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub no_deps: bool,
    /// Projects left out by name (`--exclude`).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<String>,
    /// Requires-Python was not looked at.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub ignore_requires_python: bool,
    /// The targets in full.
    pub targets: Vec<LockTarget>,
    /// Per file name, what an index knew and a folder loses.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub files: BTreeMap<String, LockFileFacts>,
}

/// A target as the lock keeps it: enough to select and to verify again.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct LockTarget {
    /// Its name.
    pub name: String,
    /// Whether the name alone describes it; else `markers` and `tags` stand here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub markers: Option<crate::marker::MarkerValues>,
    /// Tags in order, where the name does not say them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
}

/// What an index knew of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct LockFileFacts {
    /// The reason, where it is yanked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub yanked: Option<String>,
    /// sha256 of its METADATA, where the index gave it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub core_metadata_sha256: Option<String>,
    /// The project's status (PEP 792).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project_status: Option<String>,
    /// Where its attestations are (PEP 740).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provenance: Option<String>,
    /// Its RECORD was verified when it was downloaded.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub record_verified: bool,
}
