//! Names of wheels: `{name}-{version}(-{build})?-{python}-{abi}-{platform}(-{variant})?.whl`.
//!
//! Follows the binary distribution format (packaging.python.org) and, for the variant label, PEP
//! 825: a variant's label ends the name, and a python tag never starts with a digit, which tells
//! a six-part variant name from one with a build tag.

use std::fmt;
use std::str::FromStr;

use crate::tag::Tags;
use crate::{ProjectName, Version};

/// What the name of a wheel says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WheelFilename {
    /// The project, normalised.
    pub project: ProjectName,
    /// The version.
    pub version: Version,
    /// The build tag as its number and the rest; sorts as the specification says.
    pub build: Option<(u64, String)>,
    /// Python tags (`py2`, `py3`).
    pub python: Vec<String>,
    /// ABI tags.
    pub abi: Vec<String>,
    /// Platform tags.
    pub platform: Vec<String>,
    /// The variant label (PEP 825); such wheels are left aside.
    pub variant: Option<String>,
    text: String,
}

/// Why a name is not a wheel's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is not the name of a wheel: {reason}")]
pub struct WheelFilenameError {
    /// The name.
    pub name: String,
    /// What is wrong with it.
    pub reason: String,
}

impl WheelFilename {
    /// The best place that one of the wheel's tags has among those of a target; `None` where the
    /// target cannot load it, and for variants.
    pub fn rank(&self, tags: &Tags) -> Option<usize> {
        let _ = tags;
        todo!()
    }

    /// The whole name as published.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for WheelFilename {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for WheelFilename {
    type Err = WheelFilenameError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let _ = name;
        todo!()
    }
}
