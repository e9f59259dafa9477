//! What is asked of the resolver.

use std::collections::{BTreeMap, BTreeSet};

use wh_packaging::{ProjectName, Root, TargetClass, Version};

use crate::formats::Formats;

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

/// The cut-off by age, as a lock records it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Age {
    /// That of the run.
    pub exclude_newer: Option<String>,
    /// Projects and indexes with another one, or none: `NAME=false`.
    pub exceptions: Vec<String>,
}

/// Which of the versions that will do is taken (`--resolution`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sought {
    /// The highest.
    #[default]
    Highest,
    /// The lowest.
    Lowest,
    /// The lowest of what the request names itself, the highest of all else.
    LowestDirect,
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
    /// Which kinds of file count.
    pub formats: Formats,
    /// Versions that are taken where they are allowed, the first that is (a lock's selection, what
    /// is installed, what other targets take).
    pub preferences: BTreeMap<ProjectName, Vec<Version>>,
    /// Which version is taken.
    pub sought: Sought,
    /// Requirements in the place of all others on their projects (`--override`). Those of the
    /// request are taken to be replaced already ([`crate::override_roots`]).
    pub overrides: Vec<Root>,
    /// The cut-off by age that the provider holds, for the lock to record.
    pub age: Age,
}
