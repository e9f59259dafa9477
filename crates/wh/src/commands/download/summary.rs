//! What a download ends with: what is missing, the table, a row a target, and the report.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use wh_index::download::{Action as Planned, Fetched, plan};
use wh_packaging::lock::LockedSource;
use wh_packaging::{DistributionFile, Event, Target};
use wh_resolver::builds::BuildTree;

use super::locks::Written;
use super::matrix::{Matrix, Served};
use super::{Run, builds};
use crate::commands::report::{
    Action, FROM_FOLDER, FileRow, MissingRow, Report, TargetRow, complete_but_for, missing_lines,
    table,
};
use crate::failure::{Failure, Status};
use crate::terminal;

/// What is known of a file by now.
struct Fact {
    size: Option<u64>,
    sha256: Option<String>,
    action: Action,
}

type Facts = BTreeMap<String, Fact>;

impl Run<'_> {
    /// Ends a run that only says what it would do.
    pub(super) fn dry_run(&self, matrix: Matrix, folder: &Path) -> Result<Status, Failure> {
        let files = self.files(&matrix);
        let facts: Facts = plan(&files, folder, &self.download_options())?
            .into_iter()
            .map(|planned| {
                let is_built =
                    planned.file.made_from.is_some() || self.will_be_built(&planned.file);
                let fact = Fact {
                    size: planned.file.size,
                    sha256: planned.file.hashes.sha256().map(str::to_owned),
                    action: match planned.action {
                        Planned::Fetch if is_built => Action::Build,
                        Planned::Fetch => Action::Fetch,
                        Planned::Keep => Action::Keep,
                    },
                };
                (planned.file.name.clone(), fact)
            })
            .collect();
        let report = report(&matrix, &facts);
        if self.args.report.as_deref() != Some("-") {
            terminal::print(&plan_lines(&report)).map_err(Failure::file)?;
        }
        self.finish(matrix, &report, "")
    }

    /// Ends a run whose locks are written.
    pub(super) fn done(
        &self,
        matrix: Matrix,
        fetched: &Fetched,
        written: &[Written],
    ) -> Result<Status, Failure> {
        let built: BTreeSet<&str> = matrix
            .resolutions()
            .flat_map(|one| one.chosen.values())
            .flat_map(|chosen| &chosen.files)
            .filter(|file| file.made_from.is_some())
            .map(|file| file.name.as_str())
            .collect();
        let facts: Facts = fetched
            .files
            .iter()
            .map(|(name, file)| {
                let fact = Fact {
                    size: Some(file.size),
                    sha256: Some(file.sha256.clone()),
                    action: match file.kept {
                        true => Action::Keep,
                        false if self.way_in.is_some() && built.contains(name.as_str()) => {
                            Action::Build
                        }
                        false => Action::Fetch,
                    },
                };
                (name.clone(), fact)
            })
            .collect();
        let terminal = &self.context.terminal;
        let kept = facts.values().filter(|fact| fact.action == Action::Keep);
        match kept.count() {
            0 => {}
            kept => terminal.note(&format!(
                "{} {}",
                terminal.style.verb("Kept"),
                terminal::plural(kept, "file")
            )),
        }
        self.say_written(written);
        let report = report(&matrix, &facts);
        // each lock was proven before it was written
        let known_from = if written.is_empty() { "" } else { FROM_FOLDER };
        self.finish(matrix, &report, known_from)
    }

    /// Whether a run that is no dry one would build a wheel of this.
    fn will_be_built(&self, file: &DistributionFile) -> bool {
        self.way_in.is_some() && file.filename.as_wheel().is_none()
    }

    fn say_written(&self, written: &[Written]) {
        let what = match written {
            [] => return,
            [one] => format!(
                "{} ({})",
                self.args.dest.join(&one.name).display(),
                terminal::plural(one.lock.packages.len(), "package")
            ),
            [first, ..] => format!(
                "{} ({} and the like)",
                terminal::plural(written.len(), "lock"),
                self.args.dest.join(&first.name).display(),
            ),
        };
        let terminal = &self.context.terminal;
        terminal.note(&format!("{} {what}", terminal.style.verb("Wrote")));
    }

    /// The report of a run that ends before it fetches anything.
    pub(super) fn report_only(&self, matrix: &Matrix) -> Result<(), Failure> {
        let report = report(matrix, &Facts::new());
        self.tell_missing(&report);
        match &self.args.report {
            Some(to) => report.write(to, self.context),
            None => Ok(()),
        }
    }

    /// What programs read of it.
    fn tell_missing(&self, report: &Report) {
        for row in &report.missing {
            self.context.terminal.event(Event::Missing {
                requirement: &row.requirement,
                target: &row.target,
                requested_by: &row.requested_by,
                reason: &row.reason,
            });
        }
    }

    fn finish(&self, matrix: Matrix, report: &Report, known_from: &str) -> Result<Status, Failure> {
        self.tell_missing(report);
        if let Some(to) = &self.args.report {
            report.write(to, self.context)?;
        }
        let choosing = &self.args.choosing;
        let complete = complete_but_for(choosing.no_deps, &choosing.exclude);
        for line in missing_lines(&report.missing) {
            self.context.terminal.note(&line);
        }
        let said: Vec<String> = report
            .targets
            .iter()
            .map(|row| match row.complete {
                true => complete.clone(),
                false => lacks(&row.name, &report.missing),
            })
            .collect();
        let rows = report.targets.iter().zip(said.iter().map(String::as_str));
        self.context.terminal.note(&table(known_from, rows));
        self.say_builds(&report.builds);
        if matrix.failures.is_empty() {
            return Ok(Status::Done);
        }
        Err(self.incomplete(matrix, report))
    }

    /// The end of a run that went on after failures.
    fn incomplete(&self, matrix: Matrix, report: &Report) -> Failure {
        let incomplete = report.targets.iter().filter(|row| !row.complete).count();
        let all = terminal::plural(report.targets.len(), "target");
        let are = if incomplete == 1 { "is" } else { "are" };
        let locks = match self.args.split_locks || self.args.dry_run {
            true => "",
            false => ", and no lock was written",
        };
        let mut hints: Vec<String> = Vec::new();
        let failure = matrix.failure();
        for hint in failure.all_hints() {
            if !hints.contains(&hint) && hints.len() < MOST_HINTS {
                hints.push(hint);
            }
        }
        Failure::Incomplete {
            message: format!("{incomplete} of {all} {are} incomplete{locks}"),
            hints,
            status: failure.status(),
        }
    }
}

