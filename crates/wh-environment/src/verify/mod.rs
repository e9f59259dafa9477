//! An installed environment against its RECORDs: files that are missing, files that were changed,
//! and files that no RECORD lists (recording installed projects).
//!
//! Foreign files are looked for in site-packages, and in the folder of scripts of a virtual
//! environment; elsewhere other software is at home. Bytecode of a listed source is at home, too; that
//! of a source which is gone is not. So are files of distributions that list none ([`listed`]), and
//! of Debian's packages.
//! RECORD is untrusted: only regular files below the environment are read.

mod dpkg;
mod home;
mod listed;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use wh_packaging::record::RecordRow;
use wh_wheel::{Algorithm, digest::record_hash_of, store::is_stored};

use crate::discover::Environment;
use crate::search_path::{normalise, real};
use dpkg::Dpkg;
use listed::Listed;

/// What was found.
#[derive(Debug, Default)]
pub struct EnvironmentCheck {
    /// Distributions that were looked at.
    pub distributions: usize,
    /// Those of them that do not list their files: egg-infos and eggs, projects installed in place.
    pub unlisted: usize,
    /// Files that RECORDs list.
    pub files: usize,
    /// Those of them that are of Debian's packages, whose RECORDs have other digests: only looked for.
    pub packaged: usize,
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

/// Compares an environment with its RECORDs, on all threads: its own site-packages, and the user's
/// where those count.
///
/// # Errors
/// A site-packages folder cannot be read.
pub fn verify(environment: &Environment) -> std::io::Result<EnvironmentCheck> {
    let folders = folders(environment);
    let dpkg = Dpkg::read(&folders);
    let mut check = EnvironmentCheck::default();
    let mut listed = Listed::default();
    for folder in &folders {
        listed.read(folder, &dpkg, &mut check)?;
    }
    check.files = listed.files.len();
    let tops = tops(environment);
    let wrong = listed.files.par_iter().filter_map(|(path, (owner, row))| {
        Some(EnvironmentFault {
            path: path.clone(),
            owner: Some(owner.clone()),
            kind: compare(path, row, &tops)?,
        })
    });
    check.faults.par_extend(wrong);
    let mut foreign = BTreeSet::new();
    for folder in &folders {
        let mut found = Vec::new();
        files_below(folder, &mut found)?;
        foreign.extend(found.into_iter().filter(|path| {
            !dpkg.has(path)
                && !is_compiled_for(path, &dpkg)
                && !home::in_site_packages(path, folder, &listed)
        }));
    }
    for scripts in ["bin", "Scripts"].iter().filter(|_| environment.is_virtual) {
        let mut found = Vec::new();
        files_below(&environment.prefix.join(scripts), &mut found)?;
        found.retain(|path| !home::among_scripts(path, &listed));
        foreign.extend(found);
    }
    let foreign = foreign
        .into_iter()
        .filter(|path| !listed.files.contains_key(path));
    check.faults.extend(foreign.map(|path| EnvironmentFault {
        path,
        owner: None,
        kind: FaultKind::Foreign,
    }));
    check.faults.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(check)
}

/// The folders that distributions lie in, each once.
fn folders(environment: &Environment) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = Vec::new();
    let all = environment.site_packages.iter();
    for folder in all.chain(&environment.user_site) {
        let folder = normalise(folder);
        if folder.is_dir() && !folders.contains(&folder) {
            folders.push(folder);
        }
    }
    folders
}

/// The folders that files of distributions lie below: the prefix, and what the user's site-packages
/// is `lib/pythonX.Y/site-packages` (`PythonXY\site-packages`) of.
fn tops(environment: &Environment) -> Vec<PathBuf> {
    let above = if cfg!(windows) { 2 } else { 3 };
    let user = environment.user_site.as_deref();
    let user = user.and_then(|folder| folder.ancestors().nth(above));
    let tops = [environment.prefix.as_path()].into_iter().chain(user);
    tops.map(|top| real(top).unwrap_or_else(|_| normalise(top)))
        .collect()
}

/// Debian compiles what it installs, and lists no bytecode.
fn is_compiled_for(path: &Path, dpkg: &Dpkg) -> bool {
    let source = || {
        let name = path.file_name()?.to_str()?.strip_suffix(".pyc")?;
        let folder = path.parent()?.parent()?;
        Some(folder.join(format!("{}.py", name.split('.').next()?)))
    };
    source().is_some_and(|source| dpkg.has(&source))
}

fn compare(path: &Path, row: &RecordRow, tops: &[PathBuf]) -> Option<FaultKind> {
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
    if metadata.is_dir() && (row.path.ends_with('/') || is_stored(path)) {
        return None;
    }
    let folder = real(path.parent()?).ok()?;
    if !metadata.is_file() || !tops.iter().any(|top| folder.starts_with(top)) {
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
