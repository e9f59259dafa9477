//! What will have to be built over there: each sdist with what that needs, found here without
//! running anything, and told.

use std::collections::{BTreeMap, BTreeSet};

use wh_packaging::build_system::Unsure;
use wh_packaging::requirement::display;
use wh_packaging::{Event, ProjectName, Requirement, Root, Warning};
use wh_resolver::builds::{BuildError, BuildOptions, BuildTree, build_trees};

use super::Run;
use super::matrix::{Matrix, Served};
use super::missing::Missing;
use crate::commands::report::BuildRow;
use crate::commands::side_by_side;
use crate::context::Context;
use crate::failure::Failure;
use crate::terminal;

impl Run<'_> {
    /// Adds what the sdists of every class need to be built.
    pub(super) fn add_builds(&self, matrix: &mut Matrix) {
        let more = more_to_build(self.context);
        let options = BuildOptions {
            formats: &self.options.formats,
            pre: self.options.pre,
            more: &more,
            constraints: &self.build_constraints,
        };
        let found = side_by_side(&matrix.served, |served| {
            build_trees(&served.class, &served.resolution, options, self.index)
        });
        for (served, found) in matrix.served.iter_mut().zip(found) {
            match found {
                Ok(trees) => served.builds = trees,
                Err(error) => {
                    served.missing.push(missing(&error, served));
                    matrix.failures.push(Failure::Build(error));
                }
            }
        }
        for warning in warnings(matrix) {
            self.context.terminal.event(Event::Warning { warning });
        }
    }

    /// Says what has to be built, and with what.
    pub(super) fn say_builds(&self, rows: &[BuildRow]) {
        if rows.is_empty() {
            return;
        }
        let terminal = &self.context.terminal;
        terminal.note(&format!(
            "To be built where it is installed ({}); nothing of it was run here:",
            terminal::plural(rows.len(), "source distribution")
        ));
        for row in rows {
            let with = match row.files.len() {
                0 => "it needs nothing besides".to_owned(),
                _ => format!("with {}", row.requires.join(", ")),
            };
            terminal.note(&format!("  {}: {}, {with}", row.sdist, row.backend));
            for note in &row.notes {
                terminal.note(&format!("    {note}"));
            }
        }
    }
}

/// What the user knows that building needs besides (`[build-requires]`).
pub(super) fn more_to_build(context: &Context) -> BTreeMap<ProjectName, Vec<Root>> {
    let Some(file) = &context.settings.file else {
        return BTreeMap::new();
    };
    let root = |requirement: &Requirement| Root {
        requirement: requirement.clone(),
        origin: "[build-requires] of wh.toml".to_owned(),
        hashes: Vec::new(),
    };
    let all = file.build_requires.iter();
    all.map(|(project, requirements)| (project.clone(), requirements.iter().map(root).collect()))
        .collect()
}

fn missing(error: &BuildError, served: &Served) -> Missing {
    let (requirement, requested_by, member) = match error {
        BuildError::NoTree {
            sdist,
            target,
            requested_by,
            ..
        } => {
            let mut members = served.class.members.iter();
            let member = members.position(|one| one.name == *target);
            (sdist.clone(), requested_by.clone(), member)
        }
        BuildError::Unknown { sdist, .. } => (sdist.clone(), Vec::new(), None),
        BuildError::Circle { chain } => {
            (chain.first().cloned().unwrap_or_default(), Vec::new(), None)
        }
    };
    Missing {
        requirement,
        requested_by,
        reason: error.reason(),
        member,
    }
}

/// What the resolutions of builds warn of; that newer versions were passed over is no news there.
fn warnings(matrix: &Matrix) -> Vec<Warning> {
    let mut warnings: Vec<Warning> = Vec::new();
    let trees = matrix.served.iter().flat_map(|served| &served.builds);
    for warning in trees.flat_map(|tree| &tree.resolution.warnings) {
        let is_news = !matches!(warning, Warning::PassedOver { .. });
        if is_news && !warnings.contains(warning) {
            warnings.push(warning.clone());
        }
    }
    warnings
}

/// A row a sdist, for the report and the summary.
pub(super) fn rows(matrix: &Matrix) -> Vec<BuildRow> {
    let mut rows: BTreeMap<(&str, Vec<String>, BTreeSet<String>), BuildRow> = BTreeMap::new();
    for tree in matrix.served.iter().flat_map(|served| &served.builds) {
        let requires: Vec<String> = tree.requires.iter().map(display).collect();
        let files: BTreeSet<String> = tree.files().map(|file| file.name.clone()).collect();
        let key = (tree.sdist.name.as_str(), requires.clone(), files.clone());
        let row = rows.entry(key).or_insert_with(|| BuildRow {
            project: tree.sdist.filename.project().to_string(),
            version: tree.sdist.version().to_string(),
            sdist: tree.sdist.name.clone(),
            backend: tree.system.backend.clone(),
            requires,
            files: files.into_iter().collect(),
            targets: Vec::new(),
            notes: notes(tree),
        });
        row.targets.push(tree.target.name.clone());
    }
    rows.into_values().collect()
}

/// What cannot be promised of a build.
fn notes(tree: &BuildTree) -> Vec<String> {
    let mut notes = Vec::new();
    match tree.system.unsure {
        Some(Unsure::SetupRequires) => notes.push(
            "its setup.py speaks of setup_requires, and what that asks for is known only when it is run"
                .to_owned(),
        ),
        Some(Unsure::Backend) => notes.push(
            "its backend may ask for more when it is run".to_owned(),
        ),
        None => {}
    }
    for requirement in &tree.without {
        notes.push(format!(
            "its backend asks for {} where the machine does not have it, and there is none for {}",
            display(requirement),
            tree.target.name
        ));
    }
    if !tree.system.compilers.is_empty() {
        notes.push(format!(
            "most likely it needs {} there",
            tree.system.compilers.join(", ")
        ));
    }
    notes
}
