//! What sdists need to be built: a tree of its own for each sdist and each target that builds it.
//!
//! A build runs in an environment of its own (PEP 517, "Build environment"), so its requirements
//! are resolved apart from everything else; only constraints that are given for builds hold there.
//! What a build requires may itself be an sdist, and then has a tree too; a circle among them can
//! never be built.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use wh_packaging::class::classes;
use wh_packaging::requirement::parse;
use wh_packaging::{
    BuildSystem, DistributionFile, ProjectName, Requirement, Root, Target, TargetClass, Version,
};

use crate::attempt::resolve;
use crate::error::ResolveError;
use crate::formats::{Formats, is_source};
use crate::provider::{Provider, ProviderError};
use crate::request::{Options, Request};
use crate::resolution::Resolution;

/// From this version on setuptools does without `wheel`.
const SETUPTOOLS_ALONE: [u64; 2] = [70, 1];

/// No real sdist needs so many others to be built, one for the other.
const DEEPEST: usize = 16;

/// What one sdist needs to be built on one target.
#[derive(Debug, Clone)]
pub struct BuildTree {
    /// The sdist.
    pub sdist: Arc<DistributionFile>,
    /// Who builds it.
    pub target: Target,
    /// How.
    pub system: Arc<BuildSystem>,
    /// What must be there.
    pub requires: Vec<Requirement>,
    /// What its backend may ask for too, and cannot be had for the target.
    pub without: Vec<Requirement>,
    /// The distributions that bring it.
    pub resolution: Resolution,
    /// Who asks for the sdist, root first, itself at the end.
    pub requested_by: Vec<String>,
}

impl BuildTree {
    /// The files that bring what is needed.
    pub fn files(&self) -> impl Iterator<Item = &Arc<DistributionFile>> {
        let chosen = self.resolution.chosen.values();
        chosen.flat_map(|chosen| &chosen.files)
    }
}

/// How build requirements are chosen.
#[derive(Debug, Clone, Copy)]
pub struct BuildOptions<'a> {
    /// Which kinds of file count.
    pub formats: &'a Formats,
    /// Pre-releases count.
    pub pre: bool,
    /// What the user knows that building a project needs besides.
    pub more: &'a BTreeMap<ProjectName, Vec<Root>>,
    /// What must hold of whatever builds (`--build-constraint`).
    pub constraints: &'a [Root],
}

impl BuildOptions<'_> {
    /// What a build requires, chosen apart from everything else.
    ///
    /// # Errors
    /// It cannot be had.
    pub fn resolve(
        &self,
        class: &TargetClass,
        requirements: &[Root],
        provider: &dyn Provider,
    ) -> Result<Resolution, ResolveError> {
        let options = Options {
            pre: self.pre,
            formats: self.formats.clone(),
            ..Options::default()
        };
        let request = Request {
            class,
            requirements,
            constraints: self.constraints,
            options: &options,
        };
        resolve(&request, provider)
    }
}

/// Why the requirements of a build cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The sdist does not say what it needs.
    #[error("{sdist} does not say what building it needs")]
    Unknown {
        /// The file.
        sdist: String,
        /// Why.
        #[source]
        source: ProviderError,
    },
    /// What it needs cannot be had.
    #[error("what building {sdist} needs cannot be had for {target}")]
    NoTree {
        /// The project.
        project: ProjectName,
        /// The file.
        sdist: String,
        /// The target's name.
        target: String,
        /// Who asks for the sdist.
        requested_by: Vec<String>,
        /// Why.
        #[source]
        source: Box<ResolveError>,
    },
    /// Sdists need each other to be built, or one another without end.
    #[error("these need each other to be built: {}", .chain.join(" > "))]
    Circle {
        /// The files, each needing the next; the first again at the end, where it is a circle.
        chain: Vec<String>,
    },
}

impl BuildError {
    /// The error with what led to it, on one line.
    pub fn reason(&self) -> String {
        match self {
            Self::NoTree { source, .. } => match &**source {
                ResolveError::NoSolution(no) => format!("{self}: {}", no.explanation.join(" ")),
                other => format!("{self}: {other}"),
            },
            Self::Unknown { source, .. } => format!("{self}: {source}"),
            Self::Circle { .. } => self.to_string(),
        }
    }
}

/// The trees of all sdists that a member of a class builds, and of those that these need.
///
/// # Errors
/// Something needed cannot be had.
pub fn build_trees(
    class: &TargetClass,
    resolution: &Resolution,
    options: BuildOptions<'_>,
    provider: &dyn Provider,
) -> Result<Vec<BuildTree>, BuildError> {
    let mut all = Vec::new();
    for (member, target) in class.members.iter().enumerate() {
        let sdists = sdists(resolution, member, &[]);
        all.append(&mut trees_of(target, &sdists, options, provider)?);
    }
    Ok(all)
}

