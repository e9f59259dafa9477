//! From what an environment is to have to what is changed: nothing that stays is broken, and the rest
//! goes through the transaction.

use std::collections::{BTreeMap, BTreeSet};

use wh_environment::transaction::{ApplyOptions, Change, WheelToInstall};
use wh_packaging::requirement::display;
use wh_packaging::{Event, ProjectName, Version, Warning};
use wh_wheel::{LinkMode, Store};

use super::plan::{Plan, Planned, plan};
use super::{Pick, PickedWheel, Run, Upgrade};
use crate::arguments;
use crate::commands::report::{Action, FileRow, RemovedRow, Report, TargetRow};
use crate::failure::{Failure, Status};
use crate::terminal;

/// Does what the picks ask for.
pub fn apply(run: &Run<'_>, picks: &[Pick]) -> Result<Status, Failure> {
    let plan = plan(run, picks)?;
    refuse_or_warn_of_broken(run, &plan)?;
    if let Some(to) = &run.change.report {
        report(run, &plan).write(to, run.context)?;
    }
    let Some(transaction) = &run.place.transaction else {
        return dry_run(run, &plan);
    };
    let to_do = to_do(run, &plan);
    say_kept(run, &plan);
    if to_do.install.is_empty() && to_do.remove.is_empty() {
        return Ok(Status::Done);
    }
    let store = store(run);
    let options = ApplyOptions {
        store: store.as_ref(),
        link_mode: link_mode(run.change.link_mode),
        sync: run.change.sync,
        compile: run.change.compile && !run.change.no_compile,
        allow_conflicts: run.change.allow_conflicts,
    };
    transaction.apply(&to_do, &options, &*run.context.reporter())?;
    for one in &plan.going {
        let line = format!("  {} {} is gone", one.project, one.version);
        run.context.terminal.note(&line);
    }
    Ok(Status::Done)
}

/// Says what is there already, and how to have it otherwise.
fn say_kept(run: &Run<'_>, plan: &Plan<'_>) {
    let kept = plan.picks.iter().filter(|one| !one.comes()).count();
    let all = kept == plan.picks.len() && plan.going.is_empty();
    if kept == 0 && !all {
        return;
    }
    let verb = run.context.terminal.style.verb("Kept");
    let what = terminal::plural(kept, "distribution");
    let there = if all { "all there" } else { "there already" };
    let chosen = !run.exact && !run.wanted.roots.is_empty() && run.upgrade == Upgrade::Nothing;
    let more = match chosen && kept > 0 {
        true => " (--upgrade takes the highest version of the folder)",
        false => "",
    };
    let line = format!("{verb} {what}: {there} in {}{more}", run.place.name);
    run.context.terminal.note(&line);
}

/// The store of the cache folder; without one that can be used, every wheel is unpacked.
fn store(run: &Run<'_>) -> Option<Store> {
    let cache = run
        .context
        .cache
        .as_ref()
        .filter(|_| !run.change.no_store)?;
    Store::open(cache).ok()
}

fn link_mode(asked: arguments::LinkMode) -> LinkMode {
    match asked {
        arguments::LinkMode::Clone => LinkMode::Clone,
        arguments::LinkMode::Hardlink => LinkMode::Hardlink,
        arguments::LinkMode::Copy => LinkMode::Copy,
        arguments::LinkMode::Symlink => LinkMode::Symlink,
    }
}

/// The plan as the transaction takes it.
fn to_do(run: &Run<'_>, plan: &Plan<'_>) -> Change {
    let install = plan
        .picks
        .iter()
        .filter_map(|one| Some(to_install(run, one.pick, one.wheel?)))
        .collect();
    let replaced = plan.picks.iter().flat_map(|one| &one.replaced);
    let remove = replaced.chain(&plan.going).cloned().collect();
    Change { install, remove }
}

fn to_install(run: &Run<'_>, pick: &Pick, wheel: &PickedWheel) -> WheelToInstall {
    WheelToInstall {
        path: wheel.path.clone(),
        filename: wheel.filename.clone(),
        expected: wheel.expected.clone(),
        vouched: wheel.vouched && !run.change.verify_record,
        requested: pick.requested,
        direct_url: wheel.direct_url.clone(),
    }
}

