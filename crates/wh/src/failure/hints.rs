//! What to do about every failure. Only here are flags named in advice.

use std::io;

use wh_environment::transaction::ApplyError;
use wh_environment::{DiscoverError, ProbeError, VenvError};
use wh_index::download::DownloadError;
use wh_index::find_links::FindLinksError;
use wh_index::wheelhouse::WheelhouseError;
use wh_index::{ClientError, IndexError};
use wh_packaging::ProjectName;
use wh_packaging::lock::SelectError;
use wh_packaging::requirement::display_marker;
use wh_packaging::requirements_file::RequirementsFileError;
use wh_packaging::target::TargetError;
use wh_resolver::{NoSolution, ProviderError, ResolveError};

use super::{Failure, other_targets};

type Hints = Vec<String>;

fn one(hint: impl Into<String>) -> Hints {
    vec![hint.into()]
}

const NAME_AN_ENVIRONMENT: &str = "name one with --python (an interpreter, a virtual environment's folder, or a version), or make one with `wh venv`";
const FETCH_AGAIN: &str =
    "fetch the folder again with `wh download`: it replaces what does not match its lock";
const MALFORMED_LINE: &str =
    "a line is a requirement (`pandas>=2`), an option of pip's (`-r more.txt`), or a comment";

impl Failure {
    /// What the user can do, the most likely first.
    pub fn hints(&self) -> Hints {
        match self {
            Failure::Discover(error) => of_discover(error),
            Failure::Probe(error) => of_probe(error),
            Failure::Installed(_) => one("check that the folder can be read by this user"),
            Failure::Freeze(wh_environment::FreezeError::Installed(_)) => {
                one("check that the folder can be read by this user")
            }
            Failure::Freeze(wh_environment::FreezeError::Requirement { .. })
            | Failure::RequirementsFile(RequirementsFileError::Line { .. }) => one(MALFORMED_LINE),
            Failure::Venv(error) => of_venv(error),
            Failure::Apply(error) => of_apply(error),
            Failure::Target(error) => of_target(error),
            Failure::RequirementsFile(RequirementsFileError::Read { .. }) => one(
                "paths of included files are relative to the file that names them; `-` is standard input",
            ),
            Failure::RequirementsFile(RequirementsFileError::Recursion { .. }) => {
                one("take one of the two lines out")
            }
            Failure::Index(error) => of_index(error),
            Failure::FindLinks(error) => of_find_links(error),
            Failure::Wheelhouse(error) => of_wheelhouse(error),
            Failure::Resolve(error) => of_resolve(error),
            Failure::NotInFolder { source, locked, .. } => of_folder(source, *locked),
            Failure::Download(error) => of_download(error),
            Failure::SelfCheck(_) => one(
                "this is a fault of wh: no lock was written. Please report it with the requirements and the target",
            ),
            Failure::Wheel(_) => one(FETCH_AGAIN),
            Failure::Lock { .. } => {
                one("write it again with `wh download`, or name another with -r")
            }
            Failure::Select { source, .. } => of_select(source),
            Failure::Malformed { hint, .. } | Failure::No { hint, .. } => {
                hint.iter().cloned().collect()
            }
            Failure::File(..) | Failure::Several(_) => Vec::new(),
        }
    }
}

fn of_discover(error: &DiscoverError) -> Hints {
    match error {
        DiscoverError::NotFound => one(NAME_AN_ENVIRONMENT),
        DiscoverError::NotPython { .. } => one(NAME_AN_ENVIRONMENT),
        DiscoverError::NoSuchInterpreter { .. } => {
            one("name the interpreter by its path with --python")
        }
        DiscoverError::Probe(error) => of_probe(error),
    }
}

fn of_probe(error: &ProbeError) -> Hints {
    match error {
        ProbeError::Start { .. }
        | ProbeError::Failed { .. }
        | ProbeError::Silent { .. }
        | ProbeError::Answer { .. } => {
            one("run it by hand to see what is wrong, or name another with --python")
        }
        ProbeError::TooOld { .. } => one("name a newer one with --python"),
    }
}

fn of_venv(error: &VenvError) -> Hints {
    match error {
        VenvError::NotEmpty { .. } => one("name another folder"),
        VenvError::BadPath { .. } => one("name another folder"),
        VenvError::BadPrompt => one("give another text with --prompt"),
        VenvError::Write(error) => of_write(error),
    }
}

fn of_write(error: &io::Error) -> Hints {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            one("the disk is full: make room, or name another folder; nothing was left half done")
        }
        io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory => {
            one("something else has that name: name another folder, or move it away")
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            one("this user may not write there: name another folder, or change its permissions")
        }
        _ => Vec::new(),
    }
}

