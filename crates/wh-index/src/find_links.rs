//! `--find-links`: folders (searched in depth), pages of links, and single files.
//!
//! Names decide: no file is opened to learn what it is. What is not a wheel or an sdist by its
//! name does not count. A folder may hold tens of thousands: names are only taken apart, and sizes
//! only asked for, of the projects that somebody wants.

use std::collections::{BTreeSet, HashMap};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use url::Url;
use wh_packaging::sdist_filename::SdistFilename;
use wh_packaging::{DistributionFile, Filename, ProjectName, WheelFilename};
use wh_wheel::{Algorithm, hash_file};

use crate::client::{Client, ClientError, without_credentials};

mod folder;
mod found;
mod page;
mod upload_times;

use found::{Found, Place};

/// One `--find-links`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FindLink {
    /// A folder on this machine.
    Folder(PathBuf),
    /// One file on this machine: a wheel, an sdist, or a page of links (`.html`).
    File(PathBuf),
    /// A page of links, or one file, elsewhere.
    Url(Url),
}

/// Why a `--find-links` is of no use.
#[derive(Debug, thiserror::Error)]
pub enum FindLinksError {
    /// There is nothing at this path.
    #[error("{} does not exist", .0.display())]
    Missing(PathBuf),
    /// The file is neither a wheel nor an sdist nor a page.
    #[error("{} is neither a folder nor a distribution nor a page of links", .0.display())]
    Unusable(PathBuf),
    /// It cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The path.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The page cannot be had.
    #[error("cannot read the page {url}")]
    Page {
        /// Its address, credentials removed.
        url: String,
        /// Why.
        #[source]
        source: Box<ClientError>,
    },
    /// Two files of one name differ.
    #[error("two different files are named {file}: {first} and {second}")]
    TwoOfOneName {
        /// The name.
        file: String,
        /// The one.
        first: String,
        /// The other.
        second: String,
    },
}

/// The files behind all `--find-links`.
#[derive(Debug, Clone, Default)]
pub struct FindLinks {
    // by the first part of their names, as a project's name is normalised; in the order found
    wheels: HashMap<String, Vec<Found>>,
    // which project an sdist is of only its name and the project together tell
    sdists: Vec<Found>,
    locks: Vec<PathBuf>,
}

impl FindLink {
    /// Reads what a user gave: a URL (`https:`, `http:`, `file:`), or a path from `base`.
    ///
    /// # Errors
    /// Nothing stands at that path.
    pub fn parse(text: &str, base: &Path) -> Result<Self, FindLinksError> {
        let path = match Url::parse(text) {
            Ok(url) if matches!(url.scheme(), "http" | "https") => return Ok(FindLink::Url(url)),
            Ok(url) if url.scheme() == "file" => url
                .to_file_path()
                .map_err(|()| FindLinksError::Missing(text.into()))?,
            // `C:\wheels` reads as a URL too
            _ => base.join(text),
        };
        match fs_err::metadata(&path) {
            Ok(metadata) if metadata.is_dir() => Ok(FindLink::Folder(path)),
            Ok(_) => Ok(FindLink::File(path)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(FindLinksError::Missing(path))
            }
            Err(source) => Err(FindLinksError::Read { path, source }),
        }
    }
}

impl FindLinks {
    /// Reads folders alone.
    ///
    /// # Errors
    /// One of them cannot be read.
    pub fn of_folders(folders: &[PathBuf]) -> Result<Self, FindLinksError> {
        let mut this = Self::default();
        for folder in folders {
            this.add_folder(folder)?;
        }
        Ok(this)
    }

    /// Reads all sources, in order; pages are fetched through the client.
    ///
    /// # Errors
    /// One of them cannot be read.
    pub fn read(sources: &[FindLink], client: &Client) -> Result<Self, FindLinksError> {
        let mut this = Self::default();
        for source in sources {
            match source {
                FindLink::Folder(folder) => this.add_folder(folder)?,
                FindLink::File(path) => this.add_file(path)?,
                FindLink::Url(url) => this.add_url(url, client)?,
            }
        }
        Ok(this)
    }

