//! What the provider has told so far: candidates of projects, METADATA of versions. Asked once
//! each, whatever the solver does.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use url::Url;
use wh_packaging::{DistributionFile, Metadata, ProjectFiles, ProjectName, TargetClass, Version};

use crate::ahead::Ahead;
use crate::choice::{Candidate, candidates_of};
use crate::direct::Direct;
use crate::error::ResolveError;
use crate::formats::Formats;
use crate::overrides::override_metadata;
use crate::problem::Problem;
use crate::provider::{Provider, ProviderError, metadata_as_needed};
use crate::request::Options;
use crate::specifiers::{Point, Set};

/// A project as the solver sees it.
pub(crate) struct Project {
    /// All its files.
    pub(crate) files: Arc<ProjectFiles>,
    /// Those that fit, the highest first.
    pub(crate) candidates: Vec<Candidate>,
    // the candidates' versions as points of sets
    points: Vec<Point>,
    /// The URL that supplies it.
    pub(crate) direct: Option<Direct>,
    /// Why its files are of no use, where the provider said so.
    pub(crate) fault: Option<String>,
}

impl Project {
    /// The candidates in a set, the highest first.
    pub(crate) fn within(&self, set: &Set) -> impl Iterator<Item = &Candidate> {
        self.candidates
            .iter()
            .zip(&self.points)
            .filter(|(_, point)| set.contains(point))
            .map(|(candidate, _)| candidate)
    }

    /// The candidate of a version.
    pub(crate) fn candidate(&self, version: &Version) -> Option<&Candidate> {
        let place = self
            .candidates
            .binary_search_by(|candidate| version.cmp(&candidate.version));
        place.ok().map(|place| &self.candidates[place])
    }
}

/// Why a version is out although its files fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reason {
    /// Its METADATA cannot be had or read.
    Metadata(String),
    /// It has only an sdist here, and building it alone tells what it requires.
    NeedsBuild(String),
    /// As several versions before, it has only an sdist here.
    NotLookedInto,
    /// Requires-Python of its METADATA shuts a member out.
    RequiresPython {
        requires_python: String,
        target: String,
        /// Whether a later patch release would be admitted.
        later_patch: bool,
    },
    /// It requires a URL that the request does not name.
    DirectUrl(String),
    /// It requires another version of itself.
    Itself(String),
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Reason::Metadata(reason) => f.write_str(reason),
            Reason::NeedsBuild(reason) => {
                write!(f, "only building it tells what it requires: {reason}")
            }
            Reason::NotLookedInto => f.write_str("it has only a source distribution"),
            Reason::RequiresPython {
                requires_python,
                target,
                ..
            } => write!(
                f,
                "it requires Python {requires_python}, {target} has another"
            ),
            Reason::DirectUrl(requirement) => write!(
                f,
                "it requires `{requirement}`, a URL that no requirement of yours names"
            ),
            Reason::Itself(requirement) => write!(f, "it requires `{requirement}` of itself"),
        }
    }
}

/// The METADATA of a version's wheels, in the members' order; or why the version is out.
pub(crate) type Loaded = Rc<Result<Vec<Arc<Metadata>>, Reason>>;

/// So many sdists of one project are looked into in vain, at most.
const MOST_NEEDING_BUILDS: usize = 4;

/// Answers of the provider, kept.
pub(crate) struct Knowledge<'a> {
    problem: &'a Problem<'a>,
    provider: &'a dyn Provider,
    projects: RefCell<BTreeMap<ProjectName, Rc<Project>>>,
    metadata: RefCell<BTreeMap<(ProjectName, Version), Loaded>>,
    /// How many sdists of a project were looked into in vain.
    needing_builds: RefCell<BTreeMap<ProjectName, usize>>,
    ahead: RefCell<Ahead>,
}

impl<'a> Knowledge<'a> {
    pub(crate) fn new(problem: &'a Problem<'a>, provider: &'a dyn Provider) -> Self {
        Self {
            problem,
            provider,
            projects: RefCell::default(),
            metadata: RefCell::default(),
            needing_builds: RefCell::default(),
            ahead: RefCell::default(),
        }
    }

