//! Files that say what is needed and are no requirements files: `pyproject.toml`, scripts with
//! their own metadata (PEP 723), locks (PEP 751) and `uv.lock`.
//!
//! Extras and dependency groups that are asked for by name are taken from every such file that has
//! them; a name that none has is an error.

mod refusals;

use std::collections::BTreeSet;
use std::path::Path;

use wh_packaging::pyproject::{self, PyProject};
use wh_packaging::requirement::Root;
use wh_packaging::script_metadata::{ScriptError, ScriptMetadata};
use wh_packaging::uv_lock::{self, UvLock, UvLockError};
use wh_packaging::{ExtraName, extra_name};

use self::refusals::{malformed, no_file, of_pyproject, of_uv_lock, other_format};
use super::locked;
use super::remote::Remote;
use super::requirements::{Wanted, text_of, unreadable};
use crate::arguments::RequirementArgs;
use crate::context::Context;
use crate::failure::Failure;
use crate::settings::SettingsFile;

/// What a file is, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Lock,
    UvLock,
    PyProject,
    Script,
    /// Of another tool.
    Other,
    Requirements,
}

impl Format {
    fn of(file: &str) -> Self {
        if locked::is_lock(file) {
            return Format::Lock;
        }
        let path = Path::new(file);
        let name = path.file_name().and_then(|name| name.to_str());
        match name.unwrap_or_default() {
            "pyproject.toml" => Format::PyProject,
            "uv.lock" => Format::UvLock,
            "Pipfile" => Format::Other,
            name if name.ends_with(".py.lock") => Format::UvLock,
            _ => match path.extension().and_then(|end| end.to_str()) {
                Some("py") => Format::Script,
                Some("toml" | "lock") => Format::Other,
                _ => Format::Requirements,
            },
        }
    }
}

/// Reads such files.
pub struct Formats<'a> {
    extras: Vec<ExtraName>,
    all_extras: bool,
    /// Groups of the files that are named, or of a `pyproject.toml` of their own.
    groups: Vec<(Option<String>, ExtraName)>,
    /// Where `pyproject.toml` is looked for when no file is named.
    folder: &'a Path,
    remote: Option<&'a Remote>,
    context: &'a Context,
    /// Whether a file was read that may have extras and groups.
    read: bool,
    known_extras: BTreeSet<ExtraName>,
    known_groups: BTreeSet<ExtraName>,
}

impl<'a> Formats<'a> {
    /// With the names that options ask for, and those of `wh.toml` where it says what is asked for.
    pub fn new(
        asked: &RequirementArgs,
        settings: Option<&'a SettingsFile>,
        remote: Option<&'a Remote>,
        context: &'a Context,
    ) -> Result<Self, Failure> {
        let set = |names: fn(&SettingsFile) -> &Vec<String>| settings.into_iter().flat_map(names);
        let extras = asked.extra.iter().chain(set(|file| &file.extras));
        let groups = asked.group.iter().chain(set(|file| &file.groups));
        let folder = settings.and_then(|file| file.path.parent());
        Ok(Self {
            extras: extras.map(|name| named(name)).collect::<Result<_, _>>()?,
            all_extras: asked.all_extras,
            groups: groups.map(|text| group(text)).collect::<Result<_, _>>()?,
            folder: folder.unwrap_or(&context.cwd),
            remote,
            context,
            read: false,
            known_extras: BTreeSet::new(),
            known_groups: BTreeSet::new(),
        })
    }

    /// Takes what a file says, unless it is a requirements file; whether it was taken.
    pub fn take(&mut self, file: &str, wanted: &mut Wanted) -> Result<bool, Failure> {
        match Format::of(file) {
            Format::Requirements => return Ok(false),
            Format::Other => return Err(other_format(file)),
            Format::Script => self.script(file, wanted)?,
            Format::Lock => self.lock(file, wanted)?,
            Format::UvLock => self.uv_lock(file, wanted)?,
            Format::PyProject => {
                let all: Vec<ExtraName> = self.unplaced_groups().cloned().collect();
                self.pyproject(file, true, &all, wanted)?;
            }
        }
        Ok(true)
    }

