//! Requirements `name @ url`: the one file that they leave as a candidate.

use std::str::FromStr;
use std::sync::Arc;

use percent_encoding::percent_decode_str;
use url::Url;
use wh_packaging::{DistributionFile, Filename, Hashes, Origin, ProjectName, WheelFilename};

use crate::error::{ResolveError, UrlFault};

/// A project that a URL supplies.
#[derive(Debug, Clone)]
pub(crate) struct Direct {
    /// As asked for.
    pub(crate) url: Url,
    /// Who asks for it.
    pub(crate) origin: String,
    /// The wheel that is there.
    pub(crate) file: Arc<DistributionFile>,
}

impl Direct {
    /// The wheel of `project` at `url`. The fragment may hold its digest (`#sha256=...`).
    pub(crate) fn new(
        project: &ProjectName,
        url: &Url,
        origin: &str,
    ) -> Result<Self, ResolveError> {
        let fault = |reason| ResolveError::UnusableUrl {
            project: project.clone(),
            url: Box::new(url.clone()),
            origin: origin.to_owned(),
            reason,
        };
        let (name, wheel) = wheel_at(url).map_err(fault)?;
        if wheel.project != *project {
            return Err(fault(UrlFault::OtherProject(wheel.project)));
        }
        let mut place = url.clone();
        place.set_fragment(None);
        let path = (place.scheme() == "file")
            .then(|| place.to_file_path().ok())
            .flatten();
        let mut file = DistributionFile::new(Filename::Wheel(wheel), name, place, Origin::Direct);
        file.path = path;
        file.hashes = fragment_hashes(url);
        Ok(Self {
            url: url.clone(),
            origin: origin.to_owned(),
            file: Arc::new(file),
        })
    }

    /// Whether another URL leads to the same file: the fragment says only what it should be.
    pub(crate) fn is_same(&self, url: &Url) -> bool {
        let mut place = url.clone();
        place.set_fragment(None);
        place == self.file.url
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

fn wheel_at(url: &Url) -> Result<(String, WheelFilename), UrlFault> {
    if url.scheme().contains('+') || url.scheme() == "git" {
        return Err(UrlFault::VersionControl);
    }
    let last = url
        .path_segments()
        .and_then(|mut parts| parts.next_back())
        .unwrap_or_default();
    let name = percent_decode_str(last).decode_utf8_lossy().into_owned();
    if name.ends_with(".whl") {
        return match WheelFilename::from_str(&name) {
            Ok(wheel) => Ok((name, wheel)),
            Err(error) => Err(UrlFault::NotAWheel(error.to_string())),
        };
    }
    const ARCHIVES: [&str; 7] = [
        ".tar.gz", ".zip", ".tar.bz2", ".tar.xz", ".tgz", ".tar", ".egg",
    ];
    if ARCHIVES.iter().any(|ending| name.ends_with(ending)) {
        Err(UrlFault::Source)
    } else if url.scheme() == "file" {
        Err(UrlFault::Folder)
    } else {
        Err(UrlFault::NotAWheel(format!(
            "`{name}` is not the name of a wheel"
        )))
    }
}

/// `#sha256=...&egg=...`: the digests among the parts.
fn fragment_hashes(url: &Url) -> Hashes {
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
