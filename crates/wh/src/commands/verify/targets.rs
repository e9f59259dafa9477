//! What is to be proven: which requirements for which targets, and from which lock.

use wh_index::wheelhouse::FolderLock;
use wh_packaging::class::{TargetClass, classes};
use wh_packaging::requirement::{Root, VersionOrUrl, parse};
use wh_packaging::{Lock, MarkerTree, Requirement, Target, VersionSpecifier};
use wh_resolver::{Formats, Options, Sought, candidates, override_roots};

use super::Run;
use super::complete::{FolderAlone, Question};
use super::files::short;
use crate::arguments::TargetSelection;
use crate::commands::format_control;
use crate::commands::targets::selected;
use crate::failure::Failure;

/// One question a lock; one for requirements that were given, or where there is no lock.
pub(super) fn questions<'a>(run: &'a Run<'_>) -> Result<Vec<Question<'a>>, Failure> {
    let given = given(&run.args.targets);
    if !run.wanted.roots.is_empty() || run.locks.is_empty() {
        let mut targets = Vec::new();
        for lock in run.locks.iter().filter(|_| !given) {
            targets.extend(of_lock(&lock.lock)?);
        }
        let mut seen = std::collections::BTreeSet::new();
        targets.retain(|target| seen.insert(target.name.clone()));
        if targets.is_empty() {
            let selected = selected(&run.args.targets, run.context)?;
            targets.extend(selected.into_iter().flat_map(|class| class.members));
        }
        // no lock has to tell them apart: each for itself
        let alone = |target| classes(vec![target]);
        let classes = targets.into_iter().flat_map(alone).collect();
        return Ok(vec![Question {
            lock: None,
            roots: (!run.wanted.roots.is_empty()).then(|| run.wanted.roots.clone()),
            constraints: run.wanted.constraints.clone(),
            options: Options {
                pre: run.wanted.options.pre,
                formats: format_control::of_files(&run.wanted.options)?,
                ..Options::default()
            },
            classes,
        }]);
    }
    run.locks
        .iter()
        .map(|lock| question(run, lock, given))
        .collect()
}

fn given(selection: &TargetSelection) -> bool {
    !selection.target.is_empty()
        || !selection.python_version.is_empty()
        || !selection.platform.is_empty()
        || !selection.abi.is_empty()
        || selection.implementation.is_some()
        || selection.python.is_some()
}

fn question<'a>(run: &Run<'_>, from: &'a FolderLock, given: bool) -> Result<Question<'a>, Failure> {
    let own = if given {
        Vec::new()
    } else {
        of_lock(&from.lock)?
    };
    let classes: Vec<TargetClass> = match own.is_empty() {
        true => selected(&run.args.targets, run.context)?,
        false => classes(own),
    };
    of(from, classes)
}

/// Whether a lock's selection is closed for these classes.
pub fn of(from: &FolderLock, classes: Vec<TargetClass>) -> Result<Question<'_>, Failure> {
    let name = short(&from.path);
    let mut options = Options::default();
    let Some(tool) = &from.lock.tool else {
        return Ok(Question {
            lock: Some(from),
            roots: None,
            constraints: Vec::new(),
            options,
            classes,
        });
    };
    options.no_deps = tool.no_deps;
    options.pre = tool.pre;
    options.formats = format_control::of_lock(tool)?;
    options.ignore_requires_python = tool.ignore_requires_python;
    // what the other side has already is not carried
    let baseline = tool.baseline.iter();
    let baseline = baseline.filter_map(|pin| Some(parse(pin).ok()?.name));
    options.exclude = tool
        .exclude
        .iter()
        .filter_map(|name| name.parse().ok())
        .chain(baseline)
        .collect();
    options.overrides = roots(&tool.overrides, &name)?;
    options.sought = match tool.resolution.as_deref() {
        Some("lowest") => Sought::Lowest,
        Some("lowest-direct") => Sought::LowestDirect,
        _ => Sought::Highest,
    };
    let asked = roots(&tool.requirements, &name)?;
    Ok(Question {
        lock: Some(from),
        roots: Some(override_roots(&asked, &options.overrides)),
        constraints: roots(&tool.constraints, &name)?,
        options,
        classes,
    })
}

/// The targets that the lock was made for; none where another tool made it.
fn of_lock(lock: &Lock) -> Result<Vec<Target>, Failure> {
    let targets = lock.tool.iter().flat_map(|tool| &tool.targets);
    Ok(targets
        .map(wh_packaging::lock::LockTarget::to_target)
        .collect::<Result<_, _>>()?)
}

fn roots(lines: &[String], lock: &str) -> Result<Vec<Root>, Failure> {
    lines
        .iter()
        .map(|line| {
            let requirement = parse(line).map_err(|error| {
                Failure::malformed(format!(
                    "{lock}: [tool.wh]: `{line}` is not a requirement: {}",
                    error.message
                ))
            })?;
            Ok(Root {
                requirement,
                origin: lock.to_owned(),
                hashes: Vec::new(),
            })
        })
        .collect()
}

/// Every project of the folder that has a file for some member: without a lock, all of it was
/// meant to be there.
pub fn everything(folder: &FolderAlone<'_>, class: &TargetClass) -> Result<Vec<Root>, Failure> {
    let mut roots = Vec::new();
    for project in &folder.house.projects() {
        let files = wh_resolver::Provider::files(folder, project)
            .map_err(wh_resolver::ResolveError::from)?;
        // what would have to be built was hardly meant as such
        let wheels = Options {
            formats: Formats::only_binary(),
            ..Options::default()
        };
        let serves = |target: &Target| {
            let alone = classes(vec![target.clone()]);
            alone
                .iter()
                .any(|one| !candidates(project, &files, one, &wheels).is_empty())
        };
        if class.members.iter().any(serves) {
            roots.push(root(project.clone(), None));
        }
    }
    Ok(roots)
}

/// What a lock of another tool installs, each by its version: it does not say what was asked for.
pub fn all_selected(lock: &Lock, target: &Target) -> Vec<Root> {
    let selected = lock.select(target).unwrap_or_default();
    selected
        .iter()
        .map(|one| {
            let version = one.package.version.clone();
            let archive = one.package.archive.is_some();
            root(one.package.name.clone(), version.filter(|_| !archive))
        })
        .collect()
}

fn root(name: wh_packaging::ProjectName, version: Option<wh_packaging::Version>) -> Root {
    let version_or_url = version.map(|version| {
        VersionOrUrl::VersionSpecifier(VersionSpecifier::equals_version(version).into())
    });
    Root {
        requirement: Requirement {
            name,
            extras: Vec::new(),
            version_or_url,
            marker: MarkerTree::TRUE,
            origin: None,
        },
        origin: "the folder".to_owned(),
        hashes: Vec::new(),
    }
}
