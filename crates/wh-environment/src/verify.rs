//! An installed environment against its RECORDs: files that are missing, files that were changed,
//! and files that no RECORD lists (recording installed projects).
//!
//! Foreign files are looked for in site-packages, and in the folder of scripts of a virtual
//! environment; elsewhere other software is at home. Bytecode of a listed source is at home, too.
//! RECORD is untrusted: only regular files below the environment are read.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use wh_packaging::record::{self, RecordRow};
use wh_wheel::{Algorithm, digest::record_hash_of};

use crate::discover::Environment;
use crate::installed::is_below;
use crate::search_path::normalise;

/// What was found.
#[derive(Debug, Default)]
pub struct EnvironmentCheck {
    /// Distributions that were looked at.
    pub distributions: usize,
    /// Files that RECORDs list.
    pub files: usize,
    /// What is wrong, by path.
    pub faults: Vec<EnvironmentFault>,
}

/// A file that is not as RECORD says.
#[derive(Debug)]
pub struct EnvironmentFault {
    /// The file.
    pub path: PathBuf,
    /// The dist-info that lists it; `None` where none does.
    pub owner: Option<String>,
    /// What is wrong.
    pub kind: FaultKind,
}

/// What is wrong with a file.
#[derive(Debug, thiserror::Error)]
pub enum FaultKind {
    /// RECORD lists it, and it is not there.
    #[error("missing")]
    Missing,
    /// It has another size or digest.
    #[error("changed")]
    Changed,
    /// No RECORD lists it.
    #[error("foreign")]
    Foreign,
    /// RECORD lists something outside the environment, or something that is no file.
    #[error("not a file of the environment")]
    Outside,
    /// RECORD cannot be read, or is not one.
    #[error("unusable RECORD: {0}")]
    Record(String),
    /// It cannot be read.
    #[error("cannot be read: {0}")]
    Unreadable(std::io::Error),
}

/// Compares an environment with its RECORDs, on all threads.
///
/// # Errors
/// A site-packages folder cannot be read.
pub fn verify(environment: &Environment) -> std::io::Result<EnvironmentCheck> {
    let mut check = EnvironmentCheck::default();
    let mut listed: BTreeMap<PathBuf, (String, RecordRow)> = BTreeMap::new();
    for folder in &environment.site_packages {
        if !folder.is_dir() {
            continue;
        }
        for entry in fs_err::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if !name.ends_with(".dist-info") || name.starts_with('~') {
                continue;
            }
            check.distributions += 1;
            let path = entry.path().join("RECORD");
            let rows = fs_err::read_to_string(&path)
                .map_err(|error| error.to_string())
                .and_then(|text| record::parse(&text).map_err(|error| error.to_string()));
            match rows {
                Ok(rows) => listed.extend(
                    rows.into_iter()
                        .map(|row| (normalise(&folder.join(&row.path)), (name.clone(), row))),
                ),
                Err(reason) => check.faults.push(EnvironmentFault {
                    path,
                    owner: Some(name),
                    kind: FaultKind::Record(reason),
                }),
            }
        }
    }
    check.files = listed.len();
    let wrong = listed.par_iter().filter_map(|(path, (owner, row))| {
        Some(EnvironmentFault {
            path: path.clone(),
            owner: Some(owner.clone()),
            kind: compare(path, row, environment)?,
        })
    });
    check.faults.par_extend(wrong);
    let mut foreign = Vec::new();
    for folder in &environment.site_packages {
        files_below(folder, &mut foreign)?;
    }
    if environment.is_virtual {
        for scripts in ["bin", "Scripts"] {
            let folder = environment.prefix.join(scripts);
            let mut found = Vec::new();
            files_below(&folder, &mut found)?;
            found.retain(|path| !of_venv(path));
            foreign.extend(found);
        }
    }
    let known: HashSet<&PathBuf> = listed.keys().collect();
    foreign.retain(|path| !known.contains(path) && !at_home(path, &known));
    foreign.sort();
    foreign.dedup();
    check
        .faults
        .extend(foreign.into_iter().map(|path| EnvironmentFault {
            path,
            owner: None,
            kind: FaultKind::Foreign,
        }));
    check.faults.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(check)
}

fn compare(path: &Path, row: &RecordRow, environment: &Environment) -> Option<FaultKind> {
    let metadata = match path.metadata() {
        Ok(metadata) => metadata,
        // bytecode is written again when it is needed
        Err(_) if path.extension().is_some_and(|e| e == "pyc") && row.hash.is_none() => {
            return None;
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Some(FaultKind::Missing);
        }
        Err(error) => return Some(FaultKind::Unreadable(error)),
    };
    if metadata.is_dir() && row.path.ends_with('/') {
        return None;
    }
    if !metadata.is_file() || !is_below(path.parent()?, &environment.prefix) {
        return Some(FaultKind::Outside);
    }
    let hash = row.hash.as_deref()?;
    if row.size.is_some_and(|size| size != metadata.len()) {
        return Some(FaultKind::Changed);
    }
    let (algorithm, digest) = hash.split_once('=')?;
    // what proves nothing (md5) is not compared
    let algorithm = Algorithm::from_name(&algorithm.to_ascii_lowercase())?;
    match record_hash_of(path, algorithm) {
        Ok(found) if found == digest.trim_end_matches('=') => None,
        Ok(_) => Some(FaultKind::Changed),
        Err(error) => Some(FaultKind::Unreadable(error)),
    }
}

fn files_below(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in fs_err::read_dir(folder)? {
        let entry = entry?;
        // what a change of `wh` is at work with
        if entry.file_name().to_string_lossy().starts_with(".wh-") {
            continue;
        }
        match entry.file_type()?.is_dir() {
            true => files_below(&entry.path(), files)?,
            false => files.push(normalise(&entry.path())),
        }
    }
    Ok(())
}

/// What makers of virtual environments put beside the scripts.
fn of_venv(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let lower = name.to_ascii_lowercase();
    let stems = [
        "activate",
        "deactivate",
        "python",
        "pypy",
        "graalpy",
        "pydoc.bat",
        "\u{1d70b}thon",
    ];
    stems.iter().any(|stem| lower.starts_with(stem))
}

/// Bytecode of a source that is listed or at home, signatures of RECORD, and what virtualenv, uv
/// and CPython leave in site-packages.
fn at_home(path: &Path, known: &HashSet<&PathBuf>) -> bool {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name().and_then(|n| n.to_str()))
    else {
        return false;
    };
    if matches!(
        name,
        "_virtualenv.py" | "_virtualenv.pth" | "README.txt" | "RECORD.jws" | "RECORD.p7s"
    ) {
        return true;
    }
    let in_cache = folder.file_name().is_some_and(|name| name == "__pycache__");
    let Some(stem) = name.strip_suffix(".pyc") else {
        return false;
    };
    let sources = match (in_cache, folder.parent()) {
        (true, Some(above)) => above,
        _ => folder,
    };
    // module.cpython-311.opt-1
    let ends = stem
        .match_indices('.')
        .map(|(at, _)| at)
        .chain([stem.len()]);
    ends.map(|end| sources.join(format!("{}.py", &stem[..end])))
        .any(|source| known.contains(&source) || source.ends_with("_virtualenv.py"))
}
