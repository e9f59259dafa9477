//! One installed distribution as a requirement.

use std::path::{Path, PathBuf};

use wh_packaging::direct_url::without_credentials;
use wh_packaging::report::Warning;
use wh_packaging::{DirectUrl, Version, project_name};

use super::checkout::{self, Checkout};
use super::{Candidate, FrozenDistribution, url_text};
use crate::installed::InstalledDistribution;
use crate::search_path::normalise;

/// Freezes one distribution. `path` is where git is looked for.
pub(super) fn of(distribution: &InstalledDistribution, path: &[PathBuf]) -> Candidate {
    let version = distribution.parsed_version();
    // `===` where the version does not follow PEP 440
    let (equals, shown) = match &version {
        Some(version) => ("==", version.to_string()),
        None => ("===", raw_version(distribution).to_owned()),
    };
    let mut candidate = Candidate {
        project: project_name(&distribution.name).unwrap_or_else(|| distribution.project.clone()),
        frozen: FrozenDistribution {
            name: distribution.name.clone(),
            requirement: [&distribution.name, equals, &shown].concat(),
            version: shown,
            editable: false,
            direct_url: distribution.direct_url.clone(),
            comments: Vec::new(),
            metadata_path: distribution.metadata_path.clone(),
        },
        warnings: Vec::new(),
    };
    candidate.remove_credentials_of_direct_url();
    if let Some(location) = distribution.editable_location() {
        candidate.locate(&location, path);
    } else if let Some(direct_url) = candidate.frozen.direct_url.clone() {
        candidate.reference(&direct_url);
    } else if let Some(version) = version.filter(Version::is_local) {
        candidate.warnings.push(Warning::LocalVersion {
            project: candidate.frozen.name.clone(),
            version: version.to_string(),
        });
    }
    candidate
}

/// Whether INSTALLER says conda.
pub(super) fn installed_by_conda(distribution: &InstalledDistribution) -> bool {
    let text = fs_err::read(distribution.metadata_path.join("INSTALLER"));
    text.is_ok_and(|text| text.trim_ascii() == b"conda")
}

fn raw_version(distribution: &InstalledDistribution) -> &str {
    let raw = distribution.raw_version.as_deref();
    raw.unwrap_or(&distribution.version)
}

impl Candidate {
    fn remove_credentials_of_direct_url(&mut self) {
        let direct_url = self.frozen.direct_url.as_mut();
        if let Some(direct_url) = direct_url
            && let Some(url) = without_credentials(&direct_url.url)
        {
            direct_url.url = url;
            let project = self.frozen.name.clone();
            self.warnings.push(Warning::CredentialsRemoved { project });
        }
    }

    /// A path that is gone; the pin stays what is printed.
    fn dead(&mut self, path: &Path) {
        self.warnings.push(Warning::DeadLocalPath {
            project: self.frozen.name.clone(),
            path: path.display().to_string(),
        });
    }

    /// `name @ url`, as PEP 440 and PEP 610 write it.
    fn reference(&mut self, direct_url: &DirectUrl) {
        let url = &direct_url.url;
        if let Some(path) = url_text::local_path(url)
            && !path.exists()
        {
            return self.dead(&path);
        }
        self.frozen.requirement = direct_url.as_requirement(&self.frozen.name);
    }

    /// `-e` with a place to fetch it from, or with its folder where there is none.
    fn locate(&mut self, location: &Path, path: &[PathBuf]) {
        let location = normalise(location);
        if !location.exists() {
            return self.dead(&location);
        }
        let pin = std::mem::replace(&mut self.frozen.requirement, shown(&location));
        self.frozen.editable = true;
        let comment = match checkout::of(&location, path) {
            Checkout::None => format!("# Editable install with no version control ({pin})"),
            Checkout::NoRemote => format!("# Editable Git install with no remote ({pin})"),
            Checkout::BadRemote(url) => {
                self.frozen.comments.push(format!(
                    "# Editable Git install ({pin}) with either a deleted local remote or \
                     invalid URI:"
                ));
                format!("# '{url}'")
            }
            Checkout::Unknown(reason) => {
                self.warnings.push(Warning::VcsUnknown {
                    project: self.frozen.name.clone(),
                    path: location.display().to_string(),
                    reason,
                });
                "## !! Could not determine repository location".to_owned()
            }
            Checkout::Git(git) => {
                return self.locate_in_git(&git);
            }
        };
        self.frozen.comments.push(comment);
    }

    fn locate_in_git(&mut self, git: &checkout::GitCheckout) {
        let url = match without_credentials(&git.remote) {
            Some(url) => {
                let project = self.frozen.name.clone();
                self.warnings.push(Warning::CredentialsRemoved { project });
                url
            }
            None => git.remote.clone(),
        };
        let egg = self.frozen.name.replace('-', "_");
        let revision = url_text::quote(&git.commit, "");
        let mut text = format!("git+{url}@{revision}#egg={egg}");
        if let Some(subdirectory) = &git.subdirectory {
            text.push_str("&subdirectory=");
            text.push_str(subdirectory);
        }
        self.frozen.requirement = text;
    }
}

/// A folder as pip prints it: in lower case on Windows.
fn shown(location: &Path) -> String {
    let text = location.display().to_string();
    if cfg!(windows) {
        text.to_lowercase()
    } else {
        text
    }
}
