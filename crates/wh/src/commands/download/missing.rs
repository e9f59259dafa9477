//! What a target goes without, in the few words of a table and a report.

use wh_index::IndexError;
use wh_packaging::{ProjectName, Root};
use wh_resolver::{NoSolution, ProviderError, ResolveError};

use crate::failure::with_causes;

/// A requirement that is not met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    pub requirement: String,
    /// One chain, root first.
    pub requested_by: Vec<String>,
    pub reason: String,
    /// Which member of the class; `None`: all.
    pub member: Option<usize>,
}

/// What an error of the resolver says is missing.
pub fn of(error: &ResolveError) -> Vec<Missing> {
    let (requirement, requested_by, reason) = match error {
        ResolveError::NoSolution(no) => match &no.unmet {
            Some(unmet) => (
                unmet.requirement.clone(),
                unmet.requested_by.clone(),
                why(no, &unmet.project),
            ),
            None => (String::new(), Vec::new(), explanation(no)),
        },
        ResolveError::ConflictingUrls { project, .. }
        | ResolveError::UnusableUrl { project, .. } => {
            (project.to_string(), Vec::new(), error.to_string())
        }
        ResolveError::Provider(provider) => (subject(provider), Vec::new(), with_causes(error)),
    };
    vec![Missing {
        requirement,
        requested_by,
        reason,
        member: None,
    }]
}

/// The project that was asked for and has to be left out for the rest to have a chance.
pub fn root(error: &ResolveError, roots: &[Root]) -> Option<ProjectName> {
    let name = match error {
        ResolveError::NoSolution(no) => no.unmet.as_ref().map(|unmet| unmet.root.clone())?,
        ResolveError::ConflictingUrls { project, .. }
        | ResolveError::UnusableUrl { project, .. } => project.clone(),
        ResolveError::Provider(provider) => project_of(provider)?,
    };
    let is_asked_for = roots.iter().any(|root| root.requirement.name == name);
    is_asked_for.then_some(name)
}

/// Why a project has nothing to take. Words that do not name the target: the same is said once for
/// all who go without.
fn why(no: &NoSolution, project: &ProjectName) -> String {
    if no.unknown.iter().any(|one| one.project == *project) {
        return format!("no index or folder knows {project}");
    }
    if let Some(none) = no.no_wheel.iter().find(|one| one.project == *project) {
        let version = none.versions.first().map(ToString::to_string);
        let version = version.unwrap_or_default();
        return format!("{project} {version} has no wheel for it");
    }
    if let Some(build) = no.needs_build.iter().find(|one| one.project == *project) {
        let version = &build.version;
        return format!("only building {project} {version} tells what it requires");
    }
    if no.only_sdists.contains(project) {
        return format!("{project} has source distributions only");
    }
    if no.only_pre_releases.contains(project) {
        return format!("there are only pre-releases of {project}");
    }
    if no.other_digests.contains(project) {
        return format!("no fitting file of {project} has one of the digests that are required");
    }
    let other = no
        .requires_python
        .iter()
        .find(|one| one.project == *project);
    if let Some(other) = other {
        let (version, required) = (&other.version, &other.requires_python);
        return format!("{project} {version} requires Python {required}");
    }
    explanation(no)
}

fn explanation(no: &NoSolution) -> String {
    no.explanation.join(" ")
}

fn subject(error: &ProviderError) -> String {
    match project_of(error) {
        Some(project) => project.to_string(),
        None => match index_error(error) {
            Some(IndexError::Metadata { file, .. } | IndexError::File { file, .. }) => file.clone(),
            _ => String::new(),
        },
    }
}

fn project_of(error: &ProviderError) -> Option<ProjectName> {
    match index_error(error)? {
        IndexError::Page { project, .. }
        | IndexError::Garbage { project, .. }
        | IndexError::NoUploadTime { project, .. } => Some(project.clone()),
        IndexError::Client(_)
        | IndexError::Metadata { .. }
        | IndexError::File { .. }
        | IndexError::FindLinks(_) => None,
    }
}

fn index_error(error: &ProviderError) -> Option<&IndexError> {
    match error {
        ProviderError::Failed(error) => error.downcast_ref(),
        ProviderError::Unusable { .. } | ProviderError::NeedsBuild { .. } => None,
    }
}