    /// Takes the groups that name their file, or that no file was named for; a name that no file
    /// has is an error.
    pub fn finish(mut self, wanted: &mut Wanted) -> Result<(), Failure> {
        let own: Vec<_> = self
            .groups
            .iter()
            .filter(|one| one.0.is_some())
            .cloned()
            .collect();
        for (file, group) in own {
            let file = file.unwrap_or_default();
            self.pyproject(&file, false, &[group], wanted)?;
        }
        let groups: Vec<ExtraName> = self.unplaced_groups().cloned().collect();
        if !self.read && !groups.is_empty() {
            let file = match self.folder == self.context.cwd {
                true => "pyproject.toml".to_owned(),
                false => self
                    .folder
                    .join("pyproject.toml")
                    .to_string_lossy()
                    .into_owned(),
            };
            self.pyproject(&file, false, &groups, wanted)?;
        }
        let extras = self.extras.iter();
        refuse_unknown("extra", extras, &self.known_extras, self.read)?;
        refuse_unknown("dependency group", groups.iter(), &self.known_groups, true)?;
        if self.all_extras && !self.read {
            return Err(no_file("--all-extras"));
        }
        Ok(())
    }

    fn unplaced_groups(&self) -> impl Iterator<Item = &ExtraName> {
        let unplaced = self.groups.iter().filter(|(file, _)| file.is_none());
        unplaced.map(|(_, group)| group)
    }

    fn text(&self, file: &str) -> Result<String, Failure> {
        text_of(file, self.remote, self.context).map_err(|error| unreadable(file, error))
    }

    fn pyproject(
        &mut self,
        file: &str,
        project: bool,
        groups: &[ExtraName],
        wanted: &mut Wanted,
    ) -> Result<(), Failure> {
        let text = self.text(file)?;
        let read = PyProject::parse(&text).map_err(|error| malformed(file, &error))?;
        let has = |all: Vec<&ExtraName>, name: &&ExtraName| all.contains(name);
        let extras: Vec<ExtraName> = self
            .extras
            .iter()
            .filter(|name| has(read.extras().collect(), name))
            .cloned()
            .collect();
        // a group of a file that is named for it must be there
        let placed = self
            .groups
            .iter()
            .any(|(place, _)| place.as_deref() == Some(file));
        let groups: Vec<ExtraName> = groups
            .iter()
            .filter(|name| placed || has(read.group_names().collect(), name))
            .cloned()
            .collect();
        let lines = read
            .requirements(&pyproject::Wanted {
                project: project.then_some(extras.as_slice()),
                all_extras: self.all_extras,
                groups: &groups,
            })
            .map_err(|error| of_pyproject(file, &error))?;
        wanted.roots.extend(lines.into_iter().map(|line| Root {
            requirement: line.requirement,
            origin: format!("{file}:{}", line.line),
            hashes: Vec::new(),
        }));
        let python = read.requires_python.clone().filter(|_| project);
        wanted
            .pythons
            .extend(python.map(|python| (file.to_owned(), python)));
        self.read |= project;
        if project {
            self.known_extras.extend(read.extras().cloned());
        }
        self.known_groups.extend(read.group_names().cloned());
        Ok(())
    }

    fn script(&mut self, file: &str, wanted: &mut Wanted) -> Result<(), Failure> {
        let text = self.text(file)?;
        let read = ScriptMetadata::parse(&text).map_err(|error| match error {
            ScriptError::Toml(error) => malformed(file, &error),
            ScriptError::NoBlock => Failure::malformed_because(
                format!("{file} does not say what it requires: {error}"),
                "PEP 723 describes it; or write what it requires into a requirements file",
            ),
            ScriptError::Twice { .. } => Failure::malformed(format!("{file}: {error}")),
        })?;
        let python = read.requires_python;
        wanted
            .pythons
            .extend(python.map(|python| (file.to_owned(), python)));
        let roots = read
            .dependencies
            .into_iter()
            .map(|(requirement, line)| Root {
                requirement,
                origin: format!("{file}:{line}"),
                hashes: Vec::new(),
            });
        wanted.roots.extend(roots);
        Ok(())
    }

