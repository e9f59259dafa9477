//! `uv.lock` (version 1) as a source of pins: what the project or the workspace asks for, and the
//! one version of each project that was locked for each environment.
//!
//! A project may be locked in several versions (forks); their `resolution-markers` say which
//! environments each is for. Pins carry them as their markers, so that a target gets its own.

use std::collections::{BTreeMap, BTreeSet};

use url::Url;

use crate::hashes::Hashes;
use crate::requirement::{
    Requirement, VersionOrUrl, parse_marker, parse_specifiers, parse_specifiers_lenient,
};
use crate::toml_walk::{self, Table, TomlError, Value};
use crate::{
    ExtraName, MarkerTree, ProjectName, Version, VersionSpecifier, VersionSpecifiers, extra_name,
    project_name,
};

/// A `uv.lock`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct UvLock {
    /// `requires-python`
    pub requires_python: Option<VersionSpecifiers>,
    packages: Vec<Package>,
    members: Vec<ProjectName>,
    /// What a locked script asks for itself.
    requirements: Vec<Requirement>,
    overrides: Vec<Requirement>,
    conflicts: bool,
}

#[derive(Debug, Clone, PartialEq)]
struct Package {
    name: ProjectName,
    version: Option<Version>,
    source: Source,
    forks: Vec<MarkerTree>,
    dependencies: Vec<Dependency>,
    extras: BTreeMap<ExtraName, Vec<Dependency>>,
    groups: BTreeMap<ExtraName, Vec<Dependency>>,
    hashes: Vec<Hashes>,
}

#[derive(Debug, Clone, PartialEq)]
struct Dependency {
    name: ProjectName,
    version: Option<Version>,
    extras: Vec<ExtraName>,
    marker: MarkerTree,
}

#[derive(Debug, Clone, PartialEq)]
enum Source {
    Registry,
    /// A file at a URL.
    Url(Url),
    /// A folder: the project, a member of the workspace, or a dependency by path.
    Folder(String),
    /// A repository, a file by path.
    Other(String),
}

/// What is asked of the lock.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted<'a> {
    /// These extras of the project, or of the members.
    pub extras: &'a [ExtraName],
    /// All extras.
    pub all_extras: bool,
    /// These dependency groups.
    pub groups: &'a [ExtraName],
}

/// What the lock says is asked for, and in which versions.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Pins {
    /// What is asked for, without versions.
    pub roots: Vec<Requirement>,
    /// The version of each project that may be reached, with the digests of its files.
    pub pins: Vec<(Requirement, Vec<Hashes>)>,
    /// Requirements in the place of others.
    pub overrides: Vec<Requirement>,
}

/// Why it is no source of pins.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UvLockError {
    /// It cannot be read.
    #[error(transparent)]
    Toml(#[from] TomlError),
    /// It is of another version.
    #[error("version {0} of uv.lock is not known")]
    Version(u64),
    /// Extras or groups exclude each other; which versions go with which is not read.
    #[error("it has extras or groups that conflict with each other")]
    Conflicts,
    /// A project that is needed is no published file.
    #[error("{name} is locked as {source_kind}")]
    NotPublished {
        /// The project.
        name: ProjectName,
        /// `git`, `directory`, ...
        source_kind: String,
    },
    /// Several versions of a project, and nothing tells which is for whom.
    #[error("{0} is locked in several versions, without the markers that tell them apart")]
    Ambiguous(ProjectName),
}

impl UvLock {
    /// Reads the text.
    ///
    /// # Errors
    /// It is not TOML, of another version, or not what uv writes.
    pub fn parse(text: &str) -> Result<Self, UvLockError> {
        let document = toml_walk::document(text)?;
        let root = Table::root(text, &document);
        let version = root.needed("version")?.unsigned()?;
        if version != 1 {
            return Err(UvLockError::Version(version));
        }
        let mut this = Self {
            requires_python: root.read("requires-python", |v| v.parse(parse_specifiers_lenient))?,
            packages: root.list("package", |value| package(&value.table()?))?,
            conflicts: root.get("conflicts").is_some(),
            ..Self::default()
        };
        if let Some(manifest) = root.get("manifest") {
            let manifest = manifest.table()?;
            this.members = manifest.list("members", |value| value.parse(named))?;
            this.requirements = manifest.list("requirements", requirement)?;
            this.overrides = manifest.list("overrides", requirement)?;
        }
        Ok(this)
    }

