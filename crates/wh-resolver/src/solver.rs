//! The solver's questions, answered for pubgrub.
//!
//! Every answer depends on the request and on the provider's answers alone.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use pep508_rs::VersionOrUrl;
use pubgrub::{
    Dependencies, DependencyConstraints, DependencyProvider, PackageResolutionStatistics,
};
use url::Url;
use wh_packaging::lock::LockedSource;
use wh_packaging::{
    DistributionFile, ExtraName, ProjectName, Requirement, Version, VersionSpecifiers,
};

use crate::admission::{Admission, Assumptions, Met};
use crate::dependencies::{Edge, edges};
use crate::knowledge::{Knowledge, Project, Reason};
use crate::order::Rank;
use crate::package::Package;
use crate::problem::Problem;
use crate::specifiers::{Point, Set, names_pre_release, only, pins};
use crate::stop::Stop;

/// One attempt.
pub(crate) struct Solver<'a> {
    pub(crate) problem: &'a Problem<'a>,
    pub(crate) knowledge: &'a Knowledge<'a>,
    pub(crate) assumptions: Assumptions,
    memory: RefCell<Memory>,
}

/// What the attempt has seen.
#[derive(Default)]
struct Memory {
    /// The order in which projects were met.
    order: BTreeMap<ProjectName, usize>,
    met: BTreeMap<ProjectName, Met>,
    /// The version last taken for a project: an extra follows it.
    taken: BTreeMap<ProjectName, Version>,
}

type Constraints = Vec<(Package, Set)>;

impl<'a> Solver<'a> {
    pub(crate) fn new(
        problem: &'a Problem<'a>,
        knowledge: &'a Knowledge<'a>,
        assumptions: Assumptions,
    ) -> Self {
        Self {
            problem,
            knowledge,
            assumptions,
            memory: RefCell::default(),
        }
    }

    fn project(&self, name: &ProjectName) -> Result<Rc<Project>, Stop> {
        Ok(self
            .knowledge
            .project(name, self.assumptions.direct.get(name))?)
    }

    /// What a requirement asks of the solver.
    fn demand(&self, requirement: &Requirement, set: Set, constraints: &mut Constraints) {
        let name = &requirement.name;
        let mut memory = self.memory.borrow_mut();
        let next = memory.order.len();
        memory.order.entry(name.clone()).or_insert(next);
        constraints.push((Package::Project(name.clone()), set.clone()));
        for extra in &requirement.extras {
            constraints.push((Package::Extra(name.clone(), extra.clone()), set.clone()));
        }
    }

    /// The set that a requirement of `asker` admits; `Err` where it cannot be met at all.
    fn set(
        &self,
        asker: Option<(&ProjectName, &Version)>,
        edge: &Requirement,
    ) -> Result<Result<Set, Reason>, Stop> {
        match &edge.version_or_url {
            None => Ok(Ok(Set::full())),
            Some(VersionOrUrl::VersionSpecifier(specifiers)) => {
                Ok(Ok(self.note(&edge.name, specifiers)?))
            }
            Some(VersionOrUrl::Url(url)) => self.follow_url(asker, edge, url),
        }
    }

    /// Notes specifiers. Where they let in what the attempt has already gone without, it must be
    /// made again.
    fn note(&self, name: &ProjectName, specifiers: &VersionSpecifiers) -> Result<Set, Stop> {
        let mut memory = self.memory.borrow_mut();
        let met = memory.met.entry(name.clone()).or_default();
        if met.starved && !met.knows(specifiers) {
            let mut assumptions = self.assumptions.clone();
            if let Some(project) = self.knowledge.seen(name)
                && assume(&mut assumptions, name, &project, specifiers)
            {
                return Err(Stop::Afresh(Box::new(assumptions)));
            }
        }
        Ok(met.note(specifiers))
    }

    /// Only the request, and what is itself asked for by URL or was made of what was, may ask for
    /// URLs.
    fn follow_url(
        &self,
        asker: Option<(&ProjectName, &Version)>,
        requirement: &Requirement,
        url: &Url,
    ) -> Result<Result<Set, Reason>, Stop> {
        let Some((asker, version)) = asker else {
            return Ok(Ok(Set::full()));
        };
        let name = &requirement.name;
        let known = self.assumptions.direct.get(name);
        if known.is_some_and(|direct| direct.is_same(url)) {
            return Ok(Ok(Set::full()));
        }
        if !self.assumptions.direct.contains_key(asker) && !self.is_made(asker, version) {
            return Ok(Err(Reason::DirectUrl(requirement.to_string())));
        }
        let origin = format!("{asker} {version}");
        if let Some(known) = known {
            known.check_same(name, url, &origin)?;
        }
        let mut assumptions = self.assumptions.clone();
        let direct = self.knowledge.direct(name, url, &origin)?;
        assumptions.direct.insert(name.clone(), direct);
        self.knowledge.forget(name);
        Err(Stop::Afresh(Box::new(assumptions)))
    }

    /// Whether the files of a version were made of what somebody asked for by URL or path.
    fn is_made(&self, name: &ProjectName, version: &Version) -> bool {
        let project = self.knowledge.seen(name);
        let candidate = project.as_ref().and_then(|one| one.candidate(version));
        let is_made = |file: &Arc<DistributionFile>| {
            let source = file.made_from.as_deref();
            source.is_some_and(|source| !matches!(source, LockedSource::Sdist(_)))
        };
        candidate.is_some_and(|candidate| candidate.files.iter().all(is_made))
    }

