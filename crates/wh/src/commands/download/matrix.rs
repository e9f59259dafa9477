//! The matrix: every class of targets resolved side by side over one client, and what each one
//! gets and goes without.
//!
//! A class that has no solution is looked at member by member, so that what is said names the
//! targets that go without, and no others. With `--keep-going` a target that cannot have everything
//! gets what is left without the requirements that cannot be met.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use wh_index::CrawlRequest;
use wh_index::download::DownloadError;
use wh_packaging::class::{TargetClass, alone};
use wh_packaging::{DistributionFile, Event, ProjectName, Root, Version, Warning};
use wh_resolver::agree::{Resolved, preferences, variety};
use wh_resolver::builds::BuildTree;
use wh_resolver::{Options, Request, Resolution, ResolveError, resolve};

use super::Run;
use super::missing::{self, Missing};
use crate::commands::side_by_side;
use crate::failure::{Failure, with_causes};

/// How often `--agree` looks for versions that more targets share.
const ROUNDS: usize = 4;

type Preferences = BTreeMap<ProjectName, Vec<Version>>;

/// What one class of targets gets.
pub struct Served {
    /// For whom.
    pub class: TargetClass,
    /// What was chosen; empty where nothing can be.
    pub resolution: Resolution,
    /// What the sdists among it need to be built.
    pub builds: Vec<BuildTree>,
    /// What each member goes without.
    pub missing: Vec<Missing>,
    /// Projects that were asked for and had to be left out for the rest to be chosen.
    left_out: BTreeSet<ProjectName>,
}

impl Served {
    fn new(class: TargetClass, resolution: Resolution) -> Self {
        Self {
            class,
            resolution,
            builds: Vec::new(),
            missing: Vec::new(),
            left_out: BTreeSet::new(),
        }
    }

    /// Whether it gets all that was asked for.
    pub fn is_complete(&self) -> bool {
        self.missing.is_empty()
    }

    /// All its files, those that builds need too.
    pub fn files(&self) -> impl Iterator<Item = &Arc<DistributionFile>> {
        let chosen = self.resolution.chosen.values();
        let building = self.builds.iter().flat_map(BuildTree::files);
        chosen.flat_map(|chosen| &chosen.files).chain(building)
    }

    /// The builds of a member of the class.
    pub fn builds_of(&self, member: usize) -> impl Iterator<Item = &BuildTree> {
        let target = &self.class.members[member].name;
        let builds = self.builds.iter();
        builds.filter(move |tree| tree.target.name == *target)
    }

    /// What a member of the class goes without.
    pub fn missing_of(&self, member: usize) -> impl Iterator<Item = &Missing> {
        let concerned = move |missing: &&Missing| missing.member.is_none_or(|one| one == member);
        self.missing.iter().filter(concerned)
    }
}

/// What all targets get.
#[derive(Default)]
pub struct Matrix {
    /// In the order in which targets were named.
    pub served: Vec<Served>,
    /// Why some do not get everything.
    pub failures: Vec<Failure>,
}

impl Matrix {
    /// What was chosen, class by class.
    pub fn resolutions(&self) -> impl Iterator<Item = &Resolution> {
        self.served.iter().map(|served| &served.resolution)
    }

    /// The failures as one.
    pub fn failure(mut self) -> Failure {
        match self.failures.len() {
            1 => self.failures.remove(0),
            _ => Failure::Several(self.failures),
        }
    }

    /// Files that could not be had are missing to everybody who was to get them.
    pub fn without(&mut self, failed: BTreeMap<String, DownloadError>) {
        for served in &mut self.served {
            for (project, chosen) in &served.resolution.chosen {
                for (member, file) in chosen.files.iter().enumerate() {
                    if let Some(error) = failed.get(&file.name) {
                        served.missing.push(Missing {
                            requirement: format!("{project}=={}", chosen.version),
                            requested_by: chosen.requested_by.clone(),
                            reason: with_causes(error),
                            member: Some(member),
                        });
                    }
                }
            }
            let building = served.builds.iter().flat_map(|tree| {
                let files = tree.files().map(|file| file.name.as_str());
                files.map(move |name| (tree, name))
            });
            for (tree, name) in building {
                if let Some(error) = failed.get(name) {
                    let mut members = served.class.members.iter();
                    served.missing.push(Missing {
                        requirement: name.to_owned(),
                        requested_by: tree.requested_by.clone(),
                        reason: with_causes(error),
                        member: members.position(|one| one.name == tree.target.name),
                    });
                }
            }
        }
        let failures = failed.into_values().map(Failure::Download);
        self.failures.extend(failures);
    }

