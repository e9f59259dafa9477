//! A provider that asks build backends for what sdists do not tell by themselves.

use std::sync::Arc;

use wh_packaging::{DistributionFile, Metadata, ProjectFiles, ProjectName};
use wh_resolver::{Provider, ProviderError};

use super::Building;

/// A provider that knows the metadata of every sdist, since it may run its backend for it.
pub struct Told<'a> {
    below: &'a dyn Provider,
    building: &'a Building<'a>,
    /// The sdists for whose sake something is built.
    path: &'a [String],
}

impl<'a> Told<'a> {
    /// Over this provider.
    pub fn new(below: &'a dyn Provider, building: &'a Building<'a>) -> Self {
        Self::within(below, building, &[])
    }

    pub(super) fn within(
        below: &'a dyn Provider,
        building: &'a Building<'a>,
        path: &'a [String],
    ) -> Self {
        Self {
            below,
            building,
            path,
        }
    }
}

impl Provider for Told<'_> {
    fn below(&self) -> Option<&dyn Provider> {
        Some(self.below)
    }

    fn files(&self, project: &ProjectName) -> Result<Arc<ProjectFiles>, ProviderError> {
        self.below.files(project)
    }

    fn metadata(&self, file: &DistributionFile) -> Result<Arc<Metadata>, ProviderError> {
        match self.below.metadata(file) {
            Err(ProviderError::NeedsBuild { .. }) => {}
            known => return known,
        }
        let told = self.building.metadata(file, self.path);
        told.map_err(|error| self.building.ended_by(error))
    }
}
