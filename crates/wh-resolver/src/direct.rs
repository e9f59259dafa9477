//! Requirements `name @ url`: the one file that they leave as a candidate. A wheel's URL tells it;
//! what any other one leads to the provider knows.

use std::str::FromStr;
use std::sync::Arc;

use percent_encoding::percent_decode_str;
use url::Url;
use wh_packaging::requirement::{SourceUrl, UrlKind, classify_url};
use wh_packaging::{DistributionFile, Filename, Hashes, Origin, ProjectName, WheelFilename};

use crate::error::{ResolveError, UrlFault};
use crate::provider::{Provider, ProviderError};

/// A project that a URL supplies.
#[derive(Debug, Clone)]
pub(crate) struct Direct {
    /// As asked for.
    pub(crate) url: Url,
    /// Who asks for it.
    pub(crate) origin: String,
    /// What is there: a wheel, or what is built into one.
    pub(crate) file: Arc<DistributionFile>,
}

impl Direct {
    /// The file of `project` at `url`. The fragment may hold its digest (`#sha256=...`).
    pub(crate) fn new(
        project: &ProjectName,
        url: &Url,
        origin: &str,
        provider: &dyn Provider,
    ) -> Result<Self, ResolveError> {
        let fault = |reason| ResolveError::UnusableUrl {
            project: project.clone(),
            url: Box::new(url.clone()),
            origin: origin.to_owned(),
            reason,
        };
        let source = match classify_url(url) {
            UrlKind::Wheel => None,
            _ => provider.source(project, url).map_err(|error| match error {
                ProviderError::Unusable { reason } => fault(UrlFault::Unusable(reason)),
                ProviderError::NeedsBuild { reason } => fault(UrlFault::NeedsBuild(reason)),
                failed @ ProviderError::Failed(_) => ResolveError::Provider(failed),
            })?,
        };
        let file = match source {
            Some(file) => file,
            None => Arc::new(wheel_at(url).map_err(fault)?),
        };
        let found = file.filename.project();
        if found != project {
            return Err(fault(UrlFault::OtherProject(found.clone())));
        }
        Ok(Self {
            url: url.clone(),
            origin: origin.to_owned(),
            file,
        })
    }

    /// Whether another URL leads to the same file: what else the fragment says is what the file
    /// should be.
    pub(crate) fn is_same(&self, url: &Url) -> bool {
        SourceUrl::same(&self.url, url)
    }

    /// Two URLs for one project cannot both be met.
    pub(crate) fn check_same(
        &self,
        project: &ProjectName,
        url: &Url,
        origin: &str,
    ) -> Result<(), ResolveError> {
        if self.is_same(url) {
            return Ok(());
        }
        Err(ResolveError::ConflictingUrls {
            project: project.clone(),
            first: Box::new(self.url.clone()),
            first_origin: self.origin.clone(),
            second: Box::new(url.clone()),
            second_origin: origin.to_owned(),
        })
    }
}

fn wheel_at(url: &Url) -> Result<DistributionFile, UrlFault> {
    let last = url
        .path_segments()
        .and_then(|mut parts| parts.next_back())
        .unwrap_or_default();
    let name = percent_decode_str(last).decode_utf8_lossy().into_owned();
    match classify_url(url) {
        UrlKind::Wheel => {}
        UrlKind::Vcs => return Err(UrlFault::VersionControl),
        UrlKind::Sdist => return Err(UrlFault::Source),
        UrlKind::LocalPath => return Err(UrlFault::Folder),
        UrlKind::Unknown => {
            let reason = format!("`{name}` is not the name of a wheel");
            return Err(UrlFault::NotAWheel(reason));
        }
    }
    let wheel = WheelFilename::from_str(&name);
    let wheel = wheel.map_err(|error| UrlFault::NotAWheel(error.to_string()))?;
    let mut place = url.clone();
    place.set_fragment(None);
    let path = (place.scheme() == "file")
        .then(|| place.to_file_path().ok())
        .flatten();
    let mut file = DistributionFile::new(Filename::Wheel(wheel), name, place, Origin::Direct);
    file.path = path;
    file.hashes = fragment_hashes(url);
    Ok(file)
}

/// The digests that a URL's fragment gives: `#sha256=...&egg=...`.
pub fn fragment_hashes(url: &Url) -> Hashes {
    let mut hashes = Hashes::none();
    for part in url.fragment().unwrap_or_default().split('&') {
        let Some(one) = Hashes::parse_one(part) else {
            continue;
        };
        for (algorithm, hex) in one.iter() {
            if matches!(
                algorithm,
                "md5" | "sha1" | "sha224" | "sha256" | "sha384" | "sha512"
            ) {
                hashes.insert(algorithm, hex);
            }
        }
    }
    hashes
}
