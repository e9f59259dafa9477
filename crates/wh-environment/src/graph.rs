//! Who requires what among installed distributions, what is missing and what is broken.
//!
//! Pure: distributions with their requirements, marker values and a rule for specifiers go in. A
//! requirement is in force where its marker holds, with the extras that other distributions
//! require of its owner. (`pip check` knows no extras: there what `a[x]` brings may be missing.)

use std::collections::{BTreeMap, BTreeSet};

use wh_packaging::requirement::VersionOrUrl;
use wh_packaging::{
    ExtraName, MarkerValues, ProjectName, Requirement, Truth, Version, VersionSpecifiers, marker,
};

use crate::installed::InstalledDistribution;

/// Whether specifiers admit a version: the resolver's rule, which is handed in.
pub type Admits = fn(&VersionSpecifiers, &Version) -> bool;

/// An installed distribution, as far as the graph needs it.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The project name.
    pub project: ProjectName,
    /// `Name` as METADATA has it.
    pub name: String,
    /// The version, as PEP 440 has it where it follows it.
    pub version: String,
    /// All that METADATA requires.
    pub requires: Vec<Requirement>,
    /// Why METADATA could not be read; then nothing is required.
    pub fault: Option<String>,
}

impl Node {
    /// Reads what one distribution requires.
    pub fn read(distribution: &InstalledDistribution) -> Self {
        let (requires, fault) = match distribution.metadata() {
            Ok(metadata) => (metadata.requires_dist, None),
            Err(error) => (Vec::new(), Some(error.to_string())),
        };
        let version = distribution.parsed_version();
        Self {
            project: distribution.project.clone(),
            name: distribution.name.clone(),
            version: version.map_or_else(|| distribution.version.clone(), |v| v.to_string()),
            requires,
            fault,
        }
    }
}

/// A requirement that is in force.
#[derive(Debug, Clone, PartialEq)]
pub struct Edge {
    /// What is required.
    pub requirement: Requirement,
    /// The position of the distribution that it names; `None`: it is not installed.
    pub to: Option<usize>,
    /// Whether what is installed meets it.
    pub met: bool,
    /// Whether it is in force by an extra alone, which another distribution requires.
    pub by_extra: bool,
}

/// The installed distributions and the requirements between them.
#[derive(Debug, Clone)]
pub struct Graph {
    /// In the order given.
    pub nodes: Vec<Node>,
    /// The requirements in force, for each node, in the order of METADATA.
    pub edges: Vec<Vec<Edge>>,
    admits: Admits,
}

/// A requirement that would not be met any more.
#[derive(Debug, Clone, PartialEq)]
pub struct Broken<'a> {
    /// Whose requirement it is.
    pub node: &'a Node,
    /// The requirement.
    pub requirement: &'a Requirement,
    /// The version that would be there.
    pub found: &'a Version,
}

impl Graph {
    /// Reads the distributions and links them.
    pub fn read(
        distributions: &[InstalledDistribution],
        markers: &MarkerValues,
        admits: Admits,
    ) -> Self {
        use rayon::prelude::*;
        let nodes = distributions.par_iter().with_min_len(16);
        Self::new(nodes.map(Node::read).collect(), markers, admits)
    }

    /// Links the nodes.
    pub fn new(nodes: Vec<Node>, markers: &MarkerValues, admits: Admits) -> Self {
        let places: BTreeMap<ProjectName, usize> = nodes
            .iter()
            .enumerate()
            .rev() // the first of a name counts
            .map(|(position, node)| (node.project.clone(), position))
            .collect();
        let extras = extras_in_force(&nodes, &places, markers);
        let edges = nodes
            .iter()
            .zip(&extras)
            .map(|(node, extras)| {
                let in_force = |one: &&Requirement| holds(one, markers, extras);
                let requires = node.requires.iter().filter(in_force);
                requires
                    .map(|requirement| {
                        let to = places.get(&requirement.name).copied();
                        Edge {
                            to,
                            met: to.is_some_and(|to| meets(&nodes[to], requirement, admits)),
                            by_extra: !holds(requirement, markers, &[]),
                            requirement: requirement.clone(),
                        }
                    })
                    .collect()
            })
            .collect();
        Self {
            nodes,
            edges,
            admits,
        }
    }

