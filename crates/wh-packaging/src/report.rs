//! How libraries tell what they do: one trait, one enum.
//!
//! Libraries print nothing. They hand events to a [`Reporter`]; `wh` turns these into bars, plain
//! lines or JSON lines. Events are keyed by project or file name. Warnings are values too, so that
//! their words stand in one place and a test can ask for them.

use serde::Serialize;

/// Takes events, from any thread.
pub trait Reporter: Send + Sync {
    /// One thing happened. Must return fast.
    fn event(&self, event: Event<'_>);
}

/// A reporter that forgets.
#[derive(Debug, Default, Clone, Copy)]
pub struct Silent;

impl Reporter for Silent {
    fn event(&self, _: Event<'_>) {}
}

/// What happened.
#[allow(missing_docs)] // the variants say it; fields are named for what they hold
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event<'a> {
    /// The page of a project was read (from cache: no request was made or it was not modified).
    PageRead { project: &'a str, from_cache: bool },
    /// The METADATA of a file was read.
    MetadataRead { file: &'a str, from_cache: bool },
    /// A repository is being cloned.
    SourceStarted { place: &'a str },
    /// Source that was asked for by URL or path lies here; a repository's at this commit.
    SourceReady {
        place: &'a str,
        commit: Option<&'a str>,
    },
    /// So many targets are going to be resolved, in so many classes.
    ResolvePlanned { targets: usize, classes: usize },
    /// A class of targets is being resolved.
    ResolveStarted { targets: &'a [String] },
    /// A class of targets was resolved to this many distributions.
    ResolveFinished {
        targets: &'a [String],
        distributions: usize,
    },
    /// A class of targets has no solution, or it could not be found out.
    ResolveFailed { targets: &'a [String] },
    /// All that is to be fetched is known.
    FetchPlanned { files: usize, bytes: Option<u64> },
    /// A file's download begins (again).
    FileStarted { file: &'a str, size: Option<u64> },
    /// So many bytes of it were there from an earlier run.
    FileResumed { file: &'a str, bytes: u64 },
    /// So many more bytes of it arrived.
    FileProgress { file: &'a str, bytes: u64 },
    /// The download of a file is tried again; `discarded` bytes reported so far do not count.
    FileRetried {
        file: &'a str,
        reason: &'a str,
        discarded: u64,
    },
    /// A file has its final name.
    FileFinished { file: &'a str, bytes: u64 },
    /// A file could not be had, and the run goes on without it.
    FileFailed { file: &'a str, reason: &'a str },
    /// A file was there already.
    FileKept { file: &'a str },
    /// A request is tried again after a fault.
    RequestRetried { url: &'a str, reason: &'a str },
    /// A requirement that a target goes without.
    Missing {
        requirement: &'a str,
        target: &'a str,
        requested_by: &'a [String],
        reason: &'a str,
    },
    /// So many wheels are going to be installed.
    InstallPlanned { distributions: usize },
    /// One wheel is unpacked in the staging folder.
    WheelStaged { project: &'a str, version: &'a str },
    /// The environment has changed: so many installed, so many removed.
    InstallFinished { installed: usize, removed: usize },
    /// A source is being built, by its name or path; or only asked what its wheel would be.
    BuildStarted { source: &'a str, wheel: bool },
    /// That build is over.
    BuildFinished { source: &'a str, built: bool },
    /// A wheel that was built of the same source before is taken.
    BuildKept { source: &'a str },
    /// Another `wh` holds what this one waits for; who, where that can be known.
    Waiting {
        what: &'a str,
        holder: Option<Holder>,
    },
    /// Something the user should know.
    Warning { warning: Warning },
}

/// A process that others wait for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Holder {
    /// Its number.
    pub process: u32,
    /// What it does, `wh install` say.
    pub command: String,
}

/// What was done about a change that was killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Recovery {
    /// It had begun to move files: all were moved back.
    RolledBack,
    /// It was done: only what it had put aside was removed.
    Committed,
    /// It had moved nothing yet: what it had unpacked was removed.
    Staged,
}

/// Something that is not an error and that a user wants to know.
#[allow(missing_docs)] // the variants say it; fields are named for what they hold
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Warning {
    /// An installed distribution could not be read and was left out.
    UnreadableDistribution { path: String, reason: String },
    /// Credentials were removed from a URL.
    CredentialsRemoved { project: String },
    /// A direct URL names a local path that is gone; the pin was written instead.
    DeadLocalPath { project: String, path: String },
    /// conda installed this distribution; it may not be on an index.
    InstalledByConda { project: String },
    /// A local version: an ordinary index does not have it.
    LocalVersion { project: String, version: String },
    /// Modules of the distribution import `pkg_resources` and nothing declares setuptools.
    UndeclaredPkgResources { project: String },
    /// Facts of a version-control checkout could not be had.
    VcsUnknown {
        project: String,
        path: String,
        reason: String,
    },
    /// A name in a `-r` file of freeze is not installed.
    NotInstalled { requirement: String, file: String },
    /// A name stands in more than one `-r` file or line of freeze.
    ListedTwice { project: String, files: Vec<String> },
    /// No digest was given for the file; the computed one was recorded.
    NoHash { file: String, sha256: String },
    /// A yanked file was chosen because it is pinned.
    Yanked {
        project: String,
        version: String,
        reason: String,
    },
    /// The project's status is not active (PEP 792).
    ProjectStatus {
        project: String,
        status: String,
        reason: Option<String>,
    },
    /// A requirement is decided by a marker that the target leaves open; it is carried.
    UndecidedMarker { requirement: String, target: String },
    /// A newer version was passed over.
    PassedOver {
        project: String,
        version: String,
        chosen: String,
        reason: String,
    },
    /// The project has no such extra.
    UnknownExtra {
        project: String,
        version: String,
        extra: String,
    },
    /// Installing breaks a requirement of an installed distribution (with `--no-deps`).
    BrokenRequirement {
        project: String,
        requirement: String,
        found: Option<String>,
    },
    /// Options of a requirements file that do not count here.
    IgnoredOption {
        file: String,
        line: usize,
        option: String,
    },
    /// A project of the folder has no file that fits.
    LeftOut { project: String, reason: String },
    /// An install had been killed there.
    KilledInstall { path: String, outcome: Recovery },
    /// Modules that have no bytecode, each with why.
    NotCompiled { files: Vec<String> },
    /// Wheel variants (PEP 825), which are left aside.
    VariantsLeftAside { files: Vec<String> },
    /// Files in the folder that no lock names.
    UnlockedFiles { files: Vec<String> },
    /// Anything else, as a sentence.
    Other { message: String },
}
