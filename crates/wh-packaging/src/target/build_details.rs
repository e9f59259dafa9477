//! `build-details.json` (PEP 739) as a target.
//!
//! The file describes a build of Python, not the machine that it is on: it does not say which
//! glibc or musl there is. The oldest that anybody publishes wheels for is taken (glibc 2.17,
//! musl 1.2): a wheel chosen for it runs there.

use serde::Deserialize;
use serde_json::Value;

use super::Target;
use super::platform::{Libc, Platform};
use super::python::{Implementation, Python};

#[derive(Deserialize)]
struct Details {
    schema_version: String,
    platform: String,
    implementation: ImplementationDetails,
    language: Language,
    #[serde(default)]
    abi: Abi,
}

#[derive(Deserialize)]
struct ImplementationDetails {
    name: String,
    #[serde(default, rename = "_multiarch")]
    multiarch: Option<String>,
}

#[derive(Deserialize)]
struct Language {
    version: String,
    #[serde(default)]
    version_info: Option<VersionNumbers>,
}

#[derive(Deserialize)]
struct VersionNumbers {
    micro: u64,
    releaselevel: String,
    serial: u64,
}

#[derive(Default, Deserialize)]
struct Abi {
    #[serde(default)]
    flags: Vec<String>,
}

/// Whether a document is meant to be one.
pub(super) fn is_one(value: &Value) -> bool {
    value.get("schema_version").is_some() && value.get("implementation").is_some()
}

/// Reads it; an error is a reason.
pub(super) fn read(value: Value) -> Result<Target, String> {
    let details: Details = serde_json::from_value(value).map_err(|fault| fault.to_string())?;
    if details.schema_version.split('.').next() != Some("1") {
        return Err(format!("its schema version is {}", details.schema_version));
    }
    let python = python(&details).ok_or("its Python is not one that a target can have")?;
    let platform =
        platform(&details).ok_or_else(|| format!("its platform is `{}`", details.platform))?;
    Ok(Target::of_machine(python, &platform))
}

fn python(details: &Details) -> Option<Python> {
    let implementation = Implementation::from_short(&details.implementation.name)?;
    let mut version = details.language.version.clone();
    if let Some(numbers) = &details.language.version_info {
        version = format!("{version}.{}", numbers.micro);
        let level = match numbers.releaselevel.as_str() {
            "alpha" => "a",
            "beta" => "b",
            "candidate" => "rc",
            _ => "",
        };
        if !level.is_empty() {
            version = format!("{version}{level}{}", numbers.serial);
        }
    }
    let mut python = Python::from_version(implementation, &version)?;
    let has = |flag: &str| details.abi.flags.iter().any(|other| other == flag);
    if python.implementation == Implementation::CPython {
        let threaded = if has("t") { "t" } else { "" };
        let base = format!("{}{threaded}", python.tag());
        python.abis = if has("d") {
            vec![format!("{base}d"), base]
        } else {
            vec![base]
        };
    }
    Some(python)
}

fn platform(details: &Details) -> Option<Platform> {
    let name = details.platform.replace(['-', '.'], "_");
    let multiarch = details.implementation.multiarch.as_deref().unwrap_or("");
    match Platform::parse(&name).ok()? {
        Platform::Linux { arch, .. } => Some(Platform::Linux {
            libc: Some(if multiarch.contains("musl") {
                Libc::Musl(1, 2)
            } else {
                Libc::Glibc(2, 17)
            }),
            arch,
        }),
        platform => Some(platform),
    }
}