    /// The position of a project.
    pub fn position(&self, project: &ProjectName) -> Option<usize> {
        self.nodes.iter().position(|node| node.project == *project)
    }

    /// The positions of those that require a project, and by what, in the order of the nodes. What
    /// requires itself (an extra made of extras) is left out.
    pub fn requiring<'a>(
        &'a self,
        project: &'a ProjectName,
    ) -> impl Iterator<Item = (usize, &'a Edge)> {
        let all = self.edges.iter().enumerate();
        all.filter(move |(position, _)| self.nodes[*position].project != *project)
            .flat_map(|(position, edges)| edges.iter().map(move |edge| (position, edge)))
            .filter(move |(_, edge)| edge.requirement.name == *project)
    }

    /// The requirements that are met and would not be with these versions of these projects.
    pub fn broken_by<'a>(
        &'a self,
        changed: &BTreeMap<&ProjectName, &'a Version>,
    ) -> Vec<Broken<'a>> {
        let kept = self.nodes.iter().zip(&self.edges);
        kept.filter(|(node, _)| !changed.contains_key(&node.project))
            .flat_map(|(node, edges)| edges.iter().map(move |edge| (node, edge)))
            .filter_map(|(node, edge)| {
                let found = changed.get(&edge.requirement.name)?;
                let broken = edge.met && !allows(&edge.requirement, found, self.admits);
                broken.then_some((node, edge, *found))
            })
            .map(|(node, edge, found)| Broken {
                node,
                requirement: &edge.requirement,
                found,
            })
            .collect()
    }
}

/// The extras of each node that others require, to the end of the chain.
fn extras_in_force(
    nodes: &[Node],
    places: &BTreeMap<ProjectName, usize>,
    markers: &MarkerValues,
) -> Vec<Vec<ExtraName>> {
    let mut extras: Vec<BTreeSet<ExtraName>> = vec![BTreeSet::new(); nodes.len()];
    let mut lists: Vec<Vec<ExtraName>> = vec![Vec::new(); nodes.len()];
    let mut waiting: Vec<usize> = (0..nodes.len()).collect();
    while let Some(position) = waiting.pop() {
        for requirement in &nodes[position].requires {
            if requirement.extras.is_empty() || !holds(requirement, markers, &lists[position]) {
                continue;
            }
            let Some(&to) = places.get(&requirement.name) else {
                continue;
            };
            let before = extras[to].len();
            extras[to].extend(requirement.extras.iter().cloned());
            if extras[to].len() > before {
                lists[to] = extras[to].iter().cloned().collect();
                waiting.push(to);
            }
        }
    }
    lists
}

fn holds(requirement: &Requirement, markers: &MarkerValues, extras: &[ExtraName]) -> bool {
    marker::evaluate(&requirement.marker, markers, extras) == Truth::True
}

/// Whether an installed distribution meets a requirement. A version that does not follow PEP 440
/// meets only what asks for none.
fn meets(node: &Node, requirement: &Requirement, admits: Admits) -> bool {
    match node.version.parse() {
        Ok(version) => allows(requirement, &version, admits),
        Err(_) => !matches!(
            &requirement.version_or_url,
            Some(VersionOrUrl::VersionSpecifier(specifiers)) if !specifiers.is_empty()
        ),
    }
}

fn allows(requirement: &Requirement, version: &Version, admits: Admits) -> bool {
    match &requirement.version_or_url {
        Some(VersionOrUrl::VersionSpecifier(specifiers)) => admits(specifiers, version),
        _ => true,
    }
}

#[cfg(test)]
#[path = "graph/tests.rs"]
mod tests;
