//! Targets from running interpreters.

/// Prints the facts of the interpreter that runs it, as one JSON object.
pub const FACTS_SCRIPT: &str = include_str!("facts.py");

/// What [`FACTS_SCRIPT`] prints.
#[derive(Debug, Clone, serde::Deserialize)]
pub struct InterpreterFacts {}
