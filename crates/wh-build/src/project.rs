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