fn of_apply(error: &ApplyError) -> Hints {
    let nothing_changed = "nothing was changed";
    match error {
        ApplyError::Wheel(wheel) => match &wheel.fault {
            wh_wheel::Fault::Write { source, .. } => of_write(source),
            _ => one(format!("{nothing_changed}; {FETCH_AGAIN}")),
        },
        ApplyError::Hash { .. } | ApplyError::WeakHash { .. } => one(format!(
            "{nothing_changed}: the file is not the one that was locked; {FETCH_AGAIN}"
        )),
        ApplyError::Conflict { .. } => one(
            "both cannot be installed together; leave one of them out (`wh download --exclude NAME`)",
        ),
        ApplyError::InstalledConflict { owner, .. } => one(format!(
            "uninstall {owner} first, or install into another environment"
        )),
        ApplyError::InTheWay { .. } => one("move it away, and install again"),
        ApplyError::NoFileList { project, .. } => one(format!(
            "it was installed without a list of its files: remove {project} with what installed it"
        )),
        ApplyError::Record { .. } => one("reinstall that distribution with what installed it"),
        ApplyError::Changed { .. } => {
            one("another program is at work there: try again when it is done")
        }
        ApplyError::Io { source, .. } => of_write(source),
        ApplyError::Undo { .. } => one("move those files back by hand once the fault is mended"),
    }
}

fn of_target(error: &TargetError) -> Hints {
    let forms = "targets are named like cp312-manylinux_2_28_x86_64, cp313-win_amd64 or cp312-linux; `wh target` run on a machine describes it";
    match error {
        TargetError::UnknownPython {
            nearest: Some(nearest),
            ..
        }
        | TargetError::UnknownPlatform {
            nearest: Some(nearest),
            ..
        } => one(format!("did you mean `{nearest}`?")),
        TargetError::NotAName { .. }
        | TargetError::UnknownPython { nearest: None, .. }
        | TargetError::UnknownPlatform { nearest: None, .. }
        | TargetError::UnknownTag { .. } => one(forms),
        TargetError::Missing { .. } => {
            one("give --python-version and --platform, or --target NAME")
        }
        TargetError::File { .. } => one("`wh target > FILE` on that machine writes one"),
    }
}

fn of_client(error: &ClientError) -> Hints {
    match error {
        ClientError::NotFound { .. } => one("check the address; the file may have been removed"),
        ClientError::Unauthorized { status: 407, .. } => {
            one("the proxy wants credentials: --proxy http://USER:PASSWORD@HOST:PORT")
        }
        ClientError::Unauthorized {
            with_credentials: true,
            ..
        } => one("the index does not accept these credentials: check them in the URL or in netrc"),
        ClientError::Unauthorized {
            with_credentials: false,
            ..
        } => one(
            "the index wants credentials: put them in netrc, or in the URL (https://USER:PASSWORD@...)",
        ),
        ClientError::Server { .. } | ClientError::Timeout { .. } | ClientError::Cut { .. } => {
            one("try again later; --retries and --timeout make wh more patient")
        }
        ClientError::Status { .. } | ClientError::Garbage { .. } => {
            one("check that the address is that of a Simple index (it mostly ends with /simple/)")
        }
        ClientError::Connect { .. } => {
            one("check the address and the network; behind a proxy, give --proxy or HTTPS_PROXY")
        }
        ClientError::Tls { .. } => one(
            "give the authority that signed its certificate with --cert, or, if you trust the line, the host with --trusted-host",
        ),
        ClientError::HashMismatch { .. } => {
            one("the index and its files disagree: try again, and tell its keeper if it stays")
        }
        ClientError::Offline { .. } => {
            one("run once without --offline, with the same cache folder")
        }
        ClientError::File { .. } => one("check the path and that this user may read it"),
        ClientError::Setup { .. } => Vec::new(),
    }
}

fn of_index(error: &IndexError) -> Hints {
    match error {
        IndexError::Client(source)
        | IndexError::Page { source, .. }
        | IndexError::Metadata { source, .. } => of_client(source),
        IndexError::Garbage { .. } => {
            one("check that the address is that of a Simple index (it mostly ends with /simple/)")
        }
        IndexError::FindLinks(error) => of_find_links(error),
    }
}

fn of_find_links(error: &FindLinksError) -> Hints {
    match error {
        FindLinksError::Missing(_) | FindLinksError::Unusable(_) => {
            one("--find-links takes a folder, a page of links, or a file: check what was given")
        }
        FindLinksError::TwoOfOneName { .. } => one("leave one of the two places out"),
        FindLinksError::Read { .. } => one("check that this user may read it"),
        FindLinksError::Page { source, .. } => of_client(source),
    }
}

fn of_wheelhouse(error: &WheelhouseError) -> Hints {
    match error {
        WheelhouseError::Folder(error) => of_find_links(error),
        WheelhouseError::SeveralLocks(locks) => {
            let first = locks
                .first()
                .map(|path| path.display().to_string())
                .unwrap_or_default();
            one(format!("choose one, as in `-r {first}`"))
        }
        WheelhouseError::Read { .. } => one("check the path and that this user may read it"),
        WheelhouseError::Lock { .. } => {
            one("write it again with `wh download`, or name another with -r")
        }
    }
}

