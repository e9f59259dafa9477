//! What the commands that read an environment share: what is installed in it, the requirements
//! between, and finding those that a user names.

use wh_environment::installed::{InstalledFilter, installed};
use wh_environment::{Environment, Graph, InstalledDistribution};
use wh_packaging::{Event, ProjectName, Target, Warning, spelling};

use super::requirements::project_names;
use crate::context::Context;
use crate::failure::Failure;

/// An environment, read.
pub struct Reading {
    /// What it is as a target.
    pub target: Target,
    /// What is installed, by project name.
    pub installed: Vec<InstalledDistribution>,
    /// The requirements between; its nodes stand in the order of `installed`.
    pub graph: Graph,
}

impl Reading {
    /// Reads the environment that `--python` (or nothing) means.
    pub fn of(python: Option<&str>, context: &Context) -> Result<Self, Failure> {
        let environment = context.environment(python)?;
        let everything = InstalledFilter::default();
        Self::filtered(&environment, &everything, context)
    }

    /// Reads a part of an environment.
    pub fn filtered(
        environment: &Environment,
        filter: &InstalledFilter,
        context: &Context,
    ) -> Result<Self, Failure> {
        let target = environment.target()?;
        let mut installed = installed(environment, filter, &*context.reporter())?;
        installed.sort_by(|a, b| a.project.cmp(&b.project));
        let graph = Graph::read(&installed, &target.markers, wh_resolver::admits);
        Ok(Self {
            target,
            installed,
            graph,
        })
    }

    /// Warns of METADATA that cannot be read: its requirements are not known.
    pub fn warn_of_faults(&self, context: &Context) {
        for (node, one) in self.graph.nodes.iter().zip(&self.installed) {
            if let Some(reason) = &node.fault {
                let warning = Warning::Other {
                    message: format!(
                        "what {} requires is not known: {}: {reason}",
                        node.name,
                        one.metadata_path.display()
                    ),
                };
                context.terminal.event(Event::Warning { warning });
            }
        }
    }

    /// The projects named, each once. Those that `known` does not know are warned of, with the
    /// name that comes nearest; that none is known is a no.
    pub fn named(
        &self,
        names: &[String],
        context: &Context,
        known: impl Fn(&ProjectName) -> bool,
    ) -> Result<Vec<ProjectName>, Failure> {
        let mut found: Vec<ProjectName> = Vec::new();
        let mut unknown = Vec::new();
        for project in project_names(names)? {
            if found.contains(&project) {
            } else if known(&project) {
                found.push(project);
            } else {
                unknown.push(project);
            }
        }
        if found.is_empty() && !unknown.is_empty() {
            return Err(self.none_installed(&unknown));
        }
        for project in unknown {
            let hint = match self.nearest(&project) {
                Some(name) => format!("; did you mean `{name}`?"),
                None => String::new(),
            };
            let warning = Warning::Other {
                message: format!("`{project}` is not installed{hint}"),
            };
            context.terminal.event(Event::Warning { warning });
        }
        Ok(found)
    }

    fn none_installed(&self, unknown: &[ProjectName]) -> Failure {
        let names: Vec<String> = unknown.iter().map(|name| format!("`{name}`")).collect();
        let verb = if names.len() == 1 { "is" } else { "are" };
        let nearest: Vec<String> = unknown
            .iter()
            .filter_map(|name| Some(format!("`{}`", self.nearest(name)?)))
            .collect();
        Failure::No {
            message: format!("{} {verb} not installed", names.join(", ")),
            details: Vec::new(),
            hint: Some(if nearest.is_empty() {
                "`wh list` lists what is; --python names another environment".to_owned()
            } else {
                format!("did you mean {}?", nearest.join(", "))
            }),
        }
    }

    fn nearest(&self, project: &ProjectName) -> Option<&str> {
        let names = self.installed.iter().map(|one| one.project.as_ref());
        spelling::nearest(project.as_ref(), names)
    }
}
