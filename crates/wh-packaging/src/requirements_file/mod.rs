//! Requirements files, with pip's grammar.
//!
//! Nothing is opened here: the caller reads files (and URLs) and looks up variables. What is asked
//! for comes back in order, each entry with its file and line. Files that include others are
//! followed: a nested path is relative to the file that names it, while paths of wheels are
//! relative to the working folder, both as in pip.

mod lines;
mod options;
mod text;

#[cfg(test)]
mod tests;

use std::path::{Component, Path, PathBuf};

use url::Url;

use crate::hashes::Hashes;
use crate::requirement::{Input, Requirement, RequirementError, Root, parse_input};

pub use options::{FileOption, OptionName};
pub use text::{EncodingError, decode};

/// A place in a requirements file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file, as the user and the including files name it; or its URL.
    pub file: String,
    /// The line on which it begins, from 1.
    pub line: usize,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// One requirement of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The text as it stands in the file, without options, variables not replaced.
    pub text: String,
    /// What it asks for.
    pub input: Input,
    /// Where it stands.
    pub place: Place,
    /// The digests of `--hash`.
    pub hashes: Vec<Hashes>,
    /// The values of `--config-settings`, for builds.
    pub config_settings: Vec<String>,
}

impl Entry {
    /// The requirement, where it is one.
    pub fn requirement(&self) -> Option<&Requirement> {
        match &self.input {
            Input::Named(requirement) => Some(requirement),
            Input::Unnamed(_) => None,
        }
    }

    /// As a root of the resolution, where it is a requirement.
    pub fn root(&self) -> Option<Root> {
        self.requirement().map(|requirement| Root {
            requirement: requirement.clone(),
            origin: self.place.to_string(),
            hashes: self.hashes.clone(),
        })
    }
}

/// All that a file and those it includes say.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RequirementsFile {
    /// The requirements, in order.
    pub requirements: Vec<Entry>,
    /// The constraints (`-c`), in order.
    pub constraints: Vec<Entry>,
    /// The options, in order; which of several counts is the reader's matter.
    pub options: Vec<FileOption>,
}

/// Why a requirements file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequirementsFileError<E> {
    /// The file, or one that it includes, cannot be read.
    #[error("{}`{file}` cannot be read", where_from(included.as_ref()))]
    Read {
        /// The file.
        file: String,
        /// Where it is included; `None` for the first file.
        included: Option<Place>,
        /// What the caller's reader said.
        #[source]
        error: E,
    },
    /// A line is wrong.
    #[error("{place}:{}: {message}", .column + 1)]
    Line {
        /// Where.
        place: Place,
        /// The line, joined with those that continue it.
        text: String,
        /// The place in it, in characters from 0.
        column: usize,
        /// What is wrong.
        message: String,
    },
    /// A file includes itself, by way of others or at once.
    #[error("{place}: `{file}` is included by itself")]
    Recursion {
        /// The file.
        file: String,
        /// Where it is included again.
        place: Place,
    },
}

/// `r.txt:2: `, or nothing for a file that no other one includes.
fn where_from(included: Option<&Place>) -> String {
    included.map_or_else(String::new, |place| format!("{place}: "))
}

/// How files are read.
pub struct Loader<'a, E> {
    /// Reads a file by the name or URL under which it is included.
    pub read: &'a mut dyn FnMut(&str) -> Result<String, E>,
    /// Looks up `${VARIABLE}`.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
    /// The working folder, absolute: where relative paths of wheels start.
    pub base: &'a Path,
}

/// How many files one may include, all in all, and how deep: a server could answer without end.
const MOST_FILES: usize = 1000;
const DEEPEST: usize = 50;

