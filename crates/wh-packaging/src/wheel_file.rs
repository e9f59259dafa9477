//! The `WHEEL` file of a wheel's dist-info.

/// What `WHEEL` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WheelFile {
    /// `Wheel-Version`, as (major, minor).
    pub wheel_version: (u32, u32),
    /// `Generator`
    pub generator: Option<String>,
    /// `Root-Is-Purelib`
    pub root_is_purelib: bool,
    /// `Tag`, each as written.
    pub tags: Vec<String>,
}

/// Why WHEEL could not be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("WHEEL: {reason}")]
pub struct WheelFileError {
    /// What is wrong.
    pub reason: String,
}

impl WheelFile {
    /// Reads WHEEL.
    ///
    /// # Errors
    /// No `Wheel-Version`, one that is not `N.N`, or a `Root-Is-Purelib` that is neither.
    pub fn parse(text: &str) -> Result<Self, WheelFileError> {
        let _ = text;
        todo!()
    }
}
