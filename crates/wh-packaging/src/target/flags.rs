//! Targets from pip's flags.

/// pip's flags that say a target.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Flags {
    /// `--python-version`, repeatable.
    pub python_versions: Vec<String>,
    /// `--platform`, repeatable.
    pub platforms: Vec<String>,
    /// `--implementation`: `cp`, `pp`, `graalpy`, `py`.
    pub implementation: Option<String>,
    /// `--abi`, repeatable.
    pub abis: Vec<String>,
}
