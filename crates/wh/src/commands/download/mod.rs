//! `wh download`: arguments -> requirements -> targets, in classes -> a resolution for each class
//! -> one lock -> files, each checked -> the lock's self-check -> the lock, written last.

mod early;
mod hashes;
mod summary;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::thread;

use wh_index::download::{DownloadOptions, Downloads, Fetched, unlocked, write_lock};
use wh_index::{CrawlRequest, Index};
use wh_packaging::class::TargetClass;
use wh_packaging::{
    DistributionFile, Event, Hashes, Lock, ProjectName, Root, Truth, Warning, marker,
};
use wh_resolver::lock::{Asked, fill, lock_of};
use wh_resolver::self_check::{SelfCheck, self_check};
use wh_resolver::{Options, Provider, Request, Resolution, ResolveError, resolve};

use super::file_options::FileOptions;
use super::remote::Remote;
use super::requirements::{self, Wanted, project_names};
use super::{sources, targets};
use crate::arguments::{ChoosingArgs, DownloadArgs};
use crate::context::Context;
use crate::failure::{Failure, Status};

/// All that a run is about, once the arguments are understood.
struct Run<'a> {
    args: &'a DownloadArgs,
    context: &'a Context,
    wanted: Wanted,
    classes: Vec<TargetClass>,
    options: Options,
    index: Index,
}

/// Fetches everything.
pub fn run(args: &DownloadArgs, context: &Context) -> Result<Status, Failure> {
    let access = sources::settings(&args.index, &FileOptions::default(), context)?;
    let remote = Remote::new(access, context.reporter());
    let wanted = requirements::gather(&args.wanted, Some(&remote), context)?;
    if wanted.roots.is_empty() {
        return Err(Failure::malformed_because(
            "nothing to download: no requirement was given",
            "name one, or a file with -r: `wh download -r requirements.txt`; or write `requirements = [...]` into wh.toml (`wh init` makes one)",
        ));
    }
    let classes = targets::selected(&args.targets, context)?;
    say_left_out(&wanted.roots, &classes, context);
    let options = options(&args.choosing, &wanted)?;
    let settings = sources::settings(&args.index, &wanted.options, context)?;
    let index = Index::new(settings, context.reporter())?;
    Run {
        args,
        context,
        wanted,
        classes,
        options,
        index,
    }
    .run()
}

/// Says which requirements hold for no target.
fn say_left_out(roots: &[Root], classes: &[TargetClass], context: &Context) {
    let left_out: Vec<String> = roots
        .iter()
        .filter(|root| !classes.iter().any(|class| concerns(root, class)))
        .map(|root| format!("{} ({})", root.requirement.name, root.origin))
        .collect();
    if !left_out.is_empty() {
        context.terminal.note(&format!(
            "Left out, since their markers hold for no target: {}",
            left_out.join(", ")
        ));
    }
}

/// Whether a requirement holds for some member of a class, or at a later patch release of one.
fn concerns(root: &Root, class: &TargetClass) -> bool {
    let marker = &root.requirement.marker;
    class.members.iter().any(|target| {
        let values = &target.markers;
        marker::evaluate(marker, values, &[]) != Truth::False
            || !target.exact && marker::evaluate_every_patch(marker, values, &[]) != Truth::False
    })
}

fn options(choosing: &ChoosingArgs, wanted: &Wanted) -> Result<Options, Failure> {
    Ok(Options {
        pre: choosing.pre || wanted.options.pre,
        no_deps: choosing.no_deps,
        ignore_requires_python: choosing.ignore_requires_python,
        exclude: project_names(&choosing.exclude)?.into_iter().collect(),
        ..Options::default()
    })
}

