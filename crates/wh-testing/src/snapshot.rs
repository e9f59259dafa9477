//! What lies below a folder, to the byte and the mode, so that two moments or two folders can be
//! held against each other.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Path, `/` between its parts, to what is there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Snapshot(pub BTreeMap<String, Thing>);

/// A file, a folder or a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Thing {
    /// A regular file: its permissions (0 where the system has none) and its bytes.
    File(u32, Vec<u8>),
    /// A folder.
    Folder,
    /// A link, and where it leads.
    Link(String),
}

/// Everything below a folder; nothing where there is none.
///
/// # Panics
/// Something cannot be read.
pub fn snapshot(folder: &Path) -> Snapshot {
    let mut things = Snapshot::default();
    if folder.exists() {
        walk(folder, "", &mut things.0);
    }
    things
}

impl Snapshot {
    /// One line for each path that differs, sorted.
    pub fn differences(&self, other: &Self) -> Vec<String> {
        let mut lines = Vec::new();
        for (path, thing) in &self.0 {
            match other.0.get(path) {
                None => lines.push(format!("only the first has {path}")),
                Some(there) if there == thing => {}
                Some(there) => lines.push(format!("{path}: {thing} and {there}")),
            }
        }
        for path in other.0.keys().filter(|path| !self.0.contains_key(*path)) {
            lines.push(format!("only the second has {path}"));
        }
        lines.sort();
        lines
    }

    /// Without what `unwanted` names.
    pub fn without(mut self, unwanted: impl Fn(&str) -> bool) -> Self {
        self.0.retain(|path, _| !unwanted(path));
        self
    }

    /// The text of a file.
    pub fn text(&self, path: &str) -> Option<String> {
        match self.0.get(path)? {
            Thing::File(_, bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
            Thing::Folder | Thing::Link(_) => None,
        }
    }
}

impl std::fmt::Display for Thing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Thing::File(mode, bytes) if bytes.len() < 300 => {
                write!(f, "{mode:o} {:?}", String::from_utf8_lossy(bytes))
            }
            Thing::File(mode, bytes) => {
                write!(
                    f,
                    "{mode:o} {} bytes {}",
                    bytes.len(),
                    crate::sha256_hex(bytes)
                )
            }
            Thing::Folder => f.write_str("a folder"),
            Thing::Link(to) => write!(f, "a link to {to}"),
        }
    }
}

fn walk(folder: &Path, prefix: &str, things: &mut BTreeMap<String, Thing>) {
    let fail = |error: std::io::Error| -> ! { panic!("{}: {error}", folder.display()) };
    for entry in fs::read_dir(folder).unwrap_or_else(|error| fail(error)) {
        let path = entry.unwrap_or_else(|error| fail(error)).path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let key = format!("{prefix}{name}");
        let metadata = fs::symlink_metadata(&path).unwrap_or_else(|error| fail(error));
        let thing = if metadata.is_symlink() {
            let to = fs::read_link(&path).unwrap_or_else(|error| fail(error));
            Thing::Link(to.to_string_lossy().into_owned())
        } else if metadata.is_dir() {
            walk(&path, &format!("{key}/"), things);
            Thing::Folder
        } else {
            let bytes = fs::read(&path).unwrap_or_else(|error| fail(error));
            Thing::File(mode(&metadata), bytes)
        };
        things.insert(key, thing);
    }
}

#[cfg(unix)]
fn mode(metadata: &fs::Metadata) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o7777
}

#[cfg(not(unix))]
fn mode(_: &fs::Metadata) -> u32 {
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_named() {
        let folders = [(); 2].map(|()| tempfile::tempdir().unwrap());
        for folder in &folders {
            fs::create_dir(folder.path().join("a")).unwrap();
            fs::write(folder.path().join("a/b"), "same").unwrap();
        }
        let [one, other] = &folders;
        assert!(
            snapshot(one.path())
                .differences(&snapshot(other.path()))
                .is_empty()
        );
        fs::write(other.path().join("a/b"), "else").unwrap();
        fs::write(one.path().join("c"), "").unwrap();
        let found = snapshot(one.path()).differences(&snapshot(other.path()));
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].starts_with("a/b: "), "{found:?}");
        assert_eq!(found[1], "only the first has c");
    }
}
