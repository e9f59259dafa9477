//! Why there is no answer, as data: what a hint or a table needs stands in fields.

use url::Url;
use wh_packaging::{ProjectName, Version};

use crate::provider::ProviderError;

/// Why [`resolve`](crate::resolve) has no answer.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ResolveError {
    /// Nothing meets all requirements together.
    #[error("no solution for {}", .0.targets.join(", "))]
    NoSolution(Box<NoSolution>),
    /// One project is asked for at two places.
    #[error(
        "{project} is asked for at two URLs: {first} ({first_origin}) and {second} ({second_origin})"
    )]
    ConflictingUrls {
        /// The project.
        project: ProjectName,
        /// One place.
        first: Box<Url>,
        /// Who asks for it.
        first_origin: String,
        /// The other place.
        second: Box<Url>,
        /// Who asks for that.
        second_origin: String,
    },
    /// A requirement's URL leads to something that is no wheel (a version-control system, a
    /// folder, a source distribution, another project's wheel).
    #[error("{project} @ {url} ({origin}): {reason}")]
    UnusableUrl {
        /// The project.
        project: ProjectName,
        /// The place.
        url: Box<Url>,
        /// Who asks for it.
        origin: String,
        /// What is wrong with it.
        reason: UrlFault,
    },
    /// Something could not be found out.
    #[error(transparent)]
    Provider(#[from] ProviderError),
}

/// What is wrong with a direct URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UrlFault {
    /// `git+https:` and the like.
    #[error("a version-control URL, not a wheel")]
    VersionControl,
    /// A folder.
    #[error("a folder, not a wheel")]
    Folder,
    /// A source distribution or another archive.
    #[error("a source archive, not a wheel")]
    Source,
    /// Its last part is not the name of a wheel.
    #[error("{0}")]
    NotAWheel(String),
    /// It is another project.
    #[error("this is {0}")]
    OtherProject(ProjectName),
    /// What is there is of no use.
    #[error("{0}")]
    Unusable(String),
    /// What is there tells only when it is built what it is.
    #[error("only building it tells what it is: {0}")]
    NeedsBuild(String),
}

/// An unsolvable request.
#[derive(Debug, Clone, Default)]
pub struct NoSolution {
    /// The members of the class.
    pub targets: Vec<String>,
    /// The chain of reasons, a sentence a line.
    pub explanation: Vec<String>,
    /// What cannot be met in the end, and who asks for it.
    pub unmet: Option<UnmetRequirement>,
    /// Projects in the chain that no place knows, with who asks for each.
    pub unknown: Vec<Unknown>,
    /// Projects in the chain that have versions in range, but not one with a fitting wheel.
    pub no_wheel: Vec<NoWheel>,
    /// Projects in the chain that only a build tells the requirements of.
    pub needs_build: Vec<NeedsBuild>,
    /// Projects in the chain that have source distributions only, which do not count.
    pub only_sdists: Vec<ProjectName>,
    /// Projects in the chain that only a pre-release would satisfy.
    pub only_pre_releases: Vec<ProjectName>,
    /// Projects of which the request names a local version (`1.0+cpu`) that is not there.
    pub no_local: Vec<ProjectName>,
    /// Projects with versions in range that were uploaded after the cut-off.
    pub too_new: Vec<ProjectName>,
    /// Projects with files that would do, but for the digests that are required.
    pub other_digests: Vec<ProjectName>,
    /// Projects in the chain with versions that Requires-Python shuts out.
    pub requires_python: Vec<OtherPython>,
}

/// The requirement that a request founders on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnmetRequirement {
    /// The project.
    pub project: ProjectName,
    /// The project of the request that leads there.
    pub root: ProjectName,
    /// As it is asked for, without its marker.
    pub requirement: String,
    /// Who asks: one chain, root first, as [`crate::Chosen::requested_by`] has it; a root asks for
    /// itself.
    pub requested_by: Vec<String>,
}

/// A project of which only building tells what it requires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NeedsBuild {
    /// The project.
    pub project: ProjectName,
    /// The highest such version in range.
    pub version: Version,
    /// The newest version that has wheels for all members, in range or not.
    pub with_wheel: Option<Version>,
}

/// A project that no place knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// The project.
    pub project: ProjectName,
    /// Who asks for it: a root's origin, or `name version`.
    pub requested_by: Vec<String>,
}

/// A project with versions in range and no wheel that fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoWheel {
    /// The project.
    pub project: ProjectName,
    /// The versions that were looked at, the highest first (a few of them).
    pub versions: Vec<Version>,
    /// The members that go without, by name.
    pub targets: Vec<String>,
    /// What there is for the first of these versions, as `python-abi-platform`.
    pub available: Vec<String>,
}

/// A project with versions for another Python.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherPython {
    /// The project.
    pub project: ProjectName,
    /// The highest such version.
    pub version: Version,
    /// Its Requires-Python.
    pub requires_python: String,
}
