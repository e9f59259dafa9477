//! The solution walked from the request: what is reachable, who asks for whom, which specifiers
//! are in force.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use pep508_rs::VersionOrUrl;
use wh_packaging::{ExtraName, ProjectName, Requirement, Version, VersionSpecifiers, Warning};

use crate::dependencies::edges;
use crate::knowledge::{Knowledge, Project};
use crate::patches::Patches;
use crate::problem::Problem;

/// A solution, from the request on.
#[derive(Default)]
pub(crate) struct Walk {
    /// Everything reachable.
    pub(crate) nodes: BTreeMap<ProjectName, Node>,
    /// Requirements that open marker values decide; extras that do not exist.
    pub(crate) warnings: Vec<Warning>,
    /// At which patch releases each project, and each extra, is required.
    patches: BTreeMap<Part, Patches>,
}

/// A project by itself, or what one of its extras adds.
type Part = (ProjectName, Option<ExtraName>);

impl Walk {
    /// The patch releases at which a project is required.
    pub(crate) fn patches(&self, name: &ProjectName) -> Patches {
        let part = (name.clone(), None);
        self.patches.get(&part).copied().unwrap_or(Patches::ALL)
    }
}

/// A chosen project in the walk.
pub(crate) struct Node {
    pub(crate) project: Rc<Project>,
    pub(crate) version: Version,
    pub(crate) extras: BTreeSet<ExtraName>,
    pub(crate) dependencies: BTreeSet<ProjectName>,
    /// The specifiers of everything that requires it.
    pub(crate) in_force: Vec<VersionSpecifiers>,
    /// The first root that names it, as it was asked for.
    pub(crate) root: Option<String>,
}

/// The walk under way.
struct Walker<'a> {
    problem: &'a Problem<'a>,
    knowledge: &'a Knowledge<'a>,
    versions: &'a BTreeMap<ProjectName, Version>,
    walk: Walk,
    /// Parts to follow; again, if their patch releases have become more.
    pending: Vec<Part>,
}

/// Walks a solution.
pub(crate) fn walk<'a>(
    problem: &'a Problem<'a>,
    knowledge: &'a Knowledge<'a>,
    versions: &'a BTreeMap<ProjectName, Version>,
) -> Walk {
    let mut walker = Walker {
        problem,
        knowledge,
        versions,
        walk: Walk::default(),
        pending: Vec::new(),
    };
    for ask in &problem.roots {
        let requirement = &ask.root.requirement;
        walker.warn_undecided(requirement, &ask.undecided);
        if let Some(node) = walker.visit(requirement, ask.patches) {
            node.root.get_or_insert_with(|| requirement.to_string());
        }
    }
    while let Some((name, extra)) = walker.pending.pop() {
        walker.follow(&name, extra.as_ref());
    }
    walker.walk
}

impl Walker<'_> {
    /// Someone requires this.
    fn visit(&mut self, requirement: &Requirement, patches: Patches) -> Option<&mut Node> {
        let name = &requirement.name;
        if !self.walk.nodes.contains_key(name) {
            let node = Node {
                project: self.knowledge.seen(name)?,
                version: self.versions.get(name)?.clone(),
                extras: BTreeSet::new(),
                dependencies: BTreeSet::new(),
                in_force: Vec::new(),
                root: None,
            };
            self.walk.nodes.insert(name.clone(), node);
        }
        self.widen((name.clone(), None), patches);
        for extra in &requirement.extras {
            self.widen((name.clone(), Some(extra.clone())), patches);
        }
        let node = self.walk.nodes.get_mut(name)?;
        node.extras.extend(requirement.extras.iter().cloned());
        if let Some(VersionOrUrl::VersionSpecifier(specifiers)) = &requirement.version_or_url
            && !node.in_force.contains(specifiers)
        {
            node.in_force.push(specifiers.clone());
        }
        Some(node)
    }

    /// A part is required at these patch releases, too.
    fn widen(&mut self, part: Part, patches: Patches) {
        let known = self.walk.patches.get(&part).copied();
        let wider = known.unwrap_or(Patches::NONE).or(patches);
        if known != Some(wider) {
            self.walk.patches.insert(part.clone(), wider);
            self.pending.push(part);
        }
    }

    /// What a chosen version requires, by itself or because of an extra.
    fn follow(&mut self, name: &ProjectName, extra: Option<&ExtraName>) {
        let Some(version) = self.versions.get(name) else {
            return;
        };
        let part = (name.clone(), extra.cloned());
        let patches = self.walk.patches.get(&part).copied();
        let patches = patches.unwrap_or(Patches::ALL);
        let Some(loaded) = self.knowledge.loaded(name, version) else {
            return;
        };
        let Ok(metadata) = loaded.as_ref() else {
            return;
        };
        let edges = edges(self.problem.class(), metadata, extra);
        if let Some(extra) = extra
            && edges.is_empty()
            && !metadata
                .iter()
                .any(|one| one.provides_extra.contains(extra))
        {
            self.warn(Warning::UnknownExtra {
                project: name.to_string(),
                version: version.to_string(),
                extra: extra.to_string(),
            });
        }
        let options = self.problem.request.options;
        if options.no_deps {
            return;
        }
        for edge in edges {
            let requirement = &edge.requirement;
            if options.exclude.contains(&requirement.name) {
                continue;
            }
            self.warn_undecided(requirement, &edge.undecided);
            self.visit(requirement, patches.and(edge.patches));
            if requirement.name != *name
                && let Some(node) = self.walk.nodes.get_mut(name)
            {
                node.dependencies.insert(requirement.name.clone());
            }
        }
    }

    fn warn_undecided(&mut self, requirement: &Requirement, targets: &[String]) {
        for target in targets {
            self.warn(Warning::UndecidedMarker {
                requirement: requirement.to_string(),
                target: target.clone(),
            });
        }
    }

    /// Warns once, however often a part is followed.
    fn warn(&mut self, warning: Warning) {
        if !self.walk.warnings.contains(&warning) {
            self.walk.warnings.push(warning);
        }
    }
}

/// For each project the shortest chain of those who ask for it, root first, ties by name.
pub(crate) fn chains(walk: &Walk) -> BTreeMap<ProjectName, Vec<String>> {
    let mut chains: BTreeMap<ProjectName, Vec<String>> = BTreeMap::new();
    let mut level: BTreeMap<ProjectName, Vec<String>> = walk
        .nodes
        .iter()
        .filter_map(|(name, node)| Some((name.clone(), vec![node.root.clone()?])))
        .collect();
    while !level.is_empty() {
        let mut next: BTreeMap<ProjectName, Vec<String>> = BTreeMap::new();
        chains.extend(
            level
                .iter()
                .map(|(name, chain)| (name.clone(), chain.clone())),
        );
        for (name, chain) in level {
            let Some(node) = walk.nodes.get(&name) else {
                continue;
            };
            let mut through = chain;
            if node.root.is_none() {
                through.push(format!("{name}=={}", node.version));
            }
            for dependency in &node.dependencies {
                if chains.contains_key(dependency) || !walk.nodes.contains_key(dependency) {
                    continue;
                }
                match next.get_mut(dependency) {
                    Some(other) if *other <= through => {}
                    Some(other) => other.clone_from(&through),
                    None => {
                        next.insert(dependency.clone(), through.clone());
                    }
                }
            }
        }
        level = next;
    }
    chains
}
