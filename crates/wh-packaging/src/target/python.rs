//! The Python half of a target: implementation, version, ABIs, and the tags that follow from it.
//!
//! PEP 425, PEP 384 (abi3), PEP 803 (abi3t); the order is that of `packaging` 26.3
//! (`cpython_tags`, `generic_tags`, `compatible_tags`). Python 2 is no target.

use std::str::FromStr;
use std::sync::Arc;

use super::TargetError;
use crate::Version;
use crate::marker::MarkerValues;
use crate::tag::{Tag, Tags};

/// The highest minor version that a name may say; it bounds the list of tags.
const HIGHEST_MINOR: u64 = 99;

/// Who made the interpreter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Implementation {
    CPython,
    PyPy,
    GraalPy,
    /// Any: only wheels without an ABI (pip's `--implementation py`).
    Any,
    /// Another one, by `sys.implementation.name`.
    Other(String),
}

impl Implementation {
    /// What stands before the version in a tag.
    pub(super) fn short(&self) -> &str {
        match self {
            Self::CPython => "cp",
            Self::PyPy => "pp",
            Self::GraalPy => "graalpy",
            Self::Any => "py",
            Self::Other(name) => name,
        }
    }

    pub(super) fn from_short(text: &str) -> Option<Self> {
        match text {
            "cp" | "cpython" => Some(Self::CPython),
            "pp" | "pypy" => Some(Self::PyPy),
            "graalpy" => Some(Self::GraalPy),
            "py" => Some(Self::Any),
            _ => None,
        }
    }

    /// `implementation_name` and `platform_python_implementation`.
    fn marker_names(&self) -> (Option<String>, Option<String>) {
        let names = match self {
            Self::CPython => ("cpython", "CPython"),
            Self::PyPy => ("pypy", "PyPy"),
            Self::GraalPy => ("graalpy", "GraalVM"),
            Self::Any => return (None, None),
            Self::Other(name) => return (Some(name.clone()), None),
        };
        (Some(names.0.to_owned()), Some(names.1.to_owned()))
    }
}

/// An interpreter, as far as tags and markers need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Python {
    pub(super) implementation: Implementation,
    /// The full version; `X.Y.0` where none was named.
    pub(super) version: Version,
    pub(super) exact: bool,
    /// The ABIs that it loads, `abi3`, `abi3t` and `none` left out, the best first.
    pub(super) abis: Vec<String>,
}

impl Python {
    /// With the ABIs that an ordinary build of the version has.
    pub(super) fn new(implementation: Implementation, version: Version, exact: bool) -> Self {
        let mut this = Self {
            implementation,
            version,
            exact,
            abis: Vec::new(),
        };
        this.abis = this.default_abis("");
        this
    }

    /// `cp312`, `cp313t`, `pp311`, `graalpy312`, `py312`, `3.12`, `3.12.4`, `3.13.1t`.
    pub(super) fn parse(text: &str) -> Result<Self, TargetError> {
        Self::parse_exactly(text).ok_or_else(|| TargetError::UnknownPython {
            python: text.to_owned(),
            nearest: nearest(text),
        })
    }

    fn parse_exactly(text: &str) -> Option<Self> {
        let digits = text.find(|c: char| c.is_ascii_digit())?;
        let (short, version) = text.split_at(digits);
        let (version, flag) = match version.strip_suffix('t') {
            Some(version) => (version, "t"),
            None => (version, ""),
        };
        let mut this = if short.is_empty() {
            Self::from_version(Implementation::CPython, version)?
        } else {
            // without a dot: the first digit is the major version
            if !version.bytes().all(|b| b.is_ascii_digit()) || version.len() < 2 {
                return None;
            }
            let implementation = match short {
                "cp" => Implementation::CPython,
                "pp" => Implementation::PyPy,
                "graalpy" => Implementation::GraalPy,
                "py" => Implementation::Any,
                _ => return None,
            };
            Self::from_version(implementation, version)?
        };
        if !flag.is_empty() {
            if this.implementation != Implementation::CPython || this.minor() < 13 {
                return None;
            }
            this.abis = this.default_abis(flag);
        }
        Some(this)
    }

