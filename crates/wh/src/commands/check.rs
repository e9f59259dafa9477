//! `wh check`: arguments -> environment -> graph of requirements -> a line for each fault.

use serde::Serialize;
use wh_environment::InstalledDistribution;
use wh_packaging::requirement::display;
use wh_packaging::{MarkerTree, ProjectName, Requirement, Tag, Target};

use super::reading::Reading;
use crate::arguments::{CheckArgs, LinesOrJson};
use crate::context::Context;
use crate::failure::{Failure, Status};
use crate::terminal;

/// What is wrong with an installed distribution; as JSON an object with these keys.
#[derive(Debug, Serialize)]
struct Fault {
    project: ProjectName,
    version: String,
    #[serde(flatten)]
    what: What,
}

#[derive(Debug, Serialize)]
#[serde(tag = "fault", rename_all = "kebab-case")]
enum What {
    /// A requirement is not installed.
    Missing {
        requirement: String,
        required: ProjectName,
        by_extra: bool,
    },
    /// A requirement is installed in another version.
    Conflict {
        requirement: String,
        required: ProjectName,
        found: String,
        by_extra: bool,
    },
    /// It was installed from a wheel for something else.
    Unsupported { tags: Vec<String> },
    /// What it requires cannot be read.
    Unreadable { reason: String },
}

/// Tells whether requirements are met.
pub fn run(args: &CheckArgs, context: &Context) -> Result<Status, Failure> {
    let reading = Reading::of(args.python.as_deref(), context)?;
    let faults = faults(&reading);
    let text = match args.format {
        // plain values with text keys always serialise
        LinesOrJson::Json => serde_json::to_string_pretty(&faults).unwrap_or_default() + "\n",
        LinesOrJson::Lines if faults.is_empty() => "No broken requirements found.\n".to_owned(),
        LinesOrJson::Lines => faults.iter().map(Fault::line).collect(),
    };
    terminal::print(&text).map_err(Failure::file)?;
    Ok(if faults.is_empty() {
        Status::Done
    } else {
        Status::No
    })
}

/// In pip's order: what is missing, what is in conflict, what is for another platform; then what
/// cannot be read, which pip logs.
fn faults(reading: &Reading) -> Vec<Fault> {
    let graph = &reading.graph;
    let (mut missing, mut conflicts) = (Vec::new(), Vec::new());
    let (mut unsupported, mut unreadable) = (Vec::new(), Vec::new());
    for (position, node) in graph.nodes.iter().enumerate() {
        let fault = |what: What| Fault {
            project: node.project.clone(),
            version: node.version.clone(),
            what,
        };
        for edge in graph.edges[position].iter().filter(|edge| !edge.met) {
            let requirement = without_marker(&edge.requirement);
            let (required, by_extra) = (edge.requirement.name.clone(), edge.by_extra);
            match edge.to {
                None => missing.push(fault(What::Missing {
                    requirement,
                    required,
                    by_extra,
                })),
                Some(to) => conflicts.push(fault(What::Conflict {
                    requirement,
                    required,
                    found: graph.nodes[to].version.clone(),
                    by_extra,
                })),
            }
        }
        if let Some(tags) = foreign_tags(&reading.installed[position], &reading.target) {
            unsupported.push(fault(What::Unsupported { tags }));
        }
        if let Some(reason) = node.fault.clone() {
            unreadable.push(fault(What::Unreadable { reason }));
        }
    }
    missing.extend(conflicts);
    missing.extend(unsupported);
    missing.extend(unreadable);
    missing
}

/// The requirement as its owner wrote it, but for the marker: it holds here.
fn without_marker(requirement: &Requirement) -> String {
    display(&Requirement {
        marker: MarkerTree::TRUE,
        ..requirement.clone()
    })
}

/// The tags of the wheel that it was installed from, where the target loads none of them.
fn foreign_tags(one: &InstalledDistribution, target: &Target) -> Option<Vec<String>> {
    let wheel = one.wheel_file()?;
    let mut tags = Vec::new();
    for text in &wheel.tags {
        // what is no tag loads nowhere
        let _ = Tag::expand(text, &mut tags);
    }
    let fits = |tag: &Tag| {
        target
            .tags
            .rank(&tag.python, &tag.abi, &tag.platform)
            .is_some()
    };
    (!tags.iter().any(fits)).then_some(wheel.tags)
}

impl Fault {
    fn line(&self) -> String {
        let Self {
            project, version, ..
        } = self;
        let extra = |by_extra: &bool| {
            if *by_extra {
                " (by an extra that is required)"
            } else {
                ""
            }
        };
        match &self.what {
            What::Missing {
                required, by_extra, ..
            } => format!(
                "{project} {version} requires {required}, which is not installed{}.\n",
                extra(by_extra)
            ),
            What::Conflict {
                requirement,
                required,
                found,
                by_extra,
            } => format!(
                "{project} {version} has requirement {requirement}, but you have {required} \
                 {found}{}.\n",
                extra(by_extra)
            ),
            What::Unsupported { .. } => {
                format!("{project} {version} is not supported on this platform\n")
            }
            What::Unreadable { reason } => {
                format!("{project} {version} has metadata that cannot be read: {reason}\n")
            }
        }
    }
}
