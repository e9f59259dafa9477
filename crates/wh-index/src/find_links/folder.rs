//! A folder of `--find-links`, searched in depth.
//!
//! Links inside a folder are followed to files below that folder alone, and never to folders. The
//! order of what is found is that of the names, whatever the file system's own is.

use std::io;
use std::path::{Path, PathBuf};

use super::found::{Found, Place};
use super::{FindLinks, FindLinksError, has_distribution_name};
use crate::wheelhouse::is_lock_name;

impl FindLinks {
    /// Takes in all that has the name of a distribution, and notes the locks at the top.
    pub(super) fn add_folder(&mut self, folder: &Path) -> Result<(), FindLinksError> {
        if !folder.exists() {
            return Err(FindLinksError::Missing(folder.to_owned()));
        }
        let absolute = std::path::absolute(folder).map_err(read_error(folder))?;
        let mut files = Vec::new();
        let mut left = vec![absolute.clone()];
        while let Some(folder) = left.pop() {
            let entries = folder.read_dir().map_err(read_error(&folder))?;
            for entry in entries {
                let entry = entry.map_err(read_error(&folder))?;
                let name = entry.file_name();
                let name = name.to_string_lossy();
                let kind = entry.file_type().map_err(read_error(&folder))?;
                if kind.is_dir() {
                    left.push(entry.path());
                } else if is_lock_name(&name) && folder == absolute && entry.path().is_file() {
                    self.locks.push(entry.path());
                } else if has_distribution_name(&name)
                    && (kind.is_file()
                        || kind.is_symlink() && leads_below(&entry.path(), &absolute))
                {
                    files.push((name.into_owned(), entry.path()));
                }
            }
        }
        files.sort_unstable();
        self.locks.sort_unstable();
        for (name, path) in files {
            let place = Place::Here(path);
            self.add(Found { name, place });
        }
        Ok(())
    }
}

/// Whether a link leads to a file below `root`.
fn leads_below(link: &Path, root: &Path) -> bool {
    let leads = || -> io::Result<bool> {
        let target = link.canonicalize()?;
        Ok(target.starts_with(root.canonicalize()?) && target.is_file())
    };
    leads().unwrap_or(false)
}

fn read_error(path: &Path) -> impl Fn(io::Error) -> FindLinksError {
    let path: PathBuf = path.to_owned();
    move |source| FindLinksError::Read {
        path: path.clone(),
        source,
    }
}
