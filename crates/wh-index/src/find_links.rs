//! `--find-links`: folders (searched in depth), pages of links, and single files.
//!
//! Names decide: no file is opened to learn what it is. What is not a wheel or an sdist by its
//! name does not count. Links inside a folder are followed to files below that folder alone.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use url::Url;
use walkdir::WalkDir;
use wh_packaging::sdist_filename::SdistFilename;
use wh_packaging::{
    CoreMetadataFile, DistributionFile, Filename, Hashes, Origin, ProjectName, VersionSpecifiers,
    WheelFilename,
};
use wh_wheel::{Algorithm, hash_file};

use crate::client::{Client, ClientError, without_credentials};

mod page;
mod upload_times;

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
    wheels: BTreeMap<ProjectName, Vec<Arc<DistributionFile>>>,
    variants: BTreeMap<ProjectName, Vec<String>>,
    // which project an sdist is of only its name and the project together tell
    sdists: Vec<Found>,
    // names that end as a wheel's and are none
    nameless: Vec<String>,
    by_name: HashMap<String, Vec<Arc<DistributionFile>>>,
}

/// A file that has the name of a distribution.
#[derive(Debug, Clone)]
struct Found {
    name: String,
    url: Url,
    path: Option<PathBuf>,
    size: Option<u64>,
    hashes: Hashes,
    requires_python: Option<VersionSpecifiers>,
    yanked: Option<String>,
    core_metadata: CoreMetadataFile,
    upload_time: Option<String>,
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
        let wheels = self.wheels.get(project).into_iter().flatten().cloned();
        let sdists = self.sdists.iter().filter_map(|found| {
            let filename = SdistFilename::parse(&found.name, project)?;
            Some(Arc::new(found.clone().into_file(Filename::Sdist(filename))))
        });
        wheels.chain(sdists).collect()
    }

    /// The wheels of this name, in whatever place.
    pub fn named(&self, name: &str) -> impl Iterator<Item = &Arc<DistributionFile>> {
        self.by_name.get(name).into_iter().flatten()
    }

    /// All wheels, in whatever place, a name as often as it was found.
    pub fn wheels(&self) -> impl Iterator<Item = &Arc<DistributionFile>> {
        self.wheels.values().flatten()
    }

    /// Wheels of a project that are left aside: variants (PEP 825).
    pub fn passed_over(&self, project: &ProjectName) -> Vec<String> {
        self.variants.get(project).cloned().unwrap_or_default()
    }

    /// All variants (PEP 825), which are left aside, by name.
    pub fn variants(&self) -> Vec<&str> {
        let all = self.variants.values().flatten();
        let mut names: Vec<&str> = all.map(String::as_str).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// All projects that have a wheel, by name.
    pub fn projects(&self) -> impl Iterator<Item = &ProjectName> {
        self.wheels.keys()
    }

    /// All sdists on this machine, by name and place.
    pub(crate) fn sdists(&self) -> impl Iterator<Item = (&str, &Path)> {
        let found = self.sdists.iter();
        found.filter_map(|one| Some((one.name.as_str(), one.path.as_deref()?)))
    }

    /// The sdists of projects that have no wheel, by what their names say alone.
    pub fn lone_sdists(&self) -> Vec<Arc<DistributionFile>> {
        let sdists = self.sdists.iter().filter_map(|found| {
            let filename = SdistFilename::of_unknown_project(&found.name)?;
            let lone = !self.wheels.contains_key(&filename.project);
            lone.then(|| Arc::new(found.clone().into_file(Filename::Sdist(filename))))
        });
        sdists.collect()
    }

    /// Files that no project of [`projects`](Self::projects) has: sdists, variants of wheels, and
    /// what has no wheel's name.
    pub fn left_aside(&self) -> Vec<&str> {
        let of_a_project = |name: &str| {
            let mut projects = self.wheels.keys();
            projects.any(|project| SdistFilename::parse(name, project).is_some())
        };
        let sdists = self.sdists.iter().map(|found| found.name.as_str());
        let variants = self.variants.iter();
        let variants = variants
            .filter(|(project, _)| !self.wheels.contains_key(project))
            .flat_map(|(_, names)| names.iter().map(String::as_str));
        let mut names: Vec<&str> = sdists
            .filter(|name| !of_a_project(name))
            .chain(variants)
            .chain(self.nameless.iter().map(String::as_str))
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    fn add_folder(&mut self, folder: &Path) -> Result<(), FindLinksError> {
        let read_error = |path: &Path, source| FindLinksError::Read {
            path: path.to_owned(),
            source,
        };
        if !folder.exists() {
            return Err(FindLinksError::Missing(folder.to_owned()));
        }
        let root = fs_err::canonicalize(folder).map_err(|source| read_error(folder, source))?;
        for entry in WalkDir::new(folder).sort_by_file_name() {
            let entry = entry.map_err(|error| {
                let path = error.path().unwrap_or(folder).to_owned();
                read_error(&path, error.into())
            })?;
            let name = entry.file_name().to_string_lossy();
            if !has_distribution_name(&name) {
                continue;
            }
            let kind = entry.file_type();
            let is_file = if kind.is_symlink() {
                leads_below(entry.path(), &root)
            } else {
                kind.is_file()
            };
            if is_file {
                self.add_file(entry.path())?;
            }
        }
        Ok(())
    }

    fn add_file(&mut self, path: &Path) -> Result<(), FindLinksError> {
        let read_error = |source| FindLinksError::Read {
            path: path.to_owned(),
            source,
        };
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let absolute = std::path::absolute(path).map_err(read_error)?;
        let url = Url::from_file_path(&absolute)
            .map_err(|()| FindLinksError::Unusable(path.to_owned()))?;
        if has_distribution_name(&name) {
            self.add(Found {
                size: Some(fs_err::metadata(path).map_err(read_error)?.len()),
                path: Some(absolute),
                ..Found::new(name.into_owned(), url)
            });
            return Ok(());
        }
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
        if !found.name.ends_with(".whl") {
            self.sdists.push(found);
            return;
        }
        let Ok(wheel) = found.name.parse::<WheelFilename>() else {
            self.nameless.push(found.name);
            return;
        };
        let project = wheel.project.clone();
        if wheel.variant.is_some() {
            self.variants.entry(project).or_default().push(found.name);
            return;
        }
        let name = found.name.clone();
        let file = Arc::new(found.into_file(Filename::Wheel(wheel)));
        self.by_name
            .entry(name)
            .or_default()
            .push(Arc::clone(&file));
        self.wheels.entry(project).or_default().push(file);
    }
}

impl Found {
    fn new(name: String, url: Url) -> Self {
        Self {
            name,
            url,
            path: None,
            size: None,
            hashes: Hashes::none(),
            requires_python: None,
            yanked: None,
            core_metadata: CoreMetadataFile::Absent,
            upload_time: None,
        }
    }

    fn into_file(self, filename: Filename) -> DistributionFile {
        DistributionFile {
            path: self.path,
            size: self.size,
            hashes: self.hashes,
            requires_python: self.requires_python,
            yanked: self.yanked,
            core_metadata: self.core_metadata,
            upload_time: self.upload_time,
            ..DistributionFile::new(filename, self.name, self.url, Origin::FindLinks)
        }
    }
}

/// Whether a name can be that of a distribution, whatever else it says.
pub(crate) fn has_distribution_name(name: &str) -> bool {
    const ENDS: [&str; 8] = [
        ".whl", ".tar.gz", ".zip", ".tgz", ".tar.bz2", ".tar.xz", ".tar", ".tar.Z",
    ];
    name.contains('-') && ENDS.iter().any(|end| name.ends_with(end))
}

/// Whether a link leads to a file below `root`.
fn leads_below(link: &Path, root: &Path) -> bool {
    fs_err::canonicalize(link).is_ok_and(|target| target.starts_with(root) && target.is_file())
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
