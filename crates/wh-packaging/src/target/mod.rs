//! Target environments: what a wheel is chosen *for*.
//!
//! A target is a Python version, its marker values (PEP 508) and its ordered compatibility tags
//! (PEP 425). Every decision is made for a target, never for the machine that runs `wh`.
//!
//! A target is named ([`Target::from_name`]), put together from pip's flags
//! ([`Target::from_flags`]), read from a file ([`Target::from_json`]) or learned from a running
//! interpreter ([`InterpreterFacts`]). All of them go through one expansion of tags, in the order
//! of `packaging` 26.3.

mod build_details;
mod file;
mod flags;
mod interpreter;
mod platform;
mod platform_name;
mod python;
#[cfg(test)]
mod tests;

pub use flags::Flags;
pub use interpreter::{FACTS_SCRIPT, InterpreterFacts};

use platform::Platform;
use python::Python;

use crate::marker::MarkerValues;
use crate::tag::{Tag, Tags};
use crate::{Version, VersionSpecifiers};

/// A target environment.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// Its name (`cp312-manylinux_2_28_x86_64`), or the one its file gives.
    pub name: String,
    /// The Python version that choice is made at: `3.12.0` for `cp312`, else the full one.
    pub python: Version,
    /// Whether the patch release is known (a file, `3.12.4-...`): then `python` is the only one.
    pub exact: bool,
    /// Marker values; the open ones are `None`.
    pub markers: MarkerValues,
    /// What it loads, the best first.
    pub tags: Tags,
}

/// Why there is no such target.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// A name is a Python, a dash and a platform.
    #[error("`{name}` is not the name of a target: there is no `-` between Python and platform")]
    NotAName {
        /// The name as given.
        name: String,
    },
    /// The part before the dash, or a value that says a Python.
    #[error("`{python}` is not a Python that a target can have")]
    UnknownPython {
        /// What was given.
        python: String,
        /// The form that comes closest.
        nearest: Option<String>,
    },
    /// The part after the dash, or a value that says a platform.
    #[error("`{platform}` is not a platform that a target can have")]
    UnknownPlatform {
        /// What was given.
        platform: String,
        /// The form that comes closest.
        nearest: Option<String>,
    },
    /// An ABI or a tag that is not one.
    #[error("`{tag}` is not a tag")]
    UnknownTag {
        /// What was given.
        tag: String,
    },
    /// Flags name only a part of a target, and there is no environment to take the rest from.
    #[error("the {what} of the target is not known")]
    Missing {
        /// `Python` or `platform`
        what: &'static str,
    },
    /// A file does not describe a target.
    #[error("`{file}` does not describe a target: {reason}")]
    File {
        /// The name of the file.
        file: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl Target {
    /// The target of a name: `cp312-manylinux_2_28_x86_64`, `3.12.4-win_amd64`, `cp312-linux`.
    ///
    /// Its own name is the long form.
    ///
    /// # Errors
    /// [`TargetError::NotAName`], [`TargetError::UnknownPython`], [`TargetError::UnknownPlatform`].
    pub fn from_name(name: &str) -> Result<Self, TargetError> {
        let Some((python, platform)) = name.split_once('-') else {
            return Err(TargetError::NotAName { name: name.into() });
        };
        let python = Python::parse(python)?;
        let platform = Platform::parse(platform)?;
        Ok(Self::new(&python, &platform))
    }

    fn new(python: &Python, platform: &Platform) -> Self {
        let mut markers = platform.markers();
        python.set_markers(&mut markers);
        Self {
            name: name(python, platform),
            python: python.version.clone(),
            exact: python.exact,
            markers,
            tags: python.tags(&platform.tags()),
        }
    }

    /// As [`Target::new`] for a machine that was seen: its patch release is known, but nobody named
    /// it, so its name does not say it.
    fn of_machine(python: Python, platform: &Platform) -> Self {
        let this = Self::new(&python, platform);
        let unnamed = Python {
            exact: false,
            ..python
        };
        Self {
            name: name(&unnamed, platform),
            exact: true,
            ..this
        }
    }

    /// From its parts, as a lock keeps them; compressed tag sets are expanded.
    ///
    /// The patch release counts as known unless it is 0 and nothing says that a machine was seen.
    ///
    /// # Errors
    /// [`TargetError::UnknownPython`] where `python_full_version` is no version,
    /// [`TargetError::UnknownTag`].
    pub fn from_parts(
        name: String,
        markers: MarkerValues,
        tags: Vec<String>,
    ) -> Result<Self, TargetError> {
        let python = markers.python().ok_or_else(|| TargetError::UnknownPython {
            python: markers.python_full_version.clone(),
            nearest: None,
        })?;
        let mut expanded = Vec::with_capacity(tags.len());
        for tag in &tags {
            Tag::expand(tag, &mut expanded)
                .map_err(|_| TargetError::UnknownTag { tag: tag.clone() })?;
        }
        let mut this = Self {
            exact: markers.platform_release.is_some()
                || python.release().get(2).is_some_and(|patch| *patch > 0)
                || python.any_prerelease(),
            name,
            python,
            markers,
            tags: Tags::new(expanded),
        };
        this.exact |= this.starts_with_version();
        Ok(this)
    }

    /// Whether its name alone says all of it, so that [`Target::from_name`] gives it again.
    pub fn is_named(&self) -> bool {
        Self::from_name(&self.name).is_ok_and(|named| named == *self)
    }

    /// Whether it was named with its patch release (`3.12.4-win_amd64`), so that a lock may stand
    /// on that. What a machine's own patch release is, its next update changes.
    pub fn names_patch(&self) -> bool {
        self.exact && !self.python.any_prerelease() && self.starts_with_version()
    }

    fn starts_with_version(&self) -> bool {
        let python = self.name.split('-').next().unwrap_or_default();
        python.split('.').count() >= 3 && Python::parse(python).is_ok_and(|python| python.exact)
    }

    /// Whether two targets are the same but for their names.
    pub fn same_environment(&self, other: &Self) -> bool {
        self.python == other.python
            && self.exact == other.exact
            && self.markers == other.markers
            && self.tags == other.tags
    }

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

fn name(python: &Python, platform: &Platform) -> String {
    format!("{}-{}", python.name(), platform.name())
}
