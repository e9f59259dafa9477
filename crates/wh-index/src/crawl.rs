//! Fetching ahead of the solvers, so that the line is never idle.
//!
//! From the roots on, the crawler fetches pages, takes the candidate that a solver would most
//! likely take, fetches its METADATA and goes on with what that requires, for every class of
//! targets. It changes no answer: it only asks the same memo earlier. Its errors stay in the memo
//! for whoever asks; a guess that was wrong costs a request. The solvers' own requests never wait
//! behind it, because only the crawler's are counted.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::future::BoxFuture;
use pep508_rs::VersionOrUrl;
use tokio::sync::{OnceCell, Semaphore};
use wh_packaging::marker::evaluate;
use wh_packaging::{
    DistributionFile, ExtraName, ProjectName, Requirement, Root, TargetClass, Truth, Version,
    VersionSpecifiers,
};
use wh_resolver::{
    Candidate, Options, Sought, admits, candidates, likely_candidate, override_metadata,
};

use crate::index::{Index, Inner};

/// What the crawler starts from: what the solvers are going to be asked.
#[derive(Debug, Clone)]
pub struct CrawlRequest {
    /// For whom.
    pub classes: Vec<TargetClass>,
    /// What is asked for.
    pub requirements: Vec<Root>,
    /// What must hold besides.
    pub constraints: Vec<Root>,
    /// How the solvers choose.
    pub options: Options,
}

/// A crawler at work; dropped, it starts nothing more.
#[must_use = "the crawler stops when this is dropped"]
pub struct Crawl {
    crawler: Arc<Crawler>,
}

impl Crawl {
    /// Goes on until nothing more can be asked for. Blocks.
    pub fn finish(self) {
        let client = Arc::clone(&self.crawler.index.client);
        client.block_on(async {
            // every task holds the crawler
            while Arc::strong_count(&self.crawler) > 1 {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        });
    }
}

impl Drop for Crawl {
    fn drop(&mut self) {
        self.crawler.gate.close();
    }
}

impl Index {
    /// Begins to fetch what resolving will most likely ask for.
    pub fn crawl(&self, request: CrawlRequest) -> Crawl {
        let crawler = Arc::new(Crawler::new(Arc::clone(&self.inner), request));
        for class in 0..crawler.classes.len() {
            for root in 0..crawler.roots.len() {
                let requirement = crawler.roots[root].requirement.clone();
                crawler.follow(class, &requirement, &[]);
            }
        }
        Crawl { crawler }
    }
}

struct Crawler {
    index: Arc<Inner>,
    classes: Vec<TargetClass>,
    roots: Vec<Root>,
    constraints: HashMap<ProjectName, Vec<VersionSpecifiers>>,
    options: Options,
    gate: Semaphore,
    known: Mutex<HashMap<(usize, ProjectName), Known>>,
}

/// What is known of a project for one class.
#[derive(Default)]
struct Known {
    specifiers: Vec<VersionSpecifiers>,
    extras: BTreeSet<ExtraName>,
    candidates: Arc<OnceCell<Vec<Candidate>>>,
    expanded: HashSet<(Version, BTreeSet<ExtraName>)>,
}

impl Crawler {
    fn new(index: Arc<Inner>, request: CrawlRequest) -> Self {
        let mut constraints: HashMap<ProjectName, Vec<VersionSpecifiers>> = HashMap::new();
        for root in &request.constraints {
            if let Some(VersionOrUrl::VersionSpecifier(specifiers)) =
                &root.requirement.version_or_url
            {
                let name = root.requirement.name.clone();
                constraints
                    .entry(name)
                    .or_default()
                    .push(specifiers.clone());
            }
        }
        Self {
            gate: Semaphore::new(index.jobs),
            index,
            classes: request.classes,
            roots: request.requirements,
            constraints,
            options: request.options,
            known: Mutex::default(),
        }
    }

    /// Goes on with a requirement, if the class has use for it and it says something new.
    fn follow(self: &Arc<Self>, class: usize, requirement: &Requirement, extras: &[ExtraName]) {
        if self.gate.is_closed() || self.options.exclude.contains(&requirement.name) {
            return;
        }
        let counts = self.classes[class]
            .members
            .iter()
            .any(|member| evaluate(&requirement.marker, &member.markers, extras) != Truth::False);
        if !counts || !self.note(class, requirement) {
            return;
        }
        let task = Arc::clone(self).visit(class, requirement.name.clone());
        self.index.client.handle().spawn(task);
    }