    /// The files of a project, in the order found, each name once; sdists too.
    ///
    /// # Errors
    /// Two files of one name differ.
    pub fn files(
        &self,
        project: &ProjectName,
    ) -> Result<Vec<Arc<DistributionFile>>, FindLinksError> {
        let mut files: Vec<Arc<DistributionFile>> = Vec::new();
        for file in self.all(project) {
            match files.iter().find(|other| other.name == file.name) {
                None => files.push(file),
                Some(other) => same(other, &file)?,
            }
        }
        Ok(files)
    }

    /// The files of a project, in the order found, a name as often as it was found; sdists too.
    pub fn all(&self, project: &ProjectName) -> Vec<Arc<DistributionFile>> {
        let wheels = self
            .wheels_of(project.as_ref())
            .filter_map(|(found, wheel)| {
                let is_one = wheel.project == *project && wheel.variant.is_none();
                is_one.then(|| found.file(Filename::Wheel(wheel)))?
            });
        let sdists = self.sdists.iter().filter_map(|found| {
            let filename = SdistFilename::parse(&found.name, project)?;
            found.file(Filename::Sdist(filename))
        });
        wheels.chain(sdists).collect()
    }

    /// The wheels of this name, in whatever place.
    pub fn named(&self, name: &str) -> Vec<Arc<DistributionFile>> {
        let first_part = first_part(name);
        let wheels = self.wheels_of(&first_part);
        let named = wheels.filter(|(found, wheel)| found.name == name && wheel.variant.is_none());
        let files = named.filter_map(|(found, wheel)| found.file(Filename::Wheel(wheel)));
        files.collect()
    }

    /// Where the files of this name lie on this machine.
    pub(crate) fn places_of(&self, name: &str) -> impl Iterator<Item = &Path> {
        let wheels = self.wheels.get(&first_part(name)).into_iter().flatten();
        let all = wheels.chain(&self.sdists);
        let named = all.filter(move |found| found.name == name);
        named.filter_map(Found::path)
    }

    /// All wheels and sdists on this machine, by name and place.
    pub(crate) fn here(&self) -> impl Iterator<Item = (&str, &Path)> {
        let wheels = self
            .all_wheels()
            .filter(|(_, wheel)| wheel.variant.is_none());
        let all = wheels.map(|(found, _)| found).chain(&self.sdists);
        all.filter_map(|found| Some((found.name.as_str(), found.path()?)))
    }

    /// Wheels of a project that are left aside: variants (PEP 825).
    pub fn passed_over(&self, project: &ProjectName) -> Vec<String> {
        let wheels = self.wheels_of(project.as_ref());
        let variants = wheels.filter(|(_, wheel)| wheel.variant.is_some());
        variants.map(|(found, _)| found.name.clone()).collect()
    }

    /// All variants (PEP 825), which are left aside, by name.
    pub fn variants(&self) -> Vec<&str> {
        let all = self
            .all_wheels()
            .filter(|(_, wheel)| wheel.variant.is_some());
        sorted(all.map(|(found, _)| found.name.as_str()))
    }

    /// The locks at the top of the folders, by their paths.
    pub(crate) fn locks(&self) -> &[PathBuf] {
        &self.locks
    }

    /// All projects that have a wheel, by name.
    pub fn projects(&self) -> BTreeSet<ProjectName> {
        let wheels = self
            .all_wheels()
            .filter(|(_, wheel)| wheel.variant.is_none());
        wheels.map(|(_, wheel)| wheel.project).collect()
    }

    /// The sdists of projects that have no wheel, by what their names say alone.
    pub fn lone_sdists(&self) -> Vec<Arc<DistributionFile>> {
        let projects = self.projects();
        let sdists = self.sdists.iter().filter_map(|found| {
            let filename = SdistFilename::of_unknown_project(&found.name)?;
            let lone = !projects.contains(&filename.project);
            lone.then(|| found.file(Filename::Sdist(filename)))?
        });
        sdists.collect()
    }

    /// Files that no project of [`projects`](Self::projects) has: sdists, variants of wheels, and
    /// what has no wheel's name.
    pub fn left_aside(&self) -> Vec<&str> {
        let projects = self.projects();
        let of_a_project = |name: &str| {
            let mut projects = projects.iter();
            projects.any(|project| SdistFilename::parse(name, project).is_some())
        };
        let sdists = self.sdists.iter().map(|found| found.name.as_str());
        let wheels = self.wheels.values().flatten();
        let wheels = wheels.filter(|found| match found.name.parse::<WheelFilename>() {
            Ok(wheel) => wheel.variant.is_some() && !projects.contains(&wheel.project),
            Err(_) => true,
        });
        let sdists = sdists.filter(|name| !of_a_project(name));
        sorted(sdists.chain(wheels.map(|found| found.name.as_str())))
    }

