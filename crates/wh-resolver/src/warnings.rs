//! What the user should know about a solution: yanked files, a status that is not active, newer
//! versions that were passed over.

use wh_packaging::{
    Filename, ProjectName, Target, TargetClass, Version, VersionSpecifiers, Warning, WheelFilename,
};

use crate::explain::wheels_there_are;
use crate::knowledge::{Knowledge, Reason};
use crate::problem::Problem;
use crate::specifiers::{Point, Set, admits, set_of};
use crate::walk::{Node, Walk};

/// The warnings for a solution, by project.
pub(crate) fn warnings(
    problem: &Problem<'_>,
    knowledge: &Knowledge<'_>,
    walk: &Walk,
) -> Vec<Warning> {
    let mut warnings = walk.warnings.clone();
    for (name, node) in &walk.nodes {
        if let Some((status, reason)) = &node.project.files.status {
            warnings.push(Warning::ProjectStatus {
                project: name.to_string(),
                status: status.clone(),
                reason: reason.clone(),
            });
        }
        let candidate = node.project.candidate(&node.version);
        if let Some(reason) = candidate.and_then(|candidate| candidate.yanked.clone()) {
            warnings.push(Warning::Yanked {
                project: name.to_string(),
                version: node.version.to_string(),
                reason,
            });
        }
        warnings.extend(variants(node));
        if node.project.direct.is_none() && !problem.seeks_lowest(name) {
            warnings.extend(passed_over(problem, knowledge, name, node));
        }
    }
    warnings
}

/// Variants (PEP 825) of the chosen version, which might have been better and are left aside.
fn variants(node: &Node) -> Option<Warning> {
    let all = node.project.files.passed_over.iter();
    let files: Vec<String> = all
        .filter(|name| {
            let wheel = name.parse::<WheelFilename>();
            wheel.is_ok_and(|wheel| wheel.variant.is_some() && wheel.version == node.version)
        })
        .cloned()
        .collect();
    (!files.is_empty()).then_some(Warning::VariantsLeftAside { files })
}

/// The highest version above the chosen one that all specifiers admit and that is no candidate.
fn passed_over(
    problem: &Problem<'_>,
    knowledge: &Knowledge<'_>,
    name: &ProjectName,
    node: &Node,
) -> Option<Warning> {
    let admitted = node
        .in_force
        .iter()
        .map(set_of)
        .fold(problem.constrained(name), |all, set| all.intersection(&set));
    let mut higher: Vec<&Version> = node
        .project
        .files
        .files
        .iter()
        .filter(|file| file.yanked.is_none() && problem.hash_allows(name, file))
        .map(|file| file.version())
        .filter(|version| is_higher(version, node, &admitted))
        .collect();
    higher.sort_unstable();
    higher.dedup();
    higher.into_iter().rev().find_map(|version| {
        let reason = match node.project.candidate(version) {
            Some(candidate) if candidate.is_built() => refused(knowledge, name, version)
                .or_else(|| no_file(problem, name, node, version))?,
            Some(_) => refused(knowledge, name, version)?,
            None => no_file(problem, name, node, version)?,
        };
        Some(Warning::PassedOver {
            project: name.to_string(),
            version: version.to_string(),
            chosen: node.version.to_string(),
            reason,
        })
    })
}

fn is_higher(version: &Version, node: &Node, admitted: &Set) -> bool {
    *version > node.version
        && (!version.any_prerelease() || node.version.any_prerelease())
        && admitted.contains(&Point::At(version.clone()))
}

/// Its wheels fit, but its METADATA was refused.
fn refused(knowledge: &Knowledge<'_>, name: &ProjectName, version: &Version) -> Option<String> {
    match knowledge.loaded(name, version)?.as_ref() {
        Err(Reason::RequiresPython {
            later_patch: false, ..
        })
        | Ok(_) => None,
        Err(reason) => Some(reason.to_string()),
    }
}

/// No file of it fits every member; a Requires-Python that asks for a later Python is no news.
fn no_file(
    problem: &Problem<'_>,
    name: &ProjectName,
    node: &Node,
    version: &Version,
) -> Option<String> {
    let class = problem.class();
    let files = || {
        let all = node.project.files.files.iter();
        all.filter(|file| file.version() == version)
    };
    for member in &class.members {
        let ignore = problem.request.options.ignore_requires_python;
        let admits = |one: &VersionSpecifiers| ignore || member.satisfies(one);
        if files().any(|file| file.requires_python.as_ref().is_none_or(admits)) {
            continue;
        }
        let patches = files().filter_map(|file| file.requires_python.as_ref());
        return patches
            .filter(|one| later_patch_would_do(member, one))
            .map(|one| {
                format!(
                    "it requires Python {one}, {} stands for {} on",
                    member.name, member.python
                )
            })
            .next();
    }
    if !problem.request.options.formats.of(name).takes_wheels() {
        return Some("it has no source distribution that can be read".to_owned());
    }
    let is_wheel = |file: &&std::sync::Arc<wh_packaging::DistributionFile>| {
        matches!(file.filename, Filename::Wheel(_))
    };
    if !files().any(|file| is_wheel(&file)) {
        return Some("it has only a source distribution".to_owned());
    }
    Some(format!(
        "it has no wheel for {}{}",
        unserved(class, files().filter(is_wheel)).join(", "),
        wheels_there_are(class, files().map(AsRef::as_ref)),
    ))
}

/// The members that none of these wheels fits.
pub(crate) fn unserved<'f>(
    class: &TargetClass,
    files: impl Iterator<Item = &'f std::sync::Arc<wh_packaging::DistributionFile>> + Clone,
) -> Vec<String> {
    let fits = |member: &Target| {
        files.clone().any(|file| {
            let wheel = file.filename.as_wheel();
            wheel.is_some_and(|wheel| wheel.rank(&member.tags).is_some())
        })
    };
    class
        .members
        .iter()
        .filter(|member| !fits(member))
        .map(|member| member.name.clone())
        .collect()
}

/// Whether a Requires-Python that shuts a target out at `X.Y.0` admits a later `X.Y.n`.
pub(crate) fn later_patch_would_do(target: &Target, requires_python: &VersionSpecifiers) -> bool {
    let [major, minor, ..] = *target.python.release() else {
        return false;
    };
    // no minor version of Python has had forty patch releases
    !target.exact
        && !target.satisfies(requires_python)
        && (0..40).any(|patch| admits(requires_python, &Version::new([major, minor, patch])))
}
