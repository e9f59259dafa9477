//! The exit status of every failure.

use std::io;

use wh_build::BuildFault;
use wh_environment::transaction::ApplyError;
use wh_environment::{DiscoverError, FreezeError, InstalledError, ProbeError, VenvError};
use wh_index::compare::CompareError;
use wh_index::download::DownloadError;
use wh_index::find_links::FindLinksError;
use wh_index::prune::PruneError;
use wh_index::source::SourceError;
use wh_index::wheelhouse::WheelhouseError;
use wh_index::{ClientError, IndexError};
use wh_packaging::lock::SelectError;
use wh_packaging::requirements_file::RequirementsFileError;
use wh_resolver::builds::BuildError;
use wh_resolver::{ProviderError, ResolveError};
use wh_wheel::{Fault, WheelError};

use super::{Failure, Status};

impl Failure {
    /// The status that `wh` exits with.
    pub fn status(&self) -> Status {
        match self {
            Failure::Discover(error) => of_discover(error),
            Failure::Probe(error) => of_probe(error),
            Failure::Installed(error) | Failure::Freeze(FreezeError::Installed(error)) => {
                of_installed(error)
            }
            Failure::Freeze(FreezeError::Requirement { .. }) => Status::Malformed,
            Failure::Venv(error) => of_venv(error),
            Failure::Apply(error) => of_apply(error),
            Failure::Target(_) => Status::Malformed,
            Failure::RequirementsFile(error) => of_requirements_file(error),
            Failure::Index(error) => of_index(error),
            Failure::FindLinks(error) => of_find_links(error),
            Failure::Source(error) => of_source(error),
            Failure::Wheelhouse(error) => of_wheelhouse(error),
            Failure::Build(error) => of_build(error),
            Failure::Building(error) => of_building(error),
            Failure::Resolve(error)
            | Failure::NotTogether { error }
            | Failure::NotInFolder { error, .. } => of_resolve(error),
            Failure::Download(error) => of_download(error),
            Failure::Compare(CompareError::Read { source, .. }) => of_io(source),
            Failure::Compare(CompareError::Wheelhouse(error)) => of_wheelhouse(error),
            Failure::Prune(error) => of_prune(error),
            // `wh` would write a lock that does not hold: its own fault, and not a no to the request
            Failure::SelfCheck(_) => Status::Unknown,
            Failure::Wheel(error) => of_wheel(error),
            Failure::Lock { .. } => Status::Malformed,
            Failure::Select { source, .. } => of_select(source),
            Failure::File(_, _, status)
            | Failure::Faults { status, .. }
            | Failure::Incomplete { status, .. } => *status,
            Failure::Offline { failure, .. } => failure.status(),
            Failure::Malformed { .. } => Status::Malformed,
            Failure::No { .. } => Status::No,
            // could not find out outranks no
            Failure::Several(failures) => failures
                .iter()
                .map(Failure::status)
                .max()
                .unwrap_or(Status::No),
        }
    }
}

fn of_installed(error: &InstalledError) -> Status {
    match error {
        InstalledError::Read { .. } => Status::Unknown,
        InstalledError::HalfChanged { .. } => Status::No,
    }
}

fn of_venv(error: &VenvError) -> Status {
    match error {
        VenvError::NotEmpty { .. } | VenvError::OtherPython { .. } => Status::No,
        VenvError::BadPath { .. } | VenvError::BadPrompt => Status::Malformed,
        VenvError::Write(_) => Status::Unknown,
    }
}

/// A build that failed.
fn of_building(error: &wh_build::BuildError) -> Status {
    match &*error.fault {
        BuildFault::Source(error) => match &error.fault {
            wh_sdist::Fault::Read(error) => of_io(error),
            wh_sdist::Fault::Write { .. } => Status::Unknown,
            // every other fault is a refusal
            _ => Status::No,
        },
        BuildFault::Supply { source, .. } => of_supply(source),
        BuildFault::Environment(error) => of_venv(error),
        BuildFault::Install(error) => of_apply(error),
        BuildFault::Refused(error) => of_wheel(error),
        BuildFault::Start { .. } | BuildFault::Io { .. } => Status::Unknown,
        BuildFault::Pyproject(_)
        | BuildFault::BackendPath { .. }
        | BuildFault::Hook(_)
        | BuildFault::Differs { .. } => Status::No,
    }
}

