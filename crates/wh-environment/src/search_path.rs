//! The folders that Python would search, in the order of `sys.path`.
//!
//! Follows `site.addsitedir`: a site folder is added, then the path lines of its `.pth` files in
//! the order of their names; lines that start with `import` would be executed and are passed
//! over (as are the `.start` files of PEP 829). Folders that do not exist are left out, and each
//! counts once. `.pth` files of folders added this way are not followed.

use std::collections::HashSet;
use std::ffi::OsString;
use std::io;
use std::path::{Component, Path, PathBuf};

/// A `.pth` file larger than this is not one.
const MAX_PTH_BYTES: u64 = 4 << 20;

/// Gathers folders.
#[derive(Debug, Default)]
pub(crate) struct SearchPath {
    folders: Vec<PathBuf>,
    known: HashSet<PathBuf>,
}

impl SearchPath {
    /// Adds a folder, or a zip file, as it is.
    pub fn add(&mut self, folder: &Path) {
        let folder = normalise(folder);
        if folder.exists() && self.known.insert(folded(&folder)) {
            self.folders.push(folder);
        }
    }

    /// Adds a site folder and what its `.pth` files name.
    pub fn add_site(&mut self, folder: &Path) {
        self.add(folder);
        for name in pth_names(folder) {
            self.follow(folder, &folder.join(name));
        }
    }

    fn follow(&mut self, folder: &Path, pth: &Path) {
        let small = fs_err::metadata(pth).is_ok_and(|file| file.len() <= MAX_PTH_BYTES);
        let Some(bytes) = small.then(|| fs_err::read(pth).ok()).flatten() else {
            return;
        };
        for path in path_lines(&String::from_utf8_lossy(&bytes)) {
            self.add(&folder.join(path));
        }
    }

    /// The folders, in order.
    pub fn into_folders(self) -> Vec<PathBuf> {
        self.folders
    }
}

fn pth_names(folder: &Path) -> Vec<OsString> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut names: Vec<OsString> = entries
        .flatten()
        .map(|entry| entry.file_name())
        .filter(|name| {
            let name = name.as_encoded_bytes();
            name.ends_with(b".pth") && !name.starts_with(b".")
        })
        .collect();
    names.sort();
    names
}

/// The lines of a `.pth` file that are paths.
fn path_lines(text: &str) -> impl Iterator<Item = &str> {
    text.trim_start_matches('\u{feff}')
        .lines()
        .filter(|line| !line.starts_with('#') && !line.trim().is_empty())
        .filter(|line| !line.starts_with("import ") && !line.starts_with("import\t"))
        .map(str::trim_end)
        .filter(|line| !line.contains('\0'))
}

/// An absolute path without `.` and `..`, told from the text alone, as `os.path.abspath` does.
pub(crate) fn normalise(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

/// A path with its links resolved, as other tools write it.
///
/// # Errors
/// It does not exist, or cannot be looked at.
pub(crate) fn real(path: &Path) -> io::Result<PathBuf> {
    path.canonicalize().map(plain)
}

/// Windows resolves to `\\?\C:\x` and `\\?\UNC\server\x`, which few tools understand.
fn plain(path: PathBuf) -> PathBuf {
    let verbatim = path.to_str().and_then(|text| text.strip_prefix(r"\\?\"));
    match verbatim {
        Some(text) if text.as_bytes().get(1) == Some(&b':') => PathBuf::from(text),
        Some(text) if text.starts_with(r"UNC\") => format!(r"\\{}", &text[4..]).into(),
        _ => path,
    }
}

/// What two spellings of one path have in common, as `os.path.normcase` does.
fn folded(path: &Path) -> PathBuf {
    match path.to_str() {
        Some(text) if cfg!(windows) => text.to_lowercase().into(),
        _ => path.to_path_buf(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolved_paths_are_plain() {
        for (path, expected) in [
            (r"\\?\C:\a\b", r"C:\a\b"),
            (r"\\?\UNC\server\share\a", r"\\server\share\a"),
            (r"\\?\Volume{1}\a", r"\\?\Volume{1}\a"),
            ("/a/b", "/a/b"),
        ] {
            assert_eq!(plain(path.into()), Path::new(expected));
        }
    }

    #[test]
    fn path_lines_are_followed_and_import_lines_are_not() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        let site = root.join("site");
        for folder in ["site", "one", "two", "site/inner"] {
            fs_err::create_dir(root.join(folder)).unwrap();
        }
        fs_err::write(
            site.join("b.pth"),
            "../two\nimport os; os.abort()\n./inner\n",
        )
        .unwrap();
        let one = root.join("one");
        fs_err::write(
            site.join("a.pth"),
            format!("# {0}\n\n{0}  \r\n/nowhere\n", one.display()),
        )
        .unwrap();
        fs_err::write(site.join(".hidden.pth"), "../two\n").unwrap();
        fs_err::write(one.join("c.pth"), "../site/inner\n").unwrap();

        let mut search = SearchPath::default();
        search.add_site(&site);
        search.add_site(&site);
        assert_eq!(
            search.into_folders(),
            [site.clone(), one, root.join("two"), site.join("inner")]
        );
    }
}
