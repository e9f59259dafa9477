//! The report (`--report`): one JSON object, the same for `download` and `install`.
//!
//! Its targets are what the table shows, too. Version 1. New keys may be added; those that are there stay. Unknown values are null.

use comfy_table::{CellAlignment, Table, presets};
use serde::Serialize;

use super::requirements::write_result;
use crate::context::Context;
use crate::failure::Failure;
use crate::terminal;

/// The whole report.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Of the format.
    pub version: u32,
    /// A row a target.
    pub targets: Vec<TargetRow>,
    /// A row a file, sorted by name.
    pub files: Vec<FileRow>,
    /// What could not be had.
    pub missing: Vec<MissingRow>,
    /// What has to be built where it is installed, and with what.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub builds: Vec<BuildRow>,
    /// What goes with nothing in its place; only `wh sync` removes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub removed: Option<Vec<RemovedRow>>,
}

/// An installed distribution that goes.
#[derive(Debug, Clone, Serialize)]
pub struct RemovedRow {
    pub project: String,
    pub version: String,
}

/// What one target gets.
#[derive(Debug, Clone, Serialize)]
pub struct TargetRow {
    pub name: String,
    pub python: String,
    pub platform: String,
    pub complete: bool,
    pub distributions: usize,
    pub files: usize,
    /// `null` where the size of a file is not known before it is fetched.
    pub bytes: Option<u64>,
}

/// A source distribution that has to be built.
#[derive(Debug, Clone, Serialize)]
pub struct BuildRow {
    pub project: String,
    pub version: String,
    pub sdist: String,
    /// The build backend (PEP 517).
    pub backend: String,
    pub requires: Vec<String>,
    /// Those that bring what is required, by name.
    pub files: Vec<String>,
    pub targets: Vec<String>,
    /// What cannot be promised.
    pub notes: Vec<String>,
}

/// What is done with one file.
#[derive(Debug, Clone, Serialize)]
pub struct FileRow {
    pub project: String,
    pub version: String,
    pub filename: String,
    pub url: Option<String>,
    pub size: Option<u64>,
    pub sha256: Option<String>,
    pub action: Action,
    /// What it is built from: an sdist by its name, a project's folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub built_from: Option<String>,
    pub targets: Vec<String>,
    /// The shortest chain, root first.
    pub requested_by: Vec<String>,
}

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// It is fetched, or read from the wheelhouse and installed.
    Fetch,
    /// It is there already.
    Keep,
    /// It is built, and installed.
    Build,
}

/// A requirement that could not be met.
#[derive(Debug, Clone, Serialize)]
pub struct MissingRow {
    pub requirement: String,
    pub target: String,
    pub requested_by: Vec<String>,
    pub reason: String,
}

impl Report {
    /// Writes it to a file, or to standard output for `-`.
    pub fn write(&self, to: &str, context: &Context) -> Result<(), Failure> {
        // plain values with text keys always serialise
        let text = serde_json::to_string_pretty(self).unwrap_or_default() + "\n";
        let text = terminal::json_without_secrets(&text);
        write_result(to, &text, context)
    }
}

/// Said of what was resolved again from the folder, without an index.
pub const FROM_FOLDER: &str = "from the folder alone";

/// What is said of a target that got all that was asked for: what was left out on purpose may be
/// missed there.
pub fn complete_but_for(no_deps: bool, exclude: &[String]) -> String {
    let mut left_out = exclude.to_vec();
    if no_deps {
        left_out.insert(0, "dependencies".to_owned());
    }
    match left_out.as_slice() {
        [] => "complete".to_owned(),
        some => format!("complete but for {}", some.join(", ")),
    }
}

/// A line for each missing requirement, targets that miss the same together.
pub fn missing_lines(missing: &[MissingRow]) -> Vec<String> {
    let same = |a: &MissingRow, b: &MissingRow| {
        (&a.requirement, &a.requested_by, &a.reason) == (&b.requirement, &b.requested_by, &b.reason)
    };
    let mut lines: Vec<(&MissingRow, Vec<&str>)> = Vec::new();
    for row in missing {
        match lines.iter_mut().find(|(known, _)| same(known, row)) {
            Some((_, targets)) => targets.push(&row.target),
            None => lines.push((row, vec![&row.target])),
        }
    }
    lines
        .into_iter()
        .map(|(row, targets)| {
            let (requirement, chain) = (&row.requirement, &row.requested_by);
            let itself = chain.len() == 1 && chain[0] == *requirement;
            let by = match itself || chain.is_empty() {
                true => String::new(),
                false => format!(", asked for by {}", chain.join(" > ")),
            };
            let (targets, reason) = (targets.join(", "), &row.reason);
            format!("missing: {requirement} for {targets}{by}: {reason}")
        })
        .collect()
}

/// The targets as a table: a row each, with what is said of it.
///
/// The last column is headed by where that is known from.
pub fn table<'a>(
    known_from: &str,
    rows: impl IntoIterator<Item = (&'a TargetRow, &'a str)>,
) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["target", "distributions", "files", "bytes", known_from]);
    for (row, said) in rows {
        let bytes = row.bytes.map_or_else(|| "?".to_owned(), terminal::bytes);
        table.add_row([
            row.name.clone(),
            row.distributions.to_string(),
            row.files.to_string(),
            bytes,
            said.to_owned(),
        ]);
    }
    for column in 1..=3 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.trim_fmt()
}
