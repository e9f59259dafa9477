//! `pyproject.toml`, as far as it says what a project requires: `[project]` (PEP 621) with its
//! extras, and `[dependency-groups]` (PEP 735).
//!
//! Nothing is built to learn more: what is `dynamic` is an error that says so.

use std::collections::BTreeMap;

use crate::requirement::{Requirement, parse_specifiers, parse_strict};
use crate::toml_walk::{self, Table, TomlError, Value};
use crate::{ExtraName, ProjectName, VersionSpecifiers, extra_name, project_name};

/// A requirement and the line that it stands on.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// What is required.
    pub requirement: Requirement,
    /// From 1.
    pub line: usize,
}

/// What a `pyproject.toml` says of requirements.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PyProject {
    /// The project's name, where there is a `[project]`.
    pub name: Option<ProjectName>,
    /// Its `requires-python`.
    pub requires_python: Option<VersionSpecifiers>,
    dynamic: Vec<String>,
    dependencies: Vec<Line>,
    extras: BTreeMap<ExtraName, Vec<Line>>,
    groups: BTreeMap<ExtraName, Group>,
}

/// A dependency group as it stands.
#[derive(Debug, Clone, Default, PartialEq)]
struct Group {
    lines: Vec<Line>,
    /// Groups that it includes, each with the place among the lines.
    includes: Vec<(usize, ExtraName)>,
}

/// What is asked of a `pyproject.toml`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted<'a> {
    /// What the project itself requires, and these extras of it; `None`: not the project.
    pub project: Option<&'a [ExtraName]>,
    /// All extras.
    pub all_extras: bool,
    /// These groups.
    pub groups: &'a [ExtraName],
}

/// Why it cannot say what is required.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PyProjectError {
    /// There is no `[project]`.
    #[error("it has no [project] table")]
    NoProject,
    /// Only the build backend knows.
    #[error("its `{0}` are dynamic: only the project's build backend can tell them")]
    Dynamic(&'static str),
    /// There is no such extra.
    #[error("it has no extra `{extra}`")]
    NoExtra {
        /// As asked for.
        extra: ExtraName,
        /// Those there are.
        known: Vec<String>,
    },
    /// There is no such group.
    #[error("it has no dependency group `{group}`{}", included(by.as_ref()))]
    NoGroup {
        /// As asked for.
        group: ExtraName,
        /// The group that includes it.
        by: Option<ExtraName>,
        /// Those there are.
        known: Vec<String>,
    },
    /// A group includes itself.
    #[error("its dependency groups include each other without end: {}", .0.join(" > "))]
    Cycle(Vec<String>),
}

fn included(by: Option<&ExtraName>) -> String {
    by.map_or_else(String::new, |by| format!(", which `{by}` includes"))
}

impl PyProject {
    /// Reads the text.
    ///
    /// # Errors
    /// It is not TOML, or what it says of requirements is against the standards.
    pub fn parse(text: &str) -> Result<Self, TomlError> {
        let document = toml_walk::document(text)?;
        let root = Table::root(text, &document);
        let mut this = Self::default();
        if let Some(project) = root.get("project") {
            this.project(&project.table()?)?;
        }
        if let Some(groups) = root.get("dependency-groups") {
            this.groups(&groups.table()?)?;
        }
        Ok(this)
    }

    fn project(&mut self, table: &Table<'_>) -> Result<(), TomlError> {
        let named = |text: &str| project_name(text).ok_or("is not the name of a project");
        self.name = table.read("name", |value| value.parse(named))?;
        let specifiers = |value: Value<'_>| value.parse(parse_specifiers);
        self.requires_python = table.read("requires-python", specifiers)?;
        self.dynamic = table.list("dynamic", |value| Ok(value.string()?.to_owned()))?;
        self.dependencies = table.list("dependencies", line)?;
        let Some(extras) = table.get("optional-dependencies") else {
            return Ok(());
        };
        for (extra, value) in extras.table()?.entries() {
            let name = extra_name(extra).ok_or_else(|| value.error("is not a name"))?;
            let lines = value.array()?.into_iter().map(line);
            let lines = lines.collect::<Result<_, _>>()?;
            if self.extras.insert(name, lines).is_some() {
                return Err(value.error("stands there twice"));
            }
        }
        Ok(())
    }

    fn groups(&mut self, table: &Table<'_>) -> Result<(), TomlError> {
        for (group, value) in table.entries() {
            let name = extra_name(group).ok_or_else(|| value.error("is not a name"))?;
            let mut read = Group::default();
            for item in value.array()? {
                match item.string() {
                    Ok(_) => read.lines.push(line(item)?),
                    Err(_) => read.includes.push((read.lines.len(), include(&item)?)),
                }
            }
            if self.groups.insert(name, read).is_some() {
                return Err(value.error("stands there twice, written in two ways"));
            }
        }
        Ok(())
    }

