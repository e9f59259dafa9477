//! From what an environment is to have to what is done about each: what is there is left alone, the
//! rest is installed, and with `wh sync` what was not chosen goes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use wh_environment::transaction::{InstalledToRemove, replaced};
use wh_environment::{Graph, InstalledDistribution, seeds};
use wh_packaging::requirement::parse;
use wh_packaging::{ProjectName, project_name};
use wh_wheel::Wheel;
use wh_wheel::identity::Traces;

use super::{BuiltFrom, Pick, PickedWheel, Run};
use crate::failure::Failure;

/// What is done.
pub struct Plan<'a> {
    /// About each pick.
    pub picks: Vec<Planned<'a>>,
    /// What goes with nothing in its place.
    pub going: Vec<InstalledToRemove>,
    /// What is installed, and who requires what of it.
    pub graph: Graph,
}

/// What is done about one pick.
pub struct Planned<'a> {
    pub pick: &'a Pick,
    /// The wheel to install; `None`: what is there stays, or a dry run does not have it.
    pub wheel: Option<&'a PickedWheel>,
    /// What has to go for it: more than one only where an earlier change was cut short.
    pub replaced: Vec<InstalledToRemove>,
}

impl Planned<'_> {
    /// Whether something is installed, in place of what is there or as new.
    pub fn comes(&self) -> bool {
        self.wheel.is_some() || self.pick.to_build.is_some()
    }

    /// What its wheel was built from, or would be.
    pub fn built_from(&self) -> Option<&BuiltFrom> {
        let wheel = self.pick.wheel.as_ref();
        let of_wheel = wheel.and_then(|wheel| wheel.built_from.as_ref());
        of_wheel.or(self.pick.to_build.as_ref())
    }
}

/// Decides.
pub fn plan<'a>(run: &Run<'_>, picks: &'a [Pick]) -> Result<Plan<'a>, Failure> {
    let there: BTreeMap<&ProjectName, &InstalledDistribution> = run
        .place
        .installed
        .iter()
        .map(|one| (&one.project, one))
        .collect();
    let names: BTreeSet<&ProjectName> = picks.iter().map(|pick| &pick.project).collect();
    let wanted = |project: &ProjectName| run.exact || names.contains(project);
    // what a base environment or the system has is hidden by the new one, and stays
    let mut here: BTreeMap<ProjectName, Vec<InstalledToRemove>> = BTreeMap::new();
    for old in replaced(&libraries(run), wanted)? {
        here.entry(old.project.clone()).or_default().push(old);
    }
    let mut planned = Vec::with_capacity(picks.len());
    for pick in picks {
        let replaced = here.remove(&pick.project).unwrap_or_default();
        let present = there.get(&pick.project).copied();
        let whole = replaced.len() < 2 || !run.exact;
        let stays = whole && stays(run, pick, present)?;
        let wheel = pick.wheel.as_ref().filter(|_| !stays);
        let comes = wheel.is_some() || pick.to_build.is_some();
        planned.push(Planned {
            pick,
            wheel,
            replaced: if comes { replaced } else { Vec::new() },
        });
    }
    let graph = Graph::read(
        &run.place.installed,
        &run.place.target.markers,
        wh_resolver::admits,
    );
    if run.exact {
        let staying = staying(run, &graph);
        here.retain(|project, _| !staying.contains(project));
    }
    Ok(Plan {
        picks: planned,
        going: here.into_values().flatten().collect(),
        graph,
    })
}

/// The folders whose distributions are replaced and removed.
fn libraries(run: &Run<'_>) -> [PathBuf; 2] {
    [&run.place.scheme.purelib, &run.place.scheme.platlib].map(Clone::clone)
}

/// Whether what is installed is what was chosen.
fn stays(
    run: &Run<'_>,
    pick: &Pick,
    present: Option<&InstalledDistribution>,
) -> Result<bool, Failure> {
    // what was built was built to be installed
    let built = pick.wheel.iter().any(|wheel| wheel.built_from.is_some());
    let Some(one) = present.filter(|_| !run.change.force_reinstall && !built) else {
        return Ok(false);
    };
    if one.parsed_version().as_ref() != Some(&pick.version) {
        return Ok(false);
    }
    match &pick.wheel {
        Some(wheel) if run.exact => is_that_wheel(wheel, one),
        _ => Ok(true),
    }
}

/// Whether a distribution was installed from a wheel, and from the same place.
fn is_that_wheel(wheel: &PickedWheel, installed: &InstalledDistribution) -> Result<bool, Failure> {
    let origin = |direct_url: &Option<_>| {
        let direct_url: Option<&wh_packaging::DirectUrl> = direct_url.as_ref();
        direct_url.map(|direct| direct.url.clone())
    };
    if installed.egg_link.is_some() || origin(&installed.direct_url) != origin(&wheel.direct_url) {
        return Ok(false);
    }
    let traces = installed.wheel_file().zip(installed.record());
    let Some((file, record)) = traces else {
        return Ok(false);
    };
    let traces = Traces::of(file.tags, record, &installed.location);
    Ok(Wheel::open(&wheel.path)?.left(&traces)?)
}

/// What stays though it was not chosen, with what it requires: the tools that an environment is made
/// with, and what a lock leaves to this side.
fn staying(run: &Run<'_>, graph: &Graph) -> BTreeSet<ProjectName> {
    let seeds = match run.place.apart {
        true => &[],
        false => seeds(&run.place.probe),
    };
    let tool = run.lock.iter().filter_map(|from| from.lock.tool.as_ref());
    let left = tool.flat_map(|tool| tool.exclude.iter().chain(&tool.baseline));
    let left = left.filter_map(|text| Some(parse(text).ok()?.name));
    let seeds = seeds.iter().filter_map(|name| project_name(name));
    let mut waiting: Vec<ProjectName> = seeds.chain(left).collect();
    let mut staying = BTreeSet::new();
    while let Some(project) = waiting.pop() {
        if let Some(position) = graph.position(&project) {
            let edges = graph.edges[position].iter();
            waiting.extend(
                edges
                    .map(|edge| edge.requirement.name.clone())
                    .filter(|name| !staying.contains(name) && *name != project),
            );
        }
        staying.insert(project);
    }
    staying
}