fn of_resolve(error: &ResolveError) -> Hints {
    match error {
        ResolveError::NoSolution(no) => of_no_solution(no),
        ResolveError::ConflictingUrls { .. } => one("ask for one of them only"),
        ResolveError::UnusableUrl { .. } => one(
            "only wheels are supported yet: build it once into a wheel (`pip wheel --no-deps -w vendor ...`) and add --find-links vendor",
        ),
        ResolveError::Provider(ProviderError::Unusable { .. }) => Vec::new(),
        ResolveError::Provider(ProviderError::Failed(error)) => {
            if let Some(error) = error.downcast_ref::<IndexError>() {
                return of_index(error);
            }
            error
                .downcast_ref::<ClientError>()
                .map(of_client)
                .unwrap_or_default()
        }
    }
}

fn of_no_solution(no: &NoSolution) -> Hints {
    let mut hints = Vec::new();
    for unknown in &no.unknown {
        hints.push(format!(
            "no index has `{}`: check the spelling, or name the index that has it with --extra-index-url",
            unknown.project
        ));
    }
    hints.extend(no.no_wheel.iter().map(other_targets::hint));
    let has_wheels =
        |project: &ProjectName| no.no_wheel.iter().any(|none| none.project == *project);
    for project in no.only_sdists.iter().filter(|project| !has_wheels(project)) {
        hints.push(format!(
            "{project} has source distributions only, and those are not supported yet: build it once into a wheel (`pip wheel --no-deps -w vendor {project}`) and add --find-links vendor"
        ));
    }
    for project in &no.only_pre_releases {
        hints.push(format!("only pre-releases of {project} would do: --pre allows them, or name one (`{project}>=1.0a1`)"));
    }
    for other in &no.requires_python {
        hints.push(format!(
            "{} {} needs Python {}: choose a target with such a Python, or allow another version",
            other.project, other.version, other.requires_python
        ));
    }
    if hints.is_empty() {
        hints.push(
            "one of the requirements or constraints above must change: allow other versions, or leave it out"
                .to_owned(),
        );
    }
    hints
}

/// The folder is all there is: what is missing must be brought along.
fn of_folder(error: &ResolveError, locked: bool) -> Hints {
    let mut hints = match error {
        ResolveError::NoSolution(no) => no.no_wheel.iter().map(other_targets::hint).collect(),
        other => of_resolve(other),
    };
    hints.push(if locked {
        "beside a lock only its files count; on the other side, `wh download` with these requirements brings what is missing".to_owned()
    } else {
        "on the other side, `wh download` with these requirements and this target brings what is missing".to_owned()
    });
    hints
}

fn of_download(error: &DownloadError) -> Hints {
    match error {
        DownloadError::Fetch { source, .. } => of_client(source),
        DownloadError::Stopped { .. } => one("this is a fault of wh: please report it"),
        DownloadError::HashMismatch { .. } | DownloadError::SizeMismatch { .. } => one(
            "the file is not the one that the index (or the requirement) promises and was not kept; if it stays so, do not trust that place",
        ),
        DownloadError::Occupied { path, .. } => one(format!(
            "move {} away, or name another folder with -d",
            path.display()
        )),
        DownloadError::TwoOfOneName { .. } => one(
            "two places disagree about one file: leave one of them out (--extra-index-url, --find-links)",
        ),
        DownloadError::Refused { .. } => {
            one("`wh install` would refuse it too: ask for another version, and tell its author")
        }
        DownloadError::Write { source, .. } => of_write(source),
        DownloadError::Read { .. } => one("check that this user may read it"),
        DownloadError::Several(errors) => errors.first().map(of_download).unwrap_or_default(),
    }
}

fn of_select(error: &SelectError) -> Hints {
    match error {
        SelectError::NotForThisEnvironment { environments } => {
            let those: Vec<String> = environments
                .iter()
                .map(|marker| display_marker(marker).unwrap_or_default())
                .collect();
            one(format!(
                "it was made for {}; choose such an interpreter with --python, or download for this one (`wh target` describes it)",
                those.join(" or for ")
            ))
        }
        SelectError::RequiresPython { .. } => one("choose another interpreter with --python"),
        SelectError::Undecided { .. }
        | SelectError::BadMarker { .. }
        | SelectError::Ambiguous { .. } => one("write the lock again with `wh download`"),
        SelectError::NoFile { .. } => one(
            "download for this environment too: `wh target > here.json` here, `--target here.json` there",
        ),
        SelectError::Unsupported { .. } => {
            one("only wheels are supported yet: lock a wheel of it with `wh download`")
        }
    }
}
