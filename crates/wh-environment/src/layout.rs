//! Where a Python's site-packages folders lie, told from the folders themselves.
//!
//! Follows what `site.py` does with a prefix: `lib/pythonX.Y/site-packages` (also `lib64`), with
//! the `t` of free-threaded builds and PyPy's `pypyX.Y`; `Lib\site-packages` on Windows; Debian's
//! `dist-packages` outside virtual environments. Where the folders do not tell, the answer is
//! `None` and the interpreter has to be asked.

use std::path::{Path, PathBuf};

use crate::pyvenv_cfg::major_minor;

/// The folders that one prefix gives to `sys.path`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Layout {
    /// Major and minor version.
    pub version: (u32, u32),
    /// `python3.12`, `python3.13t`, `pypy3.10`: the folder below `lib`.
    pub folder: String,
    /// In the order of `sys.path`.
    pub site_packages: Vec<PathBuf>,
}

impl Layout {
    /// The layout of a virtual environment; `version` is what its `pyvenv.cfg` says.
    pub fn of_virtual(prefix: &Path, version: Option<(u32, u32)>) -> Option<Self> {
        let mut found = python_folders(prefix, "site-packages");
        if found.is_empty() {
            // pip takes the folder away with the last file in it
            found = python_folders(prefix, "");
        }
        let position = found
            .iter()
            .position(|(_, this)| Some(*this) == version)
            .or(if found.is_empty() { None } else { Some(0) });
        if let Some(position) = position {
            let (folder, version) = found.swap_remove(position);
            let mut site_packages = lib_folders(prefix, &folder, "site-packages");
            if site_packages.is_empty() {
                site_packages.push(prefix.join("lib").join(&folder).join("site-packages"));
            }
            return Some(Self {
                version,
                folder,
                site_packages,
            });
        }
        // Windows, and PyPy before 3.8
        let site_packages = ["Lib/site-packages", "site-packages"]
            .map(|path| prefix.join(path))
            .into_iter()
            .find(|path| path.is_dir())?;
        Some(Self {
            version: version?,
            folder: String::new(),
            site_packages: vec![site_packages],
        })
    }

    /// The layout of an interpreter that is no virtual environment's, for a version that its file
    /// name gave. `None` where a distributor may have changed the paths in a way unknown here.
    pub fn of_interpreter(prefix: &Path, version: (u32, u32)) -> Option<Self> {
        if cfg!(windows) {
            let site_packages = prefix.join("Lib").join("site-packages");
            let known = prefix.join("Lib").join("os.py").is_file() && site_packages.is_dir();
            return known.then(|| Self {
                version,
                folder: String::new(),
                // site.py adds the prefix itself, too
                site_packages: vec![prefix.to_path_buf(), site_packages],
            });
        }
        let folder = standard_library(prefix, version)?;
        let library = prefix.join("lib").join(&folder);
        let site = fs_err::read(library.join("site.py")).ok()?;
        let patched = ["sitecustomize.py", "usercustomize.py"]
            .iter()
            .any(|name| library.join(name).is_file());
        let site_packages = if contains(&site, b"dist-packages") {
            debian_folders(prefix, &folder)
        } else if patched {
            return None;
        } else {
            lib_folders(prefix, &folder, "site-packages")
        };
        (!site_packages.is_empty()).then_some(Self {
            version,
            folder,
            site_packages,
        })
    }

    /// Whether the build has no global lock (`python3.13t`).
    pub fn is_free_threaded(&self) -> bool {
        self.folder.ends_with('t')
    }
}

/// The folder names below `lib` and `lib64` that hold `kind`, with their versions, by name.
fn python_folders(prefix: &Path, kind: &str) -> Vec<(String, (u32, u32))> {
    let mut found = Vec::new();
    for library in ["lib", "lib64"] {
        let Ok(entries) = fs_err::read_dir(prefix.join(library)) else {
            continue;
        };
        for entry in entries.flatten() {
            let Ok(name) = entry.file_name().into_string() else {
                continue;
            };
            let Some(version) = folder_version(&name) else {
                continue;
            };
            if entry.path().join(kind).is_dir() {
                found.push((name, version));
            }
        }
    }
    found.sort_by(|a, b| (b.1, &a.0).cmp(&(a.1, &b.0)));
    found.dedup();
    found
}

