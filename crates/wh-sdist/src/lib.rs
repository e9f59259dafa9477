//! One source distribution: read and checked, never unpacked here, and nothing of it is run.
//!
//! Follows the source distribution format (packaging.python.org, PEP 625, 643) and, for what an
//! archive may hold, PEP 721 with PEP 706. [`check`] is the one place that refuses an sdist: who
//! downloads one calls it before the file gets its name, and who builds one will call it too. An
//! sdist is untrusted: nothing in it makes this crate panic or take memory or time without bound.

mod archive;
mod build;
mod contents;
mod error;
mod metadata;
mod names;
mod pyproject;
mod tar;
mod zip;

pub use archive::{check, check_named};
pub use contents::{Language, Sdist};
pub use error::{Fault, NotStatic, SdistError};
pub use pyproject::PyprojectError;
