//! Target environments: what a wheel is chosen *for*.
//!
//! A target is a Python version, its marker values (PEP 508) and its ordered compatibility tags
//! (PEP 425). Every decision is made for a target, never for the machine that runs `wh`.

use crate::marker::MarkerValues;
use crate::tag::Tags;
use crate::{Version, VersionSpecifiers};

/// A target environment.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// Its name (`cp312-manylinux_2_28_x86_64`), or the one its file gives.
    pub name: String,
    /// The Python version that choice is made at: `3.12.0` for `cp312`, else the full one.
    pub python: Version,
    /// Whether the patch release was named (a file, `3.12.4-...`): then `python` is the only one.
    pub exact: bool,
    /// Marker values; the open ones are `None`.
    pub markers: MarkerValues,
    /// What it loads, the best first.
    pub tags: Tags,
}

impl Target {
    /// Whether a Requires-Python admits this target (at `X.Y.0` where no patch was named).
    pub fn satisfies(&self, requires_python: &VersionSpecifiers) -> bool {
        requires_python.contains(&self.python)
    }

    /// The platform half of the name, for reports (`manylinux_2_28_x86_64`).
    pub fn platform(&self) -> &str {
        self.name
            .split_once('-')
            .map_or(self.name.as_str(), |(_, platform)| platform)
    }
}
