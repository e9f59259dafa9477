//! `wh freeze --format pylock`: the installed wheels as a lock for this environment.
//!
//! The pins are resolved over the matching wheels alone, as a download would, so that the lock is
//! made and checked by the functions that make every lock. An environment that does not meet its
//! own requirements is locked without following them, and the lock says so (`no-deps`).

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use wh_environment::{Environment, Freeze};
use wh_index::wheelhouse::Wheelhouse;
use wh_packaging::class::classes;
use wh_packaging::{
    DistributionFile, Lock, Metadata, ProjectFiles, ProjectName, Root, TargetClass, requirement,
};
use wh_resolver::lock::{Asked, FileFacts, fill, lock_of};
use wh_resolver::self_check::{SelfCheck, self_check};
use wh_resolver::{Options, Provider, ProviderError, Request, ResolveError, resolve};

use super::matching::Matches;
use crate::context::Context;
use crate::failure::Failure;

/// The installed wheels, and nothing else.
struct Installed<'a> {
    house: &'a Wheelhouse,
    files: BTreeMap<ProjectName, Vec<Arc<DistributionFile>>>,
}

impl Provider for Installed<'_> {
    fn files(&self, project: &ProjectName) -> Result<Arc<ProjectFiles>, ProviderError> {
        let files = self.files.get(project).cloned().unwrap_or_default();
        Ok(Arc::new(ProjectFiles {
            known: !files.is_empty(),
            files,
            ..ProjectFiles::default()
        }))
    }

    fn metadata(&self, file: &DistributionFile) -> Result<Arc<Metadata>, ProviderError> {
        self.house.metadata(file)
    }
}

/// The text of the lock; paths in it are relative to `folder`.
pub fn text(
    environment: &Environment,
    frozen: &Freeze,
    (house, matches): (&Wheelhouse, &Matches),
    folder: &Path,
    context: &Context,
) -> Result<String, Failure> {
    let classes = classes(vec![environment.target()?]);
    let Some(class) = classes.first() else {
        return Err(Failure::malformed("there is no target"));
    };
    let mut files: BTreeMap<ProjectName, Vec<Arc<DistributionFile>>> = BTreeMap::new();
    let mut facts = BTreeMap::new();
    let mut roots = Vec::new();
    for (distribution, found) in frozen.distributions.iter().zip(matches) {
        for one in found {
            let of_project = files
                .entry(one.file.filename.project().clone())
                .or_default();
            // the same bytes under one name in two places are one file
            if of_project.iter().all(|known| known.name != one.file.name) {
                of_project.push(Arc::clone(&one.file));
            }
            let fact = FileFacts {
                size: one.file.size.unwrap_or_default(),
                sha256: one.sha256.clone(),
                record_verified: false,
            };
            facts.entry(one.file.name.clone()).or_insert(fact);
        }
        roots.push(pin(&distribution.name, &distribution.version)?);
    }
    let places = places(&files, folder);
    let installed = Installed { house, files };
    let mut lock = lock(class, &roots, &installed, context)?;
    fill(&mut lock.0, &facts);
    for package in &mut lock.0.packages {
        for file in &mut package.wheels {
            file.path = places.get(&file.name).cloned().or(file.path.take());
        }
    }
    let text = lock.0.to_toml();
    let check = SelfCheck {
        classes: &[(class, &lock.1)],
        builds: &[],
        requirements: &roots,
        options: &lock.2,
        provider: &installed,
    };
    self_check(&text, &check)?;
    Ok(text)
}

type Locked = (Lock, wh_resolver::Resolution, Options);

fn lock(
    class: &TargetClass,
    roots: &[Root],
    installed: &Installed<'_>,
    context: &Context,
) -> Result<Locked, Failure> {
    let mut options = Options::default();
    let run = |options: &Options| {
        let request = Request {
            class,
            requirements: roots,
            constraints: &[],
            options,
        };
        resolve(&request, installed)
    };
    let resolution = match run(&options) {
        Err(ResolveError::NoSolution(no)) => {
            context.terminal.note(&format!(
                "the environment does not meet its own requirements; the lock takes it as it is (no-deps): {}",
                no.explanation.join(" ")
            ));
            options.no_deps = true;
            run(&options)?
        }
        other => other?,
    };
    let asked = Asked {
        requirements: roots,
        constraints: &[],
        options: &options,
        statuses: &BTreeMap::new(),
    };
    Ok((
        lock_of(&[(class, &resolution)], &asked),
        resolution,
        options,
    ))
}

fn pin(name: &str, version: &str) -> Result<Root, Failure> {
    let text = format!("{name}=={version}");
    let requirement = requirement::parse(&text)
        .map_err(|error| Failure::malformed(format!("`{text}`: {}", error.message)))?;
    Ok(Root {
        requirement,
        origin: "installed".to_owned(),
        hashes: Vec::new(),
    })
}

/// Where each file is, from the folder.
fn places(
    files: &BTreeMap<ProjectName, Vec<Arc<DistributionFile>>>,
    folder: &Path,
) -> BTreeMap<String, String> {
    let mut places = BTreeMap::new();
    for file in files.values().flatten() {
        let below = file
            .path
            .as_deref()
            .and_then(|path| path.strip_prefix(folder).ok());
        if let Some(below) = below {
            let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
            places.insert(file.name.clone(), parts.join("/"));
        }
    }
    places
}
