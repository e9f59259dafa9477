//! A request as the solver wants it: the requirements that are active for the class, the
//! constraints by project, the files that may be candidates at all.

use std::collections::{BTreeMap, BTreeSet};

use pep508_rs::VersionOrUrl;
use wh_packaging::{
    DistributionFile, Hashes, ProjectName, Root, TargetClass, Truth, Version, VersionSpecifiers,
};

use crate::dependencies::{applies, patches};
use crate::direct::Direct;
use crate::error::ResolveError;
use crate::patches::Patches;
use crate::provider::Provider;
use crate::request::{Request, Sought};
use crate::specifiers::{Set, names_pre_release, pins, set_of};

/// A request, sorted out.
pub(crate) struct Problem<'a> {
    pub(crate) request: &'a Request<'a>,
    /// The requirements that hold for some member, in the order given.
    pub(crate) roots: Vec<Ask<'a>>,
    /// The constraints that hold for some member, by project.
    constraints: BTreeMap<&'a ProjectName, Vec<&'a Root>>,
    /// The digests that files of a project must have one of, for each root that says so.
    hashes: BTreeMap<&'a ProjectName, Vec<&'a [Hashes]>>,
}

/// A requirement of the request.
pub(crate) struct Ask<'a> {
    pub(crate) root: &'a Root,
    /// The members whose open marker values decide it.
    pub(crate) undecided: Vec<String>,
    /// The patch releases at which it holds.
    pub(crate) patches: Patches,
}

impl<'a> Problem<'a> {
    pub(crate) fn new(request: &'a Request<'a>) -> Self {
        let excluded = &request.options.exclude;
        let active = |root: &'a Root| active(root, request.class, excluded);
        let roots: Vec<Ask<'a>> = request.requirements.iter().filter_map(active).collect();
        let mut constraints: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for ask in request.constraints.iter().filter_map(active) {
            let name = &ask.root.requirement.name;
            constraints.entry(name).or_default().push(ask.root);
        }
        let mut hashes: BTreeMap<_, Vec<_>> = BTreeMap::new();
        let all = roots.iter().map(|ask| ask.root);
        for root in all.chain(constraints.values().flatten().copied()) {
            if !root.hashes.is_empty() {
                let name = &root.requirement.name;
                hashes.entry(name).or_default().push(root.hashes.as_slice());
            }
        }
        Self {
            request,
            roots,
            constraints,
            hashes,
        }
    }

    /// The projects that roots and constraints ask for by URL.
    pub(crate) fn direct(
        &self,
        provider: &dyn Provider,
    ) -> Result<BTreeMap<ProjectName, Direct>, ResolveError> {
        let mut direct: BTreeMap<ProjectName, Direct> = BTreeMap::new();
        let roots = self.roots.iter().map(|ask| ask.root);
        for root in roots.chain(self.constraints.values().flatten().copied()) {
            let name = &root.requirement.name;
            let Some(VersionOrUrl::Url(url)) = &root.requirement.version_or_url else {
                continue;
            };
            match direct.get(name) {
                Some(known) => known.check_same(name, url, &root.origin)?,
                None => {
                    let found = Direct::new(name, url, &root.origin, provider)?;
                    direct.insert(name.clone(), found);
                }
            }
        }
        Ok(direct)
    }

    /// The constraints of a project.
    pub(crate) fn constraints(&self, project: &ProjectName) -> &[&'a Root] {
        self.constraints.get(project).map_or(&[], Vec::as_slice)
    }

    /// What the constraints of a project leave.
    pub(crate) fn constrained(&self, project: &ProjectName) -> Set {
        self.constraint_specifiers(project)
            .map(set_of)
            .fold(Set::full(), |all, set| all.intersection(&set))
    }

    fn constraint_specifiers(
        &self,
        project: &ProjectName,
    ) -> impl Iterator<Item = &'a VersionSpecifiers> {
        self.constraints
            .get(project)
            .into_iter()
            .flatten()
            .filter_map(|root| specifiers(root))
    }

    /// What every requirement and constraint of the request says about a project.
    pub(crate) fn specifiers(
        &self,
        project: &ProjectName,
    ) -> impl Iterator<Item = &'a VersionSpecifiers> {
        self.roots
            .iter()
            .map(|ask| ask.root)
            .filter(move |root| root.requirement.name == *project)
            .filter_map(specifiers)
            .chain(self.constraint_specifiers(project))
    }

    /// Whether the lowest version of a project is sought.
    pub(crate) fn seeks_lowest(&self, project: &ProjectName) -> bool {
        match self.request.options.sought {
            Sought::Highest => false,
            Sought::Lowest => true,
            Sought::LowestDirect => {
                let mut roots = self.roots.iter();
                roots.any(|ask| ask.root.requirement.name == *project)
            }
        }
    }

    /// Whether the request itself asks for pre-releases of a project.
    pub(crate) fn asks_for_pre(&self, project: &ProjectName) -> bool {
        self.request.options.pre || self.specifiers(project).any(names_pre_release)
    }

    /// Whether the request itself pins a version.
    pub(crate) fn pins(&self, project: &ProjectName, version: &Version) -> bool {
        self.specifiers(project).any(|one| pins(one, version))
    }

    /// Whether a file may be taken by its digests. One whose digests nobody knows may: they are
    /// compared when it is there.
    pub(crate) fn hash_allows(&self, project: &ProjectName, file: &DistributionFile) -> bool {
        let Some(demands) = self.hashes.get(project) else {
            return true;
        };
        demands.iter().all(|wanted| {
            let comparable =
                |one: &&Hashes| one.iter().any(|(name, _)| file.hashes.get(name).is_some());
            let mut known = wanted.iter().filter(comparable).peekable();
            known.peek().is_none() || known.any(|one| !one.disagrees_with(&file.hashes))
        })
    }

    /// Whether a root demands digests of a project's files.
    pub(crate) fn demands_hashes(&self, project: &ProjectName) -> bool {
        self.hashes.contains_key(project)
    }

    pub(crate) fn class(&self) -> &'a TargetClass {
        self.request.class
    }
}

/// What a requirement says of versions.
pub(crate) fn specifiers(root: &Root) -> Option<&VersionSpecifiers> {
    match &root.requirement.version_or_url {
        Some(VersionOrUrl::VersionSpecifier(specifiers)) => Some(specifiers),
        _ => None,
    }
}

fn active<'a>(
    root: &'a Root,
    class: &TargetClass,
    excluded: &BTreeSet<ProjectName>,
) -> Option<Ask<'a>> {
    if excluded.contains(&root.requirement.name) {
        return None;
    }
    let marker = &root.requirement.marker;
    let mut ask = Ask {
        root,
        undecided: Vec::new(),
        patches: Patches::NONE,
    };
    for member in &class.members {
        match applies(member, marker, &[]) {
            Truth::True => {}
            Truth::Undecided => ask.undecided.push(member.name.clone()),
            Truth::False => continue,
        }
        ask.patches = ask.patches.or(patches(member, marker, &[]));
    }
    (ask.patches != Patches::NONE).then_some(ask)
}
