//! What is asked of the resolver.

use std::collections::{BTreeMap, BTreeSet};

use wh_packaging::{ProjectName, Root, TargetClass, Version};

/// One resolution: requirements for a class of targets.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// For whom.
    pub class: &'a TargetClass,
    /// What is asked for.
    pub requirements: &'a [Root],
    /// What must hold if the project is chosen at all.
    pub constraints: &'a [Root],
    /// How to choose.
    pub options: &'a Options,
}

/// How to choose.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Pre-releases count everywhere (`--pre`).
    pub pre: bool,
    /// Requirements of the chosen are not followed (`--no-deps`).
    pub no_deps: bool,
    /// Requires-Python is not looked at (`--ignore-requires-python`).
    pub ignore_requires_python: bool,
    /// Projects left out, with what they ask for (`--exclude`).
    pub exclude: BTreeSet<ProjectName>,
    /// Versions that are taken where they are allowed, the first that is (a lock's selection, what
    /// is installed, what other targets take).
    pub preferences: BTreeMap<ProjectName, Vec<Version>>,
}