/// The version in `python3.12`, `python3.13t`, `pypy3.10`, `graalpy3.11`.
pub(crate) fn folder_version(name: &str) -> Option<(u32, u32)> {
    let rest = ["python", "pypy", "graalpy"]
        .iter()
        .find_map(|stem| name.strip_prefix(stem))?;
    let number = rest.strip_suffix('t').unwrap_or(rest);
    let version = major_minor(number)?;
    (format!("{}.{}", version.0, version.1) == number).then_some(version)
}

/// `lib64/<folder>/<kind>` before `lib/<folder>/<kind>`, each where it exists; one where they are
/// the same folder by a link.
fn lib_folders(prefix: &Path, folder: &str, kind: &str) -> Vec<PathBuf> {
    let lib = prefix.join("lib").join(folder).join(kind);
    let lib64 = prefix.join("lib64").join(folder).join(kind);
    let same = || match (lib.canonicalize(), lib64.canonicalize()) {
        (Ok(a), Ok(b)) => a == b,
        _ => false,
    };
    match (lib.is_dir(), lib64.is_dir()) {
        (true, true) if same() => vec![lib],
        (true, true) => vec![lib64, lib],
        (true, false) => vec![lib],
        (false, true) => vec![lib64],
        (false, false) => Vec::new(),
    }
}

/// Debian and its derivatives: local additions, then the distributor's.
fn debian_folders(prefix: &Path, folder: &str) -> Vec<PathBuf> {
    [
        prefix.join("local/lib").join(folder).join("dist-packages"),
        prefix.join("lib/python3/dist-packages"),
        prefix.join("lib").join(folder).join("dist-packages"),
    ]
    .into_iter()
    .filter(|path| path.is_dir())
    .collect()
}

fn standard_library(prefix: &Path, version: (u32, u32)) -> Option<String> {
    let (major, minor) = version;
    let plain = format!("python{major}.{minor}");
    [format!("{plain}t"), plain, format!("pypy{major}.{minor}")]
        .into_iter()
        .find(|folder| prefix.join("lib").join(folder).join("os.py").is_file())
}

pub(crate) fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack
        .windows(needle.len())
        .any(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_folder_names() {
        for (name, expected) in [
            ("python3.12", Some((3, 12))),
            ("python3.13t", Some((3, 13))),
            ("pypy3.10", Some((3, 10))),
            ("python3", None),
            ("python3.12-config", None),
            ("pythons", None),
        ] {
            assert_eq!(folder_version(name), expected, "{name}");
        }
    }

    #[test]
    fn a_virtual_environment_with_two_versions_takes_the_one_it_names() {
        let root = tempfile::tempdir().unwrap();
        for folder in ["python3.9", "python3.11"] {
            let path = root.path().join("lib").join(folder).join("site-packages");
            fs_err::create_dir_all(path).unwrap();
        }
        let layout = |version| Layout::of_virtual(root.path(), version).unwrap().version;
        assert_eq!(layout(Some((3, 9))), (3, 9));
        assert_eq!(layout(None), (3, 11));
        assert_eq!(layout(Some((3, 13))), (3, 11));
    }

    #[test]
    fn lib64_counts_once_where_it_is_a_link() {
        let root = tempfile::tempdir().unwrap();
        let lib = root.path().join("lib/python3.12/site-packages");
        fs_err::create_dir_all(&lib).unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink("lib", root.path().join("lib64")).unwrap();
        let layout = Layout::of_virtual(root.path(), None).unwrap();
        assert_eq!(layout.site_packages, [lib]);
    }

    #[test]
    fn an_interpreter_tells_only_where_nothing_is_patched() {
        let root = tempfile::tempdir().unwrap();
        let library = root.path().join("lib/python3.12");
        fs_err::create_dir_all(library.join("site-packages")).unwrap();
        let layout = || Layout::of_interpreter(root.path(), (3, 12));
        assert_eq!(layout(), None, "no standard library");
        fs_err::write(library.join("os.py"), "").unwrap();
        fs_err::write(library.join("site.py"), "plain").unwrap();
        assert_eq!(
            layout().unwrap().site_packages,
            [library.join("site-packages")]
        );
        fs_err::write(library.join("sitecustomize.py"), "").unwrap();
        assert_eq!(layout(), None, "customised");
        fs_err::write(library.join("site.py"), "lib/python3/dist-packages").unwrap();
        assert_eq!(layout(), None, "Debian's, but none of its folders is there");
    }
}
