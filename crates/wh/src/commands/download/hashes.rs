//! `--require-hashes`: on by itself as soon as one requirement has a hash, as in pip.

use std::collections::BTreeMap;
use std::path::Path;

use wh_packaging::requirement::{Root, display};
use wh_packaging::{Hashes, ProjectName};
use wh_resolver::Resolution;
use wh_wheel::{Algorithm, hash_file};

use crate::commands::requirements::Wanted;
use crate::failure::Failure;

/// Digests of which the file of a project must have one.
pub type Demanded = BTreeMap<ProjectName, Vec<Hashes>>;

/// The digests that requirements and constraints give (`--hash`).
pub fn demanded(wanted: &Wanted) -> Demanded {
    let mut all = Demanded::new();
    let roots = wanted.roots.iter().chain(&wanted.constraints);
    for root in roots.filter(|root| !root.hashes.is_empty()) {
        let of_project = all.entry(root.requirement.name.clone()).or_default();
        of_project.extend(root.hashes.clone());
    }
    all
}

/// Compares a file with these digests, one of which it must have, before anything of it is run.
pub fn compare(file: &Path, called: &str, one_of: &[Hashes]) -> Result<(), Failure> {
    if one_of.is_empty() {
        return Ok(());
    }
    let named = |algorithm: &Algorithm| {
        let mut all = one_of.iter();
        all.any(|hashes| hashes.get(algorithm.name()).is_some())
    };
    let algorithms: Vec<Algorithm> = Algorithm::ALL.into_iter().filter(named).collect();
    let found = hash_file(file, &algorithms).map_err(Failure::file)?;
    if one_of.iter().any(|wanted| wanted.is_proven_by(&found)) {
        return Ok(());
    }
    let found = found.iter().map(|(name, hex)| format!("{name}:{hex}"));
    Err(Failure::No {
        message: format!("{called} has none of the hashes that are asked for"),
        details: found.map(|found| format!("it has {found}")).collect(),
        hint: Some("nothing of it was run; if it is what you want, give this hash".to_owned()),
    })
}

/// Every root has a hash, where one is required.
pub fn all_given(asked: bool, wanted: &Wanted) -> Result<(), Failure> {
    if !wanted.requires_hashes(asked) {
        return Ok(());
    }
    let without: Vec<String> = wanted
        .roots
        .iter()
        .filter(|root| !has_hash(root) && !is_constrained(&root.requirement.name, wanted))
        .map(line)
        .collect();
    refuse(
        "these requirements have no hash, and hashes are required:",
        without,
    )
}

/// Everything chosen was named, where hashes are required: what was not named has none.
pub fn all_named<'a>(
    asked: bool,
    wanted: &Wanted,
    resolutions: impl Iterator<Item = &'a Resolution>,
) -> Result<(), Failure> {
    if !wanted.requires_hashes(asked) {
        return Ok(());
    }
    let mut without: Vec<String> = resolutions
        .flat_map(|resolution| &resolution.chosen)
        .filter(|(name, chosen)| !chosen.root && !is_constrained(name, wanted))
        .map(|(name, chosen)| {
            format!(
                "{name}=={} (asked for by {})",
                chosen.version,
                chosen.requested_by.join(" > ")
            )
        })
        .collect();
    without.sort();
    without.dedup();
    refuse(
        "these are needed too, and no requirement gives their hash:",
        without,
    )
}

/// Whether a constraint gives the digests of a project's files, as in pip.
fn is_constrained(name: &ProjectName, wanted: &Wanted) -> bool {
    let mut constraints = wanted.constraints.iter();
    constraints.any(|one| one.requirement.name == *name && has_hash(one))
}

fn has_hash(root: &Root) -> bool {
    let in_url = root
        .requirement
        .version_or_url
        .as_ref()
        .is_some_and(|source| match source {
            wh_packaging::requirement::VersionOrUrl::Url(url) => url
                .fragment()
                .is_some_and(|fragment| wh_packaging::Hashes::parse_one(fragment).is_some()),
            wh_packaging::requirement::VersionOrUrl::VersionSpecifier(_) => false,
        });
    in_url || !root.hashes.is_empty()
}

fn line(root: &Root) -> String {
    format!("{} ({})", display(&root.requirement), root.origin)
}

fn refuse(message: &str, lines: Vec<String>) -> Result<(), Failure> {
    if lines.is_empty() {
        return Ok(());
    }
    Err(Failure::No {
        message: message.to_owned(),
        details: lines,
        hint: Some(
            "give each one as `name==version --hash=sha256:...`, or give no hash at all".to_owned(),
        ),
    })
}
