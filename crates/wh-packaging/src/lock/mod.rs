//! `pylock.toml` (PEP 751): the model, read, written and selected from.
//!
//! Deterministic: packages and files are sorted, no clock is read. `[tool.wh]` holds what the
//! standard has no place for. A lock that was read obeys the standard's rules about its entries,
//! and each `path` in it stays below the lock's folder.

mod halves;
mod membership;
mod read;
mod select;
mod source;
mod tool;
mod write;

#[cfg(test)]
mod tests;

use pep508_rs::MarkerTree;

use crate::hashes::Hashes;
use crate::requirement::RequirementError;
use crate::{ProjectName, Version, VersionSpecifiers};

pub use read::LockError;
pub use select::{SelectError, Selected, SelectedKind};
pub use source::{LockedDirectory, LockedSource, LockedVcs};
pub use tool::{LockBuild, LockFileFacts, LockTarget, LockTool};

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
    /// `wheels`
    pub wheels: Vec<LockedFile>,
    /// `sdist`
    pub sdist: Option<LockedFile>,
    /// `archive` (direct URLs)
    pub archive: Option<LockedFile>,
    /// `vcs` and `directory` are read as unsupported: the kind's name.
    pub unsupported: Option<String>,
    /// What the entry was made of: these two, or what `[packages.tool.wh]` says.
    pub source: Option<LockedSource>,
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
#[derive(Debug, Clone, PartialEq, Eq, Default)]
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
    /// `subdirectory`, of an `archive`: the folder of the project in it.
    pub subdirectory: Option<String>,
}

impl Lock {
    /// A lock of version 1.0 with nothing in it yet.
    pub fn new(created_by: impl Into<String>) -> Self {
        Self {
            lock_version: "1.0".to_owned(),
            created_by: created_by.into(),
            environments: Vec::new(),
            requires_python: None,
            extras: Vec::new(),
            dependency_groups: Vec::new(),
            default_groups: Vec::new(),
            packages: Vec::new(),
            tool: None,
        }
    }

    /// All entries that have files: those of `packages`, then what building needs.
    pub fn all_packages(&self) -> impl Iterator<Item = &LockedPackage> {
        let of_builds = self.tool.iter().flat_map(|tool| &tool.build_packages);
        self.packages.iter().chain(of_builds)
    }

    /// What a target needs to build an sdist, by the names of both.
    pub fn build_of(&self, sdist: &str, target: &str) -> Option<&LockBuild> {
        let mut builds = self.tool.iter().flat_map(|tool| &tool.builds);
        builds.find(|build| build.sdist == sdist && build.targets.iter().any(|one| one == target))
    }

    /// Brings packages, dependencies and files into the order in which a lock is written.
    pub fn sort(&mut self) {
        sort(&mut self.packages);
        if let Some(tool) = &mut self.tool {
            sort(&mut tool.build_packages);
            tool.builds.sort();
        }
    }
}

fn sort(packages: &mut [LockedPackage]) {
    for package in packages.iter_mut() {
        package.dependencies.sort();
        package.wheels.sort_by(|a, b| a.name.cmp(&b.name));
    }
    packages.sort_by(|a, b| a.order().cmp(&b.order()));
}

impl LockedPackage {
    /// An entry with no file yet.
    pub fn new(name: ProjectName, version: Option<Version>) -> Self {
        Self {
            name,
            version,
            marker: None,
            requires_python: None,
            index: None,
            dependencies: Vec::new(),
            wheels: Vec::new(),
            sdist: None,
            archive: None,
            unsupported: None,
            source: None,
        }
    }

    /// All its files: wheels, then sdist, then archive.
    pub fn files(&self) -> impl Iterator<Item = &LockedFile> {
        self.wheels.iter().chain(&self.sdist).chain(&self.archive)
    }

    /// For which environments it is, once these extras and dependency groups are asked for.
    ///
    /// # Errors
    /// The marker is none. (Not for locks that were read.)
    pub fn marker_for(
        &self,
        extras: &[String],
        groups: &[String],
    ) -> Result<MarkerTree, RequirementError> {
        match &self.marker {
            Some(text) => membership::parse(text, membership::Asked { extras, groups }),
            None => Ok(MarkerTree::TRUE),
        }
    }

    fn order(&self) -> (&str, &Option<Version>, &Option<String>) {
        (self.name.as_ref(), &self.version, &self.marker)
    }
}
