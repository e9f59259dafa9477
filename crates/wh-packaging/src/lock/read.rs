//! Reading `pylock.toml`: types and the rules of PEP 751 are checked, unknown keys passed over.

use percent_encoding::percent_decode_str;
use serde::Deserialize;
use toml::de::ValueDeserializer;

use super::{
    Lock, LockTool, LockedDependency, LockedDirectory, LockedFile, LockedPackage, LockedSource,
    LockedVcs, halves, membership,
};
use crate::hashes::Hashes;
use crate::requirement::{parse_marker, parse_specifiers_lenient};
use crate::sdist_filename::SdistFilename;
use crate::toml_walk::{self, Table, TomlError, Value};
use crate::{ProjectName, Version, WheelFilename, project_name};

/// So many bytes are worth a second thread.
const LONG: usize = 32 << 10;

/// Why a lock cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LockError {
    /// It is not TOML, or a value is missing, of the wrong type, or against the standard.
    #[error(transparent)]
    Toml(#[from] TomlError),
    /// It is of another major version.
    #[error("lock-version {0} is not supported")]
    Version(String),
}

impl Lock {
    /// Reads a lock.
    ///
    /// # Errors
    /// See [`LockError`]; a file's `path` that leads out of the lock's folder is one too.
    pub fn parse(text: &str) -> Result<Self, LockError> {
        let at_once = (text.len() > LONG).then(|| halves::read(text));
        at_once.flatten().map_or_else(|| Self::whole(text), Ok)
    }

    /// The same on one thread.
    pub(super) fn whole(text: &str) -> Result<Self, LockError> {
        let document = toml_walk::document(text)?;
        of_root(&Table::root(text, &document))
    }
}

/// Reads the root of a document.
pub(super) fn of_root(root: &Table<'_>) -> Result<Lock, LockError> {
    let lock_version = root.needed("lock-version")?.string()?.to_owned();
    let version = lock_version.parse::<Version>();
    if version.is_ok_and(|version| version.release()[0] != 1) || lock_version.is_empty() {
        return Err(LockError::Version(lock_version));
    }
    let names = |value: Value<'_>| Ok(value.string()?.to_owned());
    Ok(Lock {
        lock_version,
        created_by: root.needed("created-by")?.string()?.to_owned(),
        environments: root.list("environments", |value| value.parse(parse_marker))?,
        requires_python: root.read("requires-python", |v| v.parse(parse_specifiers_lenient))?,
        extras: root.list("extras", names)?,
        dependency_groups: root.list("dependency-groups", names)?,
        default_groups: root.list("default-groups", names)?,
        packages: packages(root)?,
        tool: tool(root)?,
    })
}

pub(super) fn packages(root: &Table<'_>) -> Result<Vec<LockedPackage>, TomlError> {
    entries(&root.needed("packages")?)
}

fn entries(packages: &Value<'_>) -> Result<Vec<LockedPackage>, TomlError> {
    let packages = packages.array()?;
    packages
        .iter()
        .map(|value| package(&value.table()?))
        .collect()
}

pub(super) fn tool(root: &Table<'_>) -> Result<Option<LockTool>, TomlError> {
    let Some(tool) = root.read("tool", |value| value.table())? else {
        return Ok(None);
    };
    tool.read("wh", |value| {
        let mut tool = LockTool::deserialize(ValueDeserializer::from(value.raw()))
            .map_err(|e| value.error(e.message()))?;
        let building = value
            .table()?
            .read("build-packages", |value| entries(&value))?;
        tool.build_packages = building.unwrap_or_default();
        Ok(tool)
    })
}

