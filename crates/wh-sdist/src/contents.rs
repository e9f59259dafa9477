//! What is read out of an sdist on the way through it: the few files that say what it is, what it
//! requires and how it is built.

use std::collections::BTreeSet;
use std::io::Read;

use serde::{Deserialize, Serialize};

use crate::archive::{Entry, Sink};
use crate::error::Fault;
use crate::names::Kind;

/// No PKG-INFO, pyproject.toml or setup.cfg is longer.
const LONGEST: u64 = 16 << 20;

/// The files of a project's folder that tell something.
pub(crate) const TELLING: [&str; 4] = ["PKG-INFO", "pyproject.toml", "setup.cfg", "setup.py"];

/// What an sdist says of itself. Small, so that it can be kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sdist {
    /// The fields of PKG-INFO, without the description.
    pub pkg_info: Option<String>,
    /// pyproject.toml
    pub pyproject: Option<String>,
    /// setup.cfg
    pub setup_cfg: Option<String>,
    /// Whether there is a setup.py, and whether it speaks of `setup_requires`.
    pub setup_py: Option<bool>,
    /// Languages that have to be compiled, by the names of its files.
    pub languages: BTreeSet<Language>,
}

/// A language that needs a compiler where the sdist is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// C
    C,
    /// C++
    Cpp,
    /// Fortran
    Fortran,
    /// Rust
    Rust,
}

impl Language {
    /// What compiles it, in words.
    pub fn compiler(self) -> &'static str {
        match self {
            Language::C => "a C compiler",
            Language::Cpp => "a C++ compiler",
            Language::Fortran => "a Fortran compiler",
            Language::Rust => "a Rust toolchain",
        }
    }

    pub(crate) fn of(path: &str) -> Option<Self> {
        // what a build does not compile
        const BESIDE: [&str; 8] = [
            "test",
            "tests",
            "testing",
            "doc",
            "docs",
            "example",
            "examples",
            "benchmarks",
        ];
        if path.split('/').any(|part| BESIDE.contains(&part)) {
            return None;
        }
        let (_, name) = path.rsplit_once('/')?;
        if name == "Cargo.toml" {
            return Some(Language::Rust);
        }
        match name.rsplit_once('.')?.1 {
            "c" | "pyx" => Some(Language::C),
            "cc" | "cpp" | "cxx" => Some(Language::Cpp),
            "f" | "f90" | "f95" => Some(Language::Fortran),
            _ => None,
        }
    }
}

/// Files met so far.
#[derive(Default)]
pub(crate) struct Reading {
    sdist: Sdist,
    /// The folder of the project below the top, with a slash behind; empty: the top.
    below: String,
}

impl Sink for Reading {
    fn entry(&mut self, entry: &Entry<'_>, bytes: &mut dyn Read) -> Result<(), Fault> {
        if *entry.kind == Kind::File {
            self.file(entry.name, bytes)?;
        }
        Ok(())
    }
}

impl Reading {
    /// A project at the top, or in a folder below it.
    pub(crate) fn of(subdirectory: Option<&str>) -> Self {
        Self {
            below: subdirectory.map_or_else(String::new, |folder| format!("{folder}/")),
            ..Self::default()
        }
    }

    /// A file of a clean name; it is read where it tells something.
    pub(crate) fn file(&mut self, name: &str, bytes: &mut dyn Read) -> Result<(), Fault> {
        self.sdist.languages.extend(Language::of(name));
        let Some((_, below)) = name.split_once('/') else {
            return Ok(());
        };
        let Some(below) = below.strip_prefix(self.below.as_str()) else {
            return Ok(());
        };
        match below {
            "PKG-INFO" => {
                // old ones are in any encoding; what counts in them is ASCII
                let text = read(name, bytes)?;
                let text = String::from_utf8_lossy(&text);
                self.sdist.pkg_info = Some(fields_alone(&text).to_owned());
            }
            "pyproject.toml" => self.sdist.pyproject = Some(text(name, bytes)?),
            "setup.cfg" => {
                let text = read(name, bytes)?;
                self.sdist.setup_cfg = Some(String::from_utf8_lossy(&text).into_owned());
            }
            "setup.py" => {
                let text = read(name, bytes)?;
                let asks = text
                    .windows(SETUP_REQUIRES.len())
                    .any(|part| part == SETUP_REQUIRES);
                self.sdist.setup_py = Some(asks);
            }
            _ => {}
        }
        Ok(())
    }

    pub(crate) fn finish(self) -> Result<Sdist, Fault> {
        let Sdist {
            pkg_info,
            pyproject,
            setup_py,
            ..
        } = &self.sdist;
        if pkg_info.is_none() && pyproject.is_none() && setup_py.is_none() {
            return Err(Fault::NotAnSdist);
        }
        Ok(self.sdist)
    }
}

const SETUP_REQUIRES: &[u8] = b"setup_requires";

fn read(name: &str, bytes: &mut dyn Read) -> Result<Vec<u8>, Fault> {
    let mut read = Vec::new();
    bytes
        .take(LONGEST + 1)
        .read_to_end(&mut read)
        .map_err(Fault::Read)?;
    if read.len() as u64 > LONGEST {
        return Err(Fault::TooLong {
            entry: name.to_owned(),
            most: LONGEST,
        });
    }
    Ok(read)
}

fn text(name: &str, bytes: &mut dyn Read) -> Result<String, Fault> {
    String::from_utf8(read(name, bytes)?).map_err(|_| Fault::NotUtf8 {
        entry: name.to_owned(),
    })
}

/// PKG-INFO up to the empty line before the description.
fn fields_alone(text: &str) -> &str {
    let mut end = 0;
    for line in text.split_inclusive('\n') {
        if line.trim_end_matches(['\r', '\n']).is_empty() {
            break;
        }
        end += line.len();
    }
    &text[..end]
}
