//! URLs that lead to what has to be built: a repository, a folder, an archive of source.
//!
//! As pip reads them ("VCS Support", "Local project installs"): `git+https://host/path@revision`,
//! with `#egg=name&subdirectory=folder` behind. PEP 751 and PEP 610 have the same parts as keys.

use percent_encoding::percent_decode_str;
use url::Url;

use super::{UrlKind, classify_url};

/// What a URL leads to, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceUrl {
    /// Where it is.
    pub place: SourcePlace,
    /// The folder of the project in it, with `/`, where it is not at the top.
    pub subdirectory: Option<String>,
}

/// Where source is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourcePlace {
    /// A git repository.
    Git {
        /// Its URL as git takes it; credentials stay in it.
        repository: Url,
        /// A branch, a tag, a commit; `None`: what the repository's HEAD is at.
        revision: Option<String>,
    },
    /// A repository of another system, by its name.
    OtherVcs(String),
    /// An archive; the URL has no fragment.
    Archive(Url),
    /// A folder of this machine; the URL has no fragment.
    Folder(Url),
}

/// What is wrong with such a URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceUrlError {
    /// What stands behind `git+` is no URL.
    #[error("what stands behind `git+` is not the URL of a repository: {0}")]
    Repository(String),
    /// A revision that git would take for an option, or none at all.
    #[error("`{0}` is not a revision")]
    Revision(String),
    /// A folder that is not below the source.
    #[error("the subdirectory `{0}` does not stay inside")]
    Subdirectory(String),
}

impl SourceUrl {
    /// Takes a URL apart. What does not tell what it is counts as an archive: who fetches it sees.
    ///
    /// # Errors
    /// See [`SourceUrlError`].
    pub fn parse(url: &Url) -> Result<Self, SourceUrlError> {
        let mut bare = url.clone();
        bare.set_fragment(None);
        let place = match classify_url(url) {
            UrlKind::Vcs => repository(&bare)?,
            UrlKind::LocalPath => SourcePlace::Folder(bare),
            UrlKind::Wheel | UrlKind::Sdist | UrlKind::Unknown => SourcePlace::Archive(bare),
        };
        Ok(Self {
            place,
            subdirectory: fragment(url, "subdirectory").map(inside).transpose()?,
        })
    }

    /// Whether two URLs ask for the same source: what else a fragment says is no part of it.
    pub fn same(one: &Url, other: &Url) -> bool {
        match (Self::parse(one), Self::parse(other)) {
            (Ok(one), Ok(other)) => one == other,
            _ => one == other,
        }
    }

    /// Puts it together: what [`parse`](Self::parse) takes apart.
    pub fn to_url(&self) -> Option<Url> {
        let mut url = match &self.place {
            SourcePlace::Git {
                repository,
                revision,
            } => {
                let revision = revision.as_ref().map(|name| format!("@{name}"));
                let text = format!("git+{repository}{}", revision.unwrap_or_default());
                Url::parse(&text).ok()?
            }
            SourcePlace::OtherVcs(_) => return None,
            SourcePlace::Archive(url) | SourcePlace::Folder(url) => url.clone(),
        };
        if let Some(subdirectory) = &self.subdirectory {
            url.set_fragment(Some(&format!("subdirectory={subdirectory}")));
        }
        Some(url)
    }
}

/// One of the parts of a fragment: `#egg=name&subdirectory=folder`.
pub(super) fn fragment<'u>(url: &'u Url, key: &str) -> Option<&'u str> {
    let parts = url.fragment()?.split('&');
    parts
        .filter_map(|part| part.split_once('='))
        .find(|(name, _)| *name == key)
        .map(|(_, value)| value)
}

