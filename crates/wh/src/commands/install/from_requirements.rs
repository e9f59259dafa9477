//! Requirements, met from a folder: from the files of its lock, that selection preferred, or from
//! all its wheels. What is installed and satisfies is kept.

use std::collections::BTreeMap;
use std::path::Path;

use wh_environment::InstalledDistribution;
use wh_index::locked::LockedFiles;
use wh_packaging::class::{TargetClass, classes};
use wh_packaging::requirement::{Root, display};
use wh_packaging::{Event, ProjectName, Truth, Version, marker};
use wh_resolver::{Chosen, Options, Provider, Request, ResolveError, resolve};

use super::chosen::choice;
use super::hashes::WithHashes;
use super::projects::{Projects, WithProjects};
use super::unbuilt::Choice;
use super::with_installed::WithInstalled;
use super::{Pick, Run, Upgrade};
use crate::commands::building::{Building, Told};
use crate::failure::Failure;

/// What the requirements choose.
pub fn picks(run: &Run<'_>, building: Option<&Building<'_>>) -> Result<Vec<Choice>, Failure> {
    say_ignored(run);
    let projects = Projects::build(run, building)?;
    let roots = projects.roots(&run.wanted);
    let locked = run.lock.as_ref().map(|from| {
        let folder = from.path.parent().unwrap_or(Path::new(""));
        // what builds may be asked for too, to build without isolation
        LockedFiles::with_builds(&run.house, &from.lock, folder)
    });
    let below: &dyn Provider = match &locked {
        Some(files) => files,
        None => &run.house,
    };
    let all = Resolving {
        provider: &WithProjects::new(below, &projects),
        roots: &roots,
        building,
    };
    let pick = |name: &ProjectName, chosen: &Chosen| projects.pick(name, chosen);
    resolved(run, &all, &pick)
}

/// What is resolved, and from what.
pub struct Resolving<'a> {
    pub provider: &'a dyn Provider,
    pub roots: &'a [Root],
    /// What builds are done with, where something may be built.
    pub building: Option<&'a Building<'a>>,
}

/// Says which requirements do not count here.
fn say_ignored(run: &Run<'_>) {
    let target = &run.place.target;
    for root in &run.wanted.roots {
        let requirement = &root.requirement;
        if marker::evaluate(&requirement.marker, &target.markers, &[]) == Truth::False {
            let terminal = &run.context.terminal;
            let verb = terminal.style.verb("Ignored");
            let what = display(requirement);
            terminal.note(&format!("{verb} {what}: not for {}", target.name));
        }
    }
}

/// What these roots choose from a provider; `known` are the picks that are made already.
pub fn resolved(
    run: &Run<'_>,
    all: &Resolving<'_>,
    known: &dyn Fn(&ProjectName, &Chosen) -> Option<Pick>,
) -> Result<Vec<Choice>, Failure> {
    let Resolving {
        provider,
        roots,
        building,
    } = *all;
    let class = classes(vec![run.place.target.clone()]).remove(0);
    let options = Options {
        pre: run.change.pre,
        no_deps: run.change.no_deps,
        preferences: preferences(run, roots),
        ..Options::default()
    };
    let installed: Vec<&InstalledDistribution> = match run.change.force_reinstall {
        true => Vec::new(),
        false => run
            .place
            .installed
            .iter()
            .filter(|one| counts(run, one))
            .collect(),
    };
    let told = building
        .filter(|_| run.build)
        .map(|building| Told::new(provider, building));
    let provider = told.as_ref().map_or(provider, |told| told);
    let hashed = WithHashes::new(provider, roots.iter().chain(&run.wanted.constraints));
    let over = WithInstalled::new(&hashed, &installed);
    let request = Request {
        class: &class,
        requirements: roots,
        constraints: &run.wanted.constraints,
        options: &options,
    };
    let resolution = resolve(&request, &over).map_err(|error| {
        let of_build = building.and_then(Building::failure);
        of_build.unwrap_or_else(|| not_here(run, error, &class))
    })?;
    for warning in &resolution.warnings {
        run.context.terminal.event(Event::Warning {
            warning: warning.clone(),
        });
    }
    let chosen = resolution.chosen.iter();
    chosen
        .map(|(project, chosen)| match known(project, chosen) {
            Some(pick) => Ok(Choice::Wheel(pick)),
            None => choice(run, project, chosen, roots),
        })
        .collect()
}

/// Whether what is installed may stay as it is. Where exactly the requirements are to be there, what
/// came from a URL or a folder is not what a version asks for.
fn counts(run: &Run<'_>, installed: &InstalledDistribution) -> bool {
    !run.exact || (installed.direct_url.is_none() && installed.egg_link.is_none())
}

/// Versions that are kept where they are allowed: what is installed, else the lock's selection.
/// `--upgrade` gives up what is installed of the projects that are named, or of all.
fn preferences(run: &Run<'_>, roots: &[Root]) -> BTreeMap<ProjectName, Vec<Version>> {
    let mut preferences = BTreeMap::new();
    if let Some(from) = &run.lock
        && let Ok(selected) = from.lock.select(&run.place.target)
    {
        for one in selected {
            if let Some(version) = &one.package.version {
                preferences.insert(one.package.name.clone(), vec![version.clone()]);
            }
        }
    }
    if run.change.force_reinstall {
        return preferences;
    }
    let upgraded = |project: &ProjectName| {
        let named = || {
            let mut roots = roots.iter();
            roots.any(|root| root.requirement.name == *project)
        };
        run.upgrade == Upgrade::All || run.upgrade == Upgrade::Named && named()
    };
    for one in run
        .place
        .installed
        .iter()
        .filter(|one| !upgraded(&one.project))
    {
        if let Some(version) = one.parsed_version() {
            preferences.insert(one.project.clone(), vec![version]);
        }
    }
    preferences
}

fn not_here(run: &Run<'_>, error: ResolveError, class: &TargetClass) -> Failure {
    if !matches!(error, ResolveError::NoSolution(_)) {
        return Failure::Resolve(error);
    }
    Failure::NotInFolder {
        folders: match run.house.folders() {
            [] => vec!["what is installed (no wheelhouse was named)".to_owned()],
            folders => folders
                .iter()
                .map(|folder| folder.display().to_string())
                .collect(),
        },
        target: class.members[0].name.clone(),
        locked: run.lock.is_some(),
        error,
    }
}
