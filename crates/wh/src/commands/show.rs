//! `wh show`: arguments -> environment -> the fields of what is named.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use wh_environment::InstalledDistribution;
use wh_packaging::ProjectName;

use super::reading::Reading;
use crate::arguments::ShowArgs;
use crate::context::Context;
use crate::failure::{Failure, Status};
use crate::terminal;

/// Prints the fields.
pub fn run(args: &ShowArgs, context: &Context) -> Result<Status, Failure> {
    let reading = Reading::of(args.python.as_deref(), context)?;
    let projects = reading.named(&args.names, context, |project| {
        reading.graph.position(project).is_some()
    })?;
    let mut parts = Vec::new();
    for position in projects.iter().filter_map(|p| reading.graph.position(p)) {
        parts.push(shown(&reading, position, args.files)?);
    }
    reading.warn_of_faults(context);
    terminal::print(&parts.join("---\n")).map_err(Failure::file)?;
    Ok(Status::Done)
}

/// One distribution, in the form of a mail header as `pip show` has it.
fn shown(reading: &Reading, position: usize, files: bool) -> Result<String, Failure> {
    let one = &reading.installed[position];
    let fields = Fields(match one.metadata_fields() {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(Failure::file(error));
        }
        fields => fields.unwrap_or_default(),
    });
    let mut text = String::new();
    let mut line = |name: &str, value: &str| {
        let _ = writeln!(text, "{}", format!("{name}: {value}").trim_end());
    };
    line("Name", &one.name);
    line("Version", one.raw_version.as_ref().unwrap_or(&one.version));
    line("Summary", fields.first("Summary"));
    line("Home-page", fields.home_page());
    line("Author", fields.first("Author"));
    line("Author-email", fields.first("Author-email"));
    match fields.first("License-Expression") {
        "" => line("License", fields.first("License")),
        expression => line("License-Expression", expression),
    }
    line("Location", &one.location.display().to_string());
    if let Some(folder) = one.editable_location() {
        line("Editable project location", &folder.display().to_string());
    }
    let edges = reading.graph.edges[position].iter();
    let requires = edges.map(|edge| &edge.requirement.name);
    line("Requires", &names(reading, requires));
    let requiring = reading.graph.requiring(&one.project);
    let requiring = requiring.map(|(position, _)| &reading.installed[position].project);
    line("Required-by", &names(reading, requiring));
    if files {
        text += "Files:\n";
        text += &listed(one);
    }
    Ok(text)
}

/// Names as their METADATA has them, where they are installed; each once, by name.
fn names<'a>(reading: &Reading, projects: impl Iterator<Item = &'a ProjectName>) -> String {
    let projects: BTreeSet<&ProjectName> = projects.collect();
    let mut names: Vec<&str> = projects
        .into_iter()
        .map(|project| match reading.graph.position(project) {
            Some(position) => reading.installed[position].name.as_str(),
            None => project.as_ref(),
        })
        .collect();
    names.sort_by_key(|name| name.to_lowercase());
    names.join(", ")
}

fn listed(one: &InstalledDistribution) -> String {
    let Some(rows) = one.record() else {
        return "Cannot locate RECORD\n".to_owned();
    };
    let mut paths: Vec<String> = rows.into_iter().map(|row| row.path).collect();
    paths.sort();
    paths.iter().map(|path| format!("  {path}\n")).collect()
}

/// METADATA's fields, in order.
struct Fields(Vec<(String, String)>);

impl Fields {
    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let fields = self.0.iter();
        fields
            .filter(move |(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The first of a name, or nothing.
    fn first<'a>(&'a self, name: &'a str) -> &'a str {
        self.all(name).next().unwrap_or_default()
    }

    /// `Home-page`, else the `Project-URL` with that label (PEP 753: without case, blanks and
    /// punctuation).
    fn home_page(&self) -> &str {
        let home_page = self.first("Home-page");
        if !home_page.is_empty() {
            return home_page;
        }
        self.all("Project-URL")
            .filter_map(|value| value.split_once(','))
            .find(|(label, _)| {
                let ignored = |c: char| c.is_ascii_punctuation() || c.is_ascii_whitespace();
                label.replace(ignored, "").eq_ignore_ascii_case("homepage")
            })
            .map_or("", |(_, url)| url.trim())
    }
}
