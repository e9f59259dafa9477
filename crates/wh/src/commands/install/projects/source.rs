//! A path, looked at: the folder or source distribution that it leads to.

use std::path::{Path, PathBuf};

use wh_build::{Place, Source};
use wh_packaging::direct_url::DirectSource;
use wh_packaging::requirement::{SourcePlace, SourceUrl};
use wh_packaging::sdist_filename::SdistFilename;
use wh_packaging::{DirectUrl, Hashes};
use wh_wheel::{Algorithm, hash_file};

use super::Asked;
use crate::commands::install::BuiltFrom;
use crate::failure::Failure;

/// What a path leads to.
pub(super) struct Local {
    pub(super) source: Source,
    pub(super) direct_url: DirectUrl,
    /// Of an sdist.
    size: Option<u64>,
    /// The digests of an sdist that somebody gave, and that it has.
    hashes: Hashes,
}

impl Local {
    /// Looks.
    pub(super) fn find(one: &Asked) -> Result<Self, Failure> {
        let not_there = || Failure::malformed(format!("`{}` is not there", one.text));
        let parsed = SourceUrl::parse(&one.url);
        let parsed = parsed.map_err(|error| Failure::malformed(error.to_string()))?;
        let path = one.url.to_file_path().map_err(|()| not_there())?;
        let mut local = match &parsed.place {
            SourcePlace::Folder(_) if path.is_dir() => Self::folder(one, &path, parsed)?,
            SourcePlace::Archive(_) if path.is_file() => Self::archive(one, path, parsed)?,
            _ => return Err(not_there()),
        };
        local.source.called.clone_from(&one.text);
        if let Some(name) = &one.name {
            local.source.expected.project = Some(name.clone());
        }
        Ok(local)
    }

    fn folder(one: &Asked, path: &Path, parsed: SourceUrl) -> Result<Self, Failure> {
        let folder = match &parsed.subdirectory {
            Some(below) => path.join(below),
            None => path.to_owned(),
        };
        let is_project = |name: &&str| folder.join(name).is_file();
        if !["pyproject.toml", "setup.py"].iter().any(is_project) {
            return Err(Failure::malformed_because(
                format!(
                    "`{}` is no project: it has neither pyproject.toml nor setup.py",
                    one.text
                ),
                "a folder of wheels is named with --find-links",
            ));
        }
        let source = DirectSource::DirInfo {
            editable: one.editable,
        };
        Ok(Self {
            source: Source::folder(folder, &one.text),
            direct_url: direct_url(one, parsed, source),
            size: None,
            hashes: Hashes::none(),
        })
    }

    fn archive(one: &Asked, path: PathBuf, parsed: SourceUrl) -> Result<Self, Failure> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let filename = match &one.name {
            Some(project) => SdistFilename::parse(&name, project),
            None => SdistFilename::of_unknown_project(&name),
        };
        let filename = filename.ok_or_else(|| {
            Failure::malformed(format!("`{name}` is not the name of a source distribution"))
        })?;
        let found = hash_file(&path, &Algorithm::ALL).map_err(Failure::file)?;
        let given = one.hashes.iter();
        let hashes = given
            .clone()
            .find(|given| given.is_proven_by(&found))
            .cloned();
        if hashes.is_none() && !one.hashes.is_empty() {
            return Err(Failure::No {
                message: format!(
                    "`{}` has none of the digests that were given for it",
                    one.text
                ),
                details: Vec::new(),
                hint: Some("nothing of it was run: it is not the file that was meant".to_owned()),
            });
        }
        let sha256 = found.sha256().unwrap_or_default().to_owned();
        let info = DirectSource::ArchiveInfo {
            hash: Some(format!("sha256={sha256}")),
            hashes: Hashes::sha256_only(&sha256),
        };
        let size = path.metadata().ok().map(|file| file.len());
        let mut source = Source::archive(path, filename);
        source.identity = Some(sha256);
        Ok(Self {
            source,
            direct_url: direct_url(one, parsed, info),
            size,
            hashes: hashes.unwrap_or_default(),
        })
    }

    pub(super) fn built_from(&self, one: &Asked) -> BuiltFrom {
        BuiltFrom {
            name: match &self.source.place {
                Place::Archive { path, .. } => path.file_name().map_or_else(
                    || one.text.clone(),
                    |name| name.to_string_lossy().into_owned(),
                ),
                Place::Folder(_) => one.text.clone(),
            },
            size: self.size,
            hashes: self.hashes.clone(),
        }
    }
}

/// PEP 610: the URL without its fragment, the folder below it apart.
fn direct_url(one: &Asked, parsed: SourceUrl, source: DirectSource) -> DirectUrl {
    let mut url = one.url.clone();
    url.set_fragment(None);
    DirectUrl {
        url: url.to_string(),
        subdirectory: parsed.subdirectory,
        source,
    }
}
