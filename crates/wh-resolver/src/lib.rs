//! Requirements and a class of targets go in, chosen distributions come out.
//!
//! Pure: no file, socket, thread or clock. What the resolver must know it asks a [`Provider`];
//! the answer to the same question is always the same, so the result depends on nothing else.

mod admission;
pub mod agree;
mod ahead;
mod attempt;
pub mod builds;
pub mod choice;
pub mod closure;
mod dependencies;
mod direct;
pub mod error;
mod explain;
mod formats;
mod knowledge;
pub mod lock;
mod order;
mod overrides;
mod package;
mod patches;
mod problem;
pub mod provider;
pub mod request;
pub mod resolution;
mod review;
pub mod self_check;
mod solver;
mod specifiers;
mod stop;
mod walk;
mod warnings;

pub use attempt::resolve;
pub use choice::{Candidate, candidates, likely_candidate};
pub use direct::fragment_hashes;
pub use error::{
    NeedsBuild, NoSolution, NoWheel, OtherPython, ResolveError, Unknown, UnmetRequirement, UrlFault,
};
pub use formats::{Format, Formats};
pub use overrides::{override_metadata, override_roots};
pub use provider::{Provider, ProviderError, metadata_as_needed};
pub use request::{Age, Options, Request, Sought};
pub use resolution::{Chosen, Resolution};
pub use specifiers::admits;