/// How many hints end a run that went on.
const MOST_HINTS: usize = 3;

/// How many requirements a row of the table names.
const MOST_NAMED: usize = 3;

/// What a row of the table says of a target that does not get everything.
fn lacks(target: &str, missing: &[MissingRow]) -> String {
    let mut names: Vec<&str> = missing
        .iter()
        .filter(|row| row.target == target)
        .map(|row| row.requirement.as_str())
        .collect();
    names.dedup();
    let more = names.len().saturating_sub(MOST_NAMED);
    names.truncate(MOST_NAMED);
    match more {
        0 => format!("lacks {}", names.join(", ")),
        more => format!("lacks {} and {more} more", names.join(", ")),
    }
}

fn plan_lines(report: &Report) -> String {
    let mut lines = String::new();
    for file in &report.files {
        let verb = match file.action {
            Action::Fetch => "fetch",
            Action::Keep => "keep ",
            Action::Build => "build",
        };
        let size = file.size.map(terminal::bytes).unwrap_or_default();
        lines += &format!("{verb} {size:>10}  {}\n", file.filename);
    }
    lines
}

fn report(matrix: &Matrix, facts: &Facts) -> Report {
    let mut targets = Vec::new();
    let mut missing = Vec::new();
    let mut rows: BTreeMap<String, FileRow> = BTreeMap::new();
    for served in &matrix.served {
        for (member, target) in served.class.members.iter().enumerate() {
            targets.push(target_row(served, member, target, facts));
            missing.extend(served.missing_of(member).map(|missing| MissingRow {
                requirement: missing.requirement.clone(),
                target: target.name.clone(),
                requested_by: missing.requested_by.clone(),
                reason: missing.reason.clone(),
            }));
            for (project, choice) in &served.resolution.chosen {
                let file = &choice.files[member];
                let chain = &choice.requested_by;
                let row = rows
                    .entry(file.name.clone())
                    .or_insert_with(|| file_row(project.as_ref(), file, facts, chain));
                row.targets.push(target.name.clone());
                shortest(&mut row.requested_by, chain);
            }
            for tree in served.builds_of(member) {
                for (project, choice) in &tree.resolution.chosen {
                    let file = &choice.files[0];
                    let mut chain = tree.requested_by.clone();
                    chain.extend(choice.requested_by.iter().filter(|_| !choice.root).cloned());
                    let row = rows
                        .entry(file.name.clone())
                        .or_insert_with(|| file_row(project.as_ref(), file, facts, &chain));
                    if !row.targets.contains(&target.name) {
                        row.targets.push(target.name.clone());
                    }
                    shortest(&mut row.requested_by, &chain);
                }
            }
        }
    }
    Report {
        version: 1,
        targets,
        files: rows.into_values().collect(),
        missing,
        builds: builds::rows(matrix),
        removed: None,
    }
}

/// Keeps the shorter chain, ties by name.
fn shortest(kept: &mut Vec<String>, other: &[String]) {
    if (other.len(), other) < (kept.len(), kept.as_slice()) {
        *kept = other.to_vec();
    }
}

fn target_row(served: &Served, member: usize, target: &Target, facts: &Facts) -> TargetRow {
    let chosen = &served.resolution.chosen;
    let building = served.builds_of(member).flat_map(BuildTree::files);
    let files: BTreeMap<&str, &Arc<DistributionFile>> = chosen
        .values()
        .map(|choice| &choice.files[member])
        .chain(building)
        .map(|file| (file.name.as_str(), file))
        .collect();
    let size = |(name, file): (&&str, &&Arc<DistributionFile>)| {
        let known = facts.get(*name).and_then(|fact| fact.size);
        known.or(file.size)
    };
    TargetRow {
        name: target.name.clone(),
        python: target.markers.python_version.clone(),
        platform: target.platform().to_owned(),
        complete: served.missing_of(member).next().is_none(),
        distributions: chosen.len(),
        files: files.len(),
        bytes: files.iter().map(size).sum(),
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
        built_from: file.made_from.as_ref().map(|from| built_from(from)),
        targets: Vec::new(),
        requested_by: chain.to_vec(),
    }
}

/// What a file was made of, in words.
fn built_from(from: &LockedSource) -> String {
    match from {
        LockedSource::Vcs(vcs) => format!("{}+{}@{}", vcs.system, vcs.url, vcs.commit_id),
        LockedSource::Directory(directory) => directory.path.clone(),
        LockedSource::Archive(file) | LockedSource::Sdist(file) => {
            file.url.clone().unwrap_or_else(|| file.name.clone())
        }
    }
}