fn package(table: &Table<'_>) -> Result<LockedPackage, TomlError> {
    let name = table.needed("name")?.parse(normalised_name)?;
    let marker = |value: Value<'_>| {
        value.parse(membership::check)?;
        Ok(value.string()?.to_owned())
    };
    let package = LockedPackage {
        version: table.read("version", |v| v.parse(str::parse::<Version>))?,
        marker: table.read("marker", marker)?,
        requires_python: table.read("requires-python", |v| v.parse(parse_specifiers_lenient))?,
        index: table.read("index", |v| Ok(v.string()?.to_owned()))?,
        dependencies: table.list("dependencies", |v| dependency(&v.table()?))?,
        wheels: table.list("wheels", |v| file(&v.table()?))?,
        sdist: table.read("sdist", |v| file(&v.table()?))?,
        archive: table.read("archive", |v| file(&v.table()?))?,
        unsupported: ["vcs", "directory"]
            .into_iter()
            .find(|kind| table.get(kind).is_some())
            .map(str::to_owned),
        source: source(table)?,
        name,
    };
    check_sources(table, &package)?;
    check_names(table, &package)?;
    Ok(package)
}

/// What the standard's keys say, else what `[packages.tool.wh]` says with the same keys.
fn source(table: &Table<'_>) -> Result<Option<LockedSource>, TomlError> {
    if let Some(found) = vcs_or_directory(table)? {
        return Ok(Some(found));
    }
    let Some(tool) = table.read("tool", |value| value.table())? else {
        return Ok(None);
    };
    let Some(ours) = tool.read("wh", |value| value.table())? else {
        return Ok(None);
    };
    if let Some(found) = vcs_or_directory(&ours)? {
        return Ok(Some(found));
    }
    let archive = ours.read("archive", |value| elsewhere(&value.table()?))?;
    let sdist = ours.read("sdist", |value| elsewhere(&value.table()?))?;
    let archive = archive.map(LockedSource::Archive);
    Ok(archive.or(sdist.map(LockedSource::Sdist)))
}

fn vcs_or_directory(table: &Table<'_>) -> Result<Option<LockedSource>, TomlError> {
    let text = |value: Value<'_>| Ok(value.string()?.to_owned());
    let vcs = table.read("vcs", |value| {
        let table = value.table()?;
        let url = table.read("url", text)?.or(table.read("path", text)?);
        Ok(LockedVcs {
            system: table.needed("type")?.string()?.to_owned(),
            url: url.ok_or_else(|| table.error("neither `path` nor `url` is given"))?,
            requested_revision: table.read("requested-revision", text)?,
            commit_id: table.needed("commit-id")?.string()?.to_owned(),
            subdirectory: table.read("subdirectory", |value| value.parse(inside))?,
        })
    })?;
    let directory = table.read("directory", |value| {
        let table = value.table()?;
        Ok(LockedDirectory {
            path: table.needed("path")?.string()?.to_owned(),
            editable: table
                .read("editable", |value| value.boolean())?
                .unwrap_or(false),
            subdirectory: table.read("subdirectory", |value| value.parse(inside))?,
        })
    })?;
    let vcs = vcs.map(LockedSource::Vcs);
    Ok(vcs.or(directory.map(LockedSource::Directory)))
}

/// A file that does not lie in the folder.
fn elsewhere(table: &Table<'_>) -> Result<LockedFile, TomlError> {
    let text = |value: Value<'_>| Ok(value.string()?.to_owned());
    Ok(LockedFile {
        name: table.needed("name")?.string()?.to_owned(),
        url: table.read("url", text)?,
        hashes: hashes(&table.needed("hashes")?)?,
        subdirectory: table.read("subdirectory", |value| value.parse(inside))?,
        ..LockedFile::default()
    })
}

fn dependency(table: &Table<'_>) -> Result<LockedDependency, TomlError> {
    Ok(LockedDependency {
        name: table.needed("name")?.parse(normalised_name)?,
        version: table.read("version", |v| v.parse(str::parse::<Version>))?,
    })
}