    /// The extras of the project, or of all members.
    pub fn extras(&self) -> BTreeSet<&ExtraName> {
        self.roots().flat_map(|one| one.extras.keys()).collect()
    }

    /// The dependency groups of the project, or of all members.
    pub fn groups(&self) -> BTreeSet<&ExtraName> {
        self.roots().flat_map(|one| one.groups.keys()).collect()
    }

    /// The project, or the members of the workspace.
    fn roots(&self) -> impl Iterator<Item = &Package> {
        let is_root = |one: &&Package| match (&one.source, self.members.as_slice()) {
            (Source::Folder(path), []) => path == ".",
            (Source::Folder(_), members) => members.contains(&one.name),
            _ => false,
        };
        self.packages.iter().filter(is_root)
    }

    /// What is asked for and in which versions.
    ///
    /// # Errors
    /// See [`UvLockError`].
    pub fn pins(&self, wanted: &Wanted<'_>) -> Result<Pins, UvLockError> {
        if self.conflicts {
            return Err(UvLockError::Conflicts);
        }
        let mut asked: Vec<Dependency> = Vec::new();
        for root in self.roots() {
            asked.extend(root.dependencies.iter().cloned());
            for (extra, all) in &root.extras {
                if wanted.all_extras || wanted.extras.contains(extra) {
                    asked.extend(all.iter().cloned());
                }
            }
            for (group, all) in &root.groups {
                if wanted.groups.contains(group) {
                    asked.extend(all.iter().cloned());
                }
            }
        }
        asked.extend(self.requirements.iter().map(|one| Dependency {
            name: one.name.clone(),
            version: None,
            extras: one.extras.clone(),
            marker: one.marker.clone(),
        }));
        // what a member requires is asked for already
        let members: BTreeSet<&ProjectName> = self.roots().map(|one| &one.name).collect();
        asked.retain(|one| !members.contains(&one.name));
        let mut roots = Vec::new();
        for one in &asked {
            let root = one.as_requirement();
            if !roots.contains(&root) {
                roots.push(root);
            }
        }
        let pins = self.reached(&asked).into_iter();
        let pins = pins.filter(|one| !members.contains(&one.name));
        Ok(Pins {
            roots,
            pins: pins.map(|one| self.pin(one)).collect::<Result<_, _>>()?,
            overrides: self.overrides.clone(),
        })
    }

    /// The packages that may be reached, whatever the markers say.
    fn reached(&self, asked: &[Dependency]) -> Vec<&Package> {
        let mut seen: BTreeSet<(usize, Option<&ExtraName>)> = BTreeSet::new();
        let mut next: Vec<&Dependency> = asked.iter().collect();
        while let Some(dependency) = next.pop() {
            let here = self.packages.iter().enumerate().filter(|(_, one)| {
                let version = dependency.version.as_ref();
                one.name == dependency.name
                    && version.is_none_or(|version| one.version.as_ref() == Some(version))
            });
            for (index, one) in here {
                if seen.insert((index, None)) {
                    next.extend(&one.dependencies);
                }
                for extra in &dependency.extras {
                    let own = one.extras.get_key_value(extra);
                    if let Some((extra, all)) = own
                        && seen.insert((index, Some(extra)))
                    {
                        next.extend(all);
                    }
                }
            }
        }
        let plain = seen.iter().filter(|(_, extra)| extra.is_none());
        plain.map(|(index, _)| &self.packages[*index]).collect()
    }

    fn pin(&self, package: &Package) -> Result<(Requirement, Vec<Hashes>), UvLockError> {
        let name = &package.name;
        let source = match (&package.source, &package.version) {
            (Source::Url(url), _) => VersionOrUrl::Url(url.clone()),
            (Source::Registry, Some(version)) => {
                let pin = VersionSpecifier::equals_version(version.clone());
                VersionOrUrl::VersionSpecifier(VersionSpecifiers::from(pin))
            }
            (Source::Registry, None) => return Err(not_published(name, "nothing with a version")),
            (Source::Folder(path), _) => {
                return Err(not_published(name, &format!("the folder {path}")));
            }
            (Source::Other(kind), _) => return Err(not_published(name, kind)),
        };
        let several = self.packages.iter().filter(|one| one.name == *name).count() > 1;
        let mut marker = MarkerTree::TRUE;
        if several {
            if package.forks.is_empty() {
                return Err(UvLockError::Ambiguous(name.clone()));
            }
            marker = MarkerTree::FALSE;
            for fork in &package.forks {
                marker.or(fork.clone());
            }
        }
        let requirement = Requirement {
            name: name.clone(),
            extras: Vec::new(),
            version_or_url: Some(source),
            marker,
            origin: None,
        };
        Ok((requirement, package.hashes.clone()))
    }
}

