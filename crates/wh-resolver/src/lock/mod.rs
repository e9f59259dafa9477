//! One lock out of the resolutions of all classes of targets (PEP 751).
//!
//! Pure and deterministic. What a lock says of a project is the union of what its classes chose:
//! the same version is one entry with the wheels of all of them, another version is another entry,
//! and markers tell the entries apart. A marker stands only where not every class takes the entry,
//! and uses as few marker names as tell the classes apart.

mod builds;
mod files;
mod markers;

use std::collections::{BTreeMap, BTreeSet};

use wh_packaging::lock::{
    Lock, LockTarget, LockTool, LockedDependency, LockedPackage, LockedSource,
};
use wh_packaging::{
    Operator, ProjectName, Requirement, Root, TargetClass, Version, VersionSpecifier,
    VersionSpecifiers,
};

use crate::{Chosen, Format, Options, Resolution, Sought};

pub use builds::{MetadataOf, add_builds, unmet_by_build};
pub use files::{FileFacts, fill};

/// What was asked for, as the lock records it.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The requirements.
    pub requirements: &'a [Root],
    /// The constraints.
    pub constraints: &'a [Root],
    /// How to choose.
    pub options: &'a Options,
    /// The status of projects that are not active (PEP 792), as their index gave it.
    pub statuses: &'a BTreeMap<ProjectName, String>,
}

/// One lock for all classes.
pub fn lock_of(classes: &[(&TargetClass, &Resolution)], asked: &Asked<'_>) -> Lock {
    let projects = entries(classes);
    let mut packages = Vec::new();
    let targets: Vec<&TargetClass> = classes.iter().map(|(class, _)| *class).collect();
    for (name, entries) in &projects {
        for (entry, marker) in entries.iter().zip(markers(&targets, entries)) {
            packages.push(package(name, entry, marker, classes, &projects));
        }
    }
    packages
        .sort_by(|a, b| (&a.name, &a.version, &a.marker).cmp(&(&b.name, &b.version, &b.marker)));
    // the order of flags leaves no trace
    let mut environments: Vec<_> = targets.iter().map(|class| class.marker.clone()).collect();
    environments.sort();
    Lock {
        lock_version: "1.0".to_owned(),
        created_by: "wh".to_owned(),
        environments,
        requires_python: requires_python(classes),
        extras: Vec::new(),
        dependency_groups: Vec::new(),
        default_groups: Vec::new(),
        packages,
        tool: Some(tool(classes, asked)),
    }
}

/// One version of a project, from one place, and who chose it.
struct Entry<'a> {
    version: &'a Version,
    direct: Option<&'a url::Url>,
    chosen: Vec<(usize, &'a Chosen)>,
}

type Entries<'a> = BTreeMap<&'a ProjectName, Vec<Entry<'a>>>;

fn entries<'a>(classes: &[(&TargetClass, &'a Resolution)]) -> Entries<'a> {
    let mut projects = Entries::new();
    for (class, (_, resolution)) in classes.iter().enumerate() {
        for (name, chosen) in &resolution.chosen {
            let entries = projects.entry(name).or_default();
            let same = entries.iter_mut().find(|entry| {
                *entry.version == chosen.version && entry.direct == chosen.direct.as_ref()
            });
            match same {
                Some(entry) => entry.chosen.push((class, chosen)),
                None => entries.push(Entry {
                    version: &chosen.version,
                    direct: chosen.direct.as_ref(),
                    chosen: vec![(class, chosen)],
                }),
            }
        }
    }
    projects
}