fn repository(url: &Url) -> Result<SourcePlace, SourceUrlError> {
    let scheme = url.scheme();
    let system = scheme.split('+').next().unwrap_or_default();
    if !matches!(system, "git" | "ssh") {
        return Ok(SourcePlace::OtherVcs(system.to_owned()));
    }
    let text = url.as_str();
    let text = text.strip_prefix("git+").unwrap_or(text);
    let wrong = |error: url::ParseError| SourceUrlError::Repository(error.to_string());
    let mut repository = Url::parse(text).map_err(wrong)?;
    // the `@` of a user stands before the path
    let path = repository.path().to_owned();
    let revision = match path.rsplit_once('@') {
        Some((path, revision)) => {
            repository.set_path(path);
            Some(checked(revision)?)
        }
        None => None,
    };
    Ok(SourcePlace::Git {
        repository,
        revision,
    })
}

/// No option of git's, no range, no blank: such a name is a name to every command.
fn checked(revision: &str) -> Result<String, SourceUrlError> {
    let name = percent_decode_str(revision).decode_utf8_lossy();
    let strange = |c: char| c.is_control() || c.is_whitespace() || "~^:?*[\\".contains(c);
    if name.is_empty() || name.starts_with('-') || name.contains("..") || name.contains(strange) {
        return Err(SourceUrlError::Revision(name.into_owned()));
    }
    Ok(name.into_owned())
}

fn inside(folder: &str) -> Result<String, SourceUrlError> {
    let folder = percent_decode_str(folder).decode_utf8_lossy();
    let parts: Vec<&str> = folder
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".")
        .collect();
    let strange = |c: char| c.is_control() || c == '\\' || c == ':';
    if folder.starts_with('/') || folder.contains(strange) || parts.contains(&"..") {
        return Err(SourceUrlError::Subdirectory(folder.into_owned()));
    }
    Ok(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(url: &str, expected: Result<(&str, Option<&str>, Option<&str>), &str>) {
        let parsed = SourceUrl::parse(&Url::parse(url).unwrap());
        match (parsed, expected) {
            (Ok(found), Ok((place, revision, subdirectory))) => {
                let (at, of) = match &found.place {
                    SourcePlace::Git {
                        repository,
                        revision,
                    } => (repository.as_str(), revision.as_deref()),
                    SourcePlace::OtherVcs(system) => (system.as_str(), None),
                    SourcePlace::Archive(url) | SourcePlace::Folder(url) => (url.as_str(), None),
                };
                assert_eq!((at, of), (place, revision), "{url}");
                assert_eq!(found.subdirectory.as_deref(), subdirectory, "{url}");
                if let Some(again) = found.to_url() {
                    assert!(
                        SourceUrl::same(&again, &Url::parse(url).unwrap()),
                        "{again}"
                    );
                }
            }
            (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{error}"),
            (found, _) => panic!("{url}: {found:?}"),
        }
    }

    #[test]
    fn parts_of_urls() {
        check(
            "git+https://h.example/r.git",
            Ok(("https://h.example/r.git", None, None)),
        );
        check(
            "git+ssh://git@h.example/r.git@v1.0#egg=r&subdirectory=a/b/",
            Ok(("ssh://git@h.example/r.git", Some("v1.0"), Some("a/b"))),
        );
        check(
            "git+file:///r@feature/x",
            Ok(("file:///r", Some("feature/x"), None)),
        );
        check("hg+https://h.example/r", Ok(("hg", None, None)));
        check("file:///some/dir", Ok(("file:///some/dir", None, None)));
        check(
            "https://h.example/a-1.tar.gz#sha256=ab&subdirectory=x",
            Ok(("https://h.example/a-1.tar.gz", None, Some("x"))),
        );
        check(
            "https://h.example/tarball/main",
            Ok(("https://h.example/tarball/main", None, None)),
        );
    }

    #[test]
    fn what_could_be_something_else_is_refused() {
        check("git+https://h.example/r@--upload-pack=x", Err("revision"));
        check("git+https://h.example/r@", Err("revision"));
        check("git+https://h.example/r@a..b", Err("revision"));
        for folder in ["../x", "/etc", "a/../../b", "c:/x", "a%2F..%2F..%2Fb"] {
            let url = format!("git+https://h.example/r#subdirectory={folder}");
            check(&url, Err("does not stay inside"));
        }
    }
}
