//! Which names of a root are taken. A root that many are asked of is listed once, in place of a look at each name.
//!
//! What a list does not hold is free only where no file system could take the one name for the other: case, Unicode and
//! the short names of Windows are left to the system. Somebody may take a name after that, as after a look at it:
//! nothing is overwritten by the swap.

use std::cell::{Cell, OnceCell};
use std::collections::HashSet;
use std::fs::Metadata;

use super::roots::{Roots, top};

/// So many names are looked at before their root is listed.
const FEW: usize = 32;

/// The names of some roots, as they were when the first were asked for.
pub(super) struct Taken<'r> {
    roots: &'r Roots,
    listed: Vec<Names>,
}

/// Those of one root.
#[derive(Default)]
struct Names {
    asked: Cell<usize>,
    // in lower case; `None` where the list says nothing
    all: OnceCell<Option<HashSet<String>>>,
}

impl<'r> Taken<'r> {
    /// Nothing asked yet.
    pub fn of(roots: &'r Roots) -> Self {
        Self {
            listed: roots.folders().iter().map(|_| Names::default()).collect(),
            roots,
        }
    }

    /// What stands at a path below a root; `None` where nothing does, or nobody may look.
    pub fn at(&self, root: usize, path: &str) -> Option<Metadata> {
        if self.is_unknown(root, top(path)) {
            return None;
        }
        let path = self.roots.folder(root).join(path);
        path.symlink_metadata().ok()
    }

    /// Whether the list of a root says that nothing has a name.
    fn is_unknown(&self, root: usize, name: &str) -> bool {
        let names = &self.listed[root];
        names.asked.set(names.asked.get() + 1);
        if names.asked.get() <= FEW || !is_plain(name) {
            return false;
        }
        let all = names.all.get_or_init(|| self.list(root));
        let lower = name.to_ascii_lowercase();
        all.as_ref().is_some_and(|all| !all.contains(&lower))
    }

    fn list(&self, root: usize) -> Option<HashSet<String>> {
        let entries = self.roots.folder(root).read_dir().ok()?;
        let lower = |name: &str| name.is_ascii().then(|| name.to_ascii_lowercase());
        entries
            .map(|entry| lower(entry.ok()?.file_name().to_str()?))
            .collect()
    }
}

/// Whether no file system takes a name for another one but for its case.
fn is_plain(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.+".contains(&byte);
    name.bytes().all(plain) && !name.ends_with('.')
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use wh_wheel::Layout;

    use super::*;

    /// Which of some names are seen that were taken after a folder with these files was listed.
    fn seen(there: &[&str], later: &[&str]) -> Vec<bool> {
        let folder = tempfile::tempdir().unwrap();
        let make = |names: &[&str]| {
            let files = names.iter().map(|name| folder.path().join(name));
            files.for_each(|file| fs::write(file, "").unwrap());
        };
        make(there);
        let roots = one_root(folder.path());
        let taken = Taken::of(&roots);
        for number in 0..=FEW {
            assert!(taken.at(0, &format!("none-{number}")).is_none());
        }
        make(later);
        let all = there.iter().map(|name| taken.at(0, name).is_some());
        assert!(all.min().unwrap_or(true), "what was listed is there");
        later
            .iter()
            .map(|name| taken.at(0, name).is_some())
            .collect()
    }

    fn one_root(folder: &Path) -> Roots {
        Roots::of(&Layout {
            purelib: folder.to_owned(),
            platlib: folder.to_owned(),
            scripts: folder.to_owned(),
            headers: folder.to_owned(),
            data: folder.to_owned(),
            python: folder.join("python"),
            python_version: (3, 11),
            windows: None,
        })
    }

    #[test]
    fn plain_names_are_not_looked_at_again() {
        assert_eq!(
            seen(&["numpy", "six.py"], &["six.pyc", "a-b+c"]),
            [false; 2]
        );
    }

    #[test]
    fn names_that_could_be_another_are_looked_at() {
        assert_eq!(seen(&["Numpy"], &["numPy"]), [true], "case");
        assert_eq!(seen(&[], &["PROGRA~1", "a b", "a."]), [true; 3], "Windows");
        assert_eq!(seen(&[], &["caf\u{e9}"]), [true], "Unicode");
        assert_eq!(seen(&["\u{212a}.py"], &["k.py"]), [true], "Unicode there");
    }

    #[test]
    fn few_names_are_looked_at() {
        let folder = tempfile::tempdir().unwrap();
        let roots = one_root(folder.path());
        let taken = Taken::of(&roots);
        assert!(taken.at(0, "a").is_none());
        fs::write(folder.path().join("a"), "").unwrap();
        assert!(taken.at(0, "a/b").is_none());
        assert!(taken.at(0, "a").is_some());
    }
}