fn not_published(name: &ProjectName, kind: &str) -> UvLockError {
    UvLockError::NotPublished {
        name: name.clone(),
        source_kind: kind.to_owned(),
    }
}

impl Dependency {
    fn as_requirement(&self) -> Requirement {
        Requirement {
            name: self.name.clone(),
            extras: self.extras.clone(),
            version_or_url: None,
            marker: self.marker.clone(),
            origin: None,
        }
    }
}

fn named(text: &str) -> Result<ProjectName, &'static str> {
    project_name(text).ok_or("is not the name of a project")
}

fn extra(text: &str) -> Result<ExtraName, &'static str> {
    extra_name(text).ok_or("is not a name")
}

fn package(table: &Table<'_>) -> Result<Package, TomlError> {
    let groups = |key: &str| -> Result<BTreeMap<ExtraName, Vec<Dependency>>, TomlError> {
        let mut found = BTreeMap::new();
        if let Some(all) = table.get(key) {
            for (name, value) in all.table()?.entries() {
                let name = extra(name).map_err(|why| value.error(why))?;
                let list = value.array()?.into_iter().map(dependency);
                found.insert(name, list.collect::<Result<_, _>>()?);
            }
        }
        Ok(found)
    };
    let hash = |value: Value<'_>| {
        let hash = value
            .table()?
            .read("hash", |v| Ok(v.string()?.to_owned()))?;
        Ok(hash.as_deref().and_then(Hashes::parse_one))
    };
    let of_wheels = table.list("wheels", hash)?;
    let of_sdist = table.read("sdist", hash)?;
    Ok(Package {
        name: table.needed("name")?.parse(named)?,
        version: table.read("version", |v| v.parse(str::parse::<Version>))?,
        source: source(&table.needed("source")?.table()?)?,
        forks: table.list("resolution-markers", |v| v.parse(parse_marker))?,
        dependencies: table.list("dependencies", dependency)?,
        extras: groups("optional-dependencies")?,
        groups: groups("dev-dependencies")?,
        hashes: of_wheels.into_iter().chain(of_sdist).flatten().collect(),
    })
}

fn dependency(value: Value<'_>) -> Result<Dependency, TomlError> {
    let table = value.table()?;
    let marker = table.read("marker", |v| v.parse(parse_marker))?;
    Ok(Dependency {
        name: table.needed("name")?.parse(named)?,
        version: table.read("version", |v| v.parse(str::parse::<Version>))?,
        extras: table.list("extra", |v| v.parse(extra))?,
        marker: marker.unwrap_or(MarkerTree::TRUE),
    })
}

fn source(table: &Table<'_>) -> Result<Source, TomlError> {
    for key in ["virtual", "editable", "directory"] {
        if let Some(value) = table.get(key) {
            return Ok(Source::Folder(value.string()?.to_owned()));
        }
    }
    if table.get("registry").is_some() {
        return Ok(Source::Registry);
    }
    if let Some(value) = table.get("url") {
        return Ok(Source::Url(value.parse(Url::parse)?));
    }
    let kind = table.entries().next().map_or("nothing", |(kind, _)| kind);
    Ok(Source::Other(kind.to_owned()))
}

/// A requirement as the manifest has it.
fn requirement(value: Value<'_>) -> Result<Requirement, TomlError> {
    let table = value.table()?;
    let marker = table.read("marker", |v| v.parse(parse_marker))?;
    let specifiers = table.read("specifier", |v| v.parse(parse_specifiers))?;
    Ok(Requirement {
        name: table.needed("name")?.parse(named)?,
        extras: table.list("extras", |v| v.parse(extra))?,
        version_or_url: specifiers.map(VersionOrUrl::VersionSpecifier),
        marker: marker.unwrap_or(MarkerTree::TRUE),
        origin: None,
    })
}

#[cfg(test)]
mod tests;