/// The trees of these sdists, each with who asks for it, and of those that they need; what is needed
/// comes before what needs it.
///
/// # Errors
/// Something needed cannot be had.
pub fn trees_of(
    target: &Target,
    sdists: &[(Arc<DistributionFile>, Vec<String>)],
    options: BuildOptions<'_>,
    provider: &dyn Provider,
) -> Result<Vec<BuildTree>, BuildError> {
    let mut builder = Builder {
        class: classes(vec![target.clone()]).remove(0),
        options,
        provider,
        trees: Vec::new(),
        done: BTreeSet::new(),
    };
    for (sdist, chain) in sdists {
        builder.visit(sdist, chain, &mut Vec::new())?;
    }
    Ok(builder.trees)
}

/// The sdists that a member of a class builds, each with who asks for it and itself.
fn sdists(
    resolution: &Resolution,
    member: usize,
    above: &[String],
) -> Vec<(Arc<DistributionFile>, Vec<String>)> {
    let mut found = Vec::new();
    for (name, chosen) in &resolution.chosen {
        let Some(file) = chosen.files.get(member) else {
            continue;
        };
        if is_source(&file.filename) {
            let mut chain = above.to_vec();
            chain.extend(chosen.requested_by.iter().cloned());
            if !chosen.root {
                chain.push(format!("{name}=={}", chosen.version));
            }
            found.push((Arc::clone(file), chain));
        }
    }
    found
}

struct Builder<'a> {
    /// The target alone.
    class: TargetClass,
    options: BuildOptions<'a>,
    provider: &'a dyn Provider,
    trees: Vec<BuildTree>,
    done: BTreeSet<String>,
}

impl Builder<'_> {
    /// `path`: the sdists for whose sake this one is built.
    fn visit(
        &mut self,
        sdist: &Arc<DistributionFile>,
        chain: &[String],
        path: &mut Vec<String>,
    ) -> Result<(), BuildError> {
        if path.contains(&sdist.name) || path.len() >= DEEPEST {
            let mut chain = path.clone();
            chain.push(sdist.name.clone());
            return Err(BuildError::Circle { chain });
        }
        if !self.done.insert(sdist.name.clone()) {
            return Ok(());
        }
        let tree = self.tree(sdist, chain)?;
        path.push(sdist.name.clone());
        for (inner, chain) in sdists(&tree.resolution, 0, chain) {
            self.visit(&inner, &chain, path)?;
        }
        path.pop();
        self.trees.push(tree);
        Ok(())
    }

    fn tree(
        &self,
        sdist: &Arc<DistributionFile>,
        chain: &[String],
    ) -> Result<BuildTree, BuildError> {
        let system = self
            .provider
            .build_system(sdist)
            .map_err(|source| BuildError::Unknown {
                sdist: sdist.name.clone(),
                source,
            })?;
        let mut roots = roots(&system.requires, &sdist.name);
        let project = sdist.filename.project();
        roots.extend(
            self.options
                .more
                .get(project)
                .into_iter()
                .flatten()
                .cloned(),
        );
        let failed = |source| BuildError::NoTree {
            project: project.clone(),
            sdist: sdist.name.clone(),
            target: self.class.members[0].name.clone(),
            requested_by: chain.to_vec(),
            source: Box::new(source),
        };
        let known = self::roots(&system.known, &sdist.name);
        let needed = roots.len();
        roots.extend(known);
        let (mut without, mut resolution) = (Vec::new(), self.resolve(&roots));
        if needed < roots.len() && matches!(resolution, Err(ResolveError::NoSolution(_))) {
            roots.truncate(needed);
            without = system.known.clone();
            resolution = self.resolve(&roots);
        }
        let mut resolution = resolution.map_err(failed)?;
        if asks_for_wheel(&system, &resolution) {
            roots.extend(self::roots(
                &parse("wheel").into_iter().collect::<Vec<_>>(),
                &sdist.name,
            ));
            resolution = self.resolve(&roots).map_err(failed)?;
        }
        Ok(BuildTree {
            sdist: Arc::clone(sdist),
            target: self.class.members[0].clone(),
            system,
            requires: roots.into_iter().map(|root| root.requirement).collect(),
            without,
            resolution,
            requested_by: chain.to_vec(),
        })
    }

    fn resolve(&self, roots: &[Root]) -> Result<Resolution, ResolveError> {
        self.options.resolve(&self.class, roots, self.provider)
    }
}

fn roots(requirements: &[Requirement], sdist: &str) -> Vec<Root> {
    let root = |requirement: &Requirement| Root {
        requirement: requirement.clone(),
        origin: format!("to build {sdist}"),
        hashes: Vec::new(),
    };
    requirements.iter().map(root).collect()
}

/// Setuptools that cannot make wheels by itself asks for `wheel` when it is run.
fn asks_for_wheel(system: &BuildSystem, resolution: &Resolution) -> bool {
    let has = |name: &str| {
        let found = resolution.chosen.iter();
        found
            .filter(|(project, _)| project.as_ref() == name)
            .map(|(_, chosen)| &chosen.version)
            .next()
    };
    system.backend.starts_with("setuptools.")
        && has("wheel").is_none()
        && has("setuptools").is_some_and(|version| *version < Version::new(SETUPTOOLS_ALONE))
}

#[cfg(test)]
mod tests;