    fn root_dependencies(&self) -> Result<Constraints, Stop> {
        let mut constraints = Vec::new();
        for ask in &self.problem.roots {
            let requirement = &ask.root.requirement;
            let set = match self.set(None, requirement)? {
                Ok(set) => set,
                Err(_) => Set::empty(),
            };
            self.demand(requirement, set, &mut constraints);
        }
        Ok(constraints)
    }

    /// What a version requires, by itself or because of an extra.
    fn dependencies(
        &self,
        name: &ProjectName,
        extra: Option<&ExtraName>,
        version: &Version,
    ) -> Result<Dependencies<Package, Set, Reason>, Stop> {
        let project = self.project(name)?;
        let Some(candidate) = project.candidate(version) else {
            return Ok(available(Vec::new()));
        };
        let loaded = self.knowledge.metadata(name, candidate)?;
        let metadata = match loaded.as_ref() {
            Ok(metadata) => metadata,
            Err(reason) => return Ok(Dependencies::Unavailable(reason.clone())),
        };
        let mut constraints = Vec::new();
        if extra.is_some() {
            constraints.push((Package::Project(name.clone()), only(version)));
        }
        for edge in self.followed(edges(self.problem.class(), metadata, extra)) {
            let requirement = &edge.requirement;
            let set = match self.set(Some((name, version)), requirement)? {
                Ok(set) => set,
                Err(reason) => return Ok(Dependencies::Unavailable(reason)),
            };
            if requirement.name != *name {
                self.demand(requirement, set, &mut constraints);
            } else if set.contains(&Point::At(version.clone())) {
                // of itself: only its extras say something new
                for extra in &requirement.extras {
                    let package = Package::Extra(name.clone(), extra.clone());
                    constraints.push((package, only(version)));
                }
            } else {
                let reason = Reason::Itself(requirement.to_string());
                return Ok(Dependencies::Unavailable(reason));
            }
        }
        Ok(available(constraints))
    }

    fn followed(&self, edges: Vec<Edge>) -> impl Iterator<Item = Edge> {
        let options = self.problem.request.options;
        edges
            .into_iter()
            .filter(|_| !options.no_deps)
            .filter(|edge| !options.exclude.contains(&edge.requirement.name))
    }

    fn choose(&self, package: &Package, range: &Set) -> Result<Option<Version>, Stop> {
        let Some(name) = package.project() else {
            return Ok(Some(root_version()));
        };
        let project = self.project(name)?;
        let mut memory = self.memory.borrow_mut();
        if !matches!(package, Package::Project(_))
            && let Some(taken) = memory.taken.get(name)
            && range.contains(&Point::At(taken.clone()))
        {
            return Ok(Some(taken.clone()));
        }
        let met = memory.met.entry(name.clone()).or_default();
        let admission = Admission {
            problem: self.problem,
            assumptions: &self.assumptions,
            name,
            met,
            range,
        };
        let (chosen, kept_out) = admission.choose(&project);
        let version = chosen.map(|candidate| candidate.version.clone());
        if matches!(package, Package::Project(_)) {
            met.starved |= kept_out && version.is_none();
            if let Some(version) = &version {
                self.knowledge.look_ahead(name, &project, version, range);
                memory.taken.insert(name.clone(), version.clone());
            }
        }
        Ok(version)
    }
}

/// The version of the request itself.
pub(crate) fn root_version() -> Version {
    Version::new([0])
}

fn available(constraints: Constraints) -> Dependencies<Package, Set, Reason> {
    Dependencies::Available(DependencyConstraints::from_iter(constraints))
}

/// Adds what specifiers let in besides; `false` where that is nothing new.
fn assume(
    assumptions: &mut Assumptions,
    name: &ProjectName,
    project: &Project,
    specifiers: &VersionSpecifiers,
) -> bool {
    let mut new = false;
    if names_pre_release(specifiers) && !assumptions.pre.contains_key(name) {
        assumptions.pre.insert(name.clone(), true);
        new = true;
    }
    for candidate in &project.candidates {
        let key = (name.clone(), candidate.version.clone());
        if candidate.yanked.is_some()
            && pins(specifiers, &candidate.version)
            && !assumptions.yanked.contains_key(&key)
        {
            assumptions.yanked.insert(key, true);
            new = true;
        }
    }
    new
}

impl DependencyProvider for Solver<'_> {
    type P = Package;
    type V = Point;
    type VS = Set;
    type Priority = Rank;
    type M = Reason;
    type Err = Stop;

    fn prioritize(
        &self,
        package: &Package,
        range: &Set,
        conflicts: &PackageResolutionStatistics,
    ) -> Rank {
        let Some(name) = package.project() else {
            return Rank::first();
        };
        let met = self.memory.borrow().order.get(name).copied();
        let is_direct = self.assumptions.direct.contains_key(name);
        Rank::of(package, is_direct, range, conflicts.conflict_count(), met)
    }

    fn choose_version(&self, package: &Package, range: &Set) -> Result<Option<Point>, Stop> {
        Ok(self.choose(package, range)?.map(Point::At))
    }

    fn get_dependencies(
        &self,
        package: &Package,
        version: &Point,
    ) -> Result<Dependencies<Package, Set, Reason>, Stop> {
        let version = version.version();
        match package {
            Package::Root => Ok(available(self.root_dependencies()?)),
            Package::Project(name) => self.dependencies(name, None, version),
            Package::Extra(name, extra) => Ok(available(vec![
                (Package::Project(name.clone()), only(version)),
                (Package::Needs(name.clone(), extra.clone()), only(version)),
            ])),
            Package::Needs(name, extra) => self.dependencies(name, Some(extra), version),
        }
    }
}