    fn add(&mut self, part: Matrix) {
        self.served.extend(part.served);
        self.failures.extend(part.failures);
    }
}

impl Run<'_> {
    /// Every class, side by side.
    pub(super) fn resolve_all(&self) -> Result<Matrix, Failure> {
        let terminal = &self.context.terminal;
        terminal.event(Event::ResolvePlanned {
            targets: self.classes.iter().map(|class| class.members.len()).sum(),
            classes: self.classes.len(),
        });
        // fetches ahead what the solvers will most likely ask for, until they are done
        let crawl = self.index.crawl(CrawlRequest {
            classes: self.classes.clone(),
            requirements: self.wanted.roots.clone(),
            constraints: self.wanted.constraints.clone(),
            options: Options {
                preferences: self.preferred_by_first(),
                ..self.options.clone()
            },
        });
        let mut matrix = Matrix::default();
        for part in side_by_side(&self.classes, |class| self.serve(class)) {
            matrix.add(part);
        }
        if self.context.offline && !matrix.failures.is_empty() {
            // to name all that is missing
            crawl.finish();
        } else {
            drop(crawl);
        }
        if self.args.choosing.agree {
            self.agree(&mut matrix.served)?;
        }
        self.say_warnings(&matrix);
        self.say_there(&matrix);
        match self.way_in {
            Some(_) if self.args.dry_run => {}
            Some(way_in) => self.build_chosen(way_in, &mut matrix),
            None => self.add_builds(&mut matrix),
        }
        Ok(matrix)
    }

    fn serve(&self, class: &TargetClass) -> Matrix {
        let targets = class.names();
        let terminal = &self.context.terminal;
        terminal.event(Event::ResolveStarted { targets: &targets });
        let part = match self.choose(class, &self.wanted.roots, &Preferences::new()) {
            Ok(resolution) => {
                terminal.event(Event::ResolveFinished {
                    targets: &targets,
                    distributions: resolution.chosen.len(),
                });
                return Matrix {
                    served: vec![Served::new(class.clone(), resolution)],
                    failures: Vec::new(),
                };
            }
            Err(ResolveError::NoSolution(_)) if class.members.len() > 1 => {
                self.serve_members(class)
            }
            Err(error) => self.serve_in_part(class.clone(), error),
        };
        terminal.event(Event::ResolveFailed { targets: &targets });
        part
    }

    /// Each member of a class that has no solution together, by itself.
    fn serve_members(&self, class: &TargetClass) -> Matrix {
        let mut matrix = Matrix::default();
        for member in alone(class.members.clone()) {
            match self.choose(&member, &self.wanted.roots, &Preferences::new()) {
                Ok(resolution) => matrix.served.push(Served::new(member, resolution)),
                Err(error) => matrix.add(self.serve_in_part(member, error)),
            }
        }
        if !matrix.failures.is_empty() {
            return matrix;
        }
        // each can be served, but not all by one choice
        if let Err(error) = self.choose(class, &self.wanted.roots, &Preferences::new()) {
            let mut all = missing::of(&error);
            for one in &mut all {
                one.reason = format!(
                    "no version of it serves {}, which one lock cannot tell apart",
                    class.names().join(" and ")
                );
            }
            for served in &mut matrix.served {
                served.missing.clone_from(&all);
            }
            matrix.failures.push(Failure::NotTogether { error });
        }
        matrix
    }

    /// What a target gets without the requirements that cannot be met; with them, nothing.
    fn serve_in_part(&self, class: TargetClass, error: ResolveError) -> Matrix {
        let mut served = Served::new(class, Resolution::default());
        let mut failures = Vec::new();
        let mut roots = self.wanted.roots.clone();
        let mut error = error;
        loop {
            served.missing.extend(missing::of(&error));
            let culprit = missing::root(&error, &roots).filter(|_| self.args.keep_going);
            failures.push(Failure::Resolve(error));
            let Some(culprit) = culprit else { break };
            roots.retain(|root| root.requirement.name != culprit);
            served.left_out.insert(culprit);
            match self.choose(&served.class, &roots, &Preferences::new()) {
                Ok(resolution) => {
                    served.resolution = resolution;
                    break;
                }
                Err(next) => error = next,
            }
        }
        Matrix {
            served: vec![served],
            failures,
        }
    }

    fn choose(
        &self,
        class: &TargetClass,
        roots: &[Root],
        preferences: &Preferences,
    ) -> Result<Resolution, ResolveError> {
        let mut options: Options = self.options.clone();
        let there = self.baseline.of(class);
        let at_first = there
            .iter()
            .map(|(name, version)| (name.clone(), vec![version.clone()]));
        options.preferences.extend(at_first);
        for (name, versions) in preferences {
            let known = options.preferences.entry(name.clone()).or_default();
            known.extend(versions.iter().cloned());
        }
        let request = Request {
            class,
            requirements: roots,
            constraints: &self.wanted.constraints,
            options: &options,
        };
        let mut resolution = resolve(&request, self.provider())?;
        resolution.leave_out(&there);
        Ok(resolution)
    }

    /// Versions that targets share, as long as that makes fewer of them.
    fn agree(&self, served: &mut [Served]) -> Result<(), Failure> {
        let mut preferred = Preferences::new();
        for _ in 0..ROUNDS {
            let resolved: Vec<Resolved<'_>> = served
                .iter()
                .map(|one| (&one.class, &one.resolution))
                .collect();
            let different = preferences(&resolved, &self.options, self.provider())
                .map_err(ResolveError::from)?;
            if different.is_empty() {
                break;
            }
            preferred.extend(different);
            let again = side_by_side(served, |one| {
                let mut roots = self.wanted.roots.clone();
                roots.retain(|root| !one.left_out.contains(&root.requirement.name));
                self.choose(&one.class, &roots, &preferred)
            });
            let again: Vec<Resolution> = again.into_iter().collect::<Result<_, _>>()?;
            let now: Vec<&Resolution> = served.iter().map(|one| &one.resolution).collect();
            if variety(&again.iter().collect::<Vec<_>>()) >= variety(&now) {
                break;
            }
            for (one, resolution) in served.iter_mut().zip(again) {
                // a target that gets nothing has nothing to agree on
                if !one.resolution.chosen.is_empty() {
                    one.resolution = resolution;
                }
            }
        }
        Ok(())
    }

    /// What the first class has already: enough for a guess.
    fn preferred_by_first(&self) -> Preferences {
        let there = self.classes.first().map(|class| self.baseline.of(class));
        let there = there.unwrap_or_default().into_iter();
        there.map(|(name, version)| (name, vec![version])).collect()
    }

    /// Says what does not travel because it is there already.
    fn say_there(&self, matrix: &Matrix) {
        let there: BTreeSet<String> = matrix
            .resolutions()
            .flat_map(|one| &one.baseline)
            .map(|(name, version)| format!("{name}=={version}"))
            .collect();
        if !there.is_empty() {
            let there: Vec<String> = there.into_iter().collect();
            self.context.terminal.note(&format!(
                "Left out, since it is there already (--baseline): {}",
                there.join(", ")
            ));
        }
    }

    /// The warnings of all classes, each once.
    fn say_warnings(&self, matrix: &Matrix) {
        let mut said: Vec<&Warning> = Vec::new();
        for warning in matrix.resolutions().flat_map(|one| &one.warnings) {
            if !said.contains(&warning) {
                said.push(warning);
                self.context.terminal.event(Event::Warning {
                    warning: warning.clone(),
                });
            }
        }
    }
}
