//! What a download ends with: the table, a row a target, and the report.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use wh_index::download::{Action as Planned, DownloadOptions, Fetched, plan};
use wh_packaging::class::TargetClass;
use wh_packaging::{DistributionFile, Lock, Target};
use wh_resolver::Resolution;

use super::files;
use crate::arguments::DownloadArgs;
use crate::commands::report::{Action, FileRow, Report, TargetRow, complete_but_for, table};
use crate::context::Context;
use crate::failure::{Failure, Status};
use crate::terminal;

/// What was chosen for whom.
#[derive(Clone, Copy)]
pub struct Chosen<'a> {
    pub classes: &'a [TargetClass],
    pub resolutions: &'a [Resolution],
}

/// What is known of a file by now.
struct Fact {
    size: Option<u64>,
    sha256: Option<String>,
    action: Action,
}

type Facts = BTreeMap<String, Fact>;

/// Ends a run that only says what it would do.
pub fn dry_run(
    chosen: Chosen<'_>,
    folder: &Path,
    options: &DownloadOptions,
    args: &DownloadArgs,
    context: &Context,
) -> Result<Status, Failure> {
    let facts: Facts = plan(&files(chosen.resolutions), folder, options)?
        .into_iter()
        .map(|planned| {
            let action = match planned.action {
                Planned::Fetch => Action::Fetch,
                Planned::Keep => Action::Keep,
            };
            let sha256 = planned.file.hashes.sha256().map(str::to_owned);
            (
                planned.file.name.clone(),
                Fact {
                    size: planned.file.size,
                    sha256,
                    action,
                },
            )
        })
        .collect();
    let report = report(chosen, &facts);
    if args.report.as_deref() != Some("-") {
        let mut lines = String::new();
        for file in &report.files {
            let verb = if file.action == Action::Fetch {
                "fetch"
            } else {
                "keep "
            };
            let size = file.size.map(terminal::bytes).unwrap_or_default();
            lines += &format!("{verb} {:>10}  {}\n", size, file.filename);
        }
        terminal::print(&lines).map_err(Failure::file)?;
    }
    finish(&report, args, context)
}

/// Ends a run whose lock is written.
pub fn done(
    chosen: Chosen<'_>,
    fetched: &Fetched,
    lock: &Lock,
    args: &DownloadArgs,
    context: &Context,
) -> Result<Status, Failure> {
    let facts: Facts = fetched
        .files
        .iter()
        .map(|(name, file)| {
            let action = if file.kept {
                Action::Keep
            } else {
                Action::Fetch
            };
            (
                name.clone(),
                Fact {
                    size: Some(file.size),
                    sha256: Some(file.sha256.clone()),
                    action,
                },
            )
        })
        .collect();
    let kept = facts
        .values()
        .filter(|fact| fact.action == Action::Keep)
        .count();
    if kept > 0 {
        let verb = context.terminal.style.verb("Kept");
        context
            .terminal
            .note(&format!("{verb} {}", terminal::plural(kept, "file")));
    }
    let name = args.lock_name.as_ref().map_or_else(
        || "pylock.toml".to_owned(),
        |name| format!("pylock.{name}.toml"),
    );
    context.terminal.note(&format!(
        "{} {} ({})",
        context.terminal.style.verb("Wrote"),
        args.dest.join(name).display(),
        terminal::plural(lock.packages.len(), "package")
    ));
    finish(&report(chosen, &facts), args, context)
}

fn finish(report: &Report, args: &DownloadArgs, context: &Context) -> Result<Status, Failure> {
    if let Some(to) = &args.report {
        report.write(to, context)?;
    }
    let complete = complete_but_for(args.choosing.no_deps, &args.choosing.exclude);
    let rows = report.targets.iter().map(|row| (row, complete.as_str()));
    context.terminal.note(&table(rows));
    Ok(Status::Done)
}

fn report(chosen: Chosen<'_>, facts: &Facts) -> Report {
    let mut targets = Vec::new();
    let mut rows: BTreeMap<String, FileRow> = BTreeMap::new();
    for (class, resolution) in chosen.classes.iter().zip(chosen.resolutions) {
        for (member, target) in class.members.iter().enumerate() {
            targets.push(target_row(target, member, resolution, facts));
            for (project, choice) in &resolution.chosen {
                let file = &choice.wheels[member];
                let row = rows.entry(file.name.clone()).or_insert_with(|| {
                    file_row(project.as_ref(), file, facts, &choice.requested_by)
                });
                row.targets.push(target.name.clone());
                shortest(&mut row.requested_by, &choice.requested_by);
            }
        }
    }
    Report {
        version: 1,
        targets,
        files: rows.into_values().collect(),
        missing: Vec::new(),
        removed: None,
    }
}

/// Keeps the shorter chain, ties by name.
fn shortest(kept: &mut Vec<String>, other: &[String]) {
    if (other.len(), other) < (kept.len(), kept.as_slice()) {
        *kept = other.to_vec();
    }
}

fn target_row(target: &Target, member: usize, resolution: &Resolution, facts: &Facts) -> TargetRow {
    let names: BTreeSet<&str> = resolution
        .chosen
        .values()
        .map(|choice| choice.wheels[member].name.as_str())
        .collect();
    let size = |name: &&str| facts.get(*name).and_then(|fact| fact.size);
    TargetRow {
        name: target.name.clone(),
        python: target.markers.python_version.clone(),
        platform: target.platform().to_owned(),
        complete: true,
        distributions: resolution.chosen.len(),
        files: names.len(),
        bytes: names.iter().map(size).sum(),
    }
}

fn file_row(
    project: &str,
    file: &Arc<DistributionFile>,
    facts: &Facts,
    chain: &[String],
) -> FileRow {
    let fact = facts.get(&file.name);
    // a path of this machine means nothing elsewhere
    let url =
        (file.url.scheme() != "file").then(|| wh_index::client::without_credentials(&file.url));
    FileRow {
        project: project.to_owned(),
        version: file.version().to_string(),
        filename: file.name.clone(),
        url,
        size: fact.and_then(|fact| fact.size).or(file.size),
        sha256: fact.and_then(|fact| fact.sha256.clone()),
        action: fact.map_or(Action::Fetch, |fact| fact.action),
        targets: Vec::new(),
        requested_by: chain.to_vec(),
    }
}
