//! What is installed already, as candidates beside the wheelhouse: a satisfying version is kept.

use std::collections::BTreeMap;
use std::sync::Arc;

use url::Url;
use wh_environment::InstalledDistribution;
use wh_packaging::{
    DistributionFile, Filename, Metadata, Origin, ProjectFiles, ProjectName, WheelFilename,
};
use wh_resolver::{Provider, ProviderError};

/// A provider with the installed distributions laid over it.
pub struct WithInstalled<'a> {
    below: &'a dyn Provider,
    installed: BTreeMap<&'a ProjectName, &'a InstalledDistribution>,
}

impl<'a> WithInstalled<'a> {
    /// Over this provider.
    pub fn new(below: &'a dyn Provider, installed: &[&'a InstalledDistribution]) -> Self {
        let installed = installed.iter().map(|one| (&one.project, *one)).collect();
        Self { below, installed }
    }
}

/// An installed distribution as a file that any target takes.
fn as_file(one: &InstalledDistribution) -> Option<DistributionFile> {
    let version = one.parsed_version()?;
    let name = format!(
        "{}-{version}-py3-none-any.whl",
        one.project.as_dist_info_name()
    );
    let filename: WheelFilename = name.parse().ok()?;
    let url = Url::from_file_path(&one.metadata_path).ok()?;
    Some(DistributionFile::new(
        Filename::Wheel(filename),
        name,
        url,
        Origin::Installed,
    ))
}

impl Provider for WithInstalled<'_> {
    fn below(&self) -> Option<&dyn Provider> {
        Some(self.below)
    }

    fn files(&self, project: &ProjectName) -> Result<Arc<ProjectFiles>, ProviderError> {
        let below = self.below.files(project)?;
        let Some(file) = self.installed.get(project).and_then(|one| as_file(one)) else {
            return Ok(below);
        };
        let mut files = ProjectFiles::clone(&below);
        files.known = true;
        files.files.push(Arc::new(file));
        Ok(Arc::new(files))
    }

    fn metadata(&self, file: &DistributionFile) -> Result<Arc<Metadata>, ProviderError> {
        if file.origin != Origin::Installed {
            return self.below.metadata(file);
        }
        let unusable = |reason: String| ProviderError::Unusable { reason };
        let one = self
            .installed
            .get(file.filename.project())
            .ok_or_else(|| unusable("it is not installed any more".to_owned()))?;
        let metadata = one
            .metadata()
            .map_err(|error| unusable(error.to_string()))?;
        Ok(Arc::new(metadata))
    }
}
