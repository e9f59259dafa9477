//! Lists what is installed, as pip sees it.
//!
//! Folders are searched in the order of `sys.path`; the first distribution of a project name
//! counts and hides later ones. A distribution is a `.dist-info` folder (recording installed
//! projects), an `.egg-info` folder or file, the `EGG-INFO` of an `.egg` folder or zip, or what an
//! `.egg-link` file points at (legacy editables). The name that hides is the one of the folder;
//! the name that is shown is the one of METADATA. Only the head of METADATA is read, and
//! `direct_url.json`. What cannot be read is left out with a warning.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use rayon::prelude::*;
use wh_packaging::direct_url::DirectSource;
use wh_packaging::record::{self, RecordRow};
use wh_packaging::report::{Event, Reporter, Silent, Warning};
use wh_packaging::wheel_file::WheelFile;
use wh_packaging::{DirectUrl, Metadata, ProjectName, Version};

use crate::discover::Environment;
use crate::freeze::url_text;
use crate::transaction::is_at_work;

mod find;
mod head;
mod requires_txt;

pub(crate) use find::{Found, everything_in, is_below, project_name};
pub(crate) use head::version_in;

/// How a distribution's metadata lies on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InstalledKind {
    /// A `.dist-info` folder.
    DistInfo,
    /// An `.egg-info` folder.
    EggInfo,
    /// An `.egg-info` file, as distutils wrote it.
    EggInfoFile,
    /// An `EGG-INFO` folder inside an `.egg` folder.
    Egg,
    /// An `.egg` that is a zip file, with `EGG-INFO` inside.
    ZippedEgg,
}

/// One installed distribution.
#[derive(Debug, Clone, PartialEq)]
pub struct InstalledDistribution {
    /// The project name, normalised, by the name of the folder.
    pub project: ProjectName,
    /// `Name` as METADATA has it.
    pub name: String,
    /// The version: as the dist-info folder's name has it, else as METADATA has it. It need not
    /// follow PEP 440.
    pub version: String,
    /// `Version` as METADATA has it.
    pub raw_version: Option<String>,
    /// How the metadata lies on disk.
    pub kind: InstalledKind,
    /// The dist-info or egg-info folder or file, or the zipped egg.
    pub metadata_path: PathBuf,
    /// The folder that it lies in: a site-packages folder, or a project's (legacy editables).
    pub location: PathBuf,
    /// `direct_url.json`, where there is a valid one.
    pub direct_url: Option<DirectUrl>,
    /// The `.egg-link` file of a legacy editable install, in the folder that it is installed to.
    pub egg_link: Option<PathBuf>,
}

impl InstalledDistribution {
    /// The version by PEP 440; `None` for the older ones that do not follow it.
    pub fn parsed_version(&self) -> Option<Version> {
        Version::from_str(&self.version).ok()
    }

    /// Reads the whole of METADATA; an egg-info's requirements also from `requires.txt`.
    ///
    /// # Errors
    /// A file cannot be read, or is not what it should be (then of the kind `InvalidData`).
    pub fn metadata(&self) -> std::io::Result<Metadata> {
        let invalid = std::io::ErrorKind::InvalidData;
        let bytes = head::whole(self.kind, &self.metadata_path)?;
        let mut metadata =
            Metadata::parse(&bytes).map_err(|error| std::io::Error::new(invalid, error))?;
        let egg_info = matches!(self.kind, InstalledKind::EggInfo | InstalledKind::Egg);
        if egg_info && metadata.requires_dist.is_empty() {
            let path = self.metadata_path.join("requires.txt");
            if path.is_file() {
                let text = fs_err::read(path)?;
                let text = String::from_utf8_lossy(&text);
                metadata.requires_dist = requires_txt::requirements(&text)
                    .map_err(|error| std::io::Error::new(invalid, error))?;
            }
        }
        Ok(metadata)
    }

