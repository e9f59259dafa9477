//! Requirements and a class of targets go in, chosen distributions come out.
//!
//! Pure: no file, socket, thread or clock. What the resolver must know it asks a [`Provider`];
//! the answer to the same question is always the same, so the result depends on nothing else.

pub mod choice;
pub mod error;
pub mod lock;
pub mod provider;
pub mod request;
pub mod resolution;
pub mod self_check;

pub use choice::{Candidate, candidates, likely_candidate};
pub use error::{NoSolution, NoWheel, OtherPython, ResolveError, Unknown, UrlFault};
pub use provider::{Provider, ProviderError};
pub use request::{Options, Request};
pub use resolution::{Chosen, Resolution};

/// Chooses distributions that meet all requirements for all members of a class.
///
/// # Errors
/// There is no such set, a requirement cannot be used, or the provider failed.
pub fn resolve(request: &Request<'_>, provider: &dyn Provider) -> Result<Resolution, ResolveError> {
    let _ = (request, provider);
    todo!()
}
