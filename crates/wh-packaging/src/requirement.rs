//! Dependency specifiers (PEP 508, PEP 440), read as leniently as published metadata needs.
//!
//! `pep508_rs` does the parsing; this module mends beforehand what published files get wrong and
//! installers accept (`>=1.0.*`, a trailing comma, `2.7, 3.12` as a list in a marker, missing
//! spaces) and says in whose name a requirement stands.

use url::Url;

use crate::hashes::Hashes;

/// A requirement of a named project, by specifiers or by a direct URL.
pub type Requirement = pep508_rs::Requirement<Url>;

/// Why a requirement could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct RequirementError {
    /// The text as given.
    pub text: String,
    /// The place in the text where it goes wrong, in characters from 0.
    pub column: usize,
    /// What is wrong there.
    pub message: String,
}

/// A requirement that somebody asked for, and where they did.
#[derive(Debug, Clone, PartialEq)]
pub struct Root {
    /// What is asked for.
    pub requirement: Requirement,
    /// Where: `requirements.txt:3`, `command line`, `pyproject.toml`.
    pub origin: String,
    /// The digests that the file must have one of (`--hash`); empty: any.
    pub hashes: Vec<Hashes>,
}

/// Reads one requirement.
///
/// # Errors
/// The text is not a requirement, also after mending.
pub fn parse(text: &str) -> Result<Requirement, RequirementError> {
    let _ = text;
    todo!()
}
