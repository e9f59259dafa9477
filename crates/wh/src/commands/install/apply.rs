//! From what an environment is to have to what is changed: what is there is left alone, nothing
//! that is there is broken, and the rest goes through the transaction.

use std::collections::{BTreeMap, BTreeSet};

use wh_environment::transaction::{
    ApplyOptions, Change, InstalledToRemove, WheelToInstall, apply as change, replaced,
};
use wh_environment::{Destination, Graph, InstalledDistribution};
use wh_packaging::requirement::display;
use wh_packaging::{Event, ProjectName, Version, Warning};

use super::{Pick, PickedWheel, Run};
use crate::commands::report::{Action, FileRow, Report, TargetRow};
use crate::failure::{Failure, Status};
use crate::terminal;

/// What is done about one pick.
struct Planned<'a> {
    pick: &'a Pick,
    /// The wheel to install; `None`: what is there stays.
    wheel: Option<&'a PickedWheel>,
    /// What has to go for it: more than one only where an earlier change was cut short.
    replaced: Vec<InstalledToRemove>,
}

/// Does what the picks ask for.
pub fn apply(run: &Run<'_>, picks: Vec<Pick>) -> Result<Status, Failure> {
    let plan = planned(run, &picks)?;
    refuse_or_warn_of_broken(run, &plan)?;
    if let Some(to) = &run.args.report {
        report(run, &plan).write(to, run.context)?;
    }
    if run.args.dry_run {
        return dry_run(run, &plan);
    }
    let install: Vec<WheelToInstall> = plan
        .iter()
        .filter_map(|one| one.wheel.map(|wheel| to_install(run, one.pick, wheel)))
        .collect();
    if install.is_empty() {
        let verb = run.context.terminal.style.verb("Kept");
        let what = terminal::plural(plan.len(), "distribution");
        run.context
            .terminal
            .note(&format!("{verb} {what}: all there in {}", run.place.name));
        return Ok(Status::Done);
    }
    let remove = plan
        .iter()
        .flat_map(|one| one.replaced.iter().cloned())
        .collect();
    let destination = Destination::new(run.place.scheme.clone(), &run.place.probe);
    let options = ApplyOptions {
        sync: run.args.sync,
        ..ApplyOptions::default()
    };
    change(
        &destination,
        &Change { install, remove },
        &options,
        &*run.context.reporter(),
    )?;
    Ok(Status::Done)
}

fn planned<'a>(run: &'a Run<'_>, picks: &'a [Pick]) -> Result<Vec<Planned<'a>>, Failure> {
    let there: BTreeMap<&ProjectName, &InstalledDistribution> = run
        .place
        .installed
        .iter()
        .map(|one| (&one.project, one))
        .collect();
    let mut planned: Vec<Planned<'_>> = picks
        .iter()
        .map(|pick| {
            let present = there.get(&pick.project).copied();
            let same = present
                .and_then(InstalledDistribution::parsed_version)
                .as_ref()
                == Some(&pick.version);
            let keep = same && !run.args.force_reinstall;
            let wheel = pick.wheel.as_ref().filter(|_| !keep);
            Planned {
                pick,
                wheel,
                replaced: Vec::new(),
            }
        })
        .collect();
    let coming = planned.iter().filter(|one| one.wheel.is_some());
    let coming: BTreeSet<ProjectName> = coming.map(|one| one.pick.project.clone()).collect();
    // what a base environment or the system has is hidden by the new one, and stays
    let here = [&run.place.scheme.purelib, &run.place.scheme.platlib].map(Clone::clone);
    for old in replaced(&here, &coming)? {
        if let Some(one) = planned
            .iter_mut()
            .find(|one| one.pick.project == old.project)
        {
            one.replaced.push(old);
        }
    }
    Ok(planned)
}

fn to_install(run: &Run<'_>, pick: &Pick, wheel: &PickedWheel) -> WheelToInstall {
    WheelToInstall {
        path: wheel.path.clone(),
        filename: wheel.filename.clone(),
        expected: wheel.expected.clone(),
        vouched: wheel.vouched && !run.args.verify_record,
        requested: pick.requested,
        direct_url: wheel.direct_url.clone(),
    }
}

/// Breaking what is there is refused before any change; with `--no-deps` it is only said.
fn refuse_or_warn_of_broken(run: &Run<'_>, plan: &[Planned<'_>]) -> Result<(), Failure> {
    let changed: BTreeMap<&ProjectName, &Version> = plan
        .iter()
        .filter(|one| one.wheel.is_some())
        .map(|one| (&one.pick.project, &one.pick.version))
        .collect();
    if changed.is_empty() {
        return Ok(());
    }
    let markers = &run.place.target.markers;
    let graph = Graph::read(&run.place.installed, markers, wh_resolver::admits);
    let broken = graph.broken_by(&changed);
    if broken.is_empty() {
        return Ok(());
    }
    if run.args.no_deps {
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

fn dry_run(run: &Run<'_>, plan: &[Planned<'_>]) -> Result<Status, Failure> {
    let mut lines = String::new();
    for one in plan {
        let Pick {
            project, version, ..
        } = one.pick;
        lines += &match (one.wheel, one.replaced.first()) {
            (None, _) => format!("keep    {project}=={version}\n"),
            (Some(_), None) => format!("install {project}=={version}\n"),
            (Some(_), Some(old)) => format!("replace {project}=={} by {version}\n", old.version),
        };
    }
    if run.args.report.as_deref() != Some("-") {
        terminal::print(&lines).map_err(Failure::file)?;
    }
    Ok(Status::Done)
}

fn report(run: &Run<'_>, plan: &[Planned<'_>]) -> Report {
    let target = &run.place.target;
    let files: Vec<FileRow> = plan
        .iter()
        .filter_map(|one| {
            let wheel = one.pick.wheel.as_ref()?;
            Some(FileRow {
                project: one.pick.project.to_string(),
                version: one.pick.version.to_string(),
                filename: wheel.filename.to_string(),
                url: wheel.direct_url.as_ref().map(|direct| direct.url.clone()),
                size: wheel.size,
                sha256: wheel.expected.sha256().map(str::to_owned),
                action: if one.wheel.is_some() {
                    Action::Fetch
                } else {
                    Action::Keep
                },
                targets: vec![target.name.clone()],
                requested_by: one.pick.requested_by.clone(),
            })
        })
        .collect();
    let row = TargetRow {
        name: target.name.clone(),
        python: target.markers.python_version.clone(),
        platform: target.platform().to_owned(),
        complete: true,
        distributions: plan.len(),
        files: files.len(),
        bytes: files.iter().map(|file| file.size).sum(),
    };
    Report {
        version: 1,
        targets: vec![row],
        files,
        missing: Vec::new(),
    }
}
