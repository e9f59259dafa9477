//! Why an attempt at a solution ends early.

use crate::admission::Assumptions;
use crate::error::ResolveError;
use crate::provider::ProviderError;

/// Why an attempt ends before the solver does.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Stop {
    /// Something was learned that the attempt should have known.
    #[error("start afresh")]
    Afresh(Box<Assumptions>),
    /// There is no answer.
    #[error(transparent)]
    Fault(#[from] Box<ResolveError>),
}

impl From<ProviderError> for Stop {
    fn from(error: ProviderError) -> Self {
        Stop::Fault(Box::new(error.into()))
    }
}

impl From<ResolveError> for Stop {
    fn from(error: ResolveError) -> Self {
        Stop::Fault(Box::new(error))
    }
}
