//! What Debian's package manager has put into a folder. `debsums` compares that; here it is only at
//! home.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

const LISTS: &str = "/var/lib/dpkg/info";

/// The files and folders of installed packages below some folders.
#[derive(Debug, Default)]
pub(super) struct Dpkg(HashSet<PathBuf>);

impl Dpkg {
    /// Reads the lists of all packages, where a folder is one that Debian's packages use.
    pub fn read(folders: &[PathBuf]) -> Self {
        let debian = |folder: &&PathBuf| folder.ends_with("dist-packages");
        let folders: Vec<&PathBuf> = folders.iter().filter(debian).collect();
        let lists = match folders.is_empty() {
            true => None,
            false => std::fs::read_dir(LISTS).ok(),
        };
        let mut paths = HashSet::new();
        for list in lists.into_iter().flatten().flatten() {
            if list.path().extension().is_none_or(|end| end != "list") {
                continue;
            }
            let Ok(text) = std::fs::read_to_string(list.path()) else {
                continue;
            };
            // scripts too, wherever a RECORD may name them
            if text.contains("-packages") {
                paths.extend(text.lines().map(PathBuf::from));
            }
        }
        Self(paths)
    }

    /// Whether a package has it.
    pub fn has(&self, path: &Path) -> bool {
        self.0.contains(path)
    }
}
