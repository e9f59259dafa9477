//! What tells two wheelhouses apart: projects, versions, files, and what new wheels bring along.
//!
//! A side is a folder or a lock. Digests come from locks; where there is none, files of one name
//! and size are read. What wheels bring ([`contents`]) is read only for projects that differ, and
//! only said where the wheels of both sides are there: otherwise nobody knows what is new.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::PathBuf;

use serde::Serialize;
use wh_packaging::{ProjectName, Version};
use wh_wheel::{Algorithm, hash_file};

use crate::wheelhouse::WheelhouseError;

mod contents;
mod side;

pub use contents::{Brings, LicenceChange};
pub use side::{Side, SideFile};

/// Why two sides could not be compared.
#[derive(Debug, thiserror::Error)]
pub enum CompareError {
    /// A folder, or a file in it, cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The path.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A folder or a lock is not one that can be used.
    #[error(transparent)]
    Wheelhouse(#[from] WheelhouseError),
}

/// How a project differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Only the new side has it.
    Added,
    /// Only the old side has it.
    Removed,
    /// Its versions are others.
    Changed,
    /// Its versions are the same, its files are not.
    Files,
}

/// One project that is not the same on both sides.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// The project.
    pub project: ProjectName,
    /// How it differs.
    pub change: Kind,
    /// The versions of the old side, lowest first.
    pub old_versions: Vec<Version>,
    /// The versions of the new side.
    pub new_versions: Vec<Version>,
    /// Bytes of all its files on the old side, where they are known.
    pub old_bytes: Option<u64>,
    /// Bytes on the new side.
    pub new_bytes: Option<u64>,
    /// Names of files that only the new side has.
    pub added_files: Vec<String>,
    /// Names of files that only the old side has.
    pub removed_files: Vec<String>,
    /// Names that both sides have, with other bytes.
    pub altered_files: Vec<String>,
    /// What the new side's wheels bring and the old side's do not; `None`: not all wheels are
    /// there to be read.
    pub brings: Option<Brings>,
}

/// What tells two sides apart.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// The projects that differ, by name.
    pub differences: Vec<Difference>,
    /// Bytes of all files of the old side, as far as they are known.
    pub old_bytes: u64,
    /// Bytes of all files of the new side.
    pub new_bytes: u64,
    /// Wheels of projects that differ that are not there or cannot be read, by name.
    pub unread: BTreeSet<String>,
}

/// Compares two sides.
///
/// # Errors
/// A file whose digest decides cannot be read.
pub fn compare(old: &Side, new: &Side) -> Result<Comparison, CompareError> {
    let projects: BTreeSet<&ProjectName> = old.projects.keys().chain(new.projects.keys()).collect();
    let mut comparison = Comparison {
        differences: Vec::new(),
        old_bytes: old.bytes(),
        new_bytes: new.bytes(),
        unread: BTreeSet::new(),
    };
    for project in projects {
        let (old, new) = (old.files(project), new.files(project));
        if let Some(mut difference) = difference(project, old, new)? {
            let (was, is) = (contents::read(old), contents::read(new));
            comparison.unread.extend(was.unread.iter().cloned());
            comparison.unread.extend(is.unread.iter().cloned());
            difference.brings = contents::brings(&was, &is);
            comparison.differences.push(difference);
        }
    }
    Ok(comparison)
}

fn difference(
    project: &ProjectName,
    old: &[SideFile],
    new: &[SideFile],
) -> Result<Option<Difference>, CompareError> {
    let (old_names, new_names) = (by_name(old), by_name(new));
    let only = |these: &BTreeMap<&str, &SideFile>, others: &BTreeMap<&str, &SideFile>| {
        let names = these.keys().filter(|name| !others.contains_key(*name));
        names
            .map(|name| (*name).to_owned())
            .collect::<Vec<String>>()
    };
    let mut altered_files = Vec::new();
    for (name, file) in &old_names {
        if let Some(other) = new_names.get(name)
            && differ(file, other)?
        {
            altered_files.push((*name).to_owned());
        }
    }
    let difference = Difference {
        project: project.clone(),
        change: Kind::Files,
        old_versions: versions(old),
        new_versions: versions(new),
        old_bytes: old.iter().map(|file| file.size).sum(),
        new_bytes: new.iter().map(|file| file.size).sum(),
        added_files: only(&new_names, &old_names),
        removed_files: only(&old_names, &new_names),
        altered_files,
        brings: None,
    };
    let change = if old.is_empty() {
        Kind::Added
    } else if new.is_empty() {
        Kind::Removed
    } else if difference.old_versions != difference.new_versions {
        Kind::Changed
    } else if difference.added_files.is_empty()
        && difference.removed_files.is_empty()
        && difference.altered_files.is_empty()
    {
        return Ok(None);
    } else {
        Kind::Files
    };
    Ok(Some(Difference {
        change,
        ..difference
    }))
}

fn by_name(files: &[SideFile]) -> BTreeMap<&str, &SideFile> {
    files.iter().map(|file| (&*file.name, file)).collect()
}

fn versions(files: &[SideFile]) -> Vec<Version> {
    let versions: BTreeSet<&Version> = files.iter().map(|file| &file.version).collect();
    versions.into_iter().cloned().collect()
}

/// Whether two files of one name are known to be different.
fn differ(one: &SideFile, other: &SideFile) -> Result<bool, CompareError> {
    if matches!((one.size, other.size), (Some(a), Some(b)) if a != b) {
        return Ok(true);
    }
    let hashes = |file: &SideFile| match &file.path {
        Some(path) if file.hashes.is_empty() => {
            hash_file(path, &[Algorithm::Sha256]).map_err(|source| CompareError::Read {
                path: path.clone(),
                source,
            })
        }
        _ => Ok(file.hashes.clone()),
    };
    Ok(hashes(one)?.disagrees_with(&hashes(other)?))
}

#[cfg(test)]
mod tests;