    fn lock(&mut self, file: &str, wanted: &mut Wanted) -> Result<(), Failure> {
        let lock = locked::parse(file, &self.text(file)?)?;
        wanted.locks.push(file.to_owned());
        let known = |names: &[String]| -> Vec<ExtraName> {
            names.iter().filter_map(|name| extra_name(name)).collect()
        };
        self.read = true;
        self.known_extras.extend(known(&lock.extras));
        self.known_groups.extend(known(&lock.dependency_groups));
        let extras: Vec<String> = match self.all_extras {
            true => lock.extras.clone(),
            false => self.extras.iter().map(ToString::to_string).collect(),
        };
        let groups = self.unplaced_groups().map(ToString::to_string);
        let groups: Vec<String> = groups.chain(lock.default_groups.clone()).collect();
        wanted
            .roots
            .extend(locked::roots(file, &lock, &extras, &groups, self.context)?);
        // its files may lie beside it
        let has_path = lock.packages.iter().flat_map(|package| package.files());
        if has_path.into_iter().any(|file| file.path.is_some()) && !file.contains("://") {
            let path = self.context.absolute(Path::new(file));
            let folder = path.parent().filter(|folder| folder.is_dir());
            let folder = folder.map(|folder| folder.to_string_lossy().into_owned());
            wanted.options.find_links.extend(folder);
        }
        Ok(())
    }

    fn uv_lock(&mut self, file: &str, wanted: &mut Wanted) -> Result<(), Failure> {
        let refused = |error: UvLockError| of_uv_lock(file, &error);
        let lock = UvLock::parse(&self.text(file)?).map_err(refused)?;
        wanted.locks.push(file.to_owned());
        self.read = true;
        self.known_extras.extend(lock.extras().into_iter().cloned());
        self.known_groups.extend(lock.groups().into_iter().cloned());
        let groups: Vec<ExtraName> = self.unplaced_groups().cloned().collect();
        let found = lock
            .pins(&uv_lock::Wanted {
                extras: &self.extras,
                all_extras: self.all_extras,
                groups: &groups,
            })
            .map_err(refused)?;
        let root = |requirement, hashes| Root {
            requirement,
            origin: file.to_owned(),
            hashes,
        };
        let python = lock.requires_python;
        wanted
            .pythons
            .extend(python.map(|python| (file.to_owned(), python)));
        wanted
            .roots
            .extend(found.roots.into_iter().map(|one| root(one, Vec::new())));
        let pins = found.pins.into_iter();
        wanted
            .constraints
            .extend(pins.map(|(one, hashes)| root(one, hashes)));
        let overrides = found.overrides.into_iter().map(|one| root(one, Vec::new()));
        wanted.overrides.extend(overrides);
        Ok(())
    }
}

fn named(name: &str) -> Result<ExtraName, Failure> {
    extra_name(name).ok_or_else(|| {
        Failure::malformed(format!("`{name}` is not the name of an extra or a group"))
    })
}

/// `[PATH:]NAME`, as pip takes it.
fn group(text: &str) -> Result<(Option<String>, ExtraName), Failure> {
    match text.rsplit_once(':') {
        None => Ok((None, named(text)?)),
        Some((file, name)) => {
            if Format::of(file) != Format::PyProject {
                return Err(Failure::malformed_because(
                    format!("--group {text}: `{file}` is not the path of a pyproject.toml"),
                    "groups stand in a pyproject.toml: `--group dev`, or `--group path/to/pyproject.toml:dev`",
                ));
            }
            Ok((Some(file.to_owned()), named(name)?))
        }
    }
}

fn refuse_unknown<'n>(
    what: &str,
    mut asked: impl Iterator<Item = &'n ExtraName>,
    known: &BTreeSet<ExtraName>,
    read: bool,
) -> Result<(), Failure> {
    let Some(name) = asked.find(|name| !known.contains(*name)) else {
        return Ok(());
    };
    if !read {
        return Err(no_file(&format!("the extra `{name}`")));
    }
    let known: Vec<&str> = known.iter().map(AsRef::as_ref).collect();
    Err(Failure::Malformed {
        message: format!("no file that was given has the {what} `{name}`"),
        hint: Some(match known.as_slice() {
            [] => format!("there is no {what} at all"),
            some => format!("there are {}", some.join(", ")),
        }),
    })
}
