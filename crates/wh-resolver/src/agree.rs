//! `--agree`: versions that classes of targets share.
//!
//! Every class is resolved by itself first. Where classes took different versions of a project, the
//! versions taken are put in order: first the one that the most classes have wheels of, of equals
//! the highest; then the one that the most of the remaining classes have wheels of; and so on. Each
//! class is then resolved again and takes the first of these that its requirements allow. Nothing
//! but the resolutions and the files there are counts, so that the order of flags does not.

use std::collections::{BTreeMap, BTreeSet};

use wh_packaging::{ProjectName, TargetClass, Version};

use crate::{Options, Provider, ProviderError, Resolution, candidates};

/// A class and what was chosen for it.
pub type Resolved<'a> = (&'a TargetClass, &'a Resolution);

/// For each project of which classes took different versions, these in the order of preference.
///
/// # Errors
/// The provider failed.
pub fn preferences(
    resolved: &[Resolved<'_>],
    options: &Options,
    provider: &dyn Provider,
) -> Result<BTreeMap<ProjectName, Vec<Version>>, ProviderError> {
    let mut preferences = BTreeMap::new();
    for (name, versions) in taken(resolved) {
        if versions.len() < 2 {
            continue;
        }
        let files = provider.files(name)?;
        let mut can_take: BTreeMap<&Version, BTreeSet<usize>> = BTreeMap::new();
        for (place, (class, resolution)) in resolved.iter().enumerate() {
            if !resolution.chosen.contains_key(name) {
                continue;
            }
            for candidate in candidates(name, &files, class, options) {
                if let Some(version) = versions.get(&candidate.version)
                    && candidate.yanked.is_none()
                {
                    can_take.entry(version).or_default().insert(place);
                }
            }
        }
        preferences.insert(name.clone(), by_reach(can_take));
    }
    Ok(preferences)
}

/// How many versions were chosen, each project's counted for itself: fewer is more agreement.
pub fn variety(resolutions: &[&Resolution]) -> usize {
    let chosen = resolutions
        .iter()
        .flat_map(|resolution| &resolution.chosen)
        .map(|(name, chosen)| (name, &chosen.version));
    chosen.collect::<BTreeSet<_>>().len()
}

/// The versions that were taken of each project; what a URL supplies has no choice.
fn taken<'a>(resolved: &[Resolved<'a>]) -> BTreeMap<&'a ProjectName, BTreeSet<&'a Version>> {
    let mut taken: BTreeMap<&ProjectName, BTreeSet<&Version>> = BTreeMap::new();
    for (_, resolution) in resolved {
        for (name, chosen) in &resolution.chosen {
            if chosen.direct.is_none() {
                taken.entry(name).or_default().insert(&chosen.version);
            }
        }
    }
    taken
}

/// The versions, that with the most classes first; classes that have one do not count again.
fn by_reach(mut can_take: BTreeMap<&Version, BTreeSet<usize>>) -> Vec<Version> {
    let mut order = Vec::new();
    while let Some(version) = can_take
        .iter()
        .max_by_key(|(version, classes)| (classes.len(), **version))
        .map(|(version, _)| *version)
    {
        let served = can_take.remove(version).unwrap_or_default();
        for classes in can_take.values_mut() {
            classes.retain(|class| !served.contains(class));
        }
        order.push(version.clone());
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(versions: &[(&str, &[usize])], expected: &[&str]) {
        let parsed: Vec<(Version, BTreeSet<usize>)> = versions
            .iter()
            .map(|(version, classes)| (version.parse().unwrap(), classes.iter().copied().collect()))
            .collect();
        let can_take = parsed.iter().map(|(v, classes)| (v, classes.clone()));
        let order: Vec<String> = by_reach(can_take.collect())
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(order, expected);
    }

    #[test]
    fn what_most_can_take_comes_first() {
        check(&[("1", &[0, 1, 2]), ("2", &[1, 2])], &["1", "2"]);
        // of equals the highest
        check(&[("1", &[0, 1]), ("2", &[1, 2])], &["2", "1"]);
        // those that are served already do not count
        check(
            &[("1", &[0, 1, 2]), ("2", &[1, 2, 3, 4]), ("3", &[4])],
            &["2", "1", "3"],
        );
    }
}
