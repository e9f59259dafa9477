//! The distinct folders that scheme paths lead to, and the one name that each file has below them.
//!
//! Schemes share folders (purelib and platlib, all of them with `--target`), lie below each other
//! (`data` is the prefix of all) and meet through links (`lib64`). A file is named by the deepest
//! root that holds it, so that two files are the same exactly if their places are equal.

use std::path::{Component, Path, PathBuf};

use wh_wheel::{Layout, Scheme};

use crate::search_path::real;

/// A file's root and its path below that, with `/`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Place {
    pub root: usize,
    pub path: Box<str>,
}

/// The roots of a destination.
#[derive(Debug)]
pub(super) struct Roots {
    folders: Vec<PathBuf>,
    schemes: [(Scheme, usize); 5],
    // (outer, path of the inner below it with a `/` at the end, inner), the deepest first
    nested: Vec<(usize, String, usize)>,
}

impl Roots {
    /// The roots of a layout; links in those that exist are resolved.
    pub fn of(layout: &Layout) -> Self {
        let mut folders: Vec<PathBuf> = Vec::new();
        let schemes = [
            Scheme::Purelib,
            Scheme::Platlib,
            Scheme::Scripts,
            Scheme::Headers,
            Scheme::Data,
        ];
        let schemes = schemes.map(|scheme| {
            let folder = resolve(layout.root(scheme));
            let known = folders.iter().position(|other| *other == folder);
            let root = known.unwrap_or_else(|| {
                folders.push(folder);
                folders.len() - 1
            });
            (scheme, root)
        });
        let mut nested = Vec::new();
        for (outer, folder) in folders.iter().enumerate() {
            for (inner, below) in folders.iter().enumerate() {
                let path = below.strip_prefix(folder).ok().filter(|_| inner != outer);
                if let Some(path) = path.and_then(slashed) {
                    nested.push((outer, path + "/", inner));
                }
            }
        }
        nested.sort_by_key(|(_, path, _)| std::cmp::Reverse(path.len()));
        Self {
            folders,
            schemes,
            nested,
        }
    }

    /// The folder of a root.
    pub fn folder(&self, root: usize) -> &Path {
        &self.folders[root]
    }

    /// The folder that holds the lock, the journal, and modules.
    pub fn library(&self) -> &Path {
        self.folder(self.of_scheme(Scheme::Purelib))
    }

    /// All folders.
    pub fn folders(&self) -> &[PathBuf] {
        &self.folders
    }

    /// The root of a scheme.
    pub fn of_scheme(&self, scheme: Scheme) -> usize {
        let found = self.schemes.iter().find(|(other, _)| *other == scheme);
        found.map_or(0, |(_, root)| *root)
    }

    /// Whether modules lie beside everything else, as with `--target`.
    pub fn is_one_folder(&self) -> bool {
        self.of_scheme(Scheme::Data) == self.of_scheme(Scheme::Purelib)
    }

    /// The place of a file below a scheme's root.
    pub fn place(&self, scheme: Scheme, path: &str) -> Place {
        let (root, path) = self.find(scheme, path);
        Place {
            root,
            path: path.into(),
        }
    }

