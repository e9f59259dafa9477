//! Requirements and a class of targets go in, chosen distributions come out.
//!
//! Pure: no file, socket, thread or clock. What the resolver must know it asks a [`Provider`];
//! the answer to the same question is always the same, so the result depends on nothing else.

pub mod choice;
pub mod provider;
pub mod request;
pub mod resolution;

pub use choice::{Candidate, candidates};
pub use provider::{Provider, ProviderError};
pub use request::{Options, Request};
pub use resolution::{Chosen, Resolution};
