//! What the resolver needs to know from outside.

use std::sync::Arc;

use url::Url;
use wh_packaging::{BuildSystem, DistributionFile, Metadata, ProjectFiles, ProjectName};

use crate::request::Options;

/// Answers for the resolver. Blocks until the answer is known; answers the same each time.
pub trait Provider: Sync {
    /// The provider that this one is laid over, which answers what this one does not itself.
    fn below(&self) -> Option<&dyn Provider> {
        None
    }

    /// All files of a project. A project that nobody knows is `known: false`, not an error.
    ///
    /// # Errors
    /// It could not be found out: the run ends.
    fn files(&self, project: &ProjectName) -> Result<Arc<ProjectFiles>, ProviderError>;

    /// The METADATA of a wheel, or of every wheel that an sdist can be built into.
    ///
    /// # Errors
    /// [`ProviderError::Unusable`] where the file has none that can be read: the version is out.
    /// [`ProviderError::NeedsBuild`] where only building an sdist tells it.
    fn metadata(&self, file: &DistributionFile) -> Result<Arc<Metadata>, ProviderError>;

    /// How an sdist is built, as far as it says.
    ///
    /// # Errors
    /// [`ProviderError::Unusable`] where it says nothing that can be read.
    fn build_system(&self, sdist: &DistributionFile) -> Result<Arc<BuildSystem>, ProviderError> {
        match self.below() {
            Some(below) => below.build_system(sdist),
            None => Err(ProviderError::Unusable {
                reason: format!("{} is not looked into here", sdist.name),
            }),
        }
    }

    /// The file that a URL leads to that is no wheel's: a repository, a folder, an archive of
    /// source. `None`: such URLs are not followed here.
    ///
    /// # Errors
    /// [`ProviderError::Unusable`] where there is nothing of use, [`ProviderError::NeedsBuild`]
    /// where only building it tells what it is.
    fn source(
        &self,
        project: &ProjectName,
        url: &Url,
    ) -> Result<Option<Arc<DistributionFile>>, ProviderError> {
        match self.below() {
            Some(below) => below.source(project, url),
            None => Ok(None),
        }
    }

    /// The METADATA of these wheels may be asked for soon: a provider that can fetch it meanwhile
    /// should. Does not wait, and changes no answer.
    fn prefetch(&self, wheels: &[Arc<DistributionFile>]) {
        if let Some(below) = self.below() {
            below.prefetch(wheels);
        }
    }
}

/// The METADATA of a file, as far as it is needed: where nobody asks what an sdist requires
/// ([`Options::no_deps`]), and only building it tells, its name says enough.
///
/// # Errors
/// As of [`Provider::metadata`].
pub fn metadata_as_needed(
    provider: &dyn Provider,
    file: &DistributionFile,
    options: &Options,
) -> Result<Arc<Metadata>, ProviderError> {
    match provider.metadata(file) {
        Err(ProviderError::NeedsBuild { .. }) if options.no_deps => {
            let (project, version) = (file.filename.project(), file.version());
            Ok(Arc::new(Metadata::of_name(
                project.clone(),
                version.clone(),
            )))
        }
        answer => answer,
    }
}

/// Why a provider has no answer.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ProviderError {
    /// The thing exists and is of no use; the solver goes on without it.
    #[error("{reason}")]
    Unusable {
        /// In words that fit behind "because".
        reason: String,
    },
    /// What an sdist requires is not known before it is built; the solver goes on without it.
    #[error("only building it tells what it requires: {reason}")]
    NeedsBuild {
        /// Why that is so.
        reason: String,
    },
    /// It could not be found out (network, permission, 401, 5xx): the run ends with this.
    #[error(transparent)]
    Failed(Arc<dyn std::error::Error + Send + Sync>),
}
