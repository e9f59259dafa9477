//! Hints about indexes, find-links, wheelhouses and downloads.

use wh_index::download::DownloadError;
use wh_index::find_links::FindLinksError;
use wh_index::prune::PruneError;
use wh_index::source::SourceError;
use wh_index::wheelhouse::WheelhouseError;
use wh_index::{ClientError, IndexError, TlsFault};

use super::{Hints, of_write, one};

pub(super) fn of_client(error: &ClientError) -> Hints {
    match error {
        ClientError::NotFound { .. } => one("check the address; the file may have been removed"),
        ClientError::ProxyUnauthorized { .. } => one(
            "put them into its URL: --proxy http://USER:PASSWORD@HOST:PORT, or HTTPS_PROXY and HTTP_PROXY in the same form (@ in a password is %40)",
        ),
        ClientError::Unauthorized {
            with_credentials: true,
            ..
        } => one("the index does not accept these credentials: check them in the URL or in netrc"),
        ClientError::Unauthorized {
            with_credentials: false,
            ..
        } => one(
            "the index wants credentials: put them in netrc, in the URL (https://USER:PASSWORD@...), or ask a keyring with --keyring-provider subprocess",
        ),
        ClientError::Server { .. } | ClientError::Timeout { .. } | ClientError::Cut { .. } => {
            one("try again later; --retries and --timeout make wh more patient")
        }
        ClientError::Status { .. } | ClientError::Garbage { .. } => {
            one("check that the address is that of a Simple index (it mostly ends with /simple/)")
        }
        ClientError::Connect { proxy: Some(_), .. } => one(
            "check that the proxy is the right one (--proxy, HTTPS_PROXY, HTTP_PROXY); hosts that need none go into NO_PROXY",
        ),
        ClientError::Connect { proxy: None, .. } => {
            one("check the address and the network; behind a proxy, give --proxy or HTTPS_PROXY")
        }
        ClientError::Tls { fault, .. } => of_tls(fault),
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

fn of_tls(fault: &TlsFault) -> Hints {
    match fault {
        TlsFault::UnknownAuthority => one(
            "give the authority that signed its certificate with --cert (your company's, if a proxy opens what is secure), or, if you trust the line, the host with --trusted-host",
        ),
        TlsFault::Expired => one(
            "check the clock of this machine; else its keeper must renew the certificate (--trusted-host HOST does without)",
        ),
        TlsFault::NotYetValid => one("check the clock of this machine"),
        TlsFault::WrongName(_) => one(
            "check the address: the certificate is not for that name (if you trust the line, --trusted-host HOST does without)",
        ),
        TlsFault::ClientCertificate => {
            one("give this client's certificate and its key, in one PEM file, with --client-cert")
        }
        TlsFault::NotTls => one("check the address: perhaps it is http:, or another port"),
        TlsFault::Other(_) => one(
            "check the address and the clock; --cert names another authority, --trusted-host a host that is trusted without",
        ),
    }
}

pub(super) fn of_index(error: &IndexError) -> Hints {
    match error {
        IndexError::Client(source)
        | IndexError::Page { source, .. }
        | IndexError::Metadata { source, .. }
        | IndexError::File { source, .. } => of_client(source),
        IndexError::Garbage { .. } => {
            one("check that the address is that of a Simple index (it mostly ends with /simple/)")
        }
        IndexError::NoUploadTime { project, .. } => one(format!(
            "without a time the cut-off of --exclude-newer cannot be held: leave this index out of it (`exclude-newer = false` in its [[index]] of wh.toml), or the project (`--exclude-newer-package {project}=false`)"
        )),
        IndexError::FindLinks(error) => of_find_links(error),
    }
}

pub(super) fn of_find_links(error: &FindLinksError) -> Hints {
    match error {
        FindLinksError::Missing(_) | FindLinksError::Unusable(_) => {
            one("--find-links takes a folder, a page of links, or a file: check what was given")
        }
        FindLinksError::TwoOfOneName { .. } => one("leave one of the two places out"),
        FindLinksError::Read { .. } => one("check that this user may read it"),
        FindLinksError::Page { source, .. } => of_client(source),
    }
}

pub(super) fn of_wheelhouse(error: &WheelhouseError) -> Hints {
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

pub(super) fn of_download(error: &DownloadError) -> Hints {
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
        DownloadError::Refused { .. } | DownloadError::RefusedSdist { .. } => {
            one("`wh install` would refuse it too: ask for another version, and tell its author")
        }
        DownloadError::Write { source, .. } => of_write(source),
        DownloadError::Read { .. } => one("check that this user may read it"),
    }
}

pub(super) fn of_prune(error: &PruneError) -> Hints {
    match error {
        PruneError::NoLock(_) => one(
            "nothing was removed: without a lock every file would count as not named; `wh download` writes one",
        ),
        PruneError::Read { .. } => one("check the path and that this user may read it"),
        PruneError::Lock(_) => one(
            "nothing was removed: what that lock names is not known; write it again with `wh download`, or remove it",
        ),
        PruneError::Hold(error) => of_download(error),
        PruneError::Remove { source, .. } => of_write(source),
    }
}

pub(super) fn of_source(error: &SourceError) -> Hints {
    one(match error {
        SourceError::Url { .. } => {
            "a repository is `name @ git+https://host/path@revision#subdirectory=folder`, the folder below it"
        }
        SourceError::OtherVcs { .. } => "check it out, and give the folder: `./folder`",
        SourceError::NoGit { .. } => {
            "install git; or give a folder that it was checked out to, or the URL of an archive of it"
        }
        SourceError::Offline { .. } => {
            "leave --offline out, or give a folder that it was checked out to"
        }
        SourceError::Git { .. } => {
            "git asks for no password here: let a credential helper or an ssh agent know it (try `git ls-remote URL`)"
        }
        SourceError::NoRevision { .. } => "`git ls-remote URL` lists its branches and tags",
        SourceError::Gone { .. } => {
            "paths are relative to the working folder, those in requirements files too"
        }
        SourceError::Refused { .. } | SourceError::Pack { .. } => {
            "a project is a folder or an archive with a pyproject.toml or a setup.py at its top, or in `#subdirectory=`"
        }
        SourceError::Unnamed { .. } => NOT_STATIC,
        SourceError::Fetch { error, .. } => return of_client(error),
        SourceError::Io { .. } => return Vec::new(),
    })
}

/// What to do where only a build tells what source is.
pub(super) const NOT_STATIC: &str = "nothing of it is run unless --build says so; or build it once into a wheel where its code may run (`wh wheel --no-deps -w vendor ...`), and ask for it by name with --find-links vendor";
