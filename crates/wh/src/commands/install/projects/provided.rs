//! Local projects as candidates, beside what the folders have.

use std::sync::Arc;

use url::Url;
use wh_packaging::{DistributionFile, Metadata, ProjectFiles, ProjectName};
use wh_resolver::{Provider, ProviderError};

use super::Projects;

/// A provider that knows the local projects.
pub struct WithProjects<'a> {
    below: &'a dyn Provider,
    projects: &'a Projects,
}

impl<'a> WithProjects<'a> {
    /// Over this provider.
    pub fn new(below: &'a dyn Provider, projects: &'a Projects) -> Self {
        Self { below, projects }
    }
}

impl Provider for WithProjects<'_> {
    fn below(&self) -> Option<&dyn Provider> {
        Some(self.below)
    }

    fn files(&self, project: &ProjectName) -> Result<Arc<ProjectFiles>, ProviderError> {
        self.below.files(project)
    }

    fn source(
        &self,
        project: &ProjectName,
        url: &Url,
    ) -> Result<Option<Arc<DistributionFile>>, ProviderError> {
        match self.projects.file(project, url) {
            Some(file) => Ok(Some(file)),
            None => self.below.source(project, url),
        }
    }

    fn metadata(&self, file: &DistributionFile) -> Result<Arc<Metadata>, ProviderError> {
        match self.projects.metadata(file) {
            Some(metadata) => Ok(metadata),
            None => self.below.metadata(file),
        }
    }
}
