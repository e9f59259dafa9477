//! `[tool.wh]`: what `wh` keeps in a lock beside the standard.
//!
//! Unknown keys are passed over, so that an older `wh` reads what a newer one wrote.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::LockedPackage;
use crate::marker::MarkerValues;
use crate::target::{Target, TargetError};

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
    /// `name==version` of what is already on the other side (`--baseline`).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub baseline: Vec<String>,
    /// Requirements that were put in the place of others (`--override`).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<String>,
    /// Which versions were sought, where not the highest (`--resolution`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolution: Option<String>,
    /// Files that were uploaded later did not count: a time, or an age (`--exclude-newer`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exclude_newer: Option<String>,
    /// Projects and indexes with another such cut-off, or none: `NAME=false`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exclude_newer_but: Vec<String>,
    /// Pre-releases counted everywhere (`--pre`).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub pre: bool,
    /// Projects of which wheels alone counted (`--only-binary`); `:all:` for all that are not named.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub only_binary: Vec<String>,
    /// Projects of which sdists alone counted (`--no-binary`), in the same form.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub no_binary: Vec<String>,
    /// A version counted although it has only an sdist (`--no-prefer-binary`).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub no_prefer_binary: bool,
    /// Requires-Python was not looked at.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub ignore_requires_python: bool,
    /// The sdists that have to be built, and with what.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub builds: Vec<LockBuild>,
    /// `[[tool.wh.build-packages]]`: what building needs, in the form of `[[packages]]`. No reader
    /// takes these for what is to be installed.
    #[serde(skip)]
    pub build_packages: Vec<LockedPackage>,
    /// The targets in full.
    pub targets: Vec<LockTarget>,
    /// Per file name, what an index knew and a folder loses.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub files: BTreeMap<String, LockFileFacts>,
}

/// An sdist that has to be built, for some targets that need the same for it.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct LockBuild {
    /// The name of the file.
    pub sdist: String,
    /// The targets that build it, by name.
    pub targets: Vec<String>,
    /// Its build backend (PEP 517).
    pub backend: String,
    /// What must be there to build it.
    pub requires: Vec<String>,
    /// The names of all files that bring it, each one of `build-packages`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<String>,
}

/// A target as the lock keeps it: enough to select and to verify again.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct LockTarget {
    /// Its name.
    pub name: String,
    /// Whether the name alone describes it; else `markers` and `tags` stand here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub markers: Option<MarkerValues>,
    /// Tags in order, where the name does not say them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
}

impl LockTarget {
    /// As the lock keeps a target: by its name, where that says all of it.
    pub fn of(target: &Target) -> Self {
        if target.is_named() {
            return Self {
                name: target.name.clone(),
                ..Self::default()
            };
        }
        Self {
            name: target.name.clone(),
            markers: Some(target.markers.clone()),
            tags: target.tags.iter().map(ToString::to_string).collect(),
        }
    }

    /// The target again.
    ///
    /// # Errors
    /// The name, a version or a tag cannot be read.
    pub fn to_target(&self) -> Result<Target, TargetError> {
        match &self.markers {
            None => Target::from_name(&self.name),
            Some(markers) => {
                Target::from_parts(self.name.clone(), markers.clone(), self.tags.clone())
            }
        }
    }
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
