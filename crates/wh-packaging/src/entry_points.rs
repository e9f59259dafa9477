//! `entry_points.txt` (entry points specification): the parts that become launchers.

/// One entry point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryPoint {
    /// The name (of the script).
    pub name: String,
    /// The module to import.
    pub module: String,
    /// The object in it, dotted; empty where only a module is named.
    pub object: String,
}

/// The launchers that a distribution asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EntryPoints {
    /// `console_scripts`
    pub console: Vec<EntryPoint>,
    /// `gui_scripts`
    pub gui: Vec<EntryPoint>,
}

/// Why entry_points.txt could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("entry_points.txt line {line}: {reason}")]
pub struct EntryPointsError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub reason: String,
}

impl EntryPoints {
    /// Reads entry_points.txt as Python's `configparser` with case-sensitive keys and `=` alone.
    ///
    /// # Errors
    /// A line that is no section, entry, comment or continuation; a script name that is a path.
    pub fn parse(text: &str) -> Result<Self, EntryPointsError> {
        let _ = text;
        todo!()
    }
}
