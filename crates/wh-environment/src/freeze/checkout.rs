//! Facts of a version-control checkout, read from its files.
//!
//! Running git in a folder that somebody else made may run code of theirs (`core.fsmonitor`,
//! hooks, pagers). So `.git` is read as files: HEAD, refs, packed-refs, config (gitrepository-layout
//! and git-config). Only where these do not tell, because refs are in a reftable, is git
//! asked, with what could run code switched off.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::git_config;
use super::url_text;
use crate::search_path::real;

/// What a folder is checked out from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Checkout {
    /// It is under no version control.
    None,
    /// git, with a remote.
    Git(GitCheckout),
    /// git, without a remote.
    NoRemote,
    /// git, with a remote that is neither a URL nor a path that exists.
    BadRemote(String),
    /// Under version control, but the facts could not be had: the reason.
    Unknown(String),
}

/// Where the same files can be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct GitCheckout {
    /// The remote's URL, of a form that a requirement may have.
    pub remote: String,
    /// The commit of HEAD.
    pub commit: String,
    /// The project's folder, relative to the checkout, where it is not the same.
    pub subdirectory: Option<String>,
}

/// Looks for the innermost checkout that holds `location`. `path`: where git may be found.
pub(super) fn of(location: &Path, path: &[PathBuf]) -> Checkout {
    let location = real(location).unwrap_or_else(|_| location.to_path_buf());
    for folder in location.ancestors() {
        if let Some(git_dir) = git_dir(folder) {
            return in_git(&location, folder, &git_dir, path);
        }
        for other in [".hg", ".svn", ".bzr"] {
            if folder.join(other).is_dir() {
                return Checkout::Unknown(format!("checkouts with {other} are not read"));
            }
        }
    }
    Checkout::None
}

fn in_git(location: &Path, root: &Path, git_dir: &Path, path: &[PathBuf]) -> Checkout {
    let common = common_dir(git_dir);
    let config = match fs_err::read(common.join("config")) {
        Ok(bytes) => git_config::parse(&String::from_utf8_lossy(&bytes)),
        Err(error) => return Checkout::Unknown(error.to_string()),
    };
    let Some(remote) = remote(&config) else {
        return Checkout::NoRemote;
    };
    let Some(remote) = requirement_url(remote) else {
        return Checkout::BadRemote(remote.to_owned());
    };
    let commit = head(git_dir, &common).or_else(|| ask_git(root, path));
    match commit {
        Some(commit) => Checkout::Git(GitCheckout {
            remote,
            commit,
            subdirectory: subdirectory(location, root),
        }),
        None => Checkout::Unknown("its HEAD names no commit".to_owned()),
    }
}

/// The repository of a checkout: `.git`, or the folder that a file `.git` names.
fn git_dir(folder: &Path) -> Option<PathBuf> {
    let path = folder.join(".git");
    let kind = fs_err::metadata(&path).ok()?;
    let git_dir = if kind.is_dir() {
        path
    } else {
        let text = String::from_utf8(fs_err::read(&path).ok()?).ok()?;
        folder.join(text.strip_prefix("gitdir:")?.trim())
    };
    git_dir.join("HEAD").exists().then_some(git_dir)
}

/// Linked worktrees keep config and branches in the main repository.
fn common_dir(git_dir: &Path) -> PathBuf {
    match fs_err::read_to_string(git_dir.join("commondir")) {
        Ok(text) => git_dir.join(text.trim()),
        Err(_) => git_dir.to_path_buf(),
    }
}

/// The commit that HEAD stands at.
fn head(git_dir: &Path, common: &Path) -> Option<String> {
    let mut text = fs_err::read_to_string(git_dir.join("HEAD")).ok()?;
    // a symbolic ref may name another one; git follows five
    for _ in 0..5 {
        let Some(name) = text.strip_prefix("ref:") else {
            return commit_id(&text);
        };
        let name = name.trim().to_owned();
        if !name.starts_with("refs/") || name.split('/').any(|part| part == "..") {
            return None;
        }
        let loose = [git_dir, common]
            .iter()
            .find_map(|folder| fs_err::read_to_string(folder.join(&name)).ok());
        match loose {
            Some(loose) => text = loose,
            None => return packed(common, &name),
        }
    }
    None
}

fn packed(common: &Path, name: &str) -> Option<String> {
    let text = fs_err::read_to_string(common.join("packed-refs")).ok()?;
    text.lines()
        .filter(|line| !line.starts_with(['#', '^']))
        .filter_map(|line| line.split_once(' '))
        .find(|(_, this)| *this == name)
        .and_then(|(id, _)| commit_id(id))
}

fn commit_id(text: &str) -> Option<String> {
    let text = text.trim();
    let is_id = matches!(text.len(), 40 | 64) && text.bytes().all(|b| b.is_ascii_hexdigit());
    is_id.then(|| text.to_owned())
}

/// `git rev-parse HEAD`, with everything off that runs other programs.
fn ask_git(root: &Path, path: &[PathBuf]) -> Option<String> {
    let name = if cfg!(windows) { "git.exe" } else { "git" };
    let git = path
        .iter()
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(name))
        .find(|command| command.is_file())?;
    let output = Command::new(git)
        .args([
            "-c",
            "core.fsmonitor=false",
            "-c",
            "core.hooksPath=/dev/null",
        ])
        .args(["--no-pager", "rev-parse", "--verify", "HEAD"])
        .current_dir(root)
        .env_remove("GIT_DIR")
        .env_remove("GIT_WORK_TREE")
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_TERMINAL_PROMPT", "0")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| commit_id(&text)).flatten()
}

/// `origin`, else the first.
fn remote(config: &[git_config::Entry]) -> Option<&str> {
    let remotes = || {
        config
            .iter()
            .filter(|entry| entry.section == "remote" && entry.key == "url")
    };
    let origin = remotes().find(|entry| entry.subsection == "origin");
    let remote = origin.or_else(|| remotes().next())?;
    Some(remote.value.split(' ').next().unwrap_or_default())
}

/// A remote's URL as a requirement may have it: `git@host:path` becomes `ssh://git@host/path`, a
/// path becomes a `file:` URL.
fn requirement_url(remote: &str) -> Option<String> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    if let Some((scheme, _)) = remote.split_once("://")
        && !scheme.is_empty()
        && scheme.chars().all(is_word)
    {
        return Some(remote.to_owned());
    }
    let path = Path::new(remote);
    if path.is_absolute() && path.exists() {
        return Some(url_text::file_url(path));
    }
    let (host, path) = remote.split_once(':')?;
    let server = match host.split_once('@') {
        Some((user, server)) if !user.is_empty() && user.chars().all(is_word) => server,
        Some((_, "")) => return None,
        _ => host,
    };
    let is_scp = !server.is_empty()
        && !server.contains('/')
        && path.starts_with(is_word)
        && !path.contains(':');
    is_scp.then(|| format!("ssh://{host}/{path}"))
}

/// The folder of the project: the nearest one upwards with `pyproject.toml` or `setup.py`.
fn subdirectory(location: &Path, root: &Path) -> Option<String> {
    let project = location.ancestors().find(|folder| {
        ["pyproject.toml", "setup.py"]
            .iter()
            .any(|name| folder.join(name).is_file())
    })?;
    let relative = project.strip_prefix(root).ok()?.to_str()?.to_owned();
    (!relative.is_empty()).then_some(relative)
}

#[cfg(test)]
#[path = "checkout_tests.rs"]
mod tests;
