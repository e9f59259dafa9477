//! What was chosen of a project, as what is installed: a wheel of the folder, what is there already, or
//! what has to be built.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use wh_index::locked::LockedFiles;
use wh_index::wheelhouse::FolderLock;
use wh_packaging::requirement::Root;
use wh_packaging::{DirectUrl, DistributionFile, Hashes, Origin, ProjectName};
use wh_resolver::Chosen;
use wh_wheel::{Algorithm, hash_file};

use super::from_lock::archive_url;
use super::unbuilt::{Choice, Unbuilt};
use super::{Pick, PickedWheel, Run};
use crate::commands::locked::vouched;
use crate::failure::Failure;

/// What was chosen.
pub fn choice(
    run: &Run<'_>,
    project: &ProjectName,
    chosen: &Chosen,
    roots: &[Root],
) -> Result<Choice, Failure> {
    let file = &chosen.files[0];
    if file.filename.as_wheel().is_none() {
        return Ok(Choice::Source(Unbuilt {
            project: project.clone(),
            version: chosen.version.clone(),
            file: file.name.clone(),
            sdist: Some(Arc::clone(file)),
            direct_url: direct_url_of(file),
            requested: chosen.root,
            requested_by: chosen.requested_by.clone(),
        }));
    }
    let wheel = match file.origin {
        Origin::Installed => None,
        _ => Some(picked(run, project, file, roots)?),
    };
    Ok(Choice::Wheel(Pick {
        project: project.clone(),
        version: chosen.version.clone(),
        wheel,
        to_build: None,
        requested: chosen.root,
        requested_by: chosen.requested_by.clone(),
    }))
}

fn picked(
    run: &Run<'_>,
    project: &ProjectName,
    file: &DistributionFile,
    roots: &[Root],
) -> Result<PickedWheel, Failure> {
    let path = located(run, file).ok_or_else(|| Failure::No {
        message: format!("{} is not in the folder", file.name),
        details: Vec::new(),
        hint: Some("carry the whole folder that `wh download` filled".to_owned()),
    })?;
    let filename = file
        .filename
        .as_wheel()
        .cloned()
        .ok_or_else(|| Failure::malformed(format!("{} is no wheel", file.name)))?;
    let locked = run.lock.as_ref().and_then(|from| locked_file(from, file));
    let mut expected = file.hashes.clone();
    if let Some(locked) = locked {
        expected = locked.hashes.clone();
    } else if expected.is_empty()
        && let Some(hashes) = only_hash(roots.iter().chain(&run.wanted.constraints), project)
    {
        expected = hashes;
    }
    let direct_url = match (&file.made_from, &file.origin) {
        (Some(source), _) => source.direct_url(),
        (None, Origin::Direct) => Some(direct_url(file, &path, &expected)?),
        (None, _) => None,
    };
    Ok(PickedWheel {
        filename,
        size: file.size,
        vouched: match (&run.lock, locked) {
            (Some(from), Some(locked)) => vouched(&from.lock, &locked.name, &locked.hashes),
            _ => false,
        },
        direct_url,
        expected,
        path,
        built_from: None,
    })
}

/// PEP 610, of what is built.
fn direct_url_of(sdist: &DistributionFile) -> Option<DirectUrl> {
    match (&sdist.made_from, &sdist.origin) {
        (Some(source), _) => source.direct_url(),
        (None, Origin::Direct) => {
            let url = sdist.url.to_string();
            Some(DirectUrl {
                subdirectory: sdist.subdirectory.clone(),
                ..archive_url(url, &sdist.hashes)
            })
        }
        (None, _) => None,
    }
}

/// PEP 610, with the digest of the file also where nobody gave one, as pip writes it.
fn direct_url(
    file: &DistributionFile,
    path: &Path,
    expected: &Hashes,
) -> Result<DirectUrl, Failure> {
    let url = file.url.to_string();
    if expected.sha256().is_some() {
        return Ok(archive_url(url, expected));
    }
    let found = hash_file(path, &[Algorithm::Sha256]).map_err(Failure::file)?;
    Ok(archive_url(url, &found))
}

/// The file of the lock that a candidate is.
fn locked_file<'a>(
    from: &'a FolderLock,
    file: &DistributionFile,
) -> Option<&'a wh_packaging::lock::LockedFile> {
    let mut files = from.lock.all_packages().flat_map(|package| package.files());
    files.find(|locked| locked.name == file.name)
}

/// The digest that a requirement or constraint gives, where it is the only one.
fn only_hash<'a>(
    asked: impl IntoIterator<Item = &'a Root>,
    project: &ProjectName,
) -> Option<Hashes> {
    let root = asked
        .into_iter()
        .find(|root| root.requirement.name == *project && !root.hashes.is_empty())?;
    match root.hashes.as_slice() {
        [only] => Some(only.clone()),
        _ => None,
    }
}

fn located(run: &Run<'_>, file: &DistributionFile) -> Option<PathBuf> {
    // a path that was given is there, unless it is one of the machine that made the lock
    let here = file.path.clone().filter(|path| path.is_file());
    if file.origin != Origin::Direct || here.is_some() {
        return here;
    }
    match &run.lock {
        Some(from) => {
            let folder = from.path.parent().unwrap_or(Path::new(""));
            LockedFiles::new(&run.house, &from.lock, folder).of_url(&file.url, &file.hashes)
        }
        None => run.house.find_by_hash(&file.url, &file.hashes),
    }
}
