//! Targets from pip's flags.
//!
//! Repeated `--platform` values of one operating system, libc and architecture mean one machine
//! with the highest floor, since people had to list by hand what a platform loads; `any` and
//! `linux_*` beside another platform add nothing. Values that differ otherwise multiply, as do
//! repeated `--python-version`. What no flag says comes from an environment.

use super::platform::{Libc, Platform};
use super::python::{Implementation, Python};
use super::{Target, TargetError};
use crate::Version;

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

impl Target {
    /// The targets that pip's flags say; `fallback` is the environment that gives what they do not
    /// say. Without any flag that is the fallback itself.
    ///
    /// # Errors
    /// [`TargetError::UnknownPython`], [`TargetError::UnknownPlatform`],
    /// [`TargetError::UnknownTag`], [`TargetError::Missing`].
    pub fn from_flags(
        flags: &Flags,
        fallback: Option<&Target>,
    ) -> Result<Vec<Target>, TargetError> {
        if *flags == Flags::default() {
            let fallback = fallback.cloned();
            return Ok(vec![
                fallback.ok_or(TargetError::Missing { what: "Python" })?,
            ]);
        }
        let platforms = platforms(flags, fallback)?;
        let mut targets: Vec<Target> = Vec::new();
        for python in pythons(flags, fallback)? {
            for platform in &platforms {
                let target = Target::new(&python, platform);
                if !targets.contains(&target) {
                    targets.push(target);
                }
            }
        }
        Ok(targets)
    }
}

fn pythons(flags: &Flags, fallback: Option<&Target>) -> Result<Vec<Python>, TargetError> {
    let asked = flags.implementation.as_deref().map(|text| {
        Implementation::from_short(text).ok_or_else(|| TargetError::UnknownPython {
            python: text.to_owned(),
            nearest: Some("cp".to_owned()),
        })
    });
    let implementation = asked.transpose()?;
    let mut pythons = if flags.python_versions.is_empty() {
        let fallback = fallback.ok_or(TargetError::Missing { what: "Python" })?;
        vec![fallback_python(fallback, implementation)]
    } else {
        let own = || fallback.map_or(Implementation::CPython, own_implementation);
        let implementation = implementation.unwrap_or_else(own);
        let read = |text: &String| {
            Python::from_version(implementation.clone(), text)
                .map_or_else(|| Python::parse(text), Ok)
        };
        flags
            .python_versions
            .iter()
            .map(read)
            .collect::<Result<_, _>>()?
    };
    if !flags.abis.is_empty() {
        let abis = abis(&flags.abis)?;
        for python in &mut pythons {
            python.abis.clone_from(&abis);
        }
    }
    Ok(pythons)
}

/// What `--abi` adds: the stable ABI and `none` are there anyway.
fn abis(given: &[String]) -> Result<Vec<String>, TargetError> {
    let mut abis: Vec<String> = Vec::new();
    for abi in given.iter().map(|abi| abi.to_ascii_lowercase()) {
        let valid = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if abi.is_empty() || !abi.chars().all(valid) {
            return Err(TargetError::UnknownTag { tag: abi });
        }
        if !matches!(abi.as_str(), "abi3" | "abi3t" | "none") && !abis.contains(&abi) {
            abis.push(abi);
        }
    }
    Ok(abis)
}

/// The Python of an environment, for another platform: its patch release was not asked for.
fn fallback_python(fallback: &Target, asked: Option<Implementation>) -> Python {
    let release = fallback.python.release();
    let (major, minor) = match release {
        [major, minor, ..] => (*major, *minor),
        _ => (3, 0),
    };
    let version = Version::new([major, minor, 0]);
    let own = own_implementation(fallback);
    let changed = asked.as_ref().is_some_and(|asked| *asked != own);
    let mut python = Python::new(asked.unwrap_or(own), version, false);
    if !changed {
        python.abis = own_abis(fallback, &python.tag());
    }
    python
}

fn own_implementation(target: &Target) -> Implementation {
    match target.markers.implementation_name.as_deref() {
        None => Implementation::Any,
        Some(name) => Implementation::from_short(name)
            .unwrap_or_else(|| Implementation::Other(name.to_owned())),
    }
}

