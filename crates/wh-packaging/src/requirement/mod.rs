//! Dependency specifiers (PEP 508, PEP 440), read as leniently as published metadata needs.
//!
//! Three ways in: [`parse`] for what others published, mended where installers of the past let
//! faults pass; [`parse_strict`] for what a user writes, who wants to be told; [`parse_input`] for
//! a command line or a requirements file, where paths and URLs may stand too. Text that follows
//! the specification means the same in all three. `pep440_rs` and `pep508_rs` hold the values and
//! read versions and markers; the grammar around them is read here, because theirs panics on some
//! names.

mod display;
mod input;
mod marker_bounds;
mod marker_clause;
mod marker_text;
mod parse;
mod source_url;
mod specifiers;

use url::Url;

use crate::hashes::Hashes;

pub use display::{display, display_marker, full_marker};
pub use input::{Input, Unnamed, UrlKind, classify_url, parse_input};
pub use marker_text::parse_marker;
pub use parse::{parse, parse_strict};
pub use pep508_rs::VersionOrUrl;
pub use source_url::{SourcePlace, SourceUrl, SourceUrlError};
pub use specifiers::{parse_specifiers, parse_specifiers_lenient};

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

impl RequirementError {
    /// An error at a byte of the text; a byte within a character or past the end is moved back.
    fn at(text: &str, byte: usize, message: impl Into<String>) -> Self {
        let column = text.char_indices().take_while(|(i, _)| *i < byte).count();
        Self {
            text: text.to_owned(),
            column,
            message: message.into(),
        }
    }
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

/// How to take text that does not follow the specification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Faults {
    /// As an error.
    Refuse,
    /// Mended, where it is plain what was meant.
    Mend,
}
