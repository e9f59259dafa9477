//! Environment markers (PEP 508, the dependency specifiers page of January 2026), evaluated for a
//! target that may leave some values open.
//!
//! A value that a target leaves open (the kernel release of a machine that nobody has seen)
//! answers [`Truth::Undecided`] where it decides the marker. Whoever asks then carries the
//! requirement and says so: too much installs, too little does not.

use pep508_rs::{ExtraName, MarkerTree};
use serde::{Deserialize, Serialize};

/// The marker values of a target environment. `None`: left open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkerValues {
    /// `cpython`
    pub implementation_name: Option<String>,
    /// `3.12.4`
    pub implementation_version: Option<String>,
    /// `posix`
    pub os_name: Option<String>,
    /// `x86_64`
    pub platform_machine: Option<String>,
    /// `CPython`
    pub platform_python_implementation: Option<String>,
    /// The kernel's release.
    pub platform_release: Option<String>,
    /// `Linux`
    pub platform_system: Option<String>,
    /// The kernel's version text.
    pub platform_version: Option<String>,
    /// `3.12.4`
    pub python_full_version: String,
    /// `3.12`
    pub python_version: String,
    /// `linux`
    pub sys_platform: Option<String>,
}

/// What a marker answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Truth {
    /// It holds.
    True,
    /// It does not hold.
    False,
    /// Values that the target leaves open decide it.
    Undecided,
}

/// Evaluates a marker for a target, with these extras asked for.
pub fn evaluate(marker: &MarkerTree, values: &MarkerValues, extras: &[ExtraName]) -> Truth {
    let _ = (marker, values, extras);
    todo!()
}
