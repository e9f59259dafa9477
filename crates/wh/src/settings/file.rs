//! `wh.toml`: the settings of a project.
//!
//! It is found upwards from the working folder; paths in it are relative to its own folder. A key
//! that nobody knows is an error, with the nearest that somebody does.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use url::Url;
use wh_packaging::requirement::parse_strict;
use wh_packaging::toml_walk::{self, Table, TomlError, Value};
use wh_packaging::{ProjectName, Requirement, project_name, spelling};

use super::keys::{Key, Kind, OF_INDEX, OWN};
use super::{FILE_NAME, Given};
use crate::commands::index_url;
use crate::failure::Failure;

/// A `wh.toml`, read.
#[derive(Debug, Clone, Default)]
pub struct SettingsFile {
    /// The file.
    pub path: PathBuf,
    /// What is downloaded where nothing else is asked for, each with its place.
    pub requirements: Vec<(String, String)>,
    /// Files of requirements, likewise: absolute, or URLs.
    pub requirement_files: Vec<String>,
    /// Extras of what a `pyproject.toml` or a lock asks for.
    pub extras: Vec<String>,
    /// Dependency groups, likewise.
    pub groups: Vec<String>,
    /// Targets, where none are named: names, and files by their absolute path.
    pub targets: Vec<String>,
    /// Indexes, in order.
    pub indexes: Vec<NamedIndex>,
    /// What building a project requires besides what it says itself.
    pub build_requires: BTreeMap<ProjectName, Vec<Requirement>>,
    /// The values of options.
    pub options: Vec<Given>,
}

/// An `[[index]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedIndex {
    /// Its name, of letters, digits, `-`, `_` and `.`.
    pub name: String,
    /// Its base URL.
    pub url: Url,
    /// The projects that come from here and from nowhere else, as names or `prefix-*`.
    pub projects: Vec<String>,
    /// Its own cut-off.
    pub exclude_newer: IndexCutOff,
}

/// What an index says of the cut-off by age.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum IndexCutOff {
    /// That of the run counts.
    #[default]
    AsTheRun,
    /// None counts here.
    Exempt,
    /// This one counts here, with its place.
    Own(String, String),
}

/// Why a file of settings cannot be used, before its name is known.
struct Fault {
    line: usize,
    message: String,
    hint: Option<String>,
}

impl From<TomlError> for Fault {
    fn from(error: TomlError) -> Self {
        let (line, message) = match error {
            TomlError::Syntax { line, message } => (line, message),
            TomlError::Value { line, key, message } => (line, format!("`{key}` {message}")),
        };
        Self {
            line,
            message,
            hint: None,
        }
    }
}

impl SettingsFile {
    /// The file in the working folder, or in the nearest folder above that has one.
    pub fn find(cwd: &Path, keys: &[Key]) -> Result<Option<Self>, Failure> {
        for folder in cwd.ancestors() {
            let path = folder.join(FILE_NAME);
            let text = match fs_err::read_to_string(&path) {
                Ok(text) => text,
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                // a folder of that name is none of ours
                Err(_) if path.is_dir() => continue,
                Err(error) => return Err(Failure::file(error)),
            };
            return Self::parse(&path, &text, keys).map(Some);
        }
        Ok(None)
    }

    /// Reads the text of a file.
    pub fn parse(path: &Path, text: &str, keys: &[Key]) -> Result<Self, Failure> {
        let mut file = Self {
            path: path.to_owned(),
            ..Self::default()
        };
        file.read(text, keys).map_err(|fault| Failure::Malformed {
            message: format!("{}:{}: {}", path.display(), fault.line, fault.message),
            hint: fault.hint,
        })?;
        Ok(file)
    }

    fn read(&mut self, text: &str, keys: &[Key]) -> Result<(), Fault> {
        let document = toml_walk::document(text)?;
        for (name, value) in Table::root(text, &document).entries() {
            match name {
                "requirements" => self.requirements = self.strings(&value)?,
                "requirement-files" => self.requirement_files = self.paths(&value)?,
                "targets" => self.targets = self.target_names(&value)?,
                "extras" => self.extras = texts(self.strings(&value)?),
                "groups" => self.groups = texts(self.strings(&value)?),
                "index" => {
                    for index in value.array()? {
                        self.index(&index.table()?, &index)?;
                    }
                }
                "build-requires" => self.build_requires(&value.table()?)?,
                other => match keys.iter().find(|key| key.name == other) {
                    Some(key) => self.option(key, &value)?,
                    None => return Err(unknown(&value, other, keys)),
                },
            }
        }
        Ok(())
    }

    /// Strings with their places, the file by its name alone: there is one.
    fn strings(&self, value: &Value<'_>) -> Result<Vec<(String, String)>, Fault> {
        let mut found = Vec::new();
        for one in value.strings()? {
            found.push((
                one.string()?.to_owned(),
                format!("{FILE_NAME}:{}", one.line()),
            ));
        }
        Ok(found)
    }

    fn paths(&self, value: &Value<'_>) -> Result<Vec<String>, Fault> {
        let all = texts(self.strings(value)?);
        Ok(all.iter().map(|one| self.absolute(one)).collect())
    }

