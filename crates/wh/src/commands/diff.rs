//! `wh diff`: arguments -> two sides -> what tells them apart, on standard output.

use std::fmt::Write as _;

use serde_json::json;
use wh_index::compare::{Brings, Comparison, Difference, Kind, Side, compare};
use wh_packaging::Version;

use crate::arguments::{DiffArgs, DiffFormat};
use crate::context::Context;
use crate::failure::{Failure, Status};
use crate::terminal::{self, bytes, plural};

/// Prints what tells two wheelhouses apart.
pub fn run(args: &DiffArgs, context: &Context) -> Result<Status, Failure> {
    let old = Side::read(&context.absolute(&args.old))?;
    let new = Side::read(&context.absolute(&args.new))?;
    let comparison = compare(&old, &new)?;
    let text = match args.format {
        DiffFormat::Text => text(&comparison),
        DiffFormat::Json => as_json(&comparison),
    };
    terminal::print(&text).map_err(Failure::file)?;
    context.terminal.note(&summary(&comparison));
    if !comparison.unread.is_empty() {
        let names: Vec<&str> = comparison.unread.iter().map(String::as_str).collect();
        context.terminal.note(&format!(
            "{} cannot be read, so that what is new in these projects is not known: {}",
            plural(names.len(), "wheel"),
            names.join(", ")
        ));
    }
    let differs = !comparison.differences.is_empty();
    Ok(if args.exit_code && differs {
        Status::No
    } else {
        Status::Done
    })
}

fn as_json(comparison: &Comparison) -> String {
    let value = json!({
        "version": 1,
        "old_bytes": comparison.old_bytes,
        "new_bytes": comparison.new_bytes,
        "projects": comparison.differences,
        "unread": comparison.unread,
    });
    format!("{value:#}\n")
}

fn text(comparison: &Comparison) -> String {
    let rows: Vec<[String; 4]> = comparison.differences.iter().map(row).collect();
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.max().unwrap_or_default()
    };
    let (project, versions, size) = (width(1), width(2), width(3));
    let mut out = String::new();
    for (difference, [mark, name, version, bytes]) in comparison.differences.iter().zip(&rows) {
        let _ = writeln!(
            out,
            "{mark} {name:project$}  {version:versions$}  {bytes:>size$}"
        );
        below(&mut out, difference);
    }
    out
}

fn row(difference: &Difference) -> [String; 4] {
    let (old, new) = (
        listed(&difference.old_versions),
        listed(&difference.new_versions),
    );
    let size = |count: Option<u64>| count.map_or_else(|| "?".to_owned(), bytes);
    let (was, is) = (size(difference.old_bytes), size(difference.new_bytes));
    let (mark, version, size) = match difference.change {
        Kind::Added => ("+", new, is),
        Kind::Removed => ("-", old, was),
        Kind::Changed => ("~", format!("{old} -> {new}"), format!("{was} -> {is}")),
        Kind::Files => ("=", new, format!("{was} -> {is}")),
    };
    [
        mark.to_owned(),
        difference.project.to_string(),
        version,
        size,
    ]
}

fn listed(versions: &[Version]) -> String {
    let versions: Vec<String> = versions.iter().map(ToString::to_string).collect();
    versions.join(", ")
}

/// The lines below a project.
fn below(out: &mut String, difference: &Difference) {
    let mut line = |what: &str, items: &[String]| {
        if !items.is_empty() {
            let _ = writeln!(out, "    {what}: {}", items.join(", "));
        }
    };
    // another version has other files
    if difference.change == Kind::Files {
        line("new files", &difference.added_files);
        line("files gone", &difference.removed_files);
    }
    line("same name, other bytes", &difference.altered_files);
    let Some(Brings {
        native,
        startup,
        commands,
        licence,
    }) = &difference.brings
    else {
        return;
    };
    line("new native code", native);
    line("runs when Python starts", startup);
    line("new commands", commands);
    // of a project that is gone, nothing is new
    if let Some(licence) = licence {
        let words = |text: &Option<String>| text.clone().unwrap_or_else(|| "none given".to_owned());
        let change = match difference.change {
            Kind::Added => words(&licence.new),
            _ => format!("{} -> {}", words(&licence.old), words(&licence.new)),
        };
        line("licence", &[change]);
    }
}

fn summary(comparison: &Comparison) -> String {
    if comparison.differences.is_empty() {
        return "no difference".to_owned();
    }
    let count = |kind| {
        let all = comparison.differences.iter();
        all.filter(|difference| difference.change == kind).count()
    };
    format!(
        "{} added, {} removed, {} changed, {} with other files; {} -> {}",
        count(Kind::Added),
        count(Kind::Removed),
        count(Kind::Changed),
        count(Kind::Files),
        bytes(comparison.old_bytes),
        bytes(comparison.new_bytes)
    )
}
