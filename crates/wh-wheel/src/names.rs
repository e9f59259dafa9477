//! Names of entries: the one place that decides whether a path out of an archive is safe.
//!
//! A name passes if it means the same file on every system: relative, `/` between parts, no empty
//! part, `.` or `..`, no drive, no control character. Together the names must make one tree: no
//! two that a case-insensitive file system merges, no name that is both file and folder.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::error::Fault;

/// Refuses a name that is not a clean relative path; a folder's `/` at the end is allowed.
pub(crate) fn clean(name: &str) -> Result<(), Fault> {
    if let Some(_bad) = name.chars().find(|c| c.is_control() || *c == '\u{fffd}') {
        return Err(Fault::NameForbidden {
            entry: name.to_owned(),
        });
    }
    let path = name.strip_suffix('/').unwrap_or(name);
    let clean = !path.contains('\\') && path.split('/').all(clean_part);
    if clean {
        Ok(())
    } else {
        Err(Fault::NameEscapes {
            entry: name.to_owned(),
        })
    }
}

fn clean_part(part: &str) -> bool {
    let bytes = part.as_bytes();
    let drive = bytes.len() >= 2 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':';
    // Linux allows 255 bytes; so do ext4, APFS (characters) and NTFS (UTF-16 units).
    !part.is_empty() && part != "." && part != ".." && !drive && bytes.len() <= 255
}

/// Whether Windows can hold a file of this (clean) name without changing it.
pub(crate) fn fits_windows(name: &str) -> bool {
    name.split('/').all(|part| {
        let stem = part.split('.').next().unwrap_or_default().trim_end();
        let numbered = |device: &str| {
            stem.len() == 4
                && stem
                    .get(..3)
                    .is_some_and(|s| s.eq_ignore_ascii_case(device))
                && matches!(stem.as_bytes()[3], b'1'..=b'9')
        };
        let reserved = ["con", "prn", "aux", "nul"]
            .iter()
            .any(|device| stem.eq_ignore_ascii_case(device));
        !part.contains(['<', '>', ':', '"', '|', '?', '*'])
            && !(part.ends_with(['.', ' ']))
            && !reserved
            && !numbered("com")
            && !numbered("lpt")
    })
}

/// All names seen so far, as one tree.
#[derive(Default)]
pub(crate) struct Tree<'a> {
    // folded path without the last `/` -> path as written, and whether it is a folder
    seen: HashMap<Cow<'a, str>, (&'a str, bool)>,
    last_folder: &'a str,
}

impl<'a> Tree<'a> {
    /// No name yet, with room for some.
    pub fn with_room_for(names: usize) -> Self {
        Self {
            seen: HashMap::with_capacity(names),
            ..Self::default()
        }
    }

    /// Adds a clean name.
    ///
    /// # Errors
    /// It, or a folder above it, exists already in another spelling or as the other kind.
    pub fn add(&mut self, name: &'a str) -> Result<(), Fault> {
        let (path, is_folder) = match name.strip_suffix('/') {
            Some(path) => (path, true),
            None => (name, false),
        };
        let above = path.rsplit_once('/').map_or("", |(above, _)| above);
        if above != self.last_folder {
            for (at, _) in above.match_indices('/') {
                self.insert(&above[..at], true)?;
            }
            if !above.is_empty() {
                self.insert(above, true)?;
            }
            self.last_folder = above;
        }
        self.insert(path, is_folder)
    }

    fn insert(&mut self, path: &'a str, is_folder: bool) -> Result<(), Fault> {
        let Some((other, other_is_folder)) = self.seen.insert(fold(path), (path, is_folder)) else {
            return Ok(());
        };
        let entry = path.to_owned();
        if other != path {
            let other = other.to_owned();
            Err(Fault::CaseClash { entry, other })
        } else if other_is_folder != is_folder {
            Err(Fault::FileAndFolder { entry })
        } else if is_folder {
            Ok(())
        } else {
            Err(Fault::Duplicate { entry })
        }
    }
}

fn fold(path: &str) -> Cow<'_, str> {
    if !path.is_ascii() {
        path.to_lowercase().into()
    } else if path.bytes().any(|byte| byte.is_ascii_uppercase()) {
        path.to_ascii_lowercase().into()
    } else {
        path.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clean_names() {
        let check = |name: &str, expected: bool| {
            assert_eq!(clean(name).is_ok(), expected, "{name:?}");
        };
        for name in [
            "a", "a/b.py", "a/", "a b/c", "ä/ö", "...", "a..b", "a/.b", "ab:y",
        ] {
            check(name, true);
        }
        for name in [
            "", "/", "/a", "a//b", "../a", "a/../b", "a/..", "./a", "a/.", "a\\b", "C:/a", "c:a",
            "x:y", "a/C:/b", "a\0b", "a\nb", "a\x7f", "a//",
        ] {
            check(name, false);
        }
        check(&"x".repeat(256), false);
    }

    #[test]
    fn names_that_windows_can_hold() {
        for name in [
            "a/con", "NUL.txt", "a/b.", "a /b", "com1.py", "a*b", "aux/x",
        ] {
            assert!(!fits_windows(name), "{name:?}");
        }
        for name in ["a/console.py", "com0", "com10.py", "lpt", "éé1", "a.b/c"] {
            assert!(fits_windows(name), "{name:?}");
        }
    }

    #[test]
    fn names_make_one_tree() {
        fn check(names: &[&str], expected: &str) {
            let mut tree = Tree::default();
            let result = names.iter().try_for_each(|name| tree.add(name));
            let found = match result {
                Ok(()) => "ok",
                Err(Fault::CaseClash { .. }) => "case",
                Err(Fault::Duplicate { .. }) => "twice",
                Err(Fault::FileAndFolder { .. }) => "both",
                Err(other) => panic!("{other}"),
            };
            assert_eq!(found, expected, "{names:?}");
        }
        check(&["a/b", "a/c", "a/", "b/c/d", "b/c/e"], "ok");
        check(&["a/b", "A/c"], "case");
        check(&["a/b", "c/d", "A/c/e"], "case");
        check(&["Readme", "README"], "case");
        check(&["straße/ä", "straße/Ä"], "case");
        check(&["a", "a"], "twice");
        check(&["a", "a/b"], "both");
        check(&["a/b/c", "a/b"], "both");
        check(&["a/", "a"], "both");
    }

    proptest::proptest! {
        #[test]
        fn a_clean_name_stays_below_its_root(name in "[a./\\\\:\u{0}é]{0,12}") {
            use std::path::{Component, Path};
            if clean(&name).is_ok() {
                let joined = Path::new("/root").join(&name);
                let below = joined.strip_prefix("/root").unwrap();
                let plain = |part| matches!(part, Component::Normal(_));
                assert!(below.components().all(plain), "{name:?}");
            }
        }
    }
}
