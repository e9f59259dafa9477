//! Requirements, met from a folder: from the files of its lock, that selection preferred, or from
//! all its wheels. What is installed and satisfies is kept.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use wh_index::locked::LockedFiles;
use wh_index::wheelhouse::FolderLock;
use wh_packaging::class::{TargetClass, classes};
use wh_packaging::requirement::Root;
use wh_packaging::{DistributionFile, Event, Hashes, Origin, ProjectName, Version};
use wh_resolver::{Chosen, Options, Provider, Request, ResolveError, resolve};

use super::from_lock::{archive_url, vouched};
use super::hashes::WithHashes;
use super::with_installed::WithInstalled;
use super::{Pick, PickedWheel, Run};
use crate::failure::Failure;

/// What the requirements choose.
pub fn picks(run: &Run<'_>) -> Result<Vec<Pick>, Failure> {
    match &run.lock {
        Some(from) => {
            let folder = from.path.parent().unwrap_or(Path::new(""));
            let files = LockedFiles::new(&run.house, &from.lock, folder);
            resolved(run, &files, &run.wanted.roots)
        }
        None => resolved(run, &run.house, &run.wanted.roots),
    }
}

/// What these roots choose from a provider.
pub fn resolved(
    run: &Run<'_>,
    provider: &dyn Provider,
    roots: &[Root],
) -> Result<Vec<Pick>, Failure> {
    let class = classes(vec![run.place.target.clone()]).remove(0);
    let options = Options {
        pre: run.args.pre,
        no_deps: run.args.no_deps,
        preferences: preferences(run, roots),
        ..Options::default()
    };
    let installed = if run.args.force_reinstall {
        &[][..]
    } else {
        &run.place.installed[..]
    };
    let hashed = WithHashes::new(provider, roots);
    let over = WithInstalled::new(&hashed, installed);
    let request = Request {
        class: &class,
        requirements: roots,
        constraints: &run.wanted.constraints,
        options: &options,
    };
    let resolution = resolve(&request, &over).map_err(|error| not_here(run, error, &class))?;
    for warning in &resolution.warnings {
        run.context.terminal.event(Event::Warning {
            warning: warning.clone(),
        });
    }
    resolution
        .chosen
        .iter()
        .map(|(project, chosen)| pick(run, project, chosen, roots))
        .collect()
}

/// Versions that are kept where they are allowed: what is installed, else the lock's selection.
/// `--upgrade` gives up what is installed of the projects that are named.
fn preferences(run: &Run<'_>, roots: &[Root]) -> BTreeMap<ProjectName, Version> {
    let mut preferences = BTreeMap::new();
    if let Some(from) = &run.lock
        && let Ok(selected) = from.lock.select(&run.place.target)
    {
        for one in selected {
            if let Some(version) = &one.package.version {
                preferences.insert(one.package.name.clone(), version.clone());
            }
        }
    }
    if run.args.force_reinstall {
        return preferences;
    }
    let upgraded = |project: &ProjectName| {
        run.args.upgrade && roots.iter().any(|root| root.requirement.name == *project)
    };
    for one in run
        .place
        .installed
        .iter()
        .filter(|one| !upgraded(&one.project))
    {
        if let Some(version) = one.parsed_version() {
            preferences.insert(one.project.clone(), version);
        }
    }
    preferences
}

fn pick(
    run: &Run<'_>,
    project: &ProjectName,
    chosen: &Chosen,
    roots: &[Root],
) -> Result<Pick, Failure> {
    let file = &chosen.wheels[0];
    let wheel = match file.origin {
        Origin::Installed => None,
        _ => Some(picked(run, project, file, roots)?),
    };
    Ok(Pick {
        project: project.clone(),
        version: chosen.version.clone(),
        wheel,
        requested: chosen.root,
        requested_by: chosen.requested_by.clone(),
    })
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
        && let Some(hashes) = only_hash(roots, project)
    {
        expected = hashes;
    }
    Ok(PickedWheel {
        filename,
        path,
        size: file.size,
        vouched: match (&run.lock, locked) {
            (Some(from), Some(locked)) => vouched(&from.lock, locked),
            _ => false,
        },
        direct_url: (file.origin == Origin::Direct)
            .then(|| archive_url(file.url.to_string(), &expected)),
        expected,
    })
}

/// The file of the lock that a candidate is.
fn locked_file<'a>(
    from: &'a FolderLock,
    file: &DistributionFile,
) -> Option<&'a wh_packaging::lock::LockedFile> {
    from.lock
        .packages
        .iter()
        .flat_map(|package| package.files())
        .find(|locked| locked.name == file.name)
}

/// The digest that a requirement gives, where it is the only one.
fn only_hash(roots: &[Root], project: &ProjectName) -> Option<Hashes> {
    let root = roots
        .iter()
        .find(|root| root.requirement.name == *project)?;
    match root.hashes.as_slice() {
        [only] => Some(only.clone()),
        _ => None,
    }
}

fn located(run: &Run<'_>, file: &DistributionFile) -> Option<PathBuf> {
    if file.origin != Origin::Direct {
        return file.path.clone();
    }
    match &run.lock {
        Some(from) => {
            let folder = from.path.parent().unwrap_or(Path::new(""));
            LockedFiles::new(&run.house, &from.lock, folder).of_url(&file.url, &file.hashes)
        }
        None => run.house.find_by_hash(&file.url, &file.hashes),
    }
}

fn not_here(run: &Run<'_>, error: ResolveError, class: &TargetClass) -> Failure {
    Failure::NotInFolder {
        folders: run
            .house
            .folders()
            .iter()
            .map(|folder| folder.display().to_string())
            .collect(),
        target: class.members[0].name.clone(),
        locked: run.lock.is_some(),
        error,
    }
}
