//! What a lock installs here: exactly its selection for this environment.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use wh_index::locked::candidate;
use wh_index::wheelhouse::{FolderLock, all_beside};
use wh_packaging::direct_url::DirectSource;
use wh_packaging::lock::{Selected, SelectedKind};
use wh_packaging::requirement::{VersionOrUrl, parse};
use wh_packaging::{
    DirectUrl, Event, Filename, Hashes, Lock, ProjectName, Version, Warning, WheelFilename,
};

use super::chains::{asked_for, chains};
use super::unbuilt::{Choice, Unbuilt};
use super::{Pick, PickedWheel, Run};
use crate::commands::locked::vouched;
use crate::failure::Failure;

/// The lock's selection.
pub fn picks(run: &Run<'_>, from: &FolderLock) -> Result<Vec<Choice>, Failure> {
    let file = from.path.display().to_string();
    let selected = from
        .lock
        .select(&run.place.target)
        .map_err(|source| Failure::Select {
            file: file.clone(),
            source,
        })?;
    warn_of_baseline(run, from, &selected);
    let folder = from.path.parent().unwrap_or(Path::new(""));
    let files: Vec<_> = selected.iter().map(|one| one.file).collect();
    let who_asks = || {
        let roots = roots(&from.lock);
        (chains(&selected, &roots), roots)
    };
    let ((chains, roots), files) = rayon::join(who_asks, || all_beside(folder, &files));
    if files.iter().any(Option::is_none) {
        run.house.read()?;
    }
    let mut choices = Vec::new();
    let mut missing = Vec::new();
    for (one, file) in selected.iter().zip(files) {
        let project = &one.package.name;
        let asked = Asking {
            requested: roots.contains_key(project),
            chain: chains.get(project).cloned().unwrap_or_default(),
        };
        let Some(path) = file.or_else(|| run.house.find(folder, one.file)) else {
            missing.push(missed(run, one, &asked.chain));
            continue;
        };
        choices.push(match one.file.name.parse::<WheelFilename>() {
            Ok(filename) => Choice::Wheel(wheel(&from.lock, one, (filename, path), asked)),
            Err(_) => source(run, one, folder, asked),
        });
    }
    if missing.is_empty() {
        return Ok(choices);
    }
    Err(Failure::No {
        message: format!("{file} names files that are not in the folder"),
        details: missing,
        hint: Some("carry the whole folder that `wh download` filled; `wh download` run again fetches what is missing".to_owned()),
    })
}

/// Who asks for a selected file.
struct Asking {
    /// Whether it was asked for by name.
    requested: bool,
    chain: Vec<String>,
}

fn wheel(
    lock: &Lock,
    one: &Selected<'_>,
    (filename, path): (WheelFilename, PathBuf),
    asked: Asking,
) -> Pick {
    let locked = one.package.version.clone();
    Pick {
        project: one.package.name.clone(),
        version: locked.unwrap_or_else(|| filename.version.clone()),
        wheel: Some(PickedWheel {
            filename,
            path,
            size: one.file.size,
            expected: one.file.hashes.clone(),
            vouched: vouched(lock, &one.file.name, &one.file.hashes),
            direct_url: direct_url(one),
            built_from: None,
        }),
        to_build: None,
        requested: asked.requested,
        requested_by: asked.chain,
    }
}

/// A source distribution of the lock: it will do where that version is installed already, however
/// it came there.
fn source(run: &Run<'_>, one: &Selected<'_>, folder: &Path, asked: Asking) -> Choice {
    let project = &one.package.name;
    let version = one.package.version.clone();
    if let Some(version) = installed(run, project, version.as_ref()) {
        return Choice::Wheel(Pick {
            project: project.clone(),
            version,
            wheel: None,
            to_build: None,
            requested: asked.requested,
            requested_by: asked.chain,
        });
    }
    let sdist = candidate(&run.house, folder, one.package, one.file);
    let of_name = || sdist.as_ref().map(|sdist| sdist.version().clone());
    Choice::Source(Unbuilt {
        project: project.clone(),
        version: version
            .or_else(of_name)
            .unwrap_or_else(|| Version::new([0])),
        file: one.file.name.clone(),
        sdist: sdist.map(Arc::new),
        direct_url: direct_url(one),
        requested: asked.requested,
        requested_by: asked.chain,
    })
}