/// The ABIs under the environment's own python tag.
fn own_abis(target: &Target, python: &str) -> Vec<String> {
    let mut abis: Vec<String> = Vec::new();
    for tag in target.tags.iter().filter(|tag| &*tag.python == python) {
        if !matches!(&*tag.abi, "abi3" | "abi3t" | "none")
            && abis.last().is_none_or(|last| *last != *tag.abi)
        {
            abis.push(tag.abi.to_string());
        }
    }
    abis
}

fn platforms(flags: &Flags, fallback: Option<&Target>) -> Result<Vec<Platform>, TargetError> {
    if flags.platforms.is_empty() {
        let fallback = fallback.ok_or(TargetError::Missing { what: "platform" })?;
        return Ok(vec![fallback_platform(fallback)]);
    }
    let mut platforms: Vec<Platform> = Vec::new();
    for text in &flags.platforms {
        let new = Platform::parse(&text.to_ascii_lowercase().replace(['-', '.'], "_"))?;
        match platforms
            .iter_mut()
            .find(|known| is_one_machine(known, &new))
        {
            Some(known) if floor(known) < floor(&new) => *known = new,
            Some(_) => {}
            None => platforms.push(new),
        }
    }
    if platforms.len() > 1 {
        platforms.retain(|platform| *platform != Platform::Any);
    }
    let described: Vec<(String, bool)> = platforms
        .iter()
        .filter_map(|platform| match platform {
            Platform::Linux { libc, arch } => Some((arch.clone(), libc.is_some())),
            _ => None,
        })
        .collect();
    platforms.retain(|platform| match platform {
        Platform::Linux { libc: None, arch } => !described.contains(&(arch.clone(), true)),
        _ => true,
    });
    Ok(platforms)
}

/// Whether two platforms differ in their floor alone.
fn is_one_machine(a: &Platform, b: &Platform) -> bool {
    use Platform::{Android, Emscripten, Ios, Linux, Macos};
    let kind = |libc: &Option<Libc>| libc.as_ref().map(std::mem::discriminant);
    match (a, b) {
        (Linux { libc, arch }, Linux { libc: l, arch: a }) => arch == a && kind(libc) == kind(l),
        (Macos { arch, .. }, Macos { arch: a, .. }) => arch == a,
        (Ios { multiarch, .. }, Ios { multiarch: m, .. }) => multiarch == m,
        (Android { abi, .. }, Android { abi: a, .. }) => abi == a,
        (Emscripten { version, .. }, Emscripten { version: v, .. }) => version == v,
        (a, b) => a == b,
    }
}

fn floor(platform: &Platform) -> (u16, u16) {
    match platform {
        Platform::Linux {
            libc: Some(Libc::Glibc(major, minor) | Libc::Musl(major, minor)),
            ..
        } => (*major, *minor),
        Platform::Macos { version, .. } | Platform::Ios { version, .. } => *version,
        Platform::Android { api, .. } => (*api, 0),
        // of the two names of one version, the newer loads what the older does
        Platform::Emscripten { legacy: false, .. } => (1, 0),
        _ => (0, 0),
    }
}

/// The platform of an environment, for another Python. The kernel is left open: what is made for
/// a Python that is not there is not meant for this machine alone.
fn fallback_platform(fallback: &Target) -> Platform {
    let mut tags: Vec<String> = Vec::new();
    let python = fallback
        .tags
        .iter()
        .find(|tag| tag.python.starts_with("py"));
    for tag in fallback.tags.iter() {
        let same = python.is_some_and(|python| python.python == tag.python);
        if same && &*tag.platform != "any" {
            tags.push(tag.platform.to_string());
        }
    }
    if let Ok(named) = Platform::parse(fallback.platform())
        && named.tags() == tags
    {
        return named;
    }
    let mut markers = fallback.markers.clone();
    markers.platform_release = None;
    markers.platform_version = None;
    Platform::Given {
        name: fallback.platform().to_owned(),
        tags,
        markers: Box::new(markers),
    }
}
