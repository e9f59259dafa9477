//! Source that a requirement asks for by URL or path: a repository, a folder, an archive.
//!
//! It is fetched or checked out once a run, looked into, and nothing of it is run. What can be told
//! without building it (name, version, requirements) is told here; what travels is an archive: the
//! one that was asked for, or one that is made of the folder. A repository is pinned to a commit.
//! git is the only program that is ever started, and only where a repository was asked for.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tempfile::TempDir;
use url::Url;
use wh_packaging::lock::LockedSource;
use wh_packaging::requirement::{SourcePlace, SourceUrl};
use wh_packaging::sdist_filename::SdistFilename;
use wh_packaging::{DistributionFile, Event, Filename, Origin, ProjectName, Reporter, Version};
use wh_resolver::ProviderError;
use wh_sdist::{Identity, Sdist};

use crate::cache::Cache;
use crate::client::{Client, without_credentials};
use crate::metadata::with_causes;

mod archive;
mod error;
mod folder;
mod git;

pub use error::SourceError;
pub use git::Git;

/// How source is come by.
#[derive(Debug, Clone, Default)]
pub struct SourceSettings {
    /// The git that is installed; `None`: none is.
    pub git: Option<Git>,
    /// Where checkouts and what is fetched lie; `None`: where the machine has such things.
    pub folder: Option<PathBuf>,
    /// The folder that is filled: it is no part of a project that it may lie in, and paths of
    /// folders are told from there.
    pub beside: Option<PathBuf>,
}

impl SourceSettings {
    /// A new folder for what comes here.
    fn temporary(&self, prefix: &str) -> std::io::Result<TempDir> {
        match &self.folder {
            Some(folder) => TempDir::with_prefix_in(prefix, folder),
            None => TempDir::with_prefix(format!("wh-{prefix}")),
        }
    }
}

/// Source that lies on this machine.
#[derive(Debug)]
pub struct Source {
    /// How it is called in messages: what was asked for, without credentials.
    pub shown: String,
    /// Where it lies.
    pub lies: Lies,
    /// The folder of the project in it, where it is not at the top.
    pub subdirectory: Option<String>,
    /// What it says of itself.
    pub told: Sdist,
    /// What it is, for a lock.
    pub from: LockedSource,
    url: Url,
    packed: OnceLock<Result<Arc<folder::Packed>, SourceError>>,
}

/// Where source lies.
#[derive(Debug, Clone)]
pub enum Lies {
    /// A folder: a project of this machine, or a checkout.
    Folder(PathBuf, Option<Arc<TempDir>>),
    /// An archive of this form (`.tar.gz`, `.zip`); one that was fetched goes with this.
    Archive(PathBuf, &'static str, Option<Arc<TempDir>>),
}

impl Source {
    /// The folder or the file.
    pub fn path(&self) -> &Path {
        match &self.lies {
            Lies::Folder(path, _) | Lies::Archive(path, _, _) => path,
        }
    }

    /// What project it is.
    ///
    /// # Errors
    /// Only a build tells even the name.
    pub fn identity(&self) -> Result<Identity, SourceError> {
        self.told.identity().map_err(|why| SourceError::Unnamed {
            place: self.shown.clone(),
            why,
        })
    }
}

/// Source that was asked for in this run, each place once.
pub(crate) struct Sources {
    pub(crate) settings: SourceSettings,
    cache: Cache,
    reporter: Arc<dyn Reporter>,
    found: Once<Arc<Source>>,
    checkouts: Once<Arc<git::Checkout>>,
}

/// Answers by question; the first to ask one works it out while others wait.
struct Once<V>(Mutex<HashMap<String, Arc<Answer<V>>>>);

type Answer<V> = OnceLock<Result<V, SourceError>>;

impl<V: Clone> Once<V> {
    fn get(
        &self,
        key: &str,
        work: impl FnOnce() -> Result<V, SourceError>,
    ) -> Result<V, SourceError> {
        let cell = {
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(all.entry(key.to_owned()).or_default())
        };
        cell.get_or_init(work).clone()
    }
}

impl Sources {
    pub(crate) fn new(settings: SourceSettings, cache: Cache, reporter: Arc<dyn Reporter>) -> Self {
        Self {
            settings,
            cache,
            reporter,
            found: Once(Mutex::default()),
            checkouts: Once(Mutex::default()),
        }
    }

    /// What a URL leads to. Blocks.
    pub(crate) fn get(&self, url: &Url, client: &Client) -> Result<Arc<Source>, SourceError> {
        self.found.get(url.as_str(), || {
            let found = self.look(url, client)?;
            let commit = match &found.from {
                LockedSource::Vcs(vcs) => Some(vcs.commit_id.as_str()),
                _ => None,
            };
            let place = &found.shown;
            self.reporter.event(Event::SourceReady { place, commit });
            Ok(Arc::new(found))
        })
    }