fn file(table: &Table<'_>) -> Result<LockedFile, TomlError> {
    let text = |value: Value<'_>| Ok(value.string()?.to_owned());
    let url = table.read("url", text)?;
    let path = table.read("path", |value| value.parse(inside))?;
    if url.is_none() && path.is_none() {
        return Err(table.error("neither `path` nor `url` is given"));
    }
    let last = |text: &str| text.rsplit('/').next().unwrap_or_default().to_owned();
    let name = match (table.read("name", text)?, &path, &url) {
        (Some(name), _, _) => name,
        (None, Some(path), _) => last(path),
        (None, None, url) => {
            let url = url.as_deref().unwrap_or_default();
            let path = url.split(['?', '#']).next().unwrap_or_default();
            let decoded = percent_decode_str(path.rsplit('/').next().unwrap_or_default());
            decoded.decode_utf8_lossy().into_owned()
        }
    };
    if name.is_empty() || name.contains(['/', '\\', '\0']) || name == "." || name == ".." {
        return Err(table.error(format!("`{name}` is not the name of a file")));
    }
    Ok(LockedFile {
        name,
        url,
        path,
        size: table.read("size", |value| value.unsigned())?,
        upload_time: table.read("upload-time", |value| value.datetime())?,
        hashes: hashes(&table.needed("hashes")?)?,
        subdirectory: table.read("subdirectory", |value| value.parse(inside))?,
    })
}

fn hashes(value: &Value<'_>) -> Result<Hashes, TomlError> {
    let mut hashes = Hashes::none();
    for (algorithm, hex) in value.table()?.entries() {
        hashes.insert(algorithm, hex.string()?);
    }
    if hashes.is_empty() {
        return Err(value.error("holds no hash"));
    }
    Ok(hashes)
}

/// PEP 751 wants names normalised.
fn normalised_name(text: &str) -> Result<ProjectName, String> {
    project_name(text)
        .filter(|name| name.as_ref() == text)
        .ok_or_else(|| format!("`{text}` is not a normalised project name"))
}

/// A path that stays below the folder of the lock, on every system.
fn inside(path: &str) -> Result<String, String> {
    let escapes = path.is_empty()
        || path.starts_with('/')
        || path.contains(['\\', ':', '\0'])
        || path.split('/').any(|part| part == "..");
    if escapes {
        return Err(format!(
            "`{path}` does not stay below the folder of the lock"
        ));
    }
    Ok(path.to_owned())
}

/// Exactly one kind of source (wheels and sdist count as one).
fn check_sources(table: &Table<'_>, package: &LockedPackage) -> Result<(), TomlError> {
    let published = package.sdist.is_some() || !package.wheels.is_empty();
    let direct = ["vcs", "directory", "archive"]
        .iter()
        .filter(|kind| table.get(kind).is_some())
        .count();
    match (published, direct) {
        (true, 0) | (false, 1) => Ok(()),
        (false, 0) => Err(table.error("none of wheels, sdist, archive, directory, vcs is given")),
        _ => Err(table.error("more than one kind of source is given")),
    }
}

/// Names of files agree with the entry's name and version.
fn check_names(table: &Table<'_>, package: &LockedPackage) -> Result<(), TomlError> {
    let agrees = |name: &ProjectName, version: &Version| {
        *name == package.name && package.version.as_ref().is_none_or(|v| v == version)
    };
    for file in &package.wheels {
        let wheel: WheelFilename = file
            .name
            .parse()
            .map_err(|e: crate::wheel_filename::WheelFilenameError| table.error(e.to_string()))?;
        if !agrees(&wheel.project, &wheel.version) {
            let message = format!("`{}` is not a wheel of this project and version", file.name);
            return Err(table.error(message));
        }
    }
    let Some(file) = &package.sdist else {
        return Ok(());
    };
    match SdistFilename::parse(&file.name, &package.name) {
        Some(sdist) if agrees(&sdist.project, &sdist.version) => Ok(()),
        _ => Err(table.error(format!(
            "`{}` is not an sdist of this project and version",
            file.name
        ))),
    }
}
