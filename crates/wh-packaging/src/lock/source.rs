//! Where an entry was taken from, where that is not what lies in the folder.
//!
//! PEP 751 locks a repository as `vcs` and a folder as `directory`: neither crosses a gap, and
//! neither has a digest. So `wh` locks what it made of them, a wheel or an archive, and writes the
//! standard's own tables into `[packages.tool.wh]`, beside it. From other tools' locks they are
//! read where the standard has them.

use toml_edit::{InlineTable, Value};
use url::Url;

use super::LockedFile;
use crate::direct_url::{DirectSource, DirectUrl, without_credentials};
use crate::requirement::{SourcePlace, SourceUrl};

/// Where an entry was taken from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LockedSource {
    /// A repository, at one commit.
    Vcs(LockedVcs),
    /// A folder of the machine that made the lock.
    Directory(LockedDirectory),
    /// An archive of source that a URL or a path asked for; it has no `path`.
    Archive(LockedFile),
    /// A published source distribution; it has no `path`.
    Sdist(LockedFile),
}

/// `vcs`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockedVcs {
    /// `type`: `git`
    pub system: String,
    /// `url`, without credentials; or `path`.
    pub url: String,
    /// `requested-revision`
    pub requested_revision: Option<String>,
    /// `commit-id`
    pub commit_id: String,
    /// `subdirectory`
    pub subdirectory: Option<String>,
}

/// `directory`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockedDirectory {
    /// `path`, from the folder of the lock.
    pub path: String,
    /// `editable`
    pub editable: bool,
    /// `subdirectory`
    pub subdirectory: Option<String>,
}

impl LockedSource {
    /// The standard's name of the kind.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Vcs(_) => "vcs",
            Self::Directory(_) => "directory",
            Self::Archive(_) => "archive",
            Self::Sdist(_) => "sdist",
        }
    }

    /// Whether this is what a requirement's URL asks for. A repository answers for the revision
    /// that was asked for, and for its commit; a path of another machine for nothing.
    pub fn answers(&self, url: &Url) -> bool {
        let Ok(asked) = SourceUrl::parse(url) else {
            return false;
        };
        match (self, &asked.place) {
            (
                Self::Vcs(vcs),
                SourcePlace::Git {
                    repository,
                    revision,
                },
            ) => {
                let revision = revision.as_deref();
                vcs.system == "git"
                    && vcs.subdirectory == asked.subdirectory
                    && plain(&vcs.url) == plain(repository.as_str())
                    && (revision == vcs.requested_revision.as_deref()
                        || revision == Some(vcs.commit_id.as_str()))
            }
            (Self::Archive(file), SourcePlace::Archive(place)) => {
                file.subdirectory == asked.subdirectory
                    && file.url.as_deref().map(plain) == Some(plain(place.as_str()))
            }
            _ => false,
        }
    }

    /// The URL that asks for just this again: a repository by its commit. `None`: nothing that
    /// can be asked for elsewhere.
    pub fn url(&self) -> Option<Url> {
        let (place, subdirectory) = match self {
            Self::Vcs(vcs) if vcs.system == "git" => {
                let place = SourcePlace::Git {
                    repository: Url::parse(&vcs.url).ok()?,
                    revision: Some(vcs.commit_id.clone()),
                };
                (place, &vcs.subdirectory)
            }
            Self::Archive(file) => {
                let url = Url::parse(file.url.as_deref()?).ok()?;
                (SourcePlace::Archive(url), &file.subdirectory)
            }
            Self::Vcs(_) | Self::Directory(_) | Self::Sdist(_) => return None,
        };
        let subdirectory = subdirectory.clone();
        SourceUrl {
            place,
            subdirectory,
        }
        .to_url()
    }

    /// PEP 610, for what was built of it: `None` where nobody asked for a URL, or for one that
    /// means something only on the machine that made the lock.
    pub fn direct_url(&self) -> Option<DirectUrl> {
        match self {
            Self::Vcs(vcs) => Some(DirectUrl {
                url: vcs.url.clone(),
                subdirectory: vcs.subdirectory.clone(),
                source: DirectSource::VcsInfo {
                    vcs: vcs.system.clone(),
                    commit_id: vcs.commit_id.clone(),
                    requested_revision: vcs.requested_revision.clone(),
                },
            }),
            Self::Archive(file) => Some(DirectUrl {
                url: file.url.clone()?,
                subdirectory: file.subdirectory.clone(),
                source: DirectSource::ArchiveInfo {
                    hash: None,
                    hashes: file.hashes.clone(),
                },
            }),
            Self::Directory(_) | Self::Sdist(_) => None,
        }
    }

    /// As the inline table that a lock has.
    pub(super) fn to_table(&self) -> InlineTable {
        let mut table = InlineTable::new();
        let mut put = |key: &str, value: Option<Value>| {
            if let Some(value) = value {
                table.insert(key, value);
            }
        };
        let text = |text: &Option<String>| text.as_deref().map(Value::from);
        match self {
            Self::Vcs(vcs) => {
                put("type", Some(vcs.system.as_str().into()));
                put("url", Some(vcs.url.as_str().into()));
                put("requested-revision", text(&vcs.requested_revision));
                put("commit-id", Some(vcs.commit_id.as_str().into()));
                put("subdirectory", text(&vcs.subdirectory));
            }
            Self::Directory(directory) => {
                put("path", Some(directory.path.as_str().into()));
                put("editable", directory.editable.then(|| true.into()));
                put("subdirectory", text(&directory.subdirectory));
            }
            Self::Archive(file) | Self::Sdist(file) => {
                put("name", Some(file.name.as_str().into()));
                put("url", text(&file.url));
                let hashes: InlineTable = file.hashes.iter().collect();
                put("hashes", Some(hashes.into()));
                put("subdirectory", text(&file.subdirectory));
            }
        }
        table
    }
}

/// A URL without what tells who asks, and without a slash at its end.
fn plain(url: &str) -> String {
    let url = without_credentials(url).unwrap_or_else(|| url.to_owned());
    url.trim_end_matches('/').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn git(revision: Option<&str>, subdirectory: Option<&str>) -> LockedSource {
        LockedSource::Vcs(LockedVcs {
            system: "git".to_owned(),
            url: "https://h.example/r.git".to_owned(),
            requested_revision: revision.map(str::to_owned),
            commit_id: "c".repeat(40),
            subdirectory: subdirectory.map(str::to_owned),
        })
    }

    fn check(source: &LockedSource, url: &str, expected: bool) {
        assert_eq!(source.answers(&Url::parse(url).unwrap()), expected, "{url}");
    }

    #[test]
    fn a_repository_answers_for_what_was_asked_and_for_its_commit() {
        let commit = format!("git+https://h.example/r.git@{}", "c".repeat(40));
        let main = git(Some("main"), None);
        check(&main, "git+https://h.example/r.git@main", true);
        check(&main, "git+https://u:p@h.example/r.git@main#egg=r", true);
        check(&main, &commit, true);
        assert_eq!(main.url().unwrap().as_str(), commit);
        check(&main, "git+https://h.example/r.git", false);
        check(&main, "git+https://h.example/r.git@v1", false);
        check(&main, "git+https://h.example/other.git@main", false);
        check(&main, "https://h.example/r.git", false);
        check(&main, &format!("{commit}#subdirectory=x"), false);
        check(
            &git(None, Some("x")),
            &format!("{commit}#subdirectory=x"),
            true,
        );
        check(&git(None, None), "git+https://h.example/r.git", true);
    }
}
