//! Files of one folder, found without walking to it each time.

use std::io;

use crate::root::Root;

/// The folder that was asked for last, so that files of one folder are found without walking to it
/// each time. It is opened for the second of them: many folders have only one.
pub struct LastFolder<'r> {
    root: &'r Root,
    last: Box<str>,
    open: Option<Root>,
    makes: bool,
}

impl<'r> LastFolder<'r> {
    /// None yet, of those below a root, which are there.
    pub fn below(root: &'r Root) -> Self {
        Self {
            root,
            last: "".into(),
            open: None,
            makes: false,
        }
    }

    /// None yet, of those below a root, which are made where they are not there.
    pub fn made_below(root: &'r Root) -> Self {
        Self {
            makes: true,
            ..Self::below(root)
        }
    }

    /// The folder that a path below the root leads to, and the name in it.
    ///
    /// # Errors
    /// The folder cannot be opened or made.
    pub fn of<'p>(&mut self, path: &'p str) -> io::Result<(&Root, &'p str)> {
        let Some((folder, name)) = path.rsplit_once('/') else {
            return Ok((self.root, path));
        };
        if *self.last != *folder {
            if self.makes {
                self.make(folder)?;
            }
            self.last = folder.into();
            self.open = None;
            return Ok((self.root, path));
        }
        let open = match self.open.take() {
            Some(open) => open,
            None => self.root.below(folder)?,
        };
        Ok((self.open.insert(open), name))
    }

    /// Makes a folder and those above it, all but those that the last one lies in.
    fn make(&self, folder: &str) -> io::Result<()> {
        let ends = folder.match_indices('/').map(|(end, _)| end);
        let outer = ends.chain([folder.len()]).map(|end| &folder[..end]);
        outer
            .filter(|outer| !holds(outer, &self.last))
            .try_for_each(|outer| self.root.make_folder(outer))
    }
}

/// Whether a folder is another one, or one that holds it, by their paths with `/`.
pub fn holds(outer: &str, inner: &str) -> bool {
    let below = inner.strip_prefix(outer);
    below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