    /// The extras there are.
    pub fn extras(&self) -> impl Iterator<Item = &ExtraName> {
        self.extras.keys()
    }

    /// The dependency groups there are.
    pub fn group_names(&self) -> impl Iterator<Item = &ExtraName> {
        self.groups.keys()
    }

    /// The requirements that are asked for, in order.
    ///
    /// # Errors
    /// See [`PyProjectError`].
    pub fn requirements(&self, wanted: &Wanted<'_>) -> Result<Vec<Line>, PyProjectError> {
        let mut found = Vec::new();
        if let Some(extras) = wanted.project {
            self.of_project(extras, wanted.all_extras, &mut found)?;
        }
        for group in wanted.groups {
            self.of_group(group, &mut Vec::new(), &mut found)?;
        }
        Ok(found)
    }

    fn of_project(
        &self,
        extras: &[ExtraName],
        all: bool,
        found: &mut Vec<Line>,
    ) -> Result<(), PyProjectError> {
        if self.name.is_none() && self.dependencies.is_empty() {
            return Err(PyProjectError::NoProject);
        }
        let is_dynamic = |key: &str| self.dynamic.iter().any(|one| one == key);
        if is_dynamic("dependencies") {
            return Err(PyProjectError::Dynamic("dependencies"));
        }
        if is_dynamic("optional-dependencies") && (all || !extras.is_empty()) {
            return Err(PyProjectError::Dynamic("optional-dependencies"));
        }
        let mut seen = Vec::new();
        self.take(&self.dependencies, &mut seen, found)?;
        for extra in extras {
            self.of_extra(extra, &mut seen, found)?;
        }
        let others = self.extras.keys().filter(|_| all);
        for extra in others {
            self.of_extra(extra, &mut seen, found)?;
        }
        Ok(())
    }

    fn of_extra(
        &self,
        extra: &ExtraName,
        seen: &mut Vec<ExtraName>,
        found: &mut Vec<Line>,
    ) -> Result<(), PyProjectError> {
        if seen.contains(extra) {
            return Ok(());
        }
        seen.push(extra.clone());
        let lines = self
            .extras
            .get(extra)
            .ok_or_else(|| PyProjectError::NoExtra {
                extra: extra.clone(),
                known: self.extras.keys().map(ToString::to_string).collect(),
            })?;
        self.take(lines, seen, found)
    }

    /// A requirement on the project itself stands for its extras.
    fn take(
        &self,
        lines: &[Line],
        seen: &mut Vec<ExtraName>,
        found: &mut Vec<Line>,
    ) -> Result<(), PyProjectError> {
        for line in lines {
            if self.name.as_ref() != Some(&line.requirement.name) {
                found.push(line.clone());
                continue;
            }
            for extra in &line.requirement.extras {
                self.of_extra(extra, seen, found)?;
            }
        }
        Ok(())
    }

    /// PEP 735: includes are put in the place where they stand.
    fn of_group(
        &self,
        name: &ExtraName,
        open: &mut Vec<ExtraName>,
        found: &mut Vec<Line>,
    ) -> Result<(), PyProjectError> {
        if open.contains(name) {
            let names = open.iter().chain([name]);
            return Err(PyProjectError::Cycle(
                names.map(ToString::to_string).collect(),
            ));
        }
        let group = self
            .groups
            .get(name)
            .ok_or_else(|| PyProjectError::NoGroup {
                group: name.clone(),
                by: open.last().cloned(),
                known: self.groups.keys().map(ToString::to_string).collect(),
            })?;
        open.push(name.clone());
        let mut includes = group.includes.iter().peekable();
        for place in 0..=group.lines.len() {
            while let Some((_, included)) = includes.next_if(|(at, _)| *at == place) {
                self.of_group(included, open, found)?;
            }
            found.extend(group.lines.get(place).cloned());
        }
        open.pop();
        Ok(())
    }
}

fn line(value: Value<'_>) -> Result<Line, TomlError> {
    Ok(Line {
        requirement: value.parse(parse_strict)?,
        line: value.line(),
    })
}

fn include(value: &Value<'_>) -> Result<ExtraName, TomlError> {
    let table = value.table()?;
    if let Some((key, other)) = table.entries().find(|(key, _)| *key != "include-group") {
        return Err(other.error(format!("`{key}` may not stand here, only `include-group`")));
    }
    let named = |text: &str| extra_name(text).ok_or("is not the name of a group");
    table.needed("include-group")?.parse(named)
}

#[cfg(test)]
mod tests;
