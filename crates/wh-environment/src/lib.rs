//! One Python environment on disk: find it, probe it, list it, freeze it, change it.
//!
//! Nothing here starts an interpreter but [`probe()`] and, where that is asked for, the compiler of
//! bytecode; no file of an environment is ever executed or imported. Everything that an environment holds is untrusted input.

mod bytecode;
pub mod destination;
pub mod discover;
pub mod freeze;
pub mod graph;
pub mod installed;
mod layout;
pub mod probe;
mod pyvenv_cfg;
pub mod scheme;
mod search_path;
mod seeds;
mod told;
pub mod transaction;
pub mod venv;
pub mod verify;

pub use destination::Destination;
pub use discover::{DiscoverError, Discovery, Environment};
pub use freeze::{Freeze, FreezeError, FreezeRequest};
pub use graph::Graph;
pub use installed::{InstalledDistribution, InstalledError, installed};
pub use probe::{Probe, ProbeError, probe};
pub use scheme::SchemePaths;
pub use seeds::seeds;
pub use transaction::{
    Applied, ApplyError, ApplyOptions, Change, InstalledToRemove, Transaction, WheelToInstall,
};
pub use venv::{VenvError, VenvRequest};
