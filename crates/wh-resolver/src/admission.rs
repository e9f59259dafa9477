//! Which of the candidates in range may be taken: pre-releases, yanked files, sdists.
//!
//! An sdist is taken only where nothing in range has wheels for all, unless they count alike. The
//! other two are decided on the specifiers in force (all requirements and constraints that are active
//! on a project), not on the solver's range: that is narrower, because it excludes what led to
//! conflicts. The solver does not say which requirements are in force at the moment. But each that
//! is contains the whole range; so those that contain it are taken for in force, and the solution
//! is compared with the rule when it stands ([`crate::review`]). What turns out otherwise becomes an
//! [`Assumptions`] entry, and the solver starts afresh with it.

use std::collections::BTreeMap;

use wh_packaging::{ProjectName, Version, VersionSpecifiers};

use crate::choice::Candidate;
use crate::direct::Direct;
use crate::knowledge::Project;
use crate::problem::Problem;
use crate::specifiers::{Set, names_pre_release, pins, set_of};

/// What earlier attempts have taught.
#[derive(Debug, Clone, Default)]
pub(crate) struct Assumptions {
    /// Projects that URLs supply.
    pub(crate) direct: BTreeMap<ProjectName, Direct>,
    /// Projects whose pre-releases are asked for by a distribution (or turned out not to be).
    pub(crate) pre: BTreeMap<ProjectName, bool>,
    /// Yanked versions that a distribution pins (or turned out not to).
    pub(crate) yanked: BTreeMap<(ProjectName, Version), bool>,
}

/// The requirements that were met on a project so far, whether in force or not.
#[derive(Debug, Default)]
pub(crate) struct Met {
    specifiers: Vec<(VersionSpecifiers, Set)>,
    /// A range had nothing to take but pre-releases or yanked files, and went without.
    pub(crate) starved: bool,
}

impl Met {
    /// Notes specifiers; answers with what they admit.
    pub(crate) fn note(&mut self, specifiers: &VersionSpecifiers) -> Set {
        if let Some((_, set)) = self.specifiers.iter().find(|(one, _)| one == specifiers) {
            return set.clone();
        }
        let set = set_of(specifiers);
        self.specifiers.push((specifiers.clone(), set.clone()));
        set
    }

    /// Whether these specifiers were met before.
    pub(crate) fn knows(&self, specifiers: &VersionSpecifiers) -> bool {
        self.specifiers.iter().any(|(one, _)| one == specifiers)
    }

    fn around<'s>(&'s self, range: &'s Set) -> impl Iterator<Item = &'s (VersionSpecifiers, Set)> {
        self.specifiers
            .iter()
            .filter(|(_, set)| range.subset_of(set))
    }
}

/// One look at a project's candidates.
pub(crate) struct Admission<'a> {
    pub(crate) problem: &'a Problem<'a>,
    pub(crate) assumptions: &'a Assumptions,
    pub(crate) name: &'a ProjectName,
    pub(crate) met: &'a Met,
    pub(crate) range: &'a Set,
}

impl Admission<'_> {
    /// The highest candidate in range that the rules admit; whether others were kept out.
    pub(crate) fn choose<'p>(&self, project: &'p Project) -> (Option<&'p Candidate>, bool) {
        if project.direct.is_some() {
            return (project.within(self.range).next(), false);
        }
        if let Some(preferred) = self.preferred(project) {
            return (Some(preferred), false);
        }
        let mut pre_allowed = None;
        let (mut pre, mut built) = (None, None);
        let mut kept_out = false;
        let equal = self.problem.request.options.formats.sdists_equal;
        for candidate in self.in_order(project) {
            if candidate.yanked.is_some() && !self.pinned(&candidate.version) {
                kept_out = true;
                continue;
            }
            if !candidate.version.any_prerelease()
                || *pre_allowed.get_or_insert_with(|| self.asks_for_pre())
            {
                if equal || !candidate.is_built() {
                    return (Some(candidate), kept_out);
                }
                built = built.or(Some(candidate));
            } else {
                pre = pre.or(Some(candidate));
            }
        }
        if built.is_some() {
            // no version in range needs no build
            return (built, kept_out);
        }
        // nothing but pre-releases in range
        let pre = pre.filter(|_| !self.finals_without_conflicts(project));
        (pre, true)
    }

    /// The candidates in range, the most sought first.
    fn in_order<'s, 'p: 's>(
        &'s self,
        project: &'p Project,
    ) -> Box<dyn Iterator<Item = &'p Candidate> + 's> {
        let highest_first = project.within(self.range);
        if self.problem.seeks_lowest(self.name) {
            let all: Vec<_> = highest_first.collect();
            Box::new(all.into_iter().rev())
        } else {
            Box::new(highest_first)
        }
    }

    fn preferred<'p>(&self, project: &'p Project) -> Option<&'p Candidate> {
        let preferences = &self.problem.request.options.preferences;
        preferences.get(self.name)?.iter().find_map(|version| {
            let point = crate::specifiers::Point::At(version.clone());
            self.range
                .contains(&point)
                .then(|| project.candidate(version))
                .flatten()
        })
    }

    fn asks_for_pre(&self) -> bool {
        self.problem.asks_for_pre(self.name)
            || self
                .assumptions
                .pre
                .get(self.name)
                .copied()
                .unwrap_or_else(|| {
                    let mut around = self.met.around(self.range);
                    around.any(|(specifiers, _)| names_pre_release(specifiers))
                })
    }

    fn pinned(&self, version: &Version) -> bool {
        let key = (self.name.clone(), version.clone());
        self.problem.pins(self.name, version)
            || self
                .assumptions
                .yanked
                .get(&key)
                .copied()
                .unwrap_or_else(|| {
                    let mut around = self.met.around(self.range);
                    around.any(|(specifiers, _)| pins(specifiers, version))
                })
    }

    /// Whether the combined specifiers admit a final version: then pre-releases are no way out of
    /// a conflict.
    fn finals_without_conflicts(&self, project: &Project) -> bool {
        let combined = self
            .met
            .around(self.range)
            .fold(Set::full(), |all, (_, set)| all.intersection(set));
        project
            .within(&combined)
            .any(|candidate| !candidate.version.any_prerelease() && candidate.yanked.is_none())
    }
}