/// The installed version, where it will do.
fn installed(run: &Run<'_>, project: &ProjectName, locked: Option<&Version>) -> Option<Version> {
    let mut installed = run.place.installed.iter();
    let installed = installed.find(|one| one.project == *project)?;
    let there = installed.parsed_version()?;
    let will_do = !run.change.force_reinstall && locked.is_none_or(|locked| *locked == there);
    will_do.then_some(there)
}

/// Warns of what the lock takes to be here already, and is not: nobody carried it.
fn warn_of_baseline(run: &Run<'_>, from: &FolderLock, selected: &[Selected<'_>]) {
    let pins = from.lock.tool.iter().flat_map(|tool| &tool.baseline);
    for pin in pins.filter_map(|pin| parse(pin).ok()) {
        let travels = selected.iter().any(|one| one.package.name == pin.name);
        let here = run.place.installed.iter().any(|one| {
            let version = one.parsed_version();
            one.project == pin.name
                && match (&pin.version_or_url, version) {
                    (Some(VersionOrUrl::VersionSpecifier(pinned)), Some(version)) => {
                        wh_resolver::admits(pinned, &version)
                    }
                    _ => true,
                }
        });
        if !travels && !here {
            let message = format!(
                "{} takes {pin} to be here already (--baseline), and it is not",
                from.path.display()
            );
            let warning = Warning::Other { message };
            run.context.terminal.event(Event::Warning { warning });
        }
    }
}

/// PEP 610: a file that a URL asked for, or what was built of one. A path of the machine that made
/// the lock is none.
fn direct_url(selected: &Selected<'_>) -> Option<DirectUrl> {
    if let Some(source) = &selected.package.source {
        return source.direct_url();
    }
    if selected.kind != SelectedKind::Archive {
        return None;
    }
    let url = selected.file.url.clone()?;
    Some(archive_url(url, &selected.file.hashes))
}

/// `direct_url.json` of an archive.
pub fn archive_url(url: String, hashes: &Hashes) -> DirectUrl {
    let hash = hashes.sha256().map(|hex| format!("sha256={hex}"));
    DirectUrl {
        url,
        subdirectory: None,
        source: DirectSource::ArchiveInfo {
            hash,
            hashes: hashes.clone(),
        },
    }
}

/// The projects that were asked for, with the words that ask: what `wh` wrote down, else the names of
/// those that no other one asks for.
fn roots(lock: &Lock) -> BTreeMap<ProjectName, String> {
    if let Some(tool) = &lock.tool {
        let mut roots = BTreeMap::new();
        for text in &tool.requirements {
            if let Ok(root) = parse(text) {
                roots.entry(root.name).or_insert_with(|| text.clone());
            }
        }
        return roots;
    }
    let packages = lock.packages.iter();
    let needed: BTreeSet<&ProjectName> = packages
        .clone()
        .flat_map(|package| &package.dependencies)
        .map(|dependency| &dependency.name)
        .collect();
    packages
        .map(|package| &package.name)
        .filter(|name| !needed.contains(name))
        .map(|name| (name.clone(), name.to_string()))
        .collect()
}

/// A line about a file that is not there: which, asked for by whom, what is there instead.
fn missed(run: &Run<'_>, selected: &Selected<'_>, chain: &[String]) -> String {
    let project = &selected.package.name;
    let there: Vec<String> = run
        .house
        .files_of(project)
        .iter()
        .filter(|file| matches!(file.filename, Filename::Wheel(_)))
        .map(|file| file.name.clone())
        .collect();
    let asked = asked_for(chain);
    let instead = if there.is_empty() {
        format!("no file of {project} is there")
    } else {
        format!("there is {}", there.join(", "))
    };
    format!("{}{asked}: {instead}", selected.file.name)
}
