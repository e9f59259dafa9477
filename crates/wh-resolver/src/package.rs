//! What the solver decides about: the request, projects, and extras of projects.
//!
//! An extra is a package of its own, in two halves. [`Package::Extra`] holds the extra to the
//! version of its project and costs nothing to try; [`Package::Needs`] carries what the extra
//! requires, for which METADATA must be read.

use std::fmt;

use wh_packaging::{ExtraName, ProjectName};

/// A package, in the solver's sense.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Package {
    /// The request itself.
    Root,
    /// A project.
    Project(ProjectName),
    /// An extra of a project, at the project's version.
    Extra(ProjectName, ExtraName),
    /// What the extra requires besides.
    Needs(ProjectName, ExtraName),
}

impl Package {
    /// The project that it belongs to.
    pub(crate) fn project(&self) -> Option<&ProjectName> {
        match self {
            Package::Root => None,
            Package::Project(name) | Package::Extra(name, _) | Package::Needs(name, _) => {
                Some(name)
            }
        }
    }
}

impl fmt::Display for Package {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Package::Root => f.write_str("you"),
            Package::Project(name) => name.fmt(f),
            Package::Extra(name, extra) | Package::Needs(name, extra) => {
                write!(f, "{name}[{extra}]")
            }
        }
    }
}
