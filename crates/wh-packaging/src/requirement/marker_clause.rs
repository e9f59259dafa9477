//! One comparison of a marker: what must be put right before `pep508_rs` reads it.
//!
//! `pep508_rs` leaves out, with no more than a warning, each comparison that it cannot express, so
//! that `python_version not in '2.7, 3.12'` would hold everywhere; lists with commas are therefore
//! rewritten. It drops what makes a version a pre-release (`<= '3.11.0a6'` would become
//! `<= '3.11.0'`); such a comparison becomes one with the release that says the same of releases.

use pep508_rs::{MarkerExpression, MarkerTree, MarkerWarningKind};

use super::Faults;
use super::marker_text::Fault;
use super::specifiers::has_huge_number;
use crate::Version;

/// How many versions a list may name: `pep508_rs` reads lists in quadratic time.
const MOST_LISTED: usize = 256;

/// A comparison as it stands in the text.
pub(super) struct Clause<'a> {
    /// All of it.
    pub text: &'a str,
    pub left: Operand<'a>,
    /// One of `<`, `==`, `in`, `not in`, ...
    pub operator: &'a str,
    pub right: Operand<'a>,
}

/// One side of a comparison.
#[derive(Clone, Copy)]
pub(super) enum Operand<'a> {
    /// A name, as written.
    Variable(&'a str),
    /// A string, without its quotes.
    Value(&'a str),
}

/// What a comparison becomes.
enum Mended {
    /// What it was.
    Same,
    /// Another text.
    Text(String),
    /// One that needs no text.
    Decided(bool),
}

impl Clause<'_> {
    /// As a tree; `None` and a note where it is left out. A fault's place is within the clause.
    pub(super) fn read(
        &self,
        faults: Faults,
    ) -> Result<(Option<MarkerTree>, Option<String>), Fault> {
        let mended = match self.mend(faults)? {
            Mended::Same => None,
            Mended::Text(text) => Some(text),
            Mended::Decided(true) => return Ok((Some(MarkerTree::TRUE), None)),
            Mended::Decided(false) => return Ok((Some(MarkerTree::FALSE), None)),
        };
        let mut note = None;
        let mut warned = |kind: MarkerWarningKind, message: String| {
            // a strange extra is kept as it is and simply never holds
            if !matches!(kind, MarkerWarningKind::ExtraInvalidComparison) {
                let words: Vec<&str> = message.split_whitespace().collect();
                note.get_or_insert(words.join(" ").replace(", will be ignored", ""));
            }
        };
        let text = mended.as_deref().unwrap_or(self.text);
        let expression = MarkerExpression::parse_reporter(text, &mut warned).map_err(|error| {
            // places in a mended text say nothing about the one given
            let byte = if mended.is_none() { error.start } else { 0 };
            (byte, error.message.to_string())
        })?;
        Ok((expression.map(MarkerTree::expression), note))
    }

    fn mend(&self, faults: Faults) -> Result<Mended, Fault> {
        let (variable, operator, value) = match (self.left, self.right) {
            (Operand::Variable(variable), Operand::Value(value)) => {
                (variable, self.operator, value)
            }
            (Operand::Value(value), Operand::Variable(variable)) => {
                (variable, turned(self.operator), value)
            }
            _ => return Ok(Mended::Same),
        };
        let versions = [
            "python_version",
            "python_full_version",
            "implementation_version",
        ];
        if !versions.contains(&variable) {
            return Ok(Mended::Same);
        }
        if has_huge_number(value) {
            return Err((0, format!("`{value}` has a number that is too big")));
        }
        if matches!(self.operator, "in" | "not in") {
            return self.list(value);
        }
        let ordered = matches!(operator, "<" | ">" | "<=" | ">=" | "~=");
        if let (Faults::Mend, true, Some(start)) = (faults, ordered, value.strip_suffix(".*")) {
            return Ok(Mended::Text(format!("{variable} {operator} '{start}'")));
        }
        let Ok(version) = value.parse::<Version>() else {
            return Ok(Mended::Same);
        };
        let pre_release = version.any_prerelease() && !version.is_post();
        Ok(match (operator, version.release()) {
            // `~= '3.11.0'` would lose its zero, and so mean `~= '3.11'`
            ("~=", [prefix @ .., 0]) if !prefix.is_empty() => {
                Mended::Text(format!("{variable} == '{}.*'", Version::new(prefix)))
            }
            _ if pre_release => among_releases(variable, operator, &version),
            _ => Mended::Same,
        })
    }

    /// `in '2.7, 3.12'`: without the commas.
    fn list(&self, value: &str) -> Result<Mended, Fault> {
        let Operand::Variable(variable) = self.left else {
            return Ok(Mended::Same);
        };
        let listed = value.replace(',', " ");
        if listed.split_whitespace().count() > MOST_LISTED {
            return Err((0, "the list of versions is too long".to_owned()));
        }
        Ok(if value.contains(',') {
            let quote = if value.contains('\'') { '"' } else { '\'' };
            Mended::Text(format!(
                "{variable} {} {quote}{listed}{quote}",
                self.operator
            ))
        } else {
            Mended::Same
        })
    }
}

/// The comparison with a pre-release that a release makes: it is below, or is not below, the
/// release that the pre-release leads to.
fn among_releases(variable: &str, operator: &str, version: &Version) -> Mended {
    let operator = match operator {
        "<" | "<=" => "<",
        ">" | ">=" => ">=",
        "~=" => "~=",
        "==" | "===" => return Mended::Decided(false),
        "!=" => return Mended::Decided(true),
        _ => return Mended::Same,
    };
    Mended::Text(format!(
        "{variable} {operator} '{}'",
        version.only_release()
    ))
}

/// The operator that says the same once its sides are exchanged.
fn turned(operator: &str) -> &str {
    match operator {
        "<" => ">",
        ">" => "<",
        "<=" => ">=",
        ">=" => "<=",
        other => other,
    }
}