    /// The wheels whose names begin so, variants among them.
    fn wheels_of(&self, first_part: &str) -> impl Iterator<Item = (&Found, WheelFilename)> {
        let found = self.wheels.get(first_part).into_iter().flatten();
        found.filter_map(|found| Some((found, found.name.parse().ok()?)))
    }

    fn all_wheels(&self) -> impl Iterator<Item = (&Found, WheelFilename)> {
        let found = self.wheels.values().flatten();
        found.filter_map(|found| Some((found, found.name.parse().ok()?)))
    }

    fn add_file(&mut self, path: &Path) -> Result<(), FindLinksError> {
        let read_error = |source| FindLinksError::Read {
            path: path.to_owned(),
            source,
        };
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let absolute = std::path::absolute(path).map_err(read_error)?;
        if has_distribution_name(&name) {
            self.add(Found {
                name: name.into_owned(),
                place: Place::Here(absolute),
            });
            return Ok(());
        }
        let url = Url::from_file_path(&absolute)
            .map_err(|()| FindLinksError::Unusable(path.to_owned()))?;
        if !page::has_page_name(&name) {
            return Err(FindLinksError::Unusable(path.to_owned()));
        }
        let bytes = fs_err::read(path).map_err(read_error)?;
        let links = page::links(&url, None, &bytes).map_err(|source| FindLinksError::Page {
            url: url.into(),
            source: Box::new(source),
        })?;
        self.add_links(links);
        Ok(())
    }

    fn add_url(&mut self, url: &Url, client: &Client) -> Result<(), FindLinksError> {
        if let Some(found) = page::of_link(url.clone()) {
            self.add(found);
            return Ok(());
        }
        let links = page::fetch(url, client).map_err(|source| FindLinksError::Page {
            url: without_credentials(url),
            source: Box::new(source),
        })?;
        self.add_links(links);
        Ok(())
    }

    fn add_links(&mut self, links: Vec<Found>) {
        links.into_iter().for_each(|found| self.add(found));
    }

    fn add(&mut self, found: Found) {
        match found.name.ends_with(".whl") {
            true => {
                let alike = self.wheels.entry(first_part(&found.name)).or_default();
                alike.push(found);
            }
            false => self.sdists.push(found),
        }
    }
}

/// What stands before the first `-` of a wheel's name, as a project's name is normalised.
fn first_part(name: &str) -> String {
    let first = name.split('-').next().unwrap_or(name);
    let mut key = String::with_capacity(first.len());
    for character in first.chars() {
        match character {
            '-' | '_' | '.' if key.ends_with('-') => {}
            '-' | '_' | '.' => key.push('-'),
            other => key.push(other.to_ascii_lowercase()),
        }
    }
    key
}

fn sorted<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Whether a name can be that of a distribution, whatever else it says.
pub(crate) fn has_distribution_name(name: &str) -> bool {
    const ENDS: [&str; 8] = [
        ".whl", ".tar.gz", ".zip", ".tgz", ".tar.bz2", ".tar.xz", ".tar", ".tar.Z",
    ];
    name.contains('-') && ENDS.iter().any(|end| name.ends_with(end))
}

/// Whether two files of one name are one file, by what is known of them; files on this machine are
/// read where nothing else tells.
pub(crate) fn same(one: &DistributionFile, other: &DistributionFile) -> Result<(), FindLinksError> {
    let hashes = |file: &DistributionFile| match &file.path {
        Some(path) => {
            hash_file(path, &[Algorithm::Sha256]).map_err(|source| FindLinksError::Read {
                path: path.clone(),
                source,
            })
        }
        None => Ok(file.hashes.clone()),
    };
    let sizes_differ = matches!((one.size, other.size), (Some(a), Some(b)) if a != b);
    if one.url != other.url && (sizes_differ || hashes(one)?.disagrees_with(&hashes(other)?)) {
        return Err(FindLinksError::TwoOfOneName {
            file: one.name.clone(),
            first: without_credentials(&one.url),
            second: without_credentials(&other.url),
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests;