    /// All fields of METADATA in order, by name and value, unchecked.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn metadata_fields(&self) -> std::io::Result<Vec<(String, String)>> {
        let bytes = head::whole(self.kind, &self.metadata_path)?;
        Ok(wh_packaging::metadata::fields(&bytes))
    }

    /// WHEEL, of what was installed from a wheel; `None` where there is none that can be used.
    pub fn wheel_file(&self) -> Option<WheelFile> {
        let bytes = fs_err::read(self.metadata_path.join("WHEEL")).ok()?;
        WheelFile::parse(&String::from_utf8_lossy(&bytes)).ok()
    }

    /// The rows of RECORD; `None` where there is none that can be used.
    pub fn record(&self) -> Option<Vec<RecordRow>> {
        let bytes = fs_err::read(self.metadata_path.join("RECORD")).ok()?;
        record::parse(&String::from_utf8_lossy(&bytes)).ok()
    }

    /// The folder of the project, where it is installed in place: by `direct_url.json` (PEP 660),
    /// or by an `.egg-link` where there is none.
    pub fn editable_location(&self) -> Option<PathBuf> {
        match &self.direct_url {
            Some(direct_url) => {
                let editable =
                    matches!(direct_url.source, DirectSource::DirInfo { editable: true });
                editable
                    .then(|| url_text::local_path(&direct_url.url))
                    .flatten()
            }
            None => self.egg_link.is_some().then(|| self.location.clone()),
        }
    }

    /// The folder it is installed to: where the `.egg-link` lies, else where the metadata lies.
    pub fn installed_location(&self) -> &Path {
        self.egg_link
            .as_deref()
            .and_then(Path::parent)
            .unwrap_or(&self.location)
    }
}

/// Which distributions are listed.
#[derive(Debug, Clone, Default)]
pub struct InstalledFilter {
    /// Only these folders instead of the environment's search path (`--path`).
    pub paths: Vec<PathBuf>,
    /// Only what lies in the environment itself (`--local`).
    pub local: bool,
    /// Only what lies in the user's site-packages (`--user`).
    pub user: bool,
}

/// Why nothing could be listed.
#[derive(Debug, thiserror::Error)]
pub enum InstalledError {
    /// A folder is there and could not be read.
    #[error("cannot read `{}`", path.display())]
    Read {
        /// The folder.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A killed run left a folder half changed.
    #[error("a killed run is in the way in `{}`", path.display())]
    HalfChanged {
        /// The folder.
        path: PathBuf,
    },
}

/// The installed distributions, in the order in which they are found; the first of a name counts.
///
/// # Errors
/// A folder of the search path is there and cannot be read, or is half changed by nobody who is
/// still at work.
pub fn installed(
    environment: &Environment,
    filter: &InstalledFilter,
    reporter: &dyn Reporter,
) -> Result<Vec<InstalledDistribution>, InstalledError> {
    let folders = if filter.paths.is_empty() {
        &environment.search_path
    } else {
        &filter.paths
    };
    let found = once_whole(reporter, || find::find(folders, reporter))?;
    let read: Vec<_> = found
        .into_par_iter()
        .with_min_len(32)
        .map(head::read)
        .collect();
    let mut distributions = Vec::with_capacity(read.len());
    for result in read {
        match result {
            Ok((distribution, warning)) => {
                warn(reporter, warning);
                distributions.push(distribution);
            }
            Err(warning) => warn(reporter, Some(warning)),
        }
    }
    apply(environment, filter, &mut distributions);
    Ok(distributions)
}

/// Fails where a killed run left a folder of the environment half changed; waits for one that is at
/// work.
///
/// # Errors
/// As [`installed`].
pub fn is_whole(environment: &Environment, reporter: &dyn Reporter) -> Result<(), InstalledError> {
    let folders = &environment.search_path;
    once_whole(reporter, || find::find(folders, &Silent)).map(drop)
}

/// Looks again as long as somebody is at work on what was found half changed.
fn once_whole<T>(
    reporter: &dyn Reporter,
    look: impl Fn() -> Result<T, InstalledError>,
) -> Result<T, InstalledError> {
    loop {
        match look() {
            Err(InstalledError::HalfChanged { path }) if is_at_work(&path, reporter) => {}
            found => return found,
        }
    }
}

fn apply(
    environment: &Environment,
    filter: &InstalledFilter,
    distributions: &mut Vec<InstalledDistribution>,
) {
    if filter.local && environment.is_virtual {
        distributions.retain(|this| is_below(this.installed_location(), &environment.prefix));
    }
    if filter.user {
        distributions.retain(|this| {
            let user_site = environment.user_site.as_deref();
            user_site.is_some_and(|folder| is_below(this.installed_location(), folder))
        });
    }
}

fn warn(reporter: &dyn Reporter, warning: Option<Warning>) {
    if let Some(warning) = warning {
        reporter.event(Event::Warning { warning });
    }
}

fn unreadable(path: &Path, reason: impl Into<String>) -> Warning {
    Warning::UnreadableDistribution {
        path: path.display().to_string(),
        reason: reason.into(),
    }
}

#[cfg(test)]
#[path = "installed/tests.rs"]
mod tests;