    /// A value with a slash, or that ends as a file of JSON, is a path.
    fn target_names(&self, value: &Value<'_>) -> Result<Vec<String>, Fault> {
        let is_file = |name: &str| name.contains(['/', '\\']) || name.ends_with(".json");
        let all = texts(self.strings(value)?).into_iter();
        let named = all.map(|name| match is_file(&name) {
            true => self.absolute(&name),
            false => name,
        });
        Ok(named.collect())
    }

    fn option(&mut self, key: &Key, value: &Value<'_>) -> Result<(), Fault> {
        let mut values: Vec<String> = match key.kind {
            // what is off is as if it did not stand here
            Kind::Switch if !value.boolean()? => return Ok(()),
            Kind::Switch => vec!["true".to_owned()],
            Kind::Several => texts(self.strings(value)?),
            Kind::One => vec![match value.unsigned() {
                Ok(number) => number.to_string(),
                Err(_) => value.string()?.to_owned(),
            }],
        };
        if key.path {
            values = values.iter().map(|one| self.absolute(one)).collect();
        }
        let option = if key.name == "folder" {
            "dest"
        } else {
            key.name.as_str()
        };
        self.options.push(Given {
            option: option.to_owned(),
            values,
            place: self.place(value),
        });
        Ok(())
    }

    fn index(&mut self, table: &Table<'_>, whole: &Value<'_>) -> Result<(), Fault> {
        for (key, value) in table.entries() {
            if !OF_INDEX.contains(&key) {
                return Err(unknown_of(&value, key, OF_INDEX.into_iter()));
            }
        }
        let name = table.needed("name")?.parse(|name| match index_name(name) {
            true => Ok(name.to_owned()),
            false => Err("is not a name of letters, digits, `-`, `_` and `.`"),
        })?;
        if self
            .indexes
            .iter()
            .any(|other| same_variable(&other.name, &name))
        {
            return Err(whole
                .error(format!("is named `{name}` as another index is"))
                .into());
        }
        let url = table.needed("url")?.parse(index_url)?;
        let projects = match table.get("projects") {
            Some(value) => {
                let all = value.strings()?;
                let read = all.iter().map(|one| one.parse(pattern));
                read.collect::<Result<Vec<String>, _>>()?
            }
            None => Vec::new(),
        };
        let exclude_newer = match table.get("exclude-newer") {
            None => IndexCutOff::AsTheRun,
            Some(value) => match value.boolean() {
                Ok(false) => IndexCutOff::Exempt,
                Ok(true) => {
                    return Err(value
                        .error("is a date, a duration, or false for no cut-off at all")
                        .into());
                }
                Err(_) => IndexCutOff::Own(value.string()?.to_owned(), self.place(&value)),
            },
        };
        self.indexes.push(NamedIndex {
            name,
            url,
            projects,
            exclude_newer,
        });
        Ok(())
    }

    fn build_requires(&mut self, table: &Table<'_>) -> Result<(), Fault> {
        for (project, value) in table.entries() {
            let name =
                project_name(project).ok_or_else(|| value.error("is not the name of a project"))?;
            let all = value.strings()?;
            let read = all.iter().map(|one| one.parse(parse_strict));
            let requirements = read.collect::<Result<Vec<_>, _>>()?;
            self.build_requires.insert(name, requirements);
        }
        Ok(())
    }

    /// A path from the folder of the file; a URL stays.
    fn absolute(&self, given: &str) -> String {
        if given.contains("://") {
            return given.to_owned();
        }
        let folder = self.path.parent().unwrap_or(Path::new(""));
        folder.join(given).to_string_lossy().into_owned()
    }

    /// `wh.toml:3`
    fn place(&self, value: &Value<'_>) -> String {
        format!("{}:{}", self.path.display(), value.line())
    }
}

fn texts(with_places: Vec<(String, String)>) -> Vec<String> {
    with_places.into_iter().map(|(text, _)| text).collect()
}

fn unknown(value: &Value<'_>, key: &str, keys: &[Key]) -> Fault {
    let names = keys.iter().map(|key| key.name.as_str());
    unknown_of(value, key, names.chain(OWN))
}

fn unknown_of<'k>(value: &Value<'_>, key: &str, known: impl Iterator<Item = &'k str>) -> Fault {
    let mut known: Vec<&str> = known.collect();
    known.sort_unstable();
    known.dedup();
    let hint = match spelling::nearest(key, known.iter().copied()) {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("the keys are {}", known.join(", ")),
    };
    Fault {
        line: value.line(),
        message: format!("there is no key `{key}`"),
        hint: Some(hint),
    }
}

fn index_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

/// Whether two names of indexes have the same variables of credentials.
fn same_variable(one: &str, other: &str) -> bool {
    variable_part(one) == variable_part(other)
}

/// A name of an index as it stands in the names of variables: `corp-eu` as `CORP_EU`.
pub fn variable_part(name: &str) -> String {
    name.replace(['-', '.'], "_").to_ascii_uppercase()
}

/// The name of a project, or the beginning of names and a `*`.
fn pattern(text: &str) -> Result<String, &'static str> {
    let start = text.strip_suffix('*').unwrap_or(text);
    let named = project_name(start.trim_end_matches(['-', '_', '.'])).is_some();
    if named || text == "*" {
        return Ok(text.to_owned());
    }
    Err("is neither the name of a project nor the beginning of names with a `*`")
}

#[cfg(test)]
mod tests;
