//! The marker values of an environment, by their names in PEP 508.

use std::collections::BTreeMap;
use std::str::FromStr;

use pep508_rs::{MarkerValueString, MarkerValueVersion};
use serde::{Deserialize, Serialize};

use crate::Version;

/// The marker values of a target environment. `None`: left open.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkerValues {
    /// `cpython`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub implementation_name: Option<String>,
    /// `3.12.4`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub implementation_version: Option<String>,
    /// `posix`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub os_name: Option<String>,
    /// `x86_64`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform_machine: Option<String>,
    /// `CPython`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform_python_implementation: Option<String>,
    /// The kernel's release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform_release: Option<String>,
    /// `Linux`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform_system: Option<String>,
    /// The kernel's version text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform_version: Option<String>,
    /// `3.12.4`
    pub python_full_version: String,
    /// `3.12`
    pub python_version: String,
    /// `linux`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sys_platform: Option<String>,
}

impl MarkerValues {
    /// From values by their PEP 508 names; unknown names are left aside. `None` where
    /// `python_full_version` or `python_version` is missing.
    pub fn from_map(values: &BTreeMap<String, String>) -> Option<Self> {
        let get = |key: &str| values.get(key).cloned();
        Some(Self {
            implementation_name: get("implementation_name"),
            implementation_version: get("implementation_version"),
            os_name: get("os_name"),
            platform_machine: get("platform_machine"),
            platform_python_implementation: get("platform_python_implementation"),
            platform_release: get("platform_release"),
            platform_system: get("platform_system"),
            platform_version: get("platform_version"),
            python_full_version: get("python_full_version")?,
            python_version: get("python_version")?,
            sys_platform: get("sys_platform"),
        })
    }

    /// `python_full_version` as a version; a build from a checkout says `3.13.0+`.
    pub fn python(&self) -> Option<Version> {
        release(&self.python_full_version)
    }

    pub(super) fn string(&self, key: &MarkerValueString) -> Option<&str> {
        use MarkerValueString as Key;
        match key {
            Key::ImplementationName => self.implementation_name.as_deref(),
            Key::OsName | Key::OsNameDeprecated => self.os_name.as_deref(),
            Key::PlatformMachine | Key::PlatformMachineDeprecated => {
                self.platform_machine.as_deref()
            }
            Key::PlatformPythonImplementation
            | Key::PlatformPythonImplementationDeprecated
            | Key::PythonImplementationDeprecated => self.platform_python_implementation.as_deref(),
            Key::PlatformRelease => self.platform_release.as_deref(),
            Key::PlatformSystem => self.platform_system.as_deref(),
            Key::PlatformVersion | Key::PlatformVersionDeprecated => {
                self.platform_version.as_deref()
            }
            Key::SysPlatform | Key::SysPlatformDeprecated => self.sys_platform.as_deref(),
        }
    }

    pub(super) fn version(&self, key: &MarkerValueVersion) -> Option<Version> {
        match key {
            MarkerValueVersion::ImplementationVersion => {
                release(self.implementation_version.as_deref()?)
            }
            MarkerValueVersion::PythonFullVersion => release(&self.python_full_version),
            MarkerValueVersion::PythonVersion => release(&self.python_version),
        }
    }
}

/// The version that a text says. `3.13.0+` is a version for `platform.python_version()` alone.
fn release(text: &str) -> Option<Version> {
    Version::from_str(text.strip_suffix('+').unwrap_or(text)).ok()
}