    /// For whom.
    pub(crate) fn class(&self) -> &'a TargetClass {
        self.problem.class()
    }

    /// What a URL supplies a project with.
    pub(crate) fn direct(
        &self,
        name: &ProjectName,
        url: &Url,
        origin: &str,
    ) -> Result<Direct, ResolveError> {
        Direct::new(name, url, origin, self.provider)
    }

    /// A project; `direct` is the URL that supplies it, if one does.
    pub(crate) fn project(
        &self,
        name: &ProjectName,
        direct: Option<&Direct>,
    ) -> Result<Rc<Project>, ProviderError> {
        if let Some(project) = self.projects.borrow().get(name) {
            return Ok(Rc::clone(project));
        }
        let project = Rc::new(self.load(name, direct)?);
        let mut projects = self.projects.borrow_mut();
        projects.insert(name.clone(), Rc::clone(&project));
        Ok(project)
    }

    /// A project that was asked for before.
    pub(crate) fn seen(&self, name: &ProjectName) -> Option<Rc<Project>> {
        self.projects.borrow().get(name).cloned()
    }

    /// Forgets a project, because a URL supplies it from now on.
    pub(crate) fn forget(&self, name: &ProjectName) {
        self.projects.borrow_mut().remove(name);
        self.metadata
            .borrow_mut()
            .retain(|(project, _), _| project != name);
    }

    fn load(&self, name: &ProjectName, direct: Option<&Direct>) -> Result<Project, ProviderError> {
        let mut fault = None;
        let files = match direct {
            Some(direct) => Arc::new(ProjectFiles {
                known: true,
                files: vec![Arc::clone(&direct.file)],
                ..ProjectFiles::default()
            }),
            None => match self.provider.files(name) {
                Ok(files) => files,
                Err(ProviderError::Unusable { reason }) => {
                    fault = Some(reason);
                    Arc::default()
                }
                Err(failed) => return Err(failed),
            },
        };
        let mut candidates = match direct {
            // asked for as it is, of whatever kind
            Some(_) => {
                let options = Options {
                    formats: Formats::default(),
                    ..self.problem.request.options.clone()
                };
                self.candidates(name, &files, &options)
            }
            None => self.candidates(name, &files, self.problem.request.options),
        };
        let allowed = self.problem.constrained(name);
        candidates.retain(|candidate| allowed.contains(&Point::At(candidate.version.clone())));
        let points = candidates
            .iter()
            .map(|candidate| Point::At(candidate.version.clone()))
            .collect();
        Ok(Project {
            files,
            candidates,
            points,
            direct: direct.cloned(),
            fault,
        })
    }

    fn candidates(
        &self,
        name: &ProjectName,
        files: &ProjectFiles,
        options: &Options,
    ) -> Vec<Candidate> {
        let class = self.problem.class();
        if !self.problem.demands_hashes(name) {
            return candidates_of(name, &files.files, class, options);
        }
        let allowed: Vec<Arc<DistributionFile>> = files
            .files
            .iter()
            .filter(|file| self.problem.hash_allows(name, file))
            .cloned()
            .collect();
        candidates_of(name, &allowed, class, options)
    }

    /// The METADATA of a candidate.
    pub(crate) fn metadata(
        &self,
        name: &ProjectName,
        candidate: &Candidate,
    ) -> Result<Loaded, ProviderError> {
        let key = (name.clone(), candidate.version.clone());
        if let Some(loaded) = self.metadata.borrow().get(&key) {
            return Ok(Rc::clone(loaded));
        }
        let loaded = Rc::new(self.read(name, candidate)?);
        self.metadata.borrow_mut().insert(key, Rc::clone(&loaded));
        Ok(loaded)
    }

    /// A version of a project is about to be tried; others in range may be next.
    pub(crate) fn look_ahead(
        &self,
        name: &ProjectName,
        project: &Project,
        version: &Version,
        range: &Set,
    ) {
        let wheels = self.ahead.borrow_mut().note(name, project, version, range);
        if !wheels.is_empty() {
            self.provider.prefetch(&wheels);
        }
    }

    /// What was found out about a version, if it was asked for.
    pub(crate) fn loaded(&self, name: &ProjectName, version: &Version) -> Option<Loaded> {
        let key = (name.clone(), version.clone());
        self.metadata.borrow().get(&key).cloned()
    }

    fn read(
        &self,
        name: &ProjectName,
        candidate: &Candidate,
    ) -> Result<Result<Vec<Arc<Metadata>>, Reason>, ProviderError> {
        let options = self.problem.request.options;
        let mut read: Vec<Arc<Metadata>> = Vec::new();
        if candidate.is_built() && self.has_tried_enough(name) {
            return Ok(Err(Reason::NotLookedInto));
        }
        for (index, file) in candidate.files.iter().enumerate() {
            let earlier = candidate.files[..index]
                .iter()
                .position(|other| Arc::ptr_eq(other, file));
            let metadata = match earlier {
                Some(earlier) => Arc::clone(&read[earlier]),
                None => match metadata_as_needed(self.provider, file, options) {
                    Ok(metadata) => override_metadata(&metadata, &options.overrides),
                    Err(ProviderError::Unusable { reason }) => {
                        return Ok(Err(Reason::Metadata(reason)));
                    }
                    Err(ProviderError::NeedsBuild { reason }) => {
                        self.tried(name);
                        return Ok(Err(Reason::NeedsBuild(reason)));
                    }
                    Err(failed) => return Err(failed),
                },
            };
            if let Some(reason) = self.refuses(name, candidate, index, &metadata) {
                return Ok(Err(reason));
            }
            read.push(metadata);
        }
        Ok(Ok(read))
    }

    /// Sdists are fetched whole only to learn what they require; where that is not known of a few
    /// versions, older ones hardly tell more.
    fn has_tried_enough(&self, name: &ProjectName) -> bool {
        let tried = self.needing_builds.borrow();
        tried
            .get(name)
            .is_some_and(|tries| *tries >= MOST_NEEDING_BUILDS)
    }

    fn tried(&self, name: &ProjectName) {
        let mut tried = self.needing_builds.borrow_mut();
        *tried.entry(name.clone()).or_default() += 1;
    }

    fn refuses(
        &self,
        name: &ProjectName,
        candidate: &Candidate,
        member: usize,
        metadata: &Metadata,
    ) -> Option<Reason> {
        if metadata.name != *name || metadata.version != candidate.version {
            return Some(Reason::Metadata(format!(
                "its METADATA says that it is {} {}",
                metadata.name, metadata.version
            )));
        }
        let requires_python = metadata.requires_python.as_ref()?;
        let target = &self.problem.class().members[member];
        if self.problem.request.options.ignore_requires_python || target.satisfies(requires_python)
        {
            return None;
        }
        Some(Reason::RequiresPython {
            requires_python: requires_python.to_string(),
            target: target.name.clone(),
            later_patch: crate::warnings::later_patch_would_do(target, requires_python),
        })
    }
}