/// Whoever supplies builds is of `wh`, and so are its errors.
fn of_supply(error: &wh_build::SupplyError) -> Status {
    let error = &*error.0;
    if let Some(failure) = error.downcast_ref::<Failure>() {
        return failure.status();
    }
    match error.downcast_ref::<ResolveError>() {
        Some(error) => of_resolve(error),
        None => of_provider(error),
    }
}

fn of_discover(error: &DiscoverError) -> Status {
    match error {
        DiscoverError::NotFound | DiscoverError::NoSuchInterpreter { .. } => Status::No,
        DiscoverError::NotPython { .. } => Status::No,
        DiscoverError::Probe(error) => of_probe(error),
    }
}

fn of_probe(error: &ProbeError) -> Status {
    match error {
        ProbeError::Start { .. }
        | ProbeError::Failed { .. }
        | ProbeError::Silent { .. }
        | ProbeError::Answer { .. } => Status::Unknown,
        ProbeError::TooOld { .. } => Status::No,
    }
}

fn of_io(error: &io::Error) -> Status {
    match error.kind() {
        io::ErrorKind::NotFound => Status::No,
        _ => Status::Unknown,
    }
}

fn of_client(error: &ClientError) -> Status {
    match error {
        ClientError::NotFound { .. } | ClientError::HashMismatch { .. } => Status::No,
        ClientError::Unauthorized { .. }
        | ClientError::ProxyUnauthorized { .. }
        | ClientError::Server { .. }
        | ClientError::Status { .. }
        | ClientError::Connect { .. }
        | ClientError::Tls { .. }
        | ClientError::Timeout { .. }
        | ClientError::Cut { .. }
        | ClientError::Garbage { .. }
        | ClientError::Offline { .. }
        | ClientError::File { .. }
        | ClientError::Setup { .. } => Status::Unknown,
    }
}

fn of_find_links(error: &FindLinksError) -> Status {
    match error {
        FindLinksError::Missing(_) | FindLinksError::TwoOfOneName { .. } => Status::No,
        FindLinksError::Unusable(_) => Status::Malformed,
        FindLinksError::Read { .. } => Status::Unknown,
        FindLinksError::Page { source, .. } => of_client(source),
    }
}

fn of_wheelhouse(error: &WheelhouseError) -> Status {
    match error {
        WheelhouseError::Folder(error) => of_find_links(error),
        WheelhouseError::SeveralLocks(_) | WheelhouseError::Lock { .. } => Status::Malformed,
        WheelhouseError::Read { source, .. } => of_io(source),
    }
}

fn of_resolve(error: &ResolveError) -> Status {
    match error {
        ResolveError::NoSolution(_) | ResolveError::ConflictingUrls { .. } => Status::No,
        ResolveError::UnusableUrl { .. } => Status::No,
        ResolveError::Provider(error) => of_provider_error(error),
    }
}

fn of_provider_error(error: &ProviderError) -> Status {
    match error {
        ProviderError::Unusable { .. } | ProviderError::NeedsBuild { .. } => Status::No,
        ProviderError::Failed(error) => of_provider(&**error),
    }
}

fn of_build(error: &BuildError) -> Status {
    match error {
        BuildError::Unknown { source, .. } => of_provider_error(source),
        BuildError::NoTree { source, .. } => of_resolve(source),
        BuildError::Circle { .. } => Status::No,
    }
}

