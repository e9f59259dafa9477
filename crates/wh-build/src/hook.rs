//! Hooks of build backends (PEP 517, "Build backend interface"; PEP 660), and calls of them.

use std::fmt;
use std::path::PathBuf;

use serde::Serialize;
use serde_json::Value;

/// A hook of a build backend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hook {
    /// `get_requires_for_build_wheel`
    RequiresForWheel,
    /// `get_requires_for_build_editable`
    RequiresForEditable,
    /// `prepare_metadata_for_build_wheel`
    Metadata,
    /// `prepare_metadata_for_build_editable`
    MetadataForEditable,
    /// `build_wheel`
    Wheel,
    /// `build_editable`
    Editable,
}

impl Hook {
    fn name(self) -> &'static str {
        match self {
            Hook::RequiresForWheel => "get_requires_for_build_wheel",
            Hook::RequiresForEditable => "get_requires_for_build_editable",
            Hook::Metadata => "prepare_metadata_for_build_wheel",
            Hook::MetadataForEditable => "prepare_metadata_for_build_editable",
            Hook::Wheel => "build_wheel",
            Hook::Editable => "build_editable",
        }
    }

    /// Whether a backend may do without it.
    fn is_optional(self) -> bool {
        !matches!(self, Hook::Wheel | Hook::Editable)
    }

    /// Whether its answer is what else must be there for the next hook.
    fn asks(self) -> bool {
        matches!(self, Hook::RequiresForWheel | Hook::RequiresForEditable)
    }
}

impl fmt::Display for Hook {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// A hook with its arguments.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Call {
    #[serde(skip)]
    pub(crate) hook: Hook,
    name: &'static str,
    /// By position, for backends name them as they like.
    arguments: Vec<Value>,
    /// The folder that the hook before has written to: what it answered lies in there, and is the last
    /// argument.
    prepared: Option<PathBuf>,
    pub(crate) optional: bool,
    pub(crate) asks: bool,
}

impl Call {
    pub(crate) fn new(hook: Hook, arguments: impl Into<Vec<Value>>) -> Self {
        Self {
            hook,
            name: hook.name(),
            arguments: arguments.into(),
            prepared: None,
            optional: hook.is_optional(),
            asks: hook.asks(),
        }
    }

    /// The same, with what the hook before has written into a folder as its last argument.
    pub(crate) fn after(self, prepared: PathBuf) -> Self {
        Self {
            prepared: Some(prepared),
            ..self
        }
    }
}
