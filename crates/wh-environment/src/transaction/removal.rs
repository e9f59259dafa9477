//! Which files go when an installed distribution goes (recording installed projects, "RECORD";
//! for egg-info folders pip's installed-files.txt).
//!
//! RECORD of an environment is untrusted: only files below the roots of the destination are ever
//! taken, and a link is taken itself, not what it points to.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use wh_packaging::{Event, Reporter, Warning, record};

use super::change::{ApplyError, InstalledToRemove, io_error};
use super::prepare::{MERGES_CASE, folded};
use super::roots::{Place, Roots, normal, resolve};
use crate::installed::InstalledKind;

/// The files that go.
#[derive(Debug, Default)]
pub(super) struct Removal {
    /// Files and links that exist.
    pub files: HashSet<Place>,
    /// Folders that may be empty afterwards.
    pub folders: BTreeSet<PathBuf>,
}

impl Removal {
    /// Whether the file that is found in a place goes, in whatever spelling RECORD has it.
    pub fn takes(&self, place: &Place) -> bool {
        let this = folded(place.clone());
        let same = |file: &Place| folded(file.clone()) == this;
        self.files.contains(place) || MERGES_CASE && self.files.iter().any(same)
    }
}

/// Finds the files of all distributions that go.
pub(super) fn removal(
    remove: &[InstalledToRemove],
    roots: &Roots,
    reporter: &dyn Reporter,
) -> Result<Removal, ApplyError> {
    let mut finder = Finder {
        roots,
        reporter,
        resolved: HashMap::new(),
        removal: Removal::default(),
    };
    for installed in remove {
        finder.distribution(installed)?;
    }
    Ok(finder.removal)
}

struct Finder<'a> {
    roots: &'a Roots,
    reporter: &'a dyn Reporter,
    // folders whose links were resolved
    resolved: HashMap<PathBuf, PathBuf>,
    removal: Removal,
}

impl Finder<'_> {
    fn distribution(&mut self, installed: &InstalledToRemove) -> Result<(), ApplyError> {
        let no_list = || ApplyError::NoFileList {
            project: installed.project.clone(),
            version: installed.version.clone(),
            path: installed.metadata_path.clone(),
        };
        let (list, base) = match installed.kind {
            InstalledKind::DistInfo => {
                (installed.metadata_path.join("RECORD"), &installed.location)
            }
            InstalledKind::EggInfo if installed.egg_link.is_none() => {
                let list = installed.metadata_path.join("installed-files.txt");
                (list, &installed.metadata_path)
            }
            _ => return Err(no_list()),
        };
        let text = match fs::read_to_string(&list) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(no_list()),
            Err(error) => return Err(io_error("read", &list)(error)),
        };
        let paths: Vec<String> = match installed.kind {
            InstalledKind::DistInfo => record::parse(&text)
                .map_err(|source| ApplyError::Record { path: list, source })?
                .into_iter()
                .map(|row| row.path)
                .collect(),
            _ => text.lines().map(str::to_owned).collect(),
        };
        let paths: Vec<PathBuf> = paths.iter().map(|path| self.path(base, path)).collect();
        for path in &paths {
            self.file(path);
        }
        self.bytecode(&paths);
        self.everything_in(&installed.metadata_path)
    }

    /// A path that a list has. pip writes RECORD of a `--target` folder as for the home that it first
    /// unpacks to: what lay beside `lib/python` there lies in the folder itself.
    fn path(&self, base: &Path, listed: &str) -> PathBuf {
        let beside = listed.strip_prefix("../../");
        match beside.filter(|_| self.roots.is_one_folder()) {
            Some(beside) => normal(&base.join(beside)),
            None => normal(&base.join(listed)),
        }
    }

    /// Takes a file, if it is there and lies below a root.
    fn file(&mut self, path: &Path) {
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
            return;
        };
        let folder = match self.resolved.get(folder) {
            Some(folder) => folder.clone(),
            None => {
                let real = resolve(folder);
                self.resolved.insert(folder.to_owned(), real.clone());
                real
            }
        };
        let path = folder.join(name);
        let is_file = match path.symlink_metadata() {
            Ok(metadata) => !metadata.is_dir(),
            Err(_) => return,
        };
        let Some(place) = self.roots.place_of(&path) else {
            let message = format!(
                "`{}` lies outside the environment and stays",
                path.display()
            );
            let warning = Warning::Other { message };
            return self.reporter.event(Event::Warning { warning });
        };
        if is_file {
            self.removal.files.insert(place);
        }
        let above = folder.ancestors();
        let below_a_root = |folder: &&Path| self.roots.place_of(folder).is_some();
        for folder in above.take_while(below_a_root) {
            if !self.removal.folders.insert(folder.to_owned()) {
                break;
            }
        }
    }

    /// Takes the bytecode of sources that go: in `__pycache__` that of every interpreter
    /// (PEP 3147, PEP 488), and what lies beside them, as it did before.
    fn bytecode(&mut self, paths: &[PathBuf]) {
        let mut sources: HashMap<&Path, HashSet<&str>> = HashMap::new();
        for path in paths
            .iter()
            .filter(|path| path.extension().is_some_and(|e| e == "py"))
        {
            if let (Some(folder), Some(stem)) = (path.parent(), path.file_stem()) {
                let stems = sources.entry(folder).or_default();
                stems.extend(stem.to_str());
            }
        }
        for (folder, stems) in sources {
            self.compiled(folder, without_suffix, &stems);
            self.compiled(&folder.join("__pycache__"), source_of, &stems);
        }
    }

    /// Takes the files of a folder whose source is one of these modules.
    fn compiled(
        &mut self,
        folder: &Path,
        source_of: fn(&str) -> Option<&str>,
        modules: &HashSet<&str>,
    ) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let source = name.to_str().and_then(source_of);
            if source.is_some_and(|module| modules.contains(module)) {
                self.file(&entry.path());
            }
        }
    }

    /// Takes what is left in a dist-info, so that no ghost of the distribution stays.
    fn everything_in(&mut self, folder: &Path) -> Result<(), ApplyError> {
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => return Err(io_error("read", folder)(error)),
        };
        for entry in entries {
            let entry = entry.map_err(io_error("read", folder))?;
            let kind = entry.file_type().map_err(io_error("read", entry.path()))?;
            if kind.is_dir() {
                self.everything_in(&entry.path())?;
                let folder = resolve(&entry.path());
                if self.roots.place_of(&folder).is_some() {
                    self.removal.folders.insert(folder);
                }
            } else {
                self.file(&entry.path());
            }
        }
        Ok(())
    }
}

/// The module that a file beside its source was compiled from.
fn without_suffix(name: &str) -> Option<&str> {
    name.strip_suffix(".pyc")
        .or_else(|| name.strip_suffix(".pyo"))
}

/// The module that a file in `__pycache__` was compiled from: `module.cpython-311.opt-1.pyc`.
fn source_of(name: &str) -> Option<&str> {
    let (rest, last) = without_suffix(name)?.rsplit_once('.')?;
    match last.starts_with("opt-") {
        true => rest.rsplit_once('.').map(|(module, _)| module),
        false => Some(rest),
    }
}
