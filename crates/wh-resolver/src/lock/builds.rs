//! What a lock says of building: each sdist with what it needs, the files of that, and whether
//! nothing is missing among them.
//!
//! The files stand in `[[tool.wh.build-packages]]`, which no reader of PEP 751 installs from; they
//! lie in the folder like all others, where `--find-links` finds them.

use std::collections::BTreeMap;
use std::sync::Arc;

use pep508_rs::VersionOrUrl;
use wh_packaging::lock::{Lock, LockBuild, LockedFile, LockedPackage};
use wh_packaging::requirement::{display, parse};
use wh_packaging::{
    DistributionFile, Metadata, ProjectName, Requirement, Root, Target, Version, WheelFilename,
};

use super::files::{index_of, locked_files};
use crate::builds::BuildTree;
use crate::closure::{Met, Unmet, Walk, walk};
use crate::request::Options;
use crate::specifiers::admits;

/// Writes down what sdists need to be built.
pub fn add_builds(lock: &mut Lock, trees: &[&BuildTree]) {
    let Some(tool) = &mut lock.tool else { return };
    let mut builds: BTreeMap<LockBuild, Vec<String>> = BTreeMap::new();
    let mut packages: BTreeMap<(&ProjectName, &Version), Vec<&Arc<DistributionFile>>> =
        BTreeMap::new();
    for tree in trees {
        let mut files = Vec::new();
        for (name, chosen) in &tree.resolution.chosen {
            files.extend(chosen.files.iter().map(|file| file.name.clone()));
            let of_package = packages.entry((name, &chosen.version)).or_default();
            of_package.extend(&chosen.files);
        }
        let build = LockBuild {
            sdist: tree.sdist.name.clone(),
            backend: tree.system.backend.clone(),
            requires: tree.requires.iter().map(display).collect(),
            files,
            targets: Vec::new(),
        };
        let targets = builds.entry(build).or_default();
        targets.push(tree.target.name.clone());
    }
    for (mut build, mut targets) in builds {
        targets.sort();
        build.targets = targets;
        tool.builds.push(build);
    }
    for ((name, version), files) in packages {
        let (wheels, sdists) = locked_files(files.iter().copied());
        let mut package = LockedPackage::new(name.clone(), Some(version.clone()));
        package.index = index_of(files.into_iter());
        package.wheels = wheels;
        package.sdist = sdists.into_iter().next();
        tool.build_packages.push(package);
    }
}

/// Reads the metadata of a lock's file, or says why it is of no use.
pub type MetadataOf<'f> = dyn Fn(&LockedPackage, &LockedFile) -> Result<Arc<Metadata>, String> + 'f;

/// What a build needs on a target and its files do not bring.
pub fn unmet_by_build(
    lock: &Lock,
    build: &LockBuild,
    target: &Target,
    metadata: &MetadataOf<'_>,
) -> Vec<Unmet<String>> {
    let mut roots = Vec::new();
    let mut unmet = Vec::new();
    for text in &build.requires {
        match parse(text) {
            Ok(requirement) => roots.push(Root {
                requirement,
                origin: build.sdist.clone(),
                hashes: Vec::new(),
            }),
            Err(error) => unmet.push(Unmet {
                requirement: text.clone(),
                requested_by: Vec::new(),
                why: error.to_string(),
            }),
        }
    }
    let packages: &[LockedPackage] = lock.tool.as_ref().map_or(&[], |tool| &tool.build_packages);
    let meet = |requirement: &Requirement| {
        let (package, file) = file_for(packages, build, target, requirement)?;
        let version = package.version.clone();
        let is_wheel = file.name.parse::<WheelFilename>().is_ok();
        if !is_wheel && lock.build_of(&file.name, &target.name).is_none() {
            let name = &file.name;
            return Err(format!(
                "{name} must be built itself, and nothing says with what"
            ));
        }
        Ok(Met {
            version: version.ok_or_else(|| format!("{} has no version", package.name))?,
            metadata: metadata(package, file)?,
        })
    };
    let options = Options::default();
    let walked = walk(
        Walk {
            target,
            requirements: &roots,
            options: &options,
        },
        &meet,
    );
    unmet.extend(walked.unmet);
    unmet
}

/// The file of a build that meets a requirement on a target.
fn file_for<'l>(
    packages: &'l [LockedPackage],
    build: &LockBuild,
    target: &Target,
    requirement: &Requirement,
) -> Result<(&'l LockedPackage, &'l LockedFile), String> {
    let of_project = packages.iter().filter(|one| one.name == requirement.name);
    let admitted = of_project.filter(|one| match (&requirement.version_or_url, &one.version) {
        (Some(VersionOrUrl::VersionSpecifier(specifiers)), Some(version)) => {
            admits(specifiers, version)
        }
        (Some(VersionOrUrl::Url(_)), _) => false,
        _ => true,
    });
    let rank = |file: &LockedFile| match file.name.parse::<WheelFilename>() {
        Ok(wheel) => wheel.rank(&target.tags),
        Err(_) => Some(usize::MAX),
    };
    admitted
        .flat_map(|package| package.files().map(move |file| (package, file)))
        .filter(|(_, file)| build.files.contains(&file.name))
        .filter_map(|(package, file)| Some((rank(file)?, package, file)))
        .min_by_key(|(rank, _, _)| *rank)
        .map(|(_, package, file)| (package, file))
        .ok_or_else(|| format!("the lock has no file of {} for this", requirement.name))
}