    /// pip's forms of a version: `3.12`, `312`, `3.12.4`.
    pub(super) fn from_version(implementation: Implementation, text: &str) -> Option<Self> {
        let dotted = if text.len() > 1 && text.bytes().all(|b| b.is_ascii_digit()) {
            format!("{}.{}", text.get(..1)?, text.get(1..)?)
        } else {
            text.to_owned()
        };
        let version = Version::from_str(&dotted).ok()?;
        let [major, minor, patch @ ..] = version.release() else {
            return None;
        };
        if *major != 3 || *minor > HIGHEST_MINOR || patch.len() > 1 || !plain(&version) {
            return None;
        }
        let exact = !patch.is_empty();
        if version.any_prerelease() && !exact {
            return None;
        }
        let version = match exact {
            true => version,
            false => Version::new([*major, *minor, 0]),
        };
        Some(Self::new(implementation, version, exact))
    }

    pub(super) fn minor(&self) -> u64 {
        self.version.release().get(1).copied().unwrap_or(0)
    }

    fn nodot(&self) -> String {
        let major = self.version.release().first().copied().unwrap_or(3);
        format!("{major}{}", self.minor())
    }

    /// `cp312`: the python tag of this very version.
    pub(super) fn tag(&self) -> String {
        format!("{}{}", self.implementation.short(), self.nodot())
    }

    fn default_abis(&self, flag: &str) -> Vec<String> {
        let nodot = self.nodot();
        match self.implementation {
            // until 3.7 builds with and without pymalloc differed
            Implementation::CPython if self.minor() < 8 => vec![format!("cp{nodot}m")],
            Implementation::CPython => vec![format!("cp{nodot}{flag}")],
            Implementation::PyPy => vec![format!("pypy{nodot}_pp73")],
            Implementation::GraalPy => graalpy_release(self.minor())
                .map(|release| format!("graalpy{release}_{nodot}_native"))
                .into_iter()
                .collect(),
            Implementation::Any | Implementation::Other(_) => Vec::new(),
        }
    }

    /// The Python half of the target's name. ABIs that no name says are appended after a dot.
    pub(super) fn name(&self) -> String {
        let threaded = self.is_threaded() && self.abis == self.default_abis("t");
        let base = if self.exact && self.implementation == Implementation::CPython {
            self.version.to_string()
        } else {
            self.tag()
        };
        if threaded {
            format!("{base}t")
        } else if self.abis == self.default_abis("") {
            base
        } else if self.abis.is_empty() {
            format!("{base}.none")
        } else {
            format!("{base}.{}", self.abis.join("."))
        }
    }

    /// A `t` in the flags of the first ABI (`cp313t`).
    pub(super) fn is_threaded(&self) -> bool {
        self.implementation == Implementation::CPython
            && self.abis.first().is_some_and(|abi| {
                abi.strip_prefix("cp").is_some_and(|rest| {
                    rest.trim_start_matches(|c: char| c.is_ascii_digit())
                        .contains('t')
                })
            })
    }

    /// Fills in what the Python decides.
    pub(super) fn set_markers(&self, markers: &mut MarkerValues) {
        let full = self.version.to_string();
        let (name, platform_name) = self.implementation.marker_names();
        let cpython = self.implementation == Implementation::CPython;
        markers.implementation_name = name;
        markers.platform_python_implementation = platform_name;
        markers.implementation_version = cpython.then(|| full.clone());
        markers.python_full_version = full;
        let major = self.version.release().first().copied().unwrap_or(3);
        markers.python_version = format!("{major}.{}", self.minor());
    }

