//! Repositories, by the git that is installed.
//!
//! A repository is cloned as pip does it: its history whole, its files as far as they are needed
//! (partial clone), its submodules with it, since builds may ask git for tags. Nothing of the
//! repository is run: no hook, no file system monitor, no `ext::` transport; nobody is asked for a
//! password on the terminal. Credentials of the URL are git's to use and are told nowhere.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use tempfile::TempDir;
use url::Url;
use wh_packaging::direct_url::without_credentials;
use wh_packaging::lock::{LockedSource, LockedVcs};

use super::SourceError;
use super::error::GitSaid;

/// The git that is installed.
#[derive(Debug, Clone)]
pub struct Git {
    /// The command.
    pub command: PathBuf,
    /// Variables that it gets besides those of this process: proxies, authorities.
    pub environment: Vec<(String, String)>,
}

/// A repository, checked out at one commit.
#[derive(Debug)]
pub(super) struct Checkout {
    folder: Arc<TempDir>,
    commit: String,
}

impl Checkout {
    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn folder(&self) -> Arc<TempDir> {
        Arc::clone(&self.folder)
    }

    /// As a lock has it.
    pub(super) fn locked(
        &self,
        repository: &Url,
        revision: Option<&str>,
        subdirectory: Option<String>,
    ) -> LockedSource {
        let url = repository.as_str();
        LockedSource::Vcs(LockedVcs {
            system: "git".to_owned(),
            url: without_credentials(url).unwrap_or_else(|| url.to_owned()),
            requested_revision: revision.map(str::to_owned),
            commit_id: self.commit.clone(),
            subdirectory,
        })
    }
}

/// What keeps a repository from having anything run, and git from waiting for ever.
const SAFE: [&str; 12] = [
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "protocol.ext.allow=never",
    "-c",
    "advice.detachedHead=false",
    // a line that is silent for a minute is dead
    "-c",
    "http.lowSpeedLimit=1",
    "-c",
    "http.lowSpeedTime=60",
];

/// Variables that would lead git to another repository than the one that is meant.
const ELSEWHERE: [&str; 7] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
];

impl Git {
    /// Clones a repository into an empty folder and checks out what a revision names.
    pub(super) fn checkout(
        &self,
        repository: &Url,
        revision: Option<&str>,
        folder: TempDir,
        shown: &str,
    ) -> Result<Checkout, SourceError> {
        let work = Work {
            git: self,
            folder: folder.path(),
            shown,
        };
        work.clone(repository)?;
        let commit = work.commit(revision)?;
        work.run("check out", ["checkout", "--quiet", "--detach", &commit])?;
        if folder.path().join(".gitmodules").is_file() {
            let update = ["submodule", "update", "--init", "--recursive", "--quiet"];
            work.run("fetch the submodules of", update)?;
        }
        // a backend may read all of the checkout
        if let Some(plain) = without_credentials(repository.as_str()) {
            let forget = ["remote", "set-url", "origin", &plain];
            work.run("forget the password of", forget)?;
        }
        Ok(Checkout {
            folder: Arc::new(folder),
            commit,
        })
    }
}

/// One checkout in the making.
struct Work<'a> {
    git: &'a Git,
    folder: &'a Path,
    shown: &'a str,
}

impl Work<'_> {
    fn clone(&self, repository: &Url) -> Result<(), SourceError> {
        let arguments = [
            "clone",
            "--quiet",
            "--no-checkout",
            "--template=",
            "--filter=blob:none",
            "--",
            repository.as_str(),
            ".",
        ];
        self.run("clone", arguments).map(drop)
    }

    /// The commit that a branch, a tag or an id names; branches first, as for pip. What no ref of
    /// the clone leads to may be had by asking for it: a commit of a fork, `refs/pull/1/head`.
    fn commit(&self, revision: Option<&str>) -> Result<String, SourceError> {
        let Some(revision) = revision else {
            return self.parse("HEAD")?.ok_or_else(|| self.unknown("HEAD"));
        };
        for place in ["refs/remotes/origin/", "refs/tags/", ""] {
            if place.is_empty() && !is_commit(revision) {
                continue;
            }
            if let Some(commit) = self.parse(&format!("{place}{revision}"))? {
                return Ok(commit);
            }
        }
        let fetch = ["fetch", "--quiet", "origin", revision];
        if !self.ask(fetch)?.status.success() {
            return Err(self.unknown(revision));
        }
        let found = self.parse("FETCH_HEAD")?;
        found.ok_or_else(|| self.unknown(revision))
    }

    fn parse(&self, name: &str) -> Result<Option<String>, SourceError> {
        let name = format!("{name}^{{commit}}");
        let output = self.ask([
            "rev-parse",
            "--quiet",
            "--verify",
            "--end-of-options",
            &name,
        ])?;
        let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        // `--end-of-options` is said back by some versions
        let commit = text.lines().last().unwrap_or_default().to_owned();
        Ok((output.status.success() && is_whole(&commit)).then_some(commit))
    }

    fn unknown(&self, revision: &str) -> SourceError {
        SourceError::NoRevision {
            place: self.shown.to_owned(),
            revision: revision.to_owned(),
        }
    }

    /// Runs git; what it says counts where it fails.
    fn run<S: AsRef<OsStr>>(
        &self,
        doing: &'static str,
        arguments: impl IntoIterator<Item = S>,
    ) -> Result<Output, SourceError> {
        let output = self.ask(arguments)?;
        if output.status.success() {
            return Ok(output);
        }
        let text = String::from_utf8_lossy(&output.stderr);
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let mut said: Vec<String> = lines.map(plain).collect();
        said.drain(..said.len().saturating_sub(5));
        if said.is_empty() {
            said.push(output.status.to_string());
        }
        Err(SourceError::Git {
            place: self.shown.to_owned(),
            doing,
            said: GitSaid(said),
        })
    }

    fn ask<S: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = S>,
    ) -> Result<Output, SourceError> {
        let mut command = Command::new(&self.git.command);
        command
            .args(SAFE)
            .args(arguments)
            .current_dir(self.folder)
            .stdin(Stdio::null())
            .env("GIT_TERMINAL_PROMPT", "0")
            .envs(
                self.git
                    .environment
                    .iter()
                    .map(|(name, value)| (name, value)),
            );
        for name in ELSEWHERE {
            command.env_remove(name);
        }
        let output = command.output();
        output.map_err(|error| SourceError::io(&self.git.command, error))
    }
}

/// A line without the credentials of the URLs in it.
fn plain(line: &str) -> String {
    let words = line.split(' ').map(|word| {
        let url = word.trim_start_matches('\'');
        match without_credentials(url) {
            Some(plain) => word.replace(url, &plain),
            None => word.to_owned(),
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Whether a name can be a commit's, perhaps in short.
fn is_commit(name: &str) -> bool {
    (7..=64).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn is_whole(name: &str) -> bool {
    matches!(name.len(), 40 | 64) && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}