/// What a provider failed with: one of the errors of `wh-index`.
fn of_provider(error: &(dyn std::error::Error + Send + Sync + 'static)) -> Status {
    if let Some(error) = error.downcast_ref::<IndexError>() {
        return of_index(error);
    }
    if let Some(error) = error.downcast_ref::<ClientError>() {
        return of_client(error);
    }
    if let Some(error) = error.downcast_ref::<SourceError>() {
        return of_source(error);
    }
    if let Some(error) = error.downcast_ref::<FindLinksError>() {
        return of_find_links(error);
    }
    Status::Unknown
}

fn of_download(error: &DownloadError) -> Status {
    match error {
        DownloadError::Fetch { source, .. } => of_client(source),
        DownloadError::Stopped { .. } => Status::Unknown,
        DownloadError::HashMismatch { .. }
        | DownloadError::SizeMismatch { .. }
        | DownloadError::Occupied { .. }
        | DownloadError::TwoOfOneName { .. }
        | DownloadError::Refused { .. }
        | DownloadError::RefusedSdist { .. } => Status::No,
        DownloadError::Write { .. } | DownloadError::Read { .. } => Status::Unknown,
    }
}

fn of_source(error: &SourceError) -> Status {
    match error {
        SourceError::Url { .. } => Status::Malformed,
        SourceError::OtherVcs { .. }
        | SourceError::NoRevision { .. }
        | SourceError::Gone { .. }
        | SourceError::Refused { .. }
        | SourceError::Pack { .. }
        | SourceError::Unnamed { .. } => Status::No,
        SourceError::NoGit { .. }
        | SourceError::Offline { .. }
        | SourceError::Git { .. }
        | SourceError::Io { .. } => Status::Unknown,
        SourceError::Fetch { error, .. } => of_client(error),
    }
}

fn of_prune(error: &PruneError) -> Status {
    match error {
        PruneError::NoLock(_) => Status::No,
        PruneError::Read { source, .. } => of_io(source),
        PruneError::Lock(error) => of_wheelhouse(error),
        PruneError::Hold(error) => of_download(error),
        PruneError::Remove { .. } => Status::Unknown,
    }
}

pub(super) fn of_wheel(error: &WheelError) -> Status {
    match &error.fault {
        Fault::Read(error) => of_io(error),
        Fault::Write { .. } => Status::Unknown,
        // every other fault is a refusal
        _ => Status::No,
    }
}

fn of_select(error: &SelectError) -> Status {
    match error {
        SelectError::BadMarker { .. } => Status::Malformed,
        SelectError::NotForThisEnvironment { .. }
        | SelectError::RequiresPython { .. }
        | SelectError::Undecided { .. }
        | SelectError::Ambiguous { .. }
        | SelectError::NoFile { .. }
        | SelectError::Unsupported { .. } => Status::No,
    }
}

fn of_requirements_file(error: &RequirementsFileError<io::Error>) -> Status {
    match error {
        RequirementsFileError::Read { error, .. } => match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::InvalidData | io::ErrorKind::Unsupported => {
                Status::Malformed
            }
            io::ErrorKind::Other => {
                let client = error.get_ref().and_then(|error| error.downcast_ref());
                client.map_or(Status::Unknown, of_client)
            }
            _ => Status::Unknown,
        },
        RequirementsFileError::Line { .. } | RequirementsFileError::Recursion { .. } => {
            Status::Malformed
        }
    }
}

fn of_apply(error: &ApplyError) -> Status {
    match error {
        ApplyError::Wheel(error) => of_wheel(error),
        ApplyError::Hash { .. }
        | ApplyError::WeakHash { .. }
        | ApplyError::Conflict { .. }
        | ApplyError::InstalledConflict { .. }
        | ApplyError::InTheWay { .. }
        | ApplyError::NoFileList { .. }
        | ApplyError::Record { .. }
        | ApplyError::Journal { .. }
        | ApplyError::Changed { .. } => Status::No,
        ApplyError::Compile { .. }
        | ApplyError::Recover { .. }
        | ApplyError::Io { .. }
        | ApplyError::Undo { .. } => Status::Unknown,
    }
}

fn of_index(error: &IndexError) -> Status {
    match error {
        IndexError::Client(source)
        | IndexError::Page { source, .. }
        | IndexError::Metadata { source, .. }
        | IndexError::File { source, .. } => of_client(source),
        IndexError::Garbage { .. } => Status::Unknown,
        IndexError::NoUploadTime { .. } => Status::Unknown,
        IndexError::FindLinks(error) => of_find_links(error),
    }
}