    /// The same, as a root and a path below that.
    pub fn find<'p>(&self, scheme: Scheme, path: &'p str) -> (usize, &'p str) {
        let root = self.of_scheme(scheme);
        let mut nested = self.nested.iter().filter(|(outer, ..)| *outer == root);
        let deeper = nested.find_map(|(_, prefix, inner)| {
            let rest = path.strip_prefix(prefix.as_str())?;
            Some((*inner, rest))
        });
        deeper.unwrap_or((root, path))
    }

    /// Whether another root is a folder of a root, lies in it, or holds it.
    pub fn reach_into(&self, root: usize, folder: &str) -> bool {
        let mut nested = self.nested.iter().filter(|(outer, ..)| *outer == root);
        nested.any(|(_, path, _)| {
            let below = path.strip_prefix(folder);
            below.is_some_and(|rest| rest.starts_with('/')) || folder.starts_with(path.as_str())
        })
    }

    /// The place of an absolute path whose folder was resolved; `None` outside all roots.
    pub fn place_of(&self, path: &Path) -> Option<Place> {
        let holds = |(root, folder): (usize, &PathBuf)| {
            let path = slashed(path.strip_prefix(folder).ok()?)?;
            Some((folder.as_os_str().len(), root, path))
        };
        let all = self.folders.iter().enumerate().filter_map(holds);
        let (_, root, path) = all.max_by_key(|(length, ..)| *length)?;
        let path = path.into_boxed_str();
        (!path.is_empty()).then_some(Place { root, path })
    }

    /// Whether a folder whose links were resolved is one of them, or lies below one.
    pub fn hold(&self, folder: &Path) -> bool {
        self.folders.iter().any(|root| folder.starts_with(root))
    }

    /// A place as a path.
    pub fn path(&self, place: &Place) -> PathBuf {
        self.folders[place.root].join(&*place.path)
    }
}

/// The folder at the top that something lies in, or itself, by its path below a root.
pub(super) fn top(path: &str) -> &str {
    path.split_once('/').map_or(path, |(top, _)| top)
}

/// Resolves links in the part of an absolute path that exists.
pub(super) fn resolve(path: &Path) -> PathBuf {
    let mut missing = Vec::new();
    let mut there = path;
    loop {
        if let Ok(mut real) = real(there) {
            real.extend(missing.iter().rev());
            return real;
        }
        match (there.parent(), there.file_name()) {
            (Some(parent), Some(name)) => {
                missing.push(name);
                there = parent;
            }
            _ => return path.to_path_buf(),
        }
    }
}

/// Where an absolute path leads once `.` and `..` are taken out of it by its text.
pub(super) fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                out.pop();
            }
            Component::CurDir => {}
            part => out.push(part),
        }
    }
    out
}

fn slashed(path: &Path) -> Option<String> {
    let parts: Option<Vec<&str>> = path.iter().map(|part| part.to_str()).collect();
    Some(parts?.join("/"))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn roots() -> Roots {
        let lib = PathBuf::from("/nowhere/v/lib/python3.11/site-packages");
        Roots::of(&Layout {
            purelib: lib.clone(),
            platlib: lib,
            scripts: "/nowhere/v/bin".into(),
            headers: "/nowhere/v/include/site/python3.11".into(),
            data: "/nowhere/v".into(),
            python: "/nowhere/v/bin/python".into(),
            python_version: (3, 11),
            windows: None,
        })
    }

    #[test]
    fn a_file_has_one_place_whatever_scheme_leads_to_it() {
        let roots = roots();
        let check = |scheme, path: &str, same: Scheme, expected: &str| {
            let place = roots.place(scheme, path);
            assert_eq!(
                (place.root, &*place.path),
                (roots.of_scheme(same), expected)
            );
            assert_eq!(roots.place_of(&roots.path(&place)), Some(place));
        };
        check(Scheme::Platlib, "a/b", Scheme::Purelib, "a/b");
        check(Scheme::Data, "bin/x", Scheme::Scripts, "x");
        check(Scheme::Data, "share/x", Scheme::Data, "share/x");
        check(
            Scheme::Data,
            "lib/python3.11/site-packages/x/y",
            Scheme::Purelib,
            "x/y",
        );
        check(Scheme::Data, "binary/x", Scheme::Data, "binary/x");
    }

    #[test]
    fn paths_outside_have_no_place() {
        for path in ["/nowhere/w/x", "/nowhere/v", "/etc/passwd"] {
            assert_eq!(roots().place_of(Path::new(path)), None, "{path}");
        }
        let escaping = normal(Path::new("/nowhere/v/lib/../../../etc/passwd"));
        assert_eq!(escaping, Path::new("/etc/passwd"));
    }
}