impl<E> Loader<'_, E> {
    /// Reads a requirements file (`-r`) and what it includes.
    ///
    /// # Errors
    /// See [`RequirementsFileError`].
    pub fn requirements(
        &mut self,
        file: &str,
    ) -> Result<RequirementsFile, RequirementsFileError<E>> {
        self.load(file, false)
    }

    /// Reads a constraints file (`-c`): what it asks for are constraints.
    ///
    /// # Errors
    /// See [`RequirementsFileError`].
    pub fn constraints(
        &mut self,
        file: &str,
    ) -> Result<RequirementsFile, RequirementsFileError<E>> {
        self.load(file, true)
    }

    fn load(
        &mut self,
        file: &str,
        constraint: bool,
    ) -> Result<RequirementsFile, RequirementsFileError<E>> {
        let mut walk = Walk {
            found: RequirementsFile::default(),
            open: Vec::new(),
            files: 0,
        };
        self.file(&mut walk, file, None, constraint)?;
        Ok(walk.found)
    }

    fn file(
        &mut self,
        walk: &mut Walk,
        file: &str,
        included: Option<&Place>,
        constraint: bool,
    ) -> Result<(), RequirementsFileError<E>> {
        let identity = self.identity(file);
        if let Some(place) = included.filter(|_| walk.open.contains(&identity)) {
            return Err(RequirementsFileError::Recursion {
                file: file.to_owned(),
                place: place.clone(),
            });
        }
        let text = (self.read)(file).map_err(|error| RequirementsFileError::Read {
            file: file.to_owned(),
            included: included.cloned(),
            error,
        })?;
        walk.open.push(identity);
        walk.files += 1;
        for line in lines::logical_lines(&text) {
            self.line(walk, file, &line, constraint)?;
        }
        walk.open.pop();
        Ok(())
    }

    fn line(
        &mut self,
        walk: &mut Walk,
        file: &str,
        line: &lines::LogicalLine,
        constraint: bool,
    ) -> Result<(), RequirementsFileError<E>> {
        let place = Place {
            file: file.to_owned(),
            line: line.number,
        };
        let wrong = |column: usize, message: String| RequirementsFileError::Line {
            place: place.clone(),
            text: line.text.clone(),
            column,
            message,
        };
        let expanded = lines::expand(&line.text, self.variable);
        let (asked, rest) = options::split(&expanded);
        let mut parsed = options::parse(rest).map_err(|message| {
            wrong(
                asked.chars().count() + usize::from(!asked.is_empty()),
                message,
            )
        })?;
        let shown = options::split(&line.text).0;
        if !asked.is_empty() || !parsed.editables.is_empty() {
            let (asked, shown) = match parsed.editables.first() {
                Some(path) if asked.is_empty() => (format!("-e {path}"), line.text.as_str()),
                _ => (asked.to_owned(), shown),
            };
            let entry = Entry {
                input: parse_input(&asked, self.base)
                    .map_err(|e: RequirementError| wrong(e.column, e.message))?,
                text: shown.to_owned(),
                place: place.clone(),
                hashes: parsed.hashes,
                config_settings: parsed.config_settings,
            };
            match constraint {
                true => walk.found.constraints.push(entry),
                false => walk.found.requirements.push(entry),
            }
            return Ok(());
        }
        for (name, value) in parsed.options.drain(..) {
            let place = place.clone();
            walk.found.options.push(FileOption { name, value, place });
        }
        for (nested, constraint) in parsed.files {
            if walk.files >= MOST_FILES || walk.open.len() >= DEEPEST {
                return Err(wrong(0, "too many files are included".to_owned()));
            }
            let nested = relative_to(file, &nested);
            self.file(walk, &nested, Some(&place), constraint)?;
        }
        Ok(())
    }

    /// The same for all names of one file.
    fn identity(&self, file: &str) -> String {
        if is_url(file) {
            return file.to_owned();
        }
        normalised(&self.base.join(file))
            .to_string_lossy()
            .into_owned()
    }
}

struct Walk {
    found: RequirementsFile,
    /// The files that are being read, outermost first.
    open: Vec<String>,
    files: usize,
}

fn is_url(file: &str) -> bool {
    let lower = file.to_ascii_lowercase();
    ["http:", "https:", "file:"]
        .iter()
        .any(|scheme| lower.starts_with(scheme))
}

/// The name of a nested file: relative to the file that names it.
fn relative_to(file: &str, nested: &str) -> String {
    if is_url(nested) {
        return nested.to_owned();
    }
    if is_url(file) {
        let joined = Url::parse(file).and_then(|url| url.join(nested));
        return joined.map_or_else(|_| nested.to_owned(), |url| url.to_string());
    }
    let folder = Path::new(file).parent().unwrap_or_else(|| Path::new(""));
    normalised(&folder.join(nested))
        .to_string_lossy()
        .into_owned()
}

/// Without `.`, and without `..` where a folder stands before it.
fn normalised(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir
                if matches!(out.components().next_back(), Some(Component::Normal(_))) =>
            {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}
