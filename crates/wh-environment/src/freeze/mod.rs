//! Installed distributions as requirements: what `pip freeze` of pip 26.3 prints, byte for byte,
//! with two exceptions.
//!
//! Credentials in a URL are removed, and a direct URL to a local path that is gone becomes a pin;
//! each with a warning. Nothing of the environment is executed: facts of a git checkout are read
//! from its `.git` files ([`checkout`]).

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::PathBuf;

use serde::Serialize;
use wh_packaging::report::{Event, Reporter, Warning};
use wh_packaging::{DirectUrl, ProjectName};

use crate::discover::Environment;
use crate::installed::{InstalledError, InstalledFilter, installed};

mod checkout;
mod git_config;
mod order;
mod pkg_resources;
mod requirement;
pub(crate) mod url_text;

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub struct FreezeRequest {
    /// Which distributions.
    pub filter: InstalledFilter,
    /// Also pip and, before Python 3.12, setuptools, wheel and distribute (`--all`).
    pub all: bool,
    /// Left out (`--exclude`).
    pub exclude: Vec<ProjectName>,
    /// Editable ones are left out (`--exclude-editable`).
    pub exclude_editable: bool,
    /// `-r` files, in order: they give order and comments.
    pub requirements: Vec<RequirementsText>,
    /// The folders of `PATH`: git is looked for there where the files of a checkout do not tell.
    pub path: Vec<PathBuf>,
}

/// A `-r` file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RequirementsText {
    /// Its path as given, for messages.
    pub file: String,
    /// Its text.
    pub text: String,
}

/// One frozen distribution. As JSON: an object with these keys, the optional ones left out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FrozenDistribution {
    /// `Name` as METADATA has it.
    pub name: String,
    /// The version, normalised where it follows PEP 440.
    pub version: String,
    /// The requirement; for an editable one what stands behind `-e`.
    pub requirement: String,
    /// Installed in place.
    pub editable: bool,
    /// `direct_url.json`, credentials removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direct_url: Option<DirectUrl>,
    /// Comment lines above the requirement, with their `#`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub comments: Vec<String>,
    /// The dist-info or egg-info folder or file, or the zipped egg.
    #[serde(skip)]
    pub metadata_path: PathBuf,
}

impl FrozenDistribution {
    /// Comments, then the requirement.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        let mark = if self.editable { "-e " } else { "" };
        let last = [mark, self.requirement.trim_end()].concat();
        self.comments.iter().cloned().chain([last])
    }
}

/// The answer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Freeze {
    /// The distributions, in the order of the lines.
    pub distributions: Vec<FrozenDistribution>,
    /// The lines of standard output.
    pub lines: Vec<String>,
}

/// Why an environment could not be frozen.
#[derive(Debug, thiserror::Error)]
pub enum FreezeError {
    /// The environment could not be read.
    #[error(transparent)]
    Installed(#[from] InstalledError),
    /// A line of a `-r` file is not a requirement.
    #[error("{file}:{line}: {reason}")]
    Requirement {
        /// The file as given.
        file: String,
        /// The line, from 1.
        line: usize,
        /// The text of the line.
        text: String,
        /// What is wrong.
        reason: String,
    },
}

/// A distribution that was frozen, and what is to be said where it is printed.
struct Candidate {
    project: ProjectName,
    frozen: FrozenDistribution,
    warnings: Vec<Warning>,
}

/// Freezes an environment.
///
/// # Errors
/// The environment cannot be read, or a line of a `-r` file is not a requirement.
pub fn freeze(
    environment: &Environment,
    request: &FreezeRequest,
    reporter: &dyn Reporter,
) -> Result<Freeze, FreezeError> {
    let distributions = installed(environment, &request.filter, reporter)?;
    let conda = environment.prefix.join("conda-meta").is_dir();
    let mut candidates: Vec<Candidate> = Vec::with_capacity(distributions.len());
    let mut places: HashMap<ProjectName, usize> = HashMap::with_capacity(distributions.len());
    for distribution in &distributions {
        let mut candidate = requirement::of(distribution, &request.path);
        if request.exclude_editable && candidate.frozen.editable {
            continue;
        }
        if conda && requirement::installed_by_conda(distribution) {
            let project = candidate.frozen.name.clone();
            candidate
                .warnings
                .push(Warning::InstalledByConda { project });
        }
        // two folders may give one name in METADATA: the later one counts, in the first's place
        match places.entry(candidate.project.clone()) {
            Entry::Occupied(place) => candidates[*place.get()] = candidate,
            Entry::Vacant(place) => {
                place.insert(candidates.len());
                candidates.push(candidate);
            }
        }
    }
    let warn = |warning| reporter.event(Event::Warning { warning });
    let skip = skipped(environment, request);
    let mut answer = order::Answer::new(candidates, &warn);
    if !request.requirements.is_empty() {
        answer.follow(&request.requirements)?;
    }
    let freeze = answer.finish(&skip);
    pkg_resources::warn(&distributions, &freeze, &warn);
    Ok(freeze)
}

/// Project names that are not printed, except where a `-r` file names them.
fn skipped(environment: &Environment, request: &FreezeRequest) -> Vec<ProjectName> {
    // parts of the standard library that left metadata behind
    let mut names = vec!["python", "wsgiref", "argparse"];
    if !request.all {
        names.push("pip");
        if environment.version < (3, 12) {
            names.extend(["setuptools", "distribute", "wheel"]);
        }
    }
    let names = names.into_iter().filter_map(|name| name.parse().ok());
    names.chain(request.exclude.iter().cloned()).collect()
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
