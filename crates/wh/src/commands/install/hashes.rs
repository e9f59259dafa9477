//! Digests that requirements and constraints give. A folder does not know those of its files, and which file is
//! meant is decided by them; where one requirement has some, every file needs one, as in pip.

use std::collections::BTreeSet;
use std::sync::Arc;

use wh_packaging::requirement::Root;
use wh_packaging::{DistributionFile, Hashes, Metadata, ProjectFiles, ProjectName};
use wh_resolver::{Provider, ProviderError};
use wh_wheel::{Algorithm, hash_file};

use super::chains::asked_for;
use super::{Pick, Run};
use crate::failure::Failure;

/// A provider whose files have their digests, where a requirement asks for some.
pub struct WithHashes<'a> {
    below: &'a dyn Provider,
    projects: BTreeSet<&'a ProjectName>,
    algorithms: Vec<Algorithm>,
}

impl<'a> WithHashes<'a> {
    /// Over this provider, for these requirements and constraints.
    pub fn new(below: &'a dyn Provider, asked: impl Iterator<Item = &'a Root>) -> Self {
        let hashed: Vec<&Root> = asked.filter(|root| !root.hashes.is_empty()).collect();
        let named = |algorithm: &Algorithm| {
            let mut hashes = hashed.iter().flat_map(|root| &root.hashes);
            hashes.any(|hashes| hashes.get(algorithm.name()).is_some())
        };
        Self {
            below,
            projects: hashed.iter().map(|root| &root.requirement.name).collect(),
            algorithms: Algorithm::ALL.into_iter().filter(named).collect(),
        }
    }

    /// The file with the digests of its bytes; they are compared again when it is installed.
    fn hashed(&self, file: &Arc<DistributionFile>) -> Result<Arc<DistributionFile>, ProviderError> {
        let Some(path) = file.path.as_ref().filter(|_| file.hashes.is_empty()) else {
            return Ok(Arc::clone(file));
        };
        let hashes: Hashes = hash_file(path, &self.algorithms)
            .map_err(|error| ProviderError::Failed(Arc::new(error)))?;
        Ok(Arc::new(DistributionFile {
            hashes,
            ..DistributionFile::clone(file)
        }))
    }
}

impl Provider for WithHashes<'_> {
    fn below(&self) -> Option<&dyn Provider> {
        Some(self.below)
    }

    fn files(&self, project: &ProjectName) -> Result<Arc<ProjectFiles>, ProviderError> {
        let below = self.below.files(project)?;
        if !self.projects.contains(project) {
            return Ok(below);
        }
        let mut files = ProjectFiles::clone(&below);
        for file in &mut files.files {
            *file = self.hashed(file)?;
        }
        Ok(Arc::new(files))
    }

    fn metadata(&self, file: &DistributionFile) -> Result<Arc<Metadata>, ProviderError> {
        self.below.metadata(file)
    }
}

/// Whether nobody gives a digest of what is chosen: of a wheel that is built here, of its source.
fn has_none(pick: &Pick) -> bool {
    let wheel = pick.wheel.as_ref();
    let source = wheel.and_then(|wheel| wheel.built_from.as_ref());
    match source.or(pick.to_build.as_ref()) {
        Some(source) => source.hashes.is_empty(),
        None => wheel.is_some_and(|wheel| wheel.expected.is_empty()),
    }
}

/// Every wheel has a digest, of a lock or of a requirement, where one is required.
pub fn all_known(run: &Run<'_>, picks: &[Pick]) -> Result<(), Failure> {
    if !run.wanted.requires_hashes(run.change.require_hashes) {
        return Ok(());
    }
    let without: Vec<String> = picks
        .iter()
        .filter(|pick| has_none(pick))
        .map(|pick| {
            let asked = asked_for(&pick.requested_by);
            format!("{}=={}{asked}", pick.project, pick.version)
        })
        .collect();
    if without.is_empty() {
        return Ok(());
    }
    Err(Failure::No {
        message: "nothing gives the hash of these, and hashes are required:".to_owned(),
        details: without,
        hint: Some(
            "install from a lock, which has the hash of every file, or give each one as `name==version --hash=sha256:...`"
                .to_owned(),
        ),
    })
}
