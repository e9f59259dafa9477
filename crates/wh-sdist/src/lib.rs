//! One source distribution: read, checked, unpacked; nothing of it is run.
//!
//! Follows the source distribution format (packaging.python.org, PEP 625, 643) and, for what an
//! archive may hold, PEP 721 with PEP 706. [`check`] is the one place that refuses an sdist: who
//! downloads one calls it before the file gets its name; [`unpack`] goes the same way over the archive,
//! with the same refusals, for who builds one. An sdist is untrusted: nothing in it makes this crate
//! panic or take memory or time without bound. A folder of source (a checkout, a project on this
//! machine) is read by the same eyes, and packed into an archive of the same rules.

mod archive;
mod build;
mod contents;
mod error;
mod folder;
mod identity;
mod metadata;
mod names;
mod pyproject;
mod tar;
mod tree;
mod unpack;
mod zip;

pub use archive::{check, check_below, check_named, look};
pub use contents::{Language, Sdist};
pub use error::{Fault, NotStatic, SdistError};
pub use identity::Identity;
pub use pyproject::PyprojectError;
pub use tree::{PackError, left_aside, look_into, pack};
pub use unpack::{Unpacked, unpack, unpack_below};