/// The marker of each entry: which classes take it, and at which patch releases.
fn markers(classes: &[&TargetClass], entries: &[Entry<'_>]) -> Vec<Option<String>> {
    let mut parts: Vec<(usize, Option<&str>)> = Vec::new();
    let mut part_of = vec![None; classes.len()];
    for (index, entry) in entries.iter().enumerate() {
        for (class, chosen) in &entry.chosen {
            let part = (index, chosen.later_patches.as_deref());
            let known = parts.iter().position(|other| *other == part);
            part_of[*class] = known.or_else(|| {
                parts.push(part);
                Some(parts.len() - 1)
            });
        }
    }
    let of_parts = markers::markers(classes, &part_of, parts.len());
    let parts: Vec<_> = parts.iter().zip(&of_parts).collect();
    (0..entries.len())
        .map(|index| {
            let own = parts.iter().filter(|((entry, _), _)| *entry == index);
            markers::either(own.map(|((_, clause), marker)| {
                let clauses = [marker.as_deref(), *clause];
                markers::both(clauses.into_iter().flatten())
            }))
        })
        .collect()
}

fn package(
    name: &ProjectName,
    entry: &Entry<'_>,
    marker: Option<String>,
    classes: &[(&TargetClass, &Resolution)],
    projects: &Entries<'_>,
) -> LockedPackage {
    let all = || entry.chosen.iter().flat_map(|(_, chosen)| &chosen.files);
    let (mut wheels, mut sdists) = files::locked_files(all());
    let source = all().find_map(|file| file.made_from.clone());
    let archive = match entry.direct {
        // what was built here is a wheel like any other: nobody else has it at a URL
        Some(_) if source.is_some() && !wheels.is_empty() => None,
        Some(_) => wheels.drain(..).chain(sdists.drain(..)).next(),
        None => None,
    };
    LockedPackage {
        name: name.clone(),
        version: Some(entry.version.clone()),
        marker,
        requires_python: package_requires_python(entry, classes),
        index: files::index_of(all()),
        dependencies: dependencies(name, entry, classes, projects),
        wheels,
        sdist: sdists.into_iter().next(),
        archive,
        unsupported: None,
        source: source.map(|source| LockedSource::clone(&source)),
    }
}

/// What its metadata says, unless that was overridden: a reader takes a mismatch for an error.
fn package_requires_python(
    entry: &Entry<'_>,
    classes: &[(&TargetClass, &Resolution)],
) -> Option<VersionSpecifiers> {
    let (_, first) = entry.chosen.first()?;
    let specifiers = first.requires_python.as_ref()?;
    entry
        .chosen
        .iter()
        .all(|(class, chosen)| {
            chosen.requires_python.as_ref() == Some(specifiers)
                && classes[*class]
                    .0
                    .members
                    .iter()
                    .all(|target| target.satisfies(specifiers))
        })
        .then(|| specifiers.clone())
}

fn dependencies(
    name: &ProjectName,
    entry: &Entry<'_>,
    classes: &[(&TargetClass, &Resolution)],
    projects: &Entries<'_>,
) -> Vec<LockedDependency> {
    let mut all = BTreeSet::new();
    for (class, chosen) in &entry.chosen {
        for dependency in chosen.dependencies.iter().filter(|other| *other != name) {
            let Some(target) = classes[*class].1.chosen.get(dependency) else {
                continue;
            };
            let several = projects
                .get(dependency)
                .is_some_and(|entries| entries.len() > 1);
            all.insert(LockedDependency {
                name: dependency.clone(),
                version: several.then(|| target.version.clone()),
            });
        }
    }
    all.into_iter().collect()
}

/// `>=` the lowest Python of all targets.
fn requires_python(classes: &[(&TargetClass, &Resolution)]) -> Option<VersionSpecifiers> {
    let lowest = classes
        .iter()
        .flat_map(|(class, _)| &class.members)
        .min_by(|a, b| a.python.cmp(&b.python))?;
    let version = if lowest.names_patch() {
        lowest.python.clone()
    } else {
        Version::new(lowest.python.release().iter().take(2))
    };
    let specifier = VersionSpecifier::from_version(Operator::GreaterThanEqual, version).ok()?;
    Some(VersionSpecifiers::from(specifier))
}

fn tool(classes: &[(&TargetClass, &Resolution)], asked: &Asked<'_>) -> LockTool {
    let chosen = classes
        .iter()
        .flat_map(|(_, resolution)| &resolution.chosen);
    let members = classes.iter().flat_map(|(class, _)| &class.members);
    let mut targets: Vec<LockTarget> = members.map(LockTarget::of).collect();
    targets.sort_by(|a, b| a.name.cmp(&b.name));
    LockTool {
        requirements: as_asked(asked.requirements, classes),
        constraints: as_asked(asked.constraints, classes),
        no_deps: asked.options.no_deps,
        exclude: asked
            .options
            .exclude
            .iter()
            .map(ToString::to_string)
            .collect(),
        baseline: baseline(classes),
        overrides: as_asked(&asked.options.overrides, classes),
        resolution: match asked.options.sought {
            Sought::Highest => None,
            Sought::Lowest => Some("lowest".to_owned()),
            Sought::LowestDirect => Some("lowest-direct".to_owned()),
        },
        exclude_newer: asked.options.age.exclude_newer.clone(),
        exclude_newer_but: asked.options.age.exceptions.clone(),
        pre: asked.options.pre,
        only_binary: asked.options.formats.named(Format::Binary),
        no_binary: asked.options.formats.named(Format::Source),
        no_prefer_binary: asked.options.formats.sdists_equal,
        ignore_requires_python: asked.options.ignore_requires_python,
        targets,
        // see `add_builds`
        builds: Vec::new(),
        build_packages: Vec::new(),
        files: files::facts(chosen, asked.statuses),
    }
}

fn baseline(classes: &[(&TargetClass, &Resolution)]) -> Vec<String> {
    let all = classes
        .iter()
        .flat_map(|(_, resolution)| &resolution.baseline);
    let pins: BTreeSet<String> = all
        .map(|(name, version)| format!("{name}=={version}"))
        .collect();
    pins.into_iter().collect()
}

fn as_asked(roots: &[Root], classes: &[(&TargetClass, &Resolution)]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    roots
        .iter()
        .map(|root| portable(&root.requirement, classes).to_string())
        .filter(|text| seen.insert(text.clone()))
        .collect()
}

/// The requirement without credentials and without a path of this machine: what a local file or
/// folder was asked for by path is asked for by version.
fn portable(requirement: &Requirement, classes: &[(&TargetClass, &Resolution)]) -> Requirement {
    use pep508_rs::VersionOrUrl;
    let mut requirement = requirement.clone();
    requirement.version_or_url = match requirement.version_or_url {
        Some(VersionOrUrl::Url(url)) if url.scheme() == "file" => {
            let named = files::last_part(&url)
                .and_then(|name| name.parse::<wh_packaging::WheelFilename>().ok())
                .map(|wheel| wheel.version);
            let mut chosen = classes.iter().map(|(_, resolution)| &resolution.chosen);
            let chosen =
                || chosen.find_map(|all| Some(all.get(&requirement.name)?.version.clone()));
            named.or_else(chosen).map(|version| {
                let equal = VersionSpecifier::equals_version(version);
                VersionOrUrl::VersionSpecifier(equal.into())
            })
        }
        Some(VersionOrUrl::Url(url)) => Some(VersionOrUrl::Url(files::without_credentials(&url))),
        other => other,
    };
    requirement
}

#[cfg(test)]
mod tests;
