//! What is built on the way in (`--build`): source that a URL or a path asks for before anything is
//! chosen, since it may tell only then what it is; source distributions once they are chosen.
//!
//! What comes out is a wheel like any other, with a word about what it was made of. It is right for
//! the machine that built it; for other targets only if nothing in it is for one machine.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use url::Url;
use wh_build::{Expected, Place};
use wh_index::Index;
use wh_index::source::{Lies, Source, provider_error};
use wh_packaging::lock::{LockedFile, LockedSource};
use wh_packaging::{
    DistributionFile, Filename, Hashes, Metadata, Origin, ProjectFiles, ProjectName, Target,
    WheelFilename,
};
use wh_resolver::{Provider, ProviderError, ResolveError};

use super::hashes::{self, Demanded};
use super::planned::planned;
use crate::arguments::DownloadArgs;
use crate::commands::building::{Building, Built, Told};
use crate::failure::{Failure, with_causes};

type Wheel = Result<Arc<DistributionFile>, ProviderError>;

/// An index whose sources are built.
pub struct WayIn<'a> {
    index: &'a Index,
    /// What builds are done with.
    pub building: &'a Building<'a>,
    told: Told<'a>,
    /// The machine that builds.
    pub own: &'a Target,
    /// Whether what cannot be built is only left out.
    keep_going: bool,
    /// Whether nothing is built.
    dry_run: bool,
    demanded: OnceLock<Demanded>,
    wheels: Mutex<HashMap<String, Arc<OnceLock<Wheel>>>>,
    /// In a dry run: what would be built, by its URL, and what its wheel would say.
    planned: Mutex<HashMap<Url, Arc<Metadata>>>,
}

impl<'a> WayIn<'a> {
    /// Nothing is built yet.
    pub fn new(
        index: &'a Index,
        building: &'a Building<'a>,
        own: &'a Target,
        args: &DownloadArgs,
    ) -> Self {
        Self {
            index,
            building,
            told: Told::new(index, building),
            own,
            keep_going: args.keep_going,
            dry_run: args.dry_run,
            demanded: OnceLock::new(),
            wheels: Mutex::default(),
            planned: Mutex::default(),
        }
    }

    /// Says which digests source distributions must have one of.
    pub fn demand(&self, demanded: Demanded) {
        let _ = self.demanded.set(demanded);
    }

    /// A source distribution is the one that is meant, by the digests that were asked for.
    pub fn compare(&self, sdist: &DistributionFile) -> Result<(), Failure> {
        let demanded = self.demanded.get();
        let one_of = demanded.and_then(|all| all.get(sdist.filename.project()));
        let Some(one_of) = one_of else {
            return Ok(());
        };
        let path = self.index.on_disk(sdist).map_err(ResolveError::from)?;
        hashes::compare(&path, &sdist.name, one_of)
    }

    /// The wheel of what a URL leads to, built once, or in a dry run what it would be built from;
    /// `one_of`: the digests that its archive must have one of.
    pub fn wheel_at(&self, url: &Url, one_of: &[Hashes]) -> Wheel {
        let cell = {
            let mut all = self.wheels.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(all.entry(url.to_string()).or_default())
        };
        cell.get_or_init(|| self.build(url, one_of)).clone()
    }

    fn build(&self, url: &Url, one_of: &[Hashes]) -> Wheel {
        let source = self.index.source_at(url).map_err(provider_error)?;
        let made = compare_source(&source, url, one_of).and_then(|()| match self.dry_run {
            true => self.plan(&source, url),
            false => {
                let built = self.building.source(&to_build(&source), false)?;
                file_of(&built, source.from.clone(), Origin::Direct)
            }
        });
        made.map_err(|error| match self.keep_going {
            true => ProviderError::Unusable {
                reason: with_causes(&error),
            },
            false => self.building.ended_by(error),
        })
    }

    fn plan(&self, source: &Source, url: &Url) -> Result<Arc<DistributionFile>, Failure> {
        let (file, metadata) = planned(source, url, self.building)?;
        let mut all = self.planned.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(url.clone(), Arc::new(metadata));
        Ok(Arc::new(file))
    }

    /// What the wheel would say of which a dry run has the source.
    fn planned_metadata(&self, file: &DistributionFile) -> Option<Arc<Metadata>> {
        let all = self.planned.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(&file.url).cloned()
    }

    /// Whether a wheel that was built here serves a target.
    pub fn serves(&self, wheel: &WheelFilename, target: &Target) -> bool {
        let at_home = || {
            let mut own = self.own.tags.iter();
            own.all(|tag| target.tags.iter().any(|other| other == tag))
        };
        wheel.rank(&target.tags).is_some() && (wheel.is_pure() || at_home())
    }
}

