//! What an unsolvable request founders on, as one requirement and the chain of those who ask.

use std::collections::{BTreeSet, VecDeque};

use wh_packaging::ProjectName;

use super::leaves::{Leaves, Requires};
use super::words;
use crate::error::UnmetRequirement;
use crate::knowledge::Knowledge;
use crate::problem::{Ask, Problem};

/// The project nearest to the request that has nothing to take and leads no further; where every
/// project has something to take by itself, the last root: it does not go with those before it.
pub(super) fn unmet(
    problem: &Problem<'_>,
    knowledge: &Knowledge<'_>,
    leaves: &Leaves,
) -> Option<UnmetRequirement> {
    let reached = reached(problem, knowledge, leaves);
    let in_want = |one: &&Reached| leaves.missing(&one.project).is_some();
    let dead_end = |one: &&Reached| in_want(one) && !leaves.speaks_of_versions(&one.project);
    let found = reached
        .iter()
        .find(dead_end)
        .or_else(|| reached.iter().find(in_want))
        .map(|one| one.unmet());
    found.or_else(|| {
        let last = asks(problem, leaves).last()?;
        Some(Reached::root(last).unmet())
    })
}

/// A project on the way down, and how it was reached.
struct Reached {
    project: ProjectName,
    root: ProjectName,
    requirement: String,
    asked_by: Vec<String>,
}

impl Reached {
    fn root(ask: &Ask<'_>) -> Self {
        let mut requirement = ask.root.requirement.clone();
        requirement.marker = wh_packaging::MarkerTree::TRUE;
        let requirement = requirement.to_string();
        Self {
            project: ask.root.requirement.name.clone(),
            root: ask.root.requirement.name.clone(),
            asked_by: vec![requirement.clone()],
            requirement,
        }
    }

    fn unmet(&self) -> UnmetRequirement {
        UnmetRequirement {
            project: self.project.clone(),
            root: self.root.clone(),
            requirement: self.requirement.clone(),
            requested_by: self.asked_by.clone(),
        }
    }
}

/// Breadth first, the roots in the order asked, then by name: the first way to a project is the
/// shortest.
fn reached(problem: &Problem<'_>, knowledge: &Knowledge<'_>, leaves: &Leaves) -> Vec<Reached> {
    let mut all: Vec<Reached> = Vec::new();
    let mut seen: BTreeSet<ProjectName> = BTreeSet::new();
    let mut next: VecDeque<(Reached, Vec<String>)> = asks(problem, leaves)
        .map(Reached::root)
        .map(|root| {
            let chain = root.asked_by.clone();
            (root, chain)
        })
        .collect();
    while let Some((one, chain)) = next.pop_front() {
        if !seen.insert(one.project.clone()) {
            continue;
        }
        let mut below: Vec<Requires> = leaves.requires(&one.project);
        // what the highest version asks for is what a user hopes to get
        below.sort_by_cached_key(|requires| {
            let highest = words::highest(knowledge, &one.project, &requires.set);
            (std::cmp::Reverse(highest), requires.to.clone())
        });
        for requires in below {
            let reached = Reached {
                project: requires.to.clone(),
                root: one.root.clone(),
                requirement: words::object(knowledge, &one.project, &requires),
                asked_by: chain.clone(),
            };
            let mut longer = chain.clone();
            longer.push(name_and_version(knowledge, leaves, &requires.to));
            next.push_back((reached, longer));
        }
        all.push(one);
    }
    all
}

/// `name==version` of the highest version that asks for more; the name alone where none does.
fn name_and_version(knowledge: &Knowledge<'_>, leaves: &Leaves, name: &ProjectName) -> String {
    let requires = leaves.requires(name);
    let versions = requires
        .iter()
        .filter_map(|one| words::highest(knowledge, name, &one.set));
    match versions.max() {
        Some(version) => format!("{name}=={version}"),
        None => name.to_string(),
    }
}

fn asks<'p>(problem: &'p Problem<'_>, leaves: &'p Leaves) -> impl Iterator<Item = &'p Ask<'p>> {
    let in_proof = |ask: &&Ask<'_>| leaves.roots.contains(&ask.root.requirement.name);
    problem.roots.iter().filter(in_proof)
}
