//! The facts that a proof rests on, sorted by project.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use pubgrub::External;
use wh_packaging::{ExtraName, ProjectName};

use super::Tree;
use crate::knowledge::Reason;
use crate::package::Package;
use crate::specifiers::Set;

/// Some versions of a project require another.
#[derive(Debug, Clone)]
pub(super) struct Requires {
    /// Which versions.
    pub(super) set: Set,
    /// Because of which extra.
    pub(super) extra: Option<ExtraName>,
    /// Whom.
    pub(super) to: ProjectName,
    /// At which versions.
    pub(super) at: Set,
}

/// The leaves of a proof.
#[derive(Default)]
pub(super) struct Leaves {
    /// The projects that roots ask for.
    pub(super) roots: BTreeSet<ProjectName>,
    requires: BTreeMap<ProjectName, Vec<Requires>>,
    missing: BTreeMap<ProjectName, Set>,
    refused: BTreeMap<ProjectName, Vec<(Set, Reason)>>,
}

impl Leaves {
    pub(super) fn of(tree: &Tree) -> Self {
        let mut leaves = Self::default();
        let mut pending = vec![tree];
        let mut seen: HashSet<*const Tree> = HashSet::new();
        while let Some(tree) = pending.pop() {
            match tree {
                Tree::External(external) => leaves.add(external),
                Tree::Derived(derived) => {
                    // the proof shares its parts; walked as a tree it would not end
                    for cause in [&derived.cause2, &derived.cause1] {
                        if seen.insert(Arc::as_ptr(cause)) {
                            pending.push(cause);
                        }
                    }
                }
            }
        }
        leaves
    }

    fn add(&mut self, external: &External<Package, Set, Reason>) {
        match external {
            External::NotRoot(..) => {}
            External::NoVersions(package, set) => {
                if let Some(name) = package.project() {
                    let missing = self.missing.entry(name.clone()).or_insert_with(Set::empty);
                    *missing = missing.union(set);
                }
            }
            External::Custom(package, set, reason) => {
                if let Some(name) = package.project() {
                    let refused = self.refused.entry(name.clone()).or_default();
                    match refused.iter_mut().find(|(_, other)| other == reason) {
                        Some((known, _)) => *known = known.union(set),
                        None => refused.push((set.clone(), reason.clone())),
                    }
                }
            }
            External::FromDependencyOf(from, set, to, at) => self.add_dependency(from, set, to, at),
        }
    }

    fn add_dependency(&mut self, from: &Package, set: &Set, to: &Package, at: &Set) {
        let Some(target) = to.project() else {
            return;
        };
        let (name, extra) = match from {
            Package::Root => {
                self.roots.insert(target.clone());
                return;
            }
            // an extra holds to its project: no news for a reader
            Package::Extra(..) => return,
            Package::Project(name) => (name, None),
            Package::Needs(name, extra) => (name, Some(extra.clone())),
        };
        if name == target {
            return;
        }
        let requires = self.requires.entry(name.clone()).or_default();
        let known = requires
            .iter_mut()
            .find(|one| one.to == *target && one.at == *at && one.extra == extra);
        match known {
            Some(known) => known.set = known.set.union(set),
            None => requires.push(Requires {
                set: set.clone(),
                extra,
                to: target.clone(),
                at: at.clone(),
            }),
        }
    }

    /// What versions of a project require.
    pub(super) fn requires(&self, name: &ProjectName) -> Vec<Requires> {
        self.requires.get(name).cloned().unwrap_or_default()
    }

    /// The versions of a project that are of no use for a reason of their own.
    pub(super) fn refused(&self, name: &ProjectName) -> Vec<(Set, Reason)> {
        self.refused.get(name).cloned().unwrap_or_default()
    }

    /// Where a project has nothing to take.
    pub(super) fn missing(&self, name: &ProjectName) -> Option<&Set> {
        self.missing.get(name)
    }

    /// Whether something is said of versions that the project does have.
    pub(super) fn speaks_of_versions(&self, name: &ProjectName) -> bool {
        self.requires.contains_key(name) || self.refused.contains_key(name)
    }

    /// Those who require a project, with the versions that do.
    pub(super) fn requirers(&self, name: &ProjectName) -> Vec<(&ProjectName, &Set)> {
        self.requires
            .iter()
            .flat_map(|(from, all)| all.iter().map(move |one| (from, one)))
            .filter(|(_, one)| one.to == *name)
            .map(|(from, one)| (from, &one.set))
            .collect()
    }

    /// All projects that the proof speaks of.
    pub(super) fn projects(&self) -> BTreeSet<ProjectName> {
        let named = self.requires.keys().chain(self.missing.keys());
        named.chain(self.refused.keys()).cloned().collect()
    }
}
