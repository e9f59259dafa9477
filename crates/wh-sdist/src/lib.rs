//! One source distribution: read, checked, unpacked; nothing of it is run.
//!
//! Follows the source distribution format (packaging.python.org, PEP 625, 643) and, for what an
//! archive may hold, PEP 721 with PEP 706. [`check`] is the one place that refuses an sdist: who
//! downloads one calls it before the file gets its name; [`unpack`] goes the same way over the archive, with
//! the same refusals, for who builds one. An sdist is untrusted: nothing in it makes this crate panic or take memory or time without bound.

mod archive;
mod build;
mod contents;
mod error;
mod folder;
mod metadata;
mod names;
mod pyproject;
mod tar;
mod unpack;
mod zip;

pub use archive::{check, check_named};
pub use contents::{Language, Sdist};
pub use error::{Fault, NotStatic, SdistError};
pub use pyproject::PyprojectError;
pub use unpack::{Unpacked, unpack};