    fn look(&self, url: &Url, client: &Client) -> Result<Source, SourceError> {
        let shown = shown(url);
        let asked = SourceUrl::parse(url).map_err(|error| SourceError::Url {
            place: shown.clone(),
            error,
        })?;
        let below = asked.subdirectory.clone();
        let (lies, told, from) = match &asked.place {
            SourcePlace::OtherVcs(system) => {
                return Err(SourceError::OtherVcs {
                    place: shown,
                    system: system.clone(),
                });
            }
            SourcePlace::Git {
                repository,
                revision,
            } => {
                let checkout = self.checkout(repository, revision.as_deref(), &shown, client)?;
                let from = checkout.locked(repository, revision.as_deref(), below.clone());
                let path = checkout.path().to_owned();
                let told = folder::look_into(&path, below.as_deref(), &shown)?;
                (Lies::Folder(path, Some(checkout.folder())), told, from)
            }
            SourcePlace::Folder(place) => {
                let path = folder::path_of(place, &shown)?;
                let told = folder::look_into(&path, below.as_deref(), &shown)?;
                let beside = self.settings.beside.as_deref();
                let from = folder::locked(&path, beside, below.clone());
                (Lies::Folder(path, None), told, from)
            }
            SourcePlace::Archive(place) => {
                let found = archive::obtain(url, place, self, client, &shown)?;
                let told = found.look_into(below.as_deref(), &shown)?;
                let from = found.locked(place, below.clone(), &shown)?;
                (found.lies(), told, from)
            }
        };
        Ok(Source {
            shown,
            lies,
            subdirectory: below,
            told,
            from,
            url: url.clone(),
            packed: OnceLock::new(),
        })
    }

    fn checkout(
        &self,
        repository: &Url,
        revision: Option<&str>,
        shown: &str,
        client: &Client,
    ) -> Result<Arc<git::Checkout>, SourceError> {
        let key = format!("{repository}@{}", revision.unwrap_or_default());
        self.checkouts.get(&key, || {
            if client.is_offline() && repository.scheme() != "file" {
                return Err(SourceError::Offline {
                    place: shown.to_owned(),
                });
            }
            let git = self.settings.git.as_ref();
            let git = git.ok_or_else(|| SourceError::NoGit {
                place: shown.to_owned(),
            })?;
            self.reporter.event(Event::SourceStarted { place: shown });
            let folder = self.settings.temporary("checkout-");
            let folder = folder.map_err(|error| SourceError::io("a temporary folder", error))?;
            git.checkout(repository, revision, folder, shown)
                .map(Arc::new)
        })
    }

    /// The archive that travels for some source: the file that a resolution chooses.
    pub(crate) fn file(
        &self,
        source: &Source,
        project: &ProjectName,
        version: &Version,
    ) -> Result<DistributionFile, SourceError> {
        let (path, ending) = match &source.lies {
            Lies::Archive(path, ending, _) => (path.clone(), *ending),
            Lies::Folder(folder, _) => {
                let top = top(project, version);
                let pack = || {
                    let skip: Vec<PathBuf> = self.settings.beside.iter().cloned().collect();
                    let place = &source.shown;
                    folder::pack(folder, &top, &skip, self, place).map(Arc::new)
                };
                let packed = source.packed.get_or_init(pack).clone()?;
                (packed.path.clone(), ".tar.gz")
            }
        };
        let filename = SdistFilename {
            project: project.clone(),
            version: version.clone(),
        };
        let name = self.name(source, &filename, ending);
        let place = match &source.from {
            // what a URL names is fetched from there by whoever likes
            LockedSource::Archive(file) if file.url.is_some() => bare(&source.url),
            _ => Url::from_file_path(&path).map_err(|()| SourceError::Gone {
                place: source.shown.clone(),
            })?,
        };
        let mut file =
            DistributionFile::new(Filename::Sdist(filename), name, place, Origin::Direct);
        file.path = Some(path);
        file.hashes = wh_resolver::fragment_hashes(&source.url);
        file.subdirectory = source.subdirectory.clone();
        file.made_from = match &source.from {
            // it is the very file
            LockedSource::Archive(_) => None,
            made => Some(Arc::new(made.clone())),
        };
        Ok(file)
    }

    /// The name under which it lies in the folder: its own, where that says what it is.
    fn name(&self, source: &Source, filename: &SdistFilename, ending: &str) -> String {
        let own = match &source.from {
            LockedSource::Archive(file) => Some(&file.name),
            _ => None,
        };
        let says = |name: &&String| {
            SdistFilename::parse(name, &filename.project).as_ref() == Some(filename)
                && name.ends_with(ending)
        };
        own.filter(says).cloned().unwrap_or_else(|| {
            let top = top(&filename.project, &filename.version);
            format!("{top}{ending}")
        })
    }
}

/// PEP 625: the name of an sdist without its ending.
fn top(project: &ProjectName, version: &Version) -> String {
    format!("{}-{version}", project.as_ref().replace('-', "_"))
}

fn bare(url: &Url) -> Url {
    let mut url = url.clone();
    url.set_fragment(None);
    url
}

/// What was asked for, as messages have it: a path, or a URL without credentials.
pub fn shown(url: &Url) -> String {
    match url.scheme() {
        "file" => match bare(url).to_file_path() {
            Ok(path) => path.display().to_string(),
            Err(()) => url.to_string(),
        },
        scheme if scheme.starts_with("git") => {
            let text = url.as_str();
            let plain = wh_packaging::direct_url::without_credentials(text);
            plain.unwrap_or_else(|| text.to_owned())
        }
        _ => without_credentials(url),
    }
}

/// The error as a resolver takes it: what is of no use, and what could not be found out.
pub fn provider_error(error: SourceError) -> ProviderError {
    match error {
        SourceError::Unnamed { why, .. } => ProviderError::NeedsBuild {
            reason: why.to_string(),
        },
        error @ (SourceError::NoGit { .. }
        | SourceError::Offline { .. }
        | SourceError::Git { .. }
        | SourceError::Fetch { .. }
        | SourceError::Io { .. }) => ProviderError::Failed(Arc::new(error)),
        error @ (SourceError::Url { .. }
        | SourceError::OtherVcs { .. }
        | SourceError::NoRevision { .. }
        | SourceError::Gone { .. }
        | SourceError::Refused { .. }
        | SourceError::Pack { .. }) => ProviderError::Unusable {
            reason: with_causes(&error),
        },
    }
}
