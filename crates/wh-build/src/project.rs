//! A source on disk, and what its pyproject.toml says of how it is built.

use std::path::{Path, PathBuf};

use wh_packaging::Requirement;
use wh_sdist::Sdist;

use crate::error::BuildFault;
use crate::scratch::Scratch;
use crate::source::{Place, Source};

/// A project that lies in a folder and can be built there.
#[derive(Debug)]
pub(crate) struct Project {
    /// The folder.
    pub(crate) folder: PathBuf,
    /// Its build system.
    pub(crate) backend: Backend,
    /// What it says of itself.
    pub(crate) sdist: Sdist,
}

/// A build backend.
#[derive(Debug)]
pub(crate) struct Backend {
    /// `build-backend`: a module and, behind a colon, an object in it.
    pub(crate) name: String,
    /// Folders of the project that it is imported from; all absolute.
    pub(crate) path: Vec<PathBuf>,
    /// `requires`, and what the caller knows besides.
    pub(crate) requires: Vec<Requirement>,
}

impl Project {
    /// Unpacks an sdist into the scratch folder, or takes a project's folder as it lies.
    pub(crate) fn open(source: &Source, scratch: &Scratch) -> Result<Self, BuildFault> {
        let (folder, sdist) = match &source.place {
            Place::Archive {
                path,
                filename,
                subdirectory,
            } => {
                let (into, below) = (scratch.part("source"), subdirectory.as_deref());
                let unpacked = wh_sdist::unpack_below(path, filename.as_ref(), below, &into)?;
                (unpacked.folder, unpacked.sdist)
            }
            Place::Folder(folder) => (folder.clone(), Sdist::of_folder(folder)?),
        };
        let system = sdist.build_system()?;
        let path = system.backend_path.iter();
        let backend = Backend {
            path: path
                .map(|place| in_tree(&folder, place))
                .collect::<Result<_, _>>()?,
            name: system.backend,
            requires: [system.requires, source.requires.clone()].concat(),
        };
        Ok(Self {
            folder,
            backend,
            sdist,
        })
    }
}

/// What a project's folder is part of, and is built with: its repository, or the workspace that cargo puts
/// what it compiles into. Never a home as a whole, which some keep in a repository.
pub(crate) fn whole(folder: &Path, home: Option<&Path>) -> PathBuf {
    let is_home = |path: &Path| path.parent().is_none() || Some(path) == home;
    let within = || folder.ancestors().take_while(|path| !is_home(path));
    let repository = within().find(|path| path.join(".git").exists());
    let workspace = || {
        let crates = within().filter(|path| path.join("Cargo.toml").is_file());
        crates.last()
    };
    repository.or_else(workspace).unwrap_or(folder).to_owned()
}

/// PEP 517, "In-tree build backends": folders are relative to the project's and must lie in it, links
/// followed.
fn in_tree(folder: &Path, place: &str) -> Result<PathBuf, BuildFault> {
    let outside = || BuildFault::BackendPath {
        place: place.to_owned(),
    };
    let root = folder.canonicalize().map_err(|_| outside())?;
    let path = root.join(place).canonicalize().map_err(|_| outside())?;
    if Path::new(place).is_absolute() || !path.starts_with(&root) || !path.is_dir() {
        return Err(outside());
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_is_built_with_what_it_is_part_of() {
        let root = tempfile::tempdir().unwrap();
        let home = root.path().join("home");
        let project = home.join("all/python/project");
        fs_err::create_dir_all(&project).unwrap();
        let check = |expected: &Path| assert_eq!(whole(&project, Some(&home)), expected);
        check(&project);
        fs_err::create_dir(home.join(".git")).unwrap();
        check(&project);
        fs_err::write(home.join("all/Cargo.toml"), "[workspace]").unwrap();
        check(&home.join("all"));
        fs_err::create_dir(home.join("all/python/.git")).unwrap();
        check(&home.join("all/python"));
    }

    #[test]
    fn in_tree_backends_lie_in_the_tree() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("project");
        fs_err::create_dir_all(folder.join("backend")).unwrap();
        fs_err::create_dir(root.path().join("outside")).unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink("../outside", folder.join("link")).unwrap();
        let check = |place: &str, expected: bool| {
            assert_eq!(in_tree(&folder, place).is_ok(), expected, "{place}");
        };
        check(".", true);
        check("backend", true);
        check("backend/../backend", true);
        check("gone", false);
        check("../outside", false);
        check("link", false);
        check(
            &root.path().join("project/backend").to_string_lossy(),
            false,
        );
    }
}