/// Breaking what is there is refused before any change; with `--no-deps` it is only said.
fn refuse_or_warn_of_broken(run: &Run<'_>, plan: &Plan<'_>) -> Result<(), Failure> {
    let changed: BTreeMap<&ProjectName, &Version> = plan
        .picks
        .iter()
        .filter(|one| one.comes())
        .map(|one| (&one.pick.project, &one.pick.version))
        .collect();
    if changed.is_empty() {
        return Ok(());
    }
    let going: BTreeSet<&ProjectName> = plan.going.iter().map(|one| &one.project).collect();
    let mut broken = plan.graph.broken_by(&changed);
    // what goes may ask for what it likes
    broken.retain(|one| !going.contains(&one.node.project));
    if broken.is_empty() {
        return Ok(());
    }
    if run.change.no_deps {
        for one in broken {
            let warning = Warning::BrokenRequirement {
                project: one.node.name.clone(),
                requirement: display(one.requirement),
                found: Some(format!("{} {}", one.requirement.name, one.found)),
            };
            run.context.terminal.event(Event::Warning { warning });
        }
        return Ok(());
    }
    Err(Failure::No {
        message: format!("this would break what is installed in {}", run.place.name),
        details: broken
            .iter()
            .map(|one| {
                let requirement = display(one.requirement);
                format!(
                    "{} requires {requirement}, and {} {} would be there",
                    one.node.name, one.requirement.name, one.found
                )
            })
            .collect(),
        hint: Some("bring newer versions of those along, or insist with --no-deps".to_owned()),
    })
}

fn dry_run(run: &Run<'_>, plan: &Plan<'_>) -> Result<Status, Failure> {
    let mut lines = String::new();
    for one in &plan.picks {
        let Pick {
            project, version, ..
        } = one.pick;
        let from = match one.built_from() {
            Some(from) => format!(", built from {}", from.name),
            None => String::new(),
        };
        lines += &match (one.comes(), one.replaced.first()) {
            (false, _) => format!("keep    {project}=={version}\n"),
            (true, None) => format!("install {project}=={version}{from}\n"),
            (true, Some(old)) => {
                format!("replace {project}=={} by {version}{from}\n", old.version)
            }
        };
    }
    for one in &plan.going {
        lines += &format!("remove  {}=={}\n", one.project, one.version);
    }
    if run.change.report.as_deref() != Some("-") {
        terminal::print(&lines).map_err(Failure::file)?;
    }
    Ok(Status::Done)
}

fn report(run: &Run<'_>, plan: &Plan<'_>) -> Report {
    let target = &run.place.target;
    let files: Vec<FileRow> = plan
        .picks
        .iter()
        .filter_map(|one| row(one, &target.name))
        .collect();
    let row = TargetRow {
        name: target.name.clone(),
        python: target.markers.python_version.clone(),
        platform: target.platform().to_owned(),
        complete: true,
        distributions: plan.picks.len(),
        files: files.len(),
        bytes: files.iter().map(|file| file.size).sum(),
    };
    let removed = plan.going.iter().map(|one| RemovedRow {
        project: one.project.to_string(),
        version: one.version.clone(),
    });
    Report {
        version: 1,
        targets: vec![row],
        files,
        missing: Vec::new(),
        builds: Vec::new(),
        removed: run.exact.then(|| removed.collect()),
    }
}

/// What comes, or what is there: that which a wheel was built from, or would be, is told with it.
fn row(one: &Planned<'_>, target: &str) -> Option<FileRow> {
    let (wheel, built_from) = (one.pick.wheel.as_ref(), one.built_from());
    let to_build = one.pick.to_build.as_ref();
    let filename = match (wheel, to_build) {
        (Some(wheel), _) => wheel.filename.to_string(),
        (None, to_build) => to_build?.name.clone(),
    };
    let hashes = wheel.map(|wheel| &wheel.expected);
    let hashes = hashes.or(to_build.map(|from| &from.hashes));
    let direct_url = wheel.and_then(|wheel| wheel.direct_url.as_ref());
    Some(FileRow {
        project: one.pick.project.to_string(),
        version: one.pick.version.to_string(),
        filename,
        url: direct_url.map(|direct| direct.url.clone()),
        size: wheel.map_or_else(|| to_build?.size, |wheel| wheel.size),
        sha256: hashes.and_then(|hashes| hashes.sha256()).map(str::to_owned),
        action: match (one.comes(), built_from) {
            (false, _) => Action::Keep,
            (true, None) => Action::Fetch,
            (true, Some(_)) => Action::Build,
        },
        built_from: built_from.map(|from| from.name.clone()),
        targets: vec![target.to_owned()],
        requested_by: one.pick.requested_by.clone(),
    })
}