impl Run<'_> {
    fn run(&self) -> Result<Status, Failure> {
        let folder = self.context.absolute(&self.args.dest);
        hashes::all_given(self.args.choosing.require_hashes, &self.wanted)?;
        if self.args.dry_run {
            let resolutions = self.resolve()?;
            hashes::all_named(
                self.args.choosing.require_hashes,
                &self.wanted,
                &resolutions,
            )?;
            let options = self.download_options();
            let chosen = self.summary(&resolutions);
            return summary::dry_run(chosen, &folder, &options, self.args, self.context);
        }
        let (client, reporter) = (self.index.client().clone(), self.context.reporter());
        let downloads = Downloads::new(client, &folder, self.download_options(), reporter);
        let resolutions = self.resolve_while_fetching(&downloads)?;
        hashes::all_named(
            self.args.choosing.require_hashes,
            &self.wanted,
            &resolutions,
        )?;
        let fetched = downloads.finish(&files(&resolutions))?;
        let lock = self.lock(&resolutions, &fetched, &folder)?;
        summary::done(
            self.summary(&resolutions),
            &fetched,
            &lock,
            self.args,
            self.context,
        )
    }

    fn download_options(&self) -> DownloadOptions {
        let mut hashes: BTreeMap<ProjectName, Vec<Hashes>> = BTreeMap::new();
        for root in self
            .wanted
            .roots
            .iter()
            .filter(|root| !root.hashes.is_empty())
        {
            hashes
                .entry(root.requirement.name.clone())
                .or_default()
                .extend(root.hashes.clone());
        }
        DownloadOptions {
            jobs: self.args.index.jobs,
            keep_going: false,
            hashes,
        }
    }

    /// Resolves; what is pinned is fetched meanwhile.
    fn resolve_while_fetching(&self, downloads: &Downloads) -> Result<Vec<Resolution>, Failure> {
        thread::scope(|scope| {
            scope.spawn(|| early::start(&self.wanted.roots, &self.classes, &self.index, downloads));
            self.resolve()
        })
    }

    /// A resolution for each class, side by side over one client.
    fn resolve(&self) -> Result<Vec<Resolution>, Failure> {
        // fetches ahead what the solvers will most likely ask for, until they are done
        let crawl = self.index.crawl(self.crawl_request());
        let outcomes: Vec<Result<Resolution, Failure>> = thread::scope(|scope| {
            let running: Vec<_> = self
                .classes
                .iter()
                .map(|class| scope.spawn(move || self.resolve_class(class)))
                .collect();
            running
                .into_iter()
                .map(|thread| match thread.join() {
                    Ok(outcome) => outcome,
                    Err(panic) => std::panic::resume_unwind(panic),
                })
                .collect()
        });
        drop(crawl);
        let mut resolutions = Vec::new();
        let mut failures = Vec::new();
        for outcome in outcomes {
            match outcome {
                Ok(resolution) => resolutions.push(resolution),
                Err(failure) => failures.push(failure),
            }
        }
        match failures.len() {
            0 => Ok(resolutions),
            1 => Err(failures.remove(0)),
            _ => Err(Failure::Several(failures)),
        }
    }

    fn crawl_request(&self) -> CrawlRequest {
        CrawlRequest {
            classes: self.classes.clone(),
            requirements: self.wanted.roots.clone(),
            constraints: self.wanted.constraints.clone(),
            options: self.options.clone(),
        }
    }

    fn resolve_class(&self, class: &TargetClass) -> Result<Resolution, Failure> {
        let targets = class.names();
        let terminal = &self.context.terminal;
        terminal.event(Event::ResolveStarted { targets: &targets });
        let request = Request {
            class,
            requirements: &self.wanted.roots,
            constraints: &self.wanted.constraints,
            options: &self.options,
        };
        let resolution = resolve(&request, &self.index)?;
        terminal.event(Event::ResolveFinished {
            targets: &targets,
            distributions: resolution.chosen.len(),
        });
        for warning in &resolution.warnings {
            terminal.event(Event::Warning {
                warning: warning.clone(),
            });
        }
        Ok(resolution)
    }

    /// Makes the lock, holds it against the resolution, and writes it.
    fn lock(
        &self,
        resolutions: &[Resolution],
        fetched: &Fetched,
        folder: &Path,
    ) -> Result<Lock, Failure> {
        let pairs: Vec<(&TargetClass, &Resolution)> =
            self.classes.iter().zip(resolutions).collect();
        let asked = Asked {
            requirements: &self.wanted.roots,
            constraints: &self.wanted.constraints,
            options: &self.options,
            statuses: &self.statuses(resolutions)?,
        };
        let mut lock = lock_of(&pairs, &asked);
        fill(&mut lock, &fetched.facts());
        let check = SelfCheck {
            classes: &pairs,
            requirements: &self.wanted.roots,
            options: &self.options,
            provider: &self.index,
        };
        let text = lock.to_toml();
        self_check(&text, &check)?;
        let name = match &self.args.lock_name {
            Some(name) => format!("pylock.{name}.toml"),
            None => "pylock.toml".to_owned(),
        };
        write_lock(folder, &name, &text)?;
        self.say_unlocked(folder)?;
        Ok(lock)
    }

    /// Names the files of the folder that travel for nothing.
    fn say_unlocked(&self, folder: &Path) -> Result<(), Failure> {
        let files = unlocked(folder)?;
        if !files.is_empty() {
            let warning = Warning::UnlockedFiles { files };
            self.context.terminal.event(Event::Warning { warning });
        }
        Ok(())
    }

    /// The status of chosen projects that are not active (PEP 792); their pages are known by now.
    fn statuses(
        &self,
        resolutions: &[Resolution],
    ) -> Result<BTreeMap<ProjectName, String>, Failure> {
        let mut statuses = BTreeMap::new();
        for (name, chosen) in resolutions.iter().flat_map(|resolution| &resolution.chosen) {
            if chosen.direct.is_some() {
                continue;
            }
            let files = self.index.files(name).map_err(ResolveError::from)?;
            if let Some((status, _)) = &files.status {
                statuses.insert(name.clone(), status.clone());
            }
        }
        Ok(statuses)
    }

    fn summary<'b>(&'b self, resolutions: &'b [Resolution]) -> summary::Chosen<'b> {
        summary::Chosen {
            classes: &self.classes,
            resolutions,
        }
    }
}

/// All chosen files of all classes, each once, by name.
fn files(resolutions: &[Resolution]) -> Vec<Arc<DistributionFile>> {
    let mut files: Vec<Arc<DistributionFile>> = resolutions
        .iter()
        .flat_map(|resolution| resolution.chosen.values())
        .flat_map(|chosen| chosen.wheels.iter().cloned())
        .collect();
    files.sort_by(|a, b| (&a.name, &a.url).cmp(&(&b.name, &b.url)));
    files.dedup_by(|a, b| a.name == b.name && a.url == b.url);
    files
}
