//! Names and links of an sdist's entries: the rules of PEP 721, which are those of PEP 706's
//! `data` filter, and somewhat stricter where real sdists have no use for the rest.
//!
//! All entries stand below one folder. A name means the same file on every system: relative, `/`
//! between parts, no `..`, no drive, no control character. A link may lead to a place below the
//! folder, by `..` at its start alone, and nothing may stand below a link: so that following links
//! never leads out, whatever they point at.

use std::collections::HashMap;

use crate::error::Fault;

/// What an entry is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link, with its target as written.
    Symlink(String),
    /// Another name of a file of the archive, named from the archive's root.
    Hardlink(String),
}

/// The clean form of a name: no `.` and no empty parts, no `/` at the end. Empty for the root.
pub(crate) fn clean(raw: &[u8]) -> Result<String, Fault> {
    let entry = || String::from_utf8_lossy(raw).into_owned();
    let Ok(name) = std::str::from_utf8(raw) else {
        return Err(Fault::NameNotUtf8 { entry: entry() });
    };
    if name.chars().any(char::is_control) {
        return Err(Fault::NameForbidden { entry: entry() });
    }
    let parts: Vec<&str> = name
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".")
        .collect();
    if name.starts_with('/') || name.contains('\\') || !parts.iter().all(|part| is_safe(part)) {
        return Err(Fault::NameEscapes { entry: entry() });
    }
    Ok(parts.join("/"))
}

fn is_safe(part: &str) -> bool {
    let bytes = part.as_bytes();
    let drive = bytes.len() >= 2 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':';
    // Linux allows 255 bytes; so do ext4, APFS (characters) and NTFS (UTF-16 units)
    part != ".." && !drive && bytes.len() <= 255
}

/// All entries so far, as one tree below one folder.
#[derive(Default)]
pub(crate) struct Tree {
    seen: HashMap<String, Found>,
    top: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Found {
    File,
    Folder,
    Link,
}

impl Tree {
    /// Adds an entry of a clean name.
    pub(crate) fn add(&mut self, name: &str, kind: &Kind) -> Result<(), Fault> {
        let entry = || name.to_owned();
        let (top, below) = name.split_once('/').unwrap_or((name, ""));
        match &self.top {
            None => self.top = Some(top.to_owned()),
            Some(other) if other != top => {
                let other = other.clone();
                return Err(Fault::SeveralFolders {
                    entry: entry(),
                    other,
                });
            }
            Some(_) => {}
        }
        if below.is_empty() && *kind != Kind::Folder {
            return Err(Fault::NoFolder { entry: entry() });
        }
        for (end, _) in name.match_indices('/') {
            let above = &name[..end];
            match self.seen.get(above) {
                Some(Found::Folder) => {}
                Some(_) => return Err(Fault::FileAndFolder { entry: entry() }),
                None => {
                    self.seen.insert(above.to_owned(), Found::Folder);
                }
            }
        }
        let found = match kind {
            Kind::File => Found::File,
            Kind::Folder => Found::Folder,
            Kind::Symlink(target) => self.symlink(name, target)?,
            Kind::Hardlink(target) => self.hardlink(name, target)?,
        };
        match self.seen.insert(name.to_owned(), found) {
            None => Ok(()),
            // archivers list a folder as often as they come by
            Some(Found::Folder) if found == Found::Folder => Ok(()),
            Some(other) if other == Found::Folder || found == Found::Folder => {
                Err(Fault::FileAndFolder { entry: entry() })
            }
            Some(_) => Err(Fault::Duplicate { entry: entry() }),
        }
    }

    /// A symbolic link: relative, `..` at its start alone, and not above the one folder.
    fn symlink(&self, name: &str, target: &str) -> Result<Found, Fault> {
        let depth = name.matches('/').count();
        let parts: Vec<&str> = target
            .split('/')
            .filter(|part| !part.is_empty() && *part != ".")
            .collect();
        let up = parts.iter().take_while(|part| **part == "..").count();
        let safe = !target.is_empty()
            && !target.starts_with('/')
            && !target.contains('\\')
            && !target.chars().any(char::is_control)
            && up < depth
            && parts[up..].iter().all(|part| is_safe(part));
        if safe {
            return Ok(Found::Link);
        }
        Err(Fault::LinkEscapes {
            entry: name.to_owned(),
            target: target.to_owned(),
        })
    }

    /// A hard link: to a file that came before.
    fn hardlink(&self, name: &str, target: &str) -> Result<Found, Fault> {
        let clean = clean(target.as_bytes()).unwrap_or_default();
        if self.seen.get(&clean) == Some(&Found::File) {
            return Ok(Found::File);
        }
        Err(Fault::LinkEscapes {
            entry: name.to_owned(),
            target: target.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clean_names() {
        let check = |name: &str, expected: Option<&str>| {
            assert_eq!(clean(name.as_bytes()).ok().as_deref(), expected, "{name:?}");
        };
        check("a-1/b.py", Some("a-1/b.py"));
        check("./a-1/b.py", Some("a-1/b.py"));
        check("a-1//b/./c/", Some("a-1/b/c"));
        check("./", Some(""));
        check("a-1/...", Some("a-1/..."));
        for bad in [
            "/a", "../a", "a/../b", "a/..", "a\\b", "C:/a", "a/c:", "a\nb", "a\0",
        ] {
            check(bad, None);
        }
        check(&format!("a/{}", "x".repeat(256)), None);
        assert!(clean(b"a/\xff").is_err());
    }

    /// Entries, `name -> target` for symbolic and `name => target` for hard links; whether all go.
    fn check(entries: &[&str], expected: bool) {
        let mut tree = Tree::default();
        let all = entries.iter().try_for_each(|entry| {
            let (name, kind) = if let Some((name, target)) = entry.split_once(" -> ") {
                (name, Kind::Symlink(target.to_owned()))
            } else if let Some((name, target)) = entry.split_once(" => ") {
                (name, Kind::Hardlink(target.to_owned()))
            } else if let Some(name) = entry.strip_suffix('/') {
                (name, Kind::Folder)
            } else {
                (*entry, Kind::File)
            };
            tree.add(name, &kind)
        });
        assert_eq!(all.is_ok(), expected, "{entries:?}: {all:?}");
    }

    #[test]
    fn one_tree_below_one_folder() {
        check(&["a/", "a/b", "a/c/d", "a/c/", "a/"], true);
        check(&["a/b", "c/d"], false);
        check(&["a"], false);
        check(&["a/b", "a/b"], false);
        check(&["a/b", "a/b/c"], false);
        check(&["a/b/c", "a/b"], false);
        check(&["a/b", "a/b/"], false);
    }

    #[test]
    fn links_stay_inside() {
        check(&["a/b", "a/l -> b"], true);
        check(&["a/b/c", "a/b/l -> ../b/c"], true);
        check(&["a/l -> gone"], true);
        check(&["a/b/l -> .."], true);
        for target in ["../b", "..", "/etc", "b/../../x", "", "c:/x", "b\\c"] {
            check(&["a/b", &format!("a/l -> {target}")], false);
        }
        // `s` leads up, so that `..` behind it would lead out
        check(&["a/b/c/s -> ../..", "a/b/c/l -> s/../x"], false);
        // nothing is written through a link
        check(&["a/b/", "a/l -> b", "a/l/c"], false);
        check(&["a/l/c", "a/l -> b"], false);
        check(&["a/b", "a/h => a/b"], true);
        check(&["a/h => a/b"], false);
        check(&["a/l -> b", "a/h => a/l"], false);
        check(&["a/b", "a/h => ../a/b"], false);
    }
}
