//! Attempts at a solution, until one stands.

use std::collections::BTreeMap;

use pubgrub::PubGrubError;
use wh_packaging::{ProjectName, Version};

use crate::admission::Assumptions;
use crate::error::ResolveError;
use crate::explain::no_solution;
use crate::knowledge::Knowledge;
use crate::package::Package;
use crate::problem::Problem;
use crate::provider::Provider;
use crate::request::Request;
use crate::resolution::{Chosen, Resolution};
use crate::review::review;
use crate::solver::{Solver, root_version};
use crate::specifiers::Point;
use crate::stop::Stop;
use crate::walk::{Walk, chains, walk};
use crate::warnings::warnings;

/// Chooses distributions that meet all requirements for all members of a class.
///
/// # Errors
/// There is no such set, a requirement cannot be used, or the provider failed.
pub fn resolve(request: &Request<'_>, provider: &dyn Provider) -> Result<Resolution, ResolveError> {
    let problem = Problem::new(request);
    let knowledge = Knowledge::new(&problem, provider);
    let mut assumptions = Assumptions {
        direct: problem.direct(provider)?,
        ..Assumptions::default()
    };
    loop {
        match attempt(&problem, &knowledge, &assumptions) {
            Ok(walk) => match review(&problem, &assumptions, &walk) {
                None => return Ok(resolution(&problem, &knowledge, &walk)),
                Some(next) => assumptions = next,
            },
            Err(Stop::Afresh(next)) => assumptions = *next,
            Err(Stop::Fault(error)) => return Err(*error),
        }
    }
}

fn attempt(
    problem: &Problem<'_>,
    knowledge: &Knowledge<'_>,
    assumptions: &Assumptions,
) -> Result<Walk, Stop> {
    let solver = Solver::new(problem, knowledge, assumptions.clone());
    match pubgrub::resolve(&solver, Package::Root, Point::At(root_version())) {
        Ok(selected) => {
            let versions: BTreeMap<ProjectName, Version> = selected
                .into_iter()
                .filter_map(|(package, point)| match package {
                    Package::Project(name) => Some((name, point.version().clone())),
                    _ => None,
                })
                .collect();
            Ok(walk(problem, knowledge, &versions))
        }
        Err(PubGrubError::NoSolution(tree)) => {
            let found = no_solution(problem, knowledge, &tree);
            Err(ResolveError::NoSolution(Box::new(found)).into())
        }
        Err(
            PubGrubError::ErrorRetrievingDependencies { source, .. }
            | PubGrubError::ErrorChoosingVersion { source, .. }
            | PubGrubError::ErrorInShouldCancel(source),
        ) => Err(source),
    }
}

fn resolution(problem: &Problem<'_>, knowledge: &Knowledge<'_>, walk: &Walk) -> Resolution {
    let mut chains = chains(walk);
    let chosen = walk.nodes.iter().filter_map(|(name, node)| {
        let candidate = node.project.candidate(&node.version)?;
        let loaded = knowledge.loaded(name, &node.version)?;
        let metadata = loaded.as_ref().as_ref().ok()?;
        let chosen = Chosen {
            version: node.version.clone(),
            extras: node.extras.clone(),
            files: candidate.files.clone(),
            direct: node
                .project
                .direct
                .as_ref()
                .map(|direct| direct.url.clone()),
            dependencies: node.dependencies.clone(),
            requires_python: metadata.iter().find_map(|one| one.requires_python.clone()),
            later_patches: walk.patches(name).clause(&problem.class().members[0]),
            root: node.root.is_some(),
            requested_by: chains.remove(name).unwrap_or_default(),
        };
        Some((name.clone(), chosen))
    });
    Resolution {
        chosen: chosen.collect(),
        baseline: BTreeMap::new(),
        warnings: warnings(problem, knowledge, walk),
    }
}
