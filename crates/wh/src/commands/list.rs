//! `wh list`: arguments -> environment -> installed distributions -> a table, pins or JSON.

use std::collections::BTreeSet;

use serde::Serialize;
use wh_environment::InstalledDistribution;
use wh_environment::installed::{InstalledFilter, installed};
use wh_packaging::ProjectName;

use super::few_at_a_time;
use super::reading::Reading;
use super::requirements::project_names;
use crate::arguments::{ListArgs, ListFormat};
use crate::context::Context;
use crate::failure::{Failure, Status};
use crate::terminal;

/// Parts of the standard library that left metadata behind; pip lists none of them.
const STANDARD_LIBRARY: [&str; 3] = ["python", "wsgiref", "argparse"];

/// One line; as JSON an object with these keys, as pip names them.
#[derive(Debug, Serialize)]
struct Row {
    name: String,
    /// Normalised where it follows PEP 440.
    version: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    editable_project_location: Option<String>,
    /// As METADATA has it.
    #[serde(skip)]
    raw_version: String,
    #[serde(skip)]
    follows_pep_440: bool,
}

/// Prints what is installed.
pub fn run(args: &ListArgs, context: &Context) -> Result<Status, Failure> {
    let listed = selected(args, context)?;
    let rows: Vec<Row> = listed.iter().map(Row::of).collect();
    let text = match args.format {
        ListFormat::Columns => columns(&rows, &few_at_a_time(&listed, build)),
        ListFormat::Freeze => rows.iter().map(Row::pin).collect(),
        // plain values with text keys always serialise
        ListFormat::Json => serde_json::to_string_pretty(&rows).unwrap_or_default() + "\n",
    };
    terminal::print(&text).map_err(Failure::file)?;
    Ok(Status::Done)
}

/// What the options leave, by project name. What the options hide still requires nothing, as with
/// pip: `--not-required` looks at what is listed, `--exclude` comes after it.
fn selected(args: &ListArgs, context: &Context) -> Result<Vec<InstalledDistribution>, Failure> {
    let exclude = project_names(&args.exclude)?;
    let environment = context.environment(args.python.as_deref())?;
    let filter = InstalledFilter {
        paths: Vec::new(),
        local: args.local,
        user: args.user,
    };
    let mut required = BTreeSet::new();
    let mut listed = if args.not_required {
        // only this question needs the requirements
        let reading = Reading::filtered(&environment, &filter, context)?;
        reading.warn_of_faults(context);
        required = required_among(args, &reading);
        reading.installed
    } else {
        installed(&environment, &filter, &*context.reporter())?
    };
    listed.retain(|one| {
        wanted(args, one) && !exclude.contains(&one.project) && !required.contains(&one.project)
    });
    listed.sort_by(|a, b| a.project.cmp(&b.project));
    Ok(listed)
}

fn wanted(args: &ListArgs, one: &InstalledDistribution) -> bool {
    let editable = args.editable || args.exclude_editable;
    !STANDARD_LIBRARY.contains(&one.project.as_ref())
        && (!editable || one.editable_location().is_some() == args.editable)
}

/// The projects that a listed one requires.
fn required_among(args: &ListArgs, reading: &Reading) -> BTreeSet<ProjectName> {
    let edges = reading.installed.iter().zip(&reading.graph.edges);
    edges
        .filter(|(one, _)| wanted(args, one))
        .flat_map(|(one, edges)| {
            let others = edges.iter().map(|edge| &edge.requirement.name);
            others.filter(|name| **name != one.project)
        })
        .cloned()
        .collect()
}

impl Row {
    fn of(one: &InstalledDistribution) -> Self {
        let raw_version = one.raw_version.as_ref().unwrap_or(&one.version).clone();
        let version = one.parsed_version();
        Self {
            name: one.name.clone(),
            follows_pep_440: version.is_some(),
            version: version.map_or_else(|| raw_version.clone(), |version| version.to_string()),
            editable_project_location: one
                .editable_location()
                .map(|folder| folder.display().to_string()),
            raw_version,
        }
    }

    fn pin(&self) -> String {
        let equals = if self.follows_pep_440 { "==" } else { "===" };
        format!("{}{equals}{}\n", self.name, self.version)
    }
}

/// The build tag of its wheel: only the table shows it, and a file has to be read for it.
fn build(one: &InstalledDistribution) -> Option<String> {
    one.wheel_file()?.build
}

/// A table as pip writes it; nothing where there is nothing. The columns of build tags and of
/// folders stand where one row has such a value.
fn columns(rows: &[Row], builds: &[Option<String>]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let any_build = builds.iter().any(Option::is_some);
    let editables = rows
        .iter()
        .any(|row| row.editable_project_location.is_some());
    let cells = |row: [&str; 4]| -> Vec<String> {
        let [name, version, build, location] = row.map(str::to_owned);
        let mut cells = vec![name, version];
        cells.extend(any_build.then_some(build));
        cells.extend(editables.then_some(location));
        cells
    };
    let header = ["Package", "Version", "Build", "Editable project location"];
    let mut table = vec![cells(header)];
    for (row, build) in rows.iter().zip(builds) {
        let build = build.as_deref().unwrap_or_default();
        let location = row.editable_project_location.as_deref().unwrap_or_default();
        table.push(cells([&row.name, &row.raw_version, build, location]));
    }
    aligned(table)
}

fn aligned(mut table: Vec<Vec<String>>) -> String {
    let count = table.first().map_or(0, Vec::len);
    let widths: Vec<usize> = (0..count)
        .map(|column| {
            let cells = table.iter().map(|row| row[column].chars().count());
            cells.max().unwrap_or_default()
        })
        .collect();
    let line = widths.iter().map(|width| "-".repeat(*width)).collect();
    table.insert(1, line);
    let mut text = String::new();
    for row in table {
        let cells: Vec<String> = row
            .iter()
            .zip(&widths)
            .map(|(cell, &width)| format!("{cell:<width$}"))
            .collect();
        text += cells.join(" ").trim_end();
        text.push('\n');
    }
    text
}
