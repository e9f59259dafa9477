//! `wh uninstall`: names -> environment -> its distributions of these names -> the transaction,
//! with nothing to install.

use std::collections::BTreeSet;

use wh_environment::transaction::{ApplyOptions, Change, InstalledToRemove};
use wh_environment::{InstalledDistribution, SchemePaths};
use wh_packaging::requirement::{Input, display, parse_input};
use wh_packaging::spelling::nearest;
use wh_packaging::{Event, ProjectName, Truth, Warning, marker};

use super::install::place::Place;
use super::requirements;
use crate::arguments::{PlaceArgs, RequirementArgs, UninstallArgs};
use crate::context::Context;
use crate::failure::{Failure, Status};
use crate::terminal;

mod unnamed;

/// Removes distributions.
pub fn run(args: &UninstallArgs, context: &Context) -> Result<Status, Failure> {
    let projects = projects(args, context)?;
    let mut at = PlaceArgs {
        python: args.python.clone(),
        target: None,
        prefix: None,
        root: None,
        user: false,
        break_system_packages: args.break_system_packages,
    };
    let mut place = Place::find(&at, !args.dry_run, context)?;
    if are_the_users(&going(&projects, &place)?, &place)? {
        // that place has a lock of its own, and may have changed until it was had
        drop(place);
        at.user = true;
        place = Place::find(&at, !args.dry_run, context)?;
    }
    let going = going(&projects, &place)?;
    let lines: Vec<String> = going
        .iter()
        .map(|one| format!("{} {}", one.project, one.version))
        .collect();
    let Some(transaction) = &place.transaction else {
        let lines: String = lines
            .iter()
            .map(|line| format!("remove {line}\n"))
            .collect();
        terminal::print(&lines).map_err(Failure::file)?;
        return Ok(Status::Done);
    };
    let change = Change {
        install: Vec::new(),
        remove: going
            .iter()
            .map(|one| InstalledToRemove::from(*one))
            .collect(),
    };
    let options = ApplyOptions {
        sync: args.sync,
        ..ApplyOptions::default()
    };
    transaction.apply(&change, &options, &*context.reporter())?;
    for line in lines {
        context.terminal.note(&format!("  {line}"));
    }
    warn_of_broken(&projects, &place, context);
    Ok(Status::Done)
}

/// The projects that are named, on the command line or in files.
fn projects(args: &UninstallArgs, context: &Context) -> Result<BTreeSet<ProjectName>, Failure> {
    let mut projects = BTreeSet::new();
    for text in &args.names {
        match parse_input(text, &context.cwd) {
            Ok(Input::Named(requirement)) => projects.insert(requirement.name),
            _ => {
                return Err(Failure::malformed_because(
                    format!("`{text}` is not the name of a project"),
                    "`wh freeze` lists the names of what is installed",
                ));
            }
        };
    }
    let files = RequirementArgs {
        requirement: args.requirement.clone(),
        ..RequirementArgs::default()
    };
    let wanted = requirements::gather(&files, None, context)?;
    projects.extend(unnamed::names(&wanted.unnamed)?);
    projects.extend(wanted.roots.into_iter().map(|root| root.requirement.name));
    if projects.is_empty() {
        return Err(Failure::malformed_because(
            "nothing to remove was named",
            "name projects, `wh uninstall pandas`, or a requirements file with -r",
        ));
    }
    Ok(projects)
}

/// What is installed of the projects; all of them have to be.
fn going<'a>(
    projects: &BTreeSet<ProjectName>,
    place: &'a Place,
) -> Result<Vec<&'a InstalledDistribution>, Failure> {
    let mut going = Vec::new();
    let mut missing = Vec::new();
    for project in projects {
        match place.installed.iter().find(|one| one.project == *project) {
            Some(one) => going.push(one),
            None => missing.push(project),
        }
    }
    if missing.is_empty() {
        return Ok(going);
    }
    let names = place.installed.iter().map(|one| one.project.as_ref());
    let nearest: Vec<String> = missing
        .iter()
        .filter_map(|project| nearest(project.as_ref(), names.clone()))
        .map(|project| format!("`{project}`"))
        .collect();
    let hint = match nearest.is_empty() {
        true => "nothing was removed; `wh freeze` lists what is installed".to_owned(),
        false => format!("nothing was removed; did you mean {}?", nearest.join(", ")),
    };
    let missing: Vec<&str> = missing.iter().map(|project| project.as_ref()).collect();
    Err(Failure::No {
        message: format!("{} is not installed in {}", missing.join(", "), place.name),
        details: Vec::new(),
        hint: Some(hint),
    })
}

/// Whether all of them lie in the user's own folder; `false`: all in the environment itself.
fn are_the_users(going: &[&InstalledDistribution], place: &Place) -> Result<bool, Failure> {
    let holds = |scheme: &SchemePaths, one: &InstalledDistribution| {
        let folder = one.installed_location();
        folder == scheme.purelib || folder == scheme.platlib
    };
    let in_one = |scheme: &SchemePaths| going.iter().all(|one| holds(scheme, one));
    if in_one(&place.scheme) {
        return Ok(false);
    }
    if place.probe.user_scheme.as_ref().is_some_and(in_one) {
        return Ok(true);
    }
    let elsewhere = going.iter().filter(|one| !holds(&place.scheme, one));
    Err(Failure::No {
        message: format!("not all of this is installed in {} itself", place.name),
        details: elsewhere
            .map(|one| format!("{} lies in {}", one.project, one.installed_location().display()))
            .collect(),
        hint: Some(
            "nothing was removed; remove apart what lies in one place, with --python for another environment"
                .to_owned(),
        ),
    })
}

/// Says whose requirements are not met any more.
fn warn_of_broken(removed: &BTreeSet<ProjectName>, place: &Place, context: &Context) {
    let staying = place.installed.iter();
    for one in staying.filter(|one| !removed.contains(&one.project)) {
        // what cannot be read was not working before either
        let Ok(metadata) = one.metadata() else {
            continue;
        };
        for requirement in &metadata.requires_dist {
            let markers = &place.target.markers;
            let applies = marker::evaluate(&requirement.marker, markers, &[]) == Truth::True;
            if applies && removed.contains(&requirement.name) {
                let warning = Warning::BrokenRequirement {
                    project: one.name.clone(),
                    requirement: display(requirement),
                    found: None,
                };
                context.terminal.event(Event::Warning { warning });
            }
        }
    }
}
