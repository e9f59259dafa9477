//! What a lock installs here: exactly its selection for this environment.

use std::collections::BTreeSet;
use std::path::Path;

use wh_index::wheelhouse::{FolderLock, beside};
use wh_packaging::direct_url::DirectSource;
use wh_packaging::lock::{LockedFile, Selected, SelectedKind};
use wh_packaging::requirement::{VersionOrUrl, parse};
use wh_packaging::sdist_filename::SdistFilename;
use wh_packaging::{
    DirectUrl, Event, Filename, Hashes, Lock, ProjectName, Version, Warning, WheelFilename,
};

use super::chains::{asked_for, chains};
use super::unbuilt::{self, Unbuilt};
use super::{Pick, PickedWheel, Run};
use crate::failure::Failure;

/// The lock's selection.
pub fn picks(run: &Run<'_>, from: &FolderLock) -> Result<Vec<Pick>, Failure> {
    let file = from.path.display().to_string();
    let selected = from
        .lock
        .select(&run.place.target)
        .map_err(|source| Failure::Select {
            file: file.clone(),
            source,
        })?;
    warn_of_baseline(run, from, &selected);
    let roots = roots(&from.lock);
    let chains = chains(&selected, &from.lock, &roots);
    let folder = from.path.parent().unwrap_or(Path::new(""));
    let mut files = selected.iter().map(|one| one.file);
    if files.any(|file| beside(folder, file).is_none()) {
        run.house.read()?;
    }
    let mut picks = Vec::new();
    let mut missing = Vec::new();
    let mut unbuilt = Vec::new();
    for one in &selected {
        let project = &one.package.name;
        let chain = chains.get(project).cloned().unwrap_or_default();
        let Some(path) = run.house.find(folder, one.file) else {
            missing.push(missed(run, one, &chain));
            continue;
        };
        let Ok(filename) = one.file.name.parse::<WheelFilename>() else {
            match as_it_is(run, one, &chain, roots.contains(project)) {
                Ok(pick) => picks.push(pick),
                Err(one) => unbuilt.push(one),
            }
            continue;
        };
        picks.push(Pick {
            project: project.clone(),
            version: one
                .package
                .version
                .clone()
                .unwrap_or_else(|| filename.version.clone()),
            wheel: Some(PickedWheel {
                filename,
                path,
                size: one.file.size,
                expected: one.file.hashes.clone(),
                vouched: vouched(&from.lock, one.file),
                direct_url: direct_url(one),
            }),
            requested: roots.contains(project),
            requested_by: chain,
        });
    }
    if missing.is_empty() {
        unbuilt::refuse(run, &unbuilt)?;
        return Ok(picks);
    }
    Err(Failure::No {
        message: format!("{file} names files that are not in the folder"),
        details: missing,
        hint: Some("carry the whole folder that `wh download` filled; `wh download` run again fetches what is missing".to_owned()),
    })
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

/// Whether the lock says that RECORD was verified; only its sha256 says that this is that wheel.
pub fn vouched(lock: &Lock, file: &LockedFile) -> bool {
    let verified = lock
        .tool
        .as_ref()
        .and_then(|tool| tool.files.get(&file.name))
        .is_some_and(|facts| facts.record_verified);
    verified && file.hashes.sha256().is_some()
}

/// A source distribution of the lock: it will do where that version is installed already, however
/// it came there.
fn as_it_is(
    run: &Run<'_>,
    selected: &Selected<'_>,
    chain: &[String],
    requested: bool,
) -> Result<Pick, Unbuilt> {
    let project = &selected.package.name;
    let version = selected.package.version.clone();
    let installed = run
        .place
        .installed
        .iter()
        .find(|one| one.project == *project);
    let installed = installed.and_then(|one| one.parsed_version());
    let kept = installed.filter(|there| {
        !run.change.force_reinstall && version.as_ref().is_none_or(|locked| locked == there)
    });
    if let Some(version) = kept {
        return Ok(Pick {
            project: project.clone(),
            version,
            wheel: None,
            requested,
            requested_by: chain.to_vec(),
        });
    }
    let of_name = || SdistFilename::parse(&selected.file.name, project).map(|name| name.version);
    Err(Unbuilt {
        project: project.clone(),
        version: version
            .or_else(of_name)
            .unwrap_or_else(|| Version::new([0])),
        file: selected.file.name.clone(),
        requested_by: chain.to_vec(),
    })
}

/// PEP 610: a file that a URL asked for, or what was built of one. A path of the machine that made the lock is none.
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

/// The projects that were asked for: those `wh` wrote down, else those that no other one asks for.
pub fn roots(lock: &Lock) -> BTreeSet<ProjectName> {
    if let Some(tool) = &lock.tool {
        return tool
            .requirements
            .iter()
            .filter_map(|text| parse(text).ok())
            .map(|root| root.name)
            .collect();
    }
    let needed: BTreeSet<&ProjectName> = lock
        .packages
        .iter()
        .flat_map(|package| {
            package
                .dependencies
                .iter()
                .map(|dependency| &dependency.name)
        })
        .collect();
    lock.packages
        .iter()
        .map(|package| &package.name)
        .filter(|name| !needed.contains(name))
        .cloned()
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
