//! PEP 517 and 660: an sdist or the folder of a project becomes a wheel, by running its build
//! backend.
//!
//! This is the one crate that runs other people's code, and it does so only when it is called for
//! that. What always holds: the backend runs in an environment of its own that holds what the
//! project asks for and nothing else ([`BuildOptions::isolation`]); with a home and a temporary
//! folder of its own, and no variable that may be a credential (`variables`); where the kernel has
//! Landlock, it can write nowhere else (`containment`). After a build, whatever its outcome, no process
//! of it is left. A wheel has its final name only once it is checked as a downloaded one is, and
//! is what was asked for (`built`).
//!
//! What is built already is not built again ([`BuildOptions::kept`]). Where build requirements come from is the caller's matter: [`Supply`].

mod build;
mod builder;
mod built;
mod cargo;
mod containment;
mod error;
mod hook;
mod hooks;
mod isolated;
mod kept;
mod log;
mod options;
mod order;
mod parallel;
mod process;
mod project;
mod scratch;
mod source;
mod supply;
mod transient;
mod variables;

pub use builder::Builder;
pub use built::BuiltWheel;
pub use error::{BuildError, BuildFault, Field, HookError, HookFault, Output};
pub use hook::Hook;
pub use options::{BuildOptions, ConfigSettings};
pub use order::Order;
pub use parallel::in_parallel;
pub use source::{Expected, Place, Source};
pub use supply::{SuppliedWheel, Supply, SupplyError};
pub use transient::Transient;
