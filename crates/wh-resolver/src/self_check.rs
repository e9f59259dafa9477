//! The last check of a lock before it is written: what the installer will read out of it, for
//! every target, is what was resolved, and nothing that it asks for is missing.

use wh_packaging::{ProjectName, TargetClass};

use crate::{Options, Provider, ProviderError, Resolution};
use wh_packaging::Root;

/// What the lock is held against.
#[derive(Clone, Copy)]
pub struct SelfCheck<'a> {
    /// The classes and what was chosen for each.
    pub classes: &'a [(&'a TargetClass, &'a Resolution)],
    /// The requirements as asked.
    pub requirements: &'a [Root],
    /// How was chosen.
    pub options: &'a Options,
    /// Who knows the METADATA of the chosen wheels.
    pub provider: &'a dyn Provider,
}

/// Why a lock must not be written.
#[derive(Debug, thiserror::Error)]
pub enum SelfCheckError {
    /// The text cannot be read back.
    #[error("the lock cannot be read back: {reason}")]
    Unreadable {
        /// Why.
        reason: String,
    },
    /// Nothing can be selected for a target.
    #[error("the lock has no selection for {target}: {reason}")]
    NoSelection {
        /// The target's name.
        target: String,
        /// Why.
        reason: String,
    },
    /// The selection is not what was resolved.
    #[error("the lock selects {selected} for {target} where {resolved} was resolved")]
    Differs {
        /// The target's name.
        target: String,
        /// The file that the lock gives; `nothing` where it gives none.
        selected: String,
        /// The file that was resolved; `nothing` where there is none.
        resolved: String,
    },
    /// A requirement is not met within the selection.
    #[error("{requirement} (of {of}) is not met in the selection for {target}")]
    NotClosed {
        /// The target's name.
        target: String,
        /// The requirement.
        requirement: String,
        /// Who asks: `name==version`, or the origin of a requirement of the user.
        of: String,
        /// The version that is selected of the project, if one is.
        selected: Option<String>,
    },
    /// The METADATA of a chosen wheel could not be had.
    #[error("the metadata of {project} cannot be read")]
    Metadata {
        /// The project.
        project: ProjectName,
        /// Why.
        #[source]
        source: ProviderError,
    },
}

/// Reads the text of a lock as an installer does and compares.
///
/// # Errors
/// The first difference.
pub fn self_check(text: &str, against: &SelfCheck<'_>) -> Result<(), SelfCheckError> {
    let _ = (text, against);
    todo!()
}