    /// All tags for these platforms, the best first.
    pub(super) fn tags(&self, platforms: &[String]) -> Tags {
        let mut list = TagList::new(platforms);
        if self.implementation == Implementation::CPython {
            self.cpython_tags(&mut list);
        } else if self.implementation != Implementation::Any {
            for abi in &self.abis {
                list.push(&self.tag(), abi);
            }
            if !self.abis.iter().any(|abi| abi == "none") {
                list.push(&self.tag(), "none");
            }
        }
        let generic = self.generic_versions();
        for version in &generic {
            list.push(version, "none");
        }
        match self.implementation {
            Implementation::CPython => list.push_any(&self.tag()),
            Implementation::PyPy => list.push_any("pp3"),
            _ => {}
        }
        for version in &generic {
            list.push_any(version);
        }
        Tags::new(list.tags)
    }

    fn cpython_tags(&self, list: &mut TagList) {
        let tag = self.tag();
        let stable = if self.is_threaded() { "abi3t" } else { "abi3" };
        for abi in &self.abis {
            list.push(&tag, abi);
        }
        list.push(&tag, stable);
        list.push(&tag, "none");
        for minor in (2..self.minor()).rev() {
            list.push(&format!("cp3{minor}"), stable);
        }
    }

    /// `py312`, `py3`, `py311` down to `py30`.
    fn generic_versions(&self) -> Vec<String> {
        let mut versions = vec![format!("py{}", self.nodot()), "py3".to_owned()];
        versions.extend((0..self.minor()).rev().map(|minor| format!("py3{minor}")));
        versions
    }
}

/// Neither local, nor dev, nor post: what a released interpreter may say.
fn plain(version: &Version) -> bool {
    !version.is_local() && !version.is_dev() && !version.is_post() && version.epoch() == 0
}

/// The GraalPy release that made this Python, newest where there were several.
fn graalpy_release(minor: u64) -> Option<&'static str> {
    match minor {
        10 => Some("240"),
        11 => Some("242"),
        12 => Some("250"),
        _ => None,
    }
}

/// The form that was probably meant: the first digits with `cp`, `pp` or `graalpy` before them.
fn nearest(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let digits: String = lower
        .chars()
        .skip_while(|c| !c.is_ascii_digit())
        .take_while(|c| c.is_ascii_digit() || *c == '.')
        .collect();
    let mut parts = digits.split('.').filter(|part| !part.is_empty());
    let (first, second) = (parts.next()?, parts.next().unwrap_or(""));
    let short = match lower.as_str() {
        text if text.starts_with("pp") || text.starts_with("pypy") => "pp",
        text if text.starts_with('g') => "graalpy",
        _ => "cp",
    };
    let flag = if lower.ends_with('t') { "t" } else { "" };
    [
        format!("{short}{first}{second}{flag}"),
        format!("{short}{first}{second}"),
    ]
    .into_iter()
    .find(|name| Python::parse_exactly(name).is_some())
}

/// Collects tags; each platform is kept once.
struct TagList {
    platforms: Vec<Arc<str>>,
    any: Arc<str>,
    none: Arc<str>,
    tags: Vec<Tag>,
}

impl TagList {
    fn new(platforms: &[String]) -> Self {
        Self {
            platforms: platforms.iter().map(|name| name.as_str().into()).collect(),
            any: "any".into(),
            none: "none".into(),
            tags: Vec::new(),
        }
    }

    fn push(&mut self, python: &str, abi: &str) {
        let (python, abi): (Arc<str>, Arc<str>) = (python.into(), abi.into());
        self.tags.extend(self.platforms.iter().map(|platform| Tag {
            python: python.clone(),
            abi: abi.clone(),
            platform: platform.clone(),
        }));
    }

    fn push_any(&mut self, python: &str) {
        self.tags.push(Tag {
            python: python.into(),
            abi: self.none.clone(),
            platform: self.any.clone(),
        });
    }
}