impl Provider for WayIn<'_> {
    fn below(&self) -> Option<&dyn Provider> {
        Some(&self.told)
    }

    fn files(&self, project: &ProjectName) -> Result<Arc<ProjectFiles>, ProviderError> {
        self.told.files(project)
    }

    fn metadata(&self, file: &DistributionFile) -> Result<Arc<Metadata>, ProviderError> {
        if let Some(metadata) = self.planned_metadata(file) {
            return Ok(metadata);
        }
        if file.filename.as_wheel().is_none() {
            let compared = self.compare(file);
            compared.map_err(|error| self.building.ended_by(error))?;
        }
        self.told.metadata(file)
    }

    fn source(
        &self,
        _project: &ProjectName,
        url: &Url,
    ) -> Result<Option<Arc<DistributionFile>>, ProviderError> {
        self.wheel_at(url, &[]).map(Some)
    }
}

/// An archive is the one that is meant, by the digests of its URL and those that were asked for.
/// Nothing else has any.
fn compare_source(source: &Source, url: &Url, one_of: &[Hashes]) -> Result<(), Failure> {
    let of_url = wh_resolver::fragment_hashes(url);
    if matches!(source.lies, Lies::Archive(..)) {
        if !of_url.is_empty() {
            hashes::compare(source.path(), &source.shown, &[of_url])?;
        }
        return hashes::compare(source.path(), &source.shown, one_of);
    }
    match one_of.is_empty() {
        true => Ok(()),
        false => Err(Failure::No {
            message: format!(
                "{} cannot be compared with a hash: it has none",
                source.shown
            ),
            details: Vec::new(),
            hint: Some(
                "a repository is pinned by its commit: `@` and all of its digits".to_owned(),
            ),
        }),
    }
}

/// Source as builds take it.
pub(super) fn to_build(source: &Source) -> wh_build::Source {
    let below = source.subdirectory.as_deref();
    let place = match &source.lies {
        Lies::Folder(folder, _) => Place::Folder(match below {
            Some(below) => folder.join(below),
            None => folder.clone(),
        }),
        Lies::Archive(path, _, _) => Place::Archive {
            path: path.clone(),
            filename: None,
            subdirectory: source.subdirectory.clone(),
        },
    };
    let identity = match &source.from {
        LockedSource::Vcs(vcs) => Some(format!("{} {}", vcs.url, vcs.commit_id)),
        LockedSource::Archive(file) => file.hashes.sha256().map(str::to_owned),
        LockedSource::Directory(_) | LockedSource::Sdist(_) => None,
    };
    let told = source.told.identity().ok();
    wh_build::Source {
        place,
        called: source.shown.clone(),
        expected: Expected {
            version: told.as_ref().and_then(|told| told.version.clone().ok()),
            project: told.map(|told| told.name),
            metadata: None,
        },
        requires: Vec::new(),
        identity: identity.map(|of| format!("{of} {}", below.unwrap_or_default())),
    }
}

/// The wheel of a source distribution.
pub fn wheel_of(sdist: &DistributionFile, built: &Built) -> Result<Arc<DistributionFile>, Failure> {
    if let Some(made) = &sdist.made_from {
        return file_of(built, LockedSource::clone(made), sdist.origin.clone());
    }
    let url =
        (sdist.url.scheme() != "file").then(|| wh_index::client::without_credentials(&sdist.url));
    let from = LockedFile {
        name: sdist.name.clone(),
        url,
        hashes: match &built.source {
            Some(sha256) => Hashes::sha256_only(sha256),
            None => sdist.hashes.clone(),
        },
        ..LockedFile::default()
    };
    file_of(built, LockedSource::Sdist(from), Origin::FindLinks)
}

fn file_of(
    built: &Built,
    from: LockedSource,
    origin: Origin,
) -> Result<Arc<DistributionFile>, Failure> {
    let wheel = &built.wheel;
    let url = Url::from_file_path(&wheel.path)
        .map_err(|()| Failure::malformed(format!("`{}` is not absolute", wheel.path.display())))?;
    let name = wheel.filename.to_string();
    let filename = Filename::Wheel(wheel.filename.clone());
    let mut file = DistributionFile::new(filename, name, url, origin);
    file.path = Some(wheel.path.clone());
    file.size = built.size;
    // its own digest is nobody's to ask for: those that were asked for are its source's
    file.hashes = Hashes::none();
    file.made_from = Some(Arc::new(from));
    Ok(Arc::new(file))
}