    /// Keeps what a requirement says; whether any of it is new.
    fn note(&self, class: usize, requirement: &Requirement) -> bool {
        let specifiers = match &requirement.version_or_url {
            // the file itself is asked for, not the project's page
            Some(VersionOrUrl::Url(_)) => return false,
            Some(VersionOrUrl::VersionSpecifier(specifiers)) => Some(specifiers),
            None => None,
        };
        let mut all = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (class, requirement.name.clone());
        let mut new = !all.contains_key(&key);
        let known = all.entry(key).or_default();
        for extra in &requirement.extras {
            new |= known.extras.insert(extra.clone());
        }
        if let Some(specifiers) = specifiers
            && !known.specifiers.contains(specifiers)
        {
            known.specifiers.push(specifiers.clone());
            new = true;
        }
        new
    }

    // boxed, because a visit starts others
    fn visit(self: Arc<Self>, class: usize, project: ProjectName) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            let Some(candidates) = self.candidates(class, &project).await else {
                return;
            };
            let Some((wheels, extras)) = self.pick(class, &project, &candidates) else {
                return;
            };
            let extras: Vec<ExtraName> = extras.into_iter().collect();
            for wheel in wheels {
                let Ok(permit) = self.gate.acquire().await else {
                    return;
                };
                let metadata = self.index.metadata(&wheel).await;
                drop(permit);
                let Ok(metadata) = metadata else { continue };
                let metadata = override_metadata(&metadata, &self.options.overrides);
                if self.options.no_deps {
                    continue;
                }
                for requirement in &metadata.requires_dist {
                    self.follow(class, requirement, &extras);
                }
            }
        })
    }

    /// The project's candidates for a class, worked out once.
    async fn candidates(
        &self,
        class: usize,
        project: &ProjectName,
    ) -> Option<Arc<OnceCell<Vec<Candidate>>>> {
        let cell = {
            let mut all = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            let known = all.entry((class, project.clone())).or_default();
            Arc::clone(&known.candidates)
        };
        if cell.initialized() {
            return Some(cell);
        }
        let permit = self.gate.acquire().await.ok()?;
        let files = self.index.files(project).await;
        drop(permit);
        let files = files.ok()?;
        let work_out =
            || async { candidates(project, &files, &self.classes[class], &self.options) };
        cell.get_or_init(work_out).await;
        Some(cell)
    }

    /// The candidate that the solver will most likely take.
    fn likely<'c>(
        &self,
        project: &ProjectName,
        candidates: &'c [Candidate],
        specifiers: &[&VersionSpecifiers],
    ) -> Option<&'c Candidate> {
        let preferred = self.options.preferences.get(project).into_iter().flatten();
        let admitted = |version: &&Version| specifiers.iter().all(|one| admits(one, version));
        let preferred = preferred.filter(admitted).find_map(|version| {
            let mut all = candidates.iter();
            all.find(|one| one.version == *version)
        });
        if preferred.is_some() {
            return preferred;
        }
        let lowest = match self.options.sought {
            Sought::Highest => false,
            Sought::Lowest => true,
            Sought::LowestDirect => {
                let mut roots = self.roots.iter();
                roots.any(|root| root.requirement.name == *project)
            }
        };
        match lowest {
            true => likely_candidate(candidates.iter().rev(), specifiers, &self.options),
            false => likely_candidate(candidates, specifiers, &self.options),
        }
    }

    /// The wheels of the likely candidate, each once, with the extras to follow; `None` where
    /// there is none, or it was followed already.
    fn pick(
        &self,
        class: usize,
        project: &ProjectName,
        candidates: &OnceCell<Vec<Candidate>>,
    ) -> Option<(Vec<Arc<DistributionFile>>, BTreeSet<ExtraName>)> {
        let mut all = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let known = all.get_mut(&(class, project.clone()))?;
        let constraints = self.constraints.get(project).into_iter().flatten();
        let specifiers: Vec<&VersionSpecifiers> =
            known.specifiers.iter().chain(constraints).collect();
        let likely = self.likely(project, candidates.get()?, &specifiers)?;
        let key = (likely.version.clone(), known.extras.clone());
        if !known.expanded.insert(key) {
            return None;
        }
        let mut wheels: Vec<Arc<DistributionFile>> = Vec::new();
        for wheel in &likely.files {
            if !wheels.iter().any(|other| other.url == wheel.url) {
                wheels.push(Arc::clone(wheel));
            }
        }
        Some((wheels, known.extras.clone()))
    }
}
