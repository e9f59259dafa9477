//! The swap as a list of moves: old files out, new ones in, emptied folders away.
//!
//! A folder is put in place whole where its destination does not exist; elsewhere its children
//! are (namespaces, `share/`, `bin/`). Nothing is overwritten: what stands in a place moves to
//! the journal's folder first.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::change::{ApplyError, io_error};
use super::journal::{Journal, Step, mode_of};
use super::prepare::{Placed, in_tree_order};
use super::removal::Removal;
use super::roots::{Place, Roots, resolve};
use super::staging::Staging;
use super::taken::Taken;

/// Lists the moves, and the files that nobody who goes owns and that would be overwritten.
pub(super) struct Swap<'a> {
    roots: &'a Roots,
    taken: &'a Taken<'a>,
    removal: &'a Removal,
    /// Files and links in the way of new ones, with what comes.
    pub foreign: HashMap<Place, (usize, usize)>,
    comes: Vec<Comes>,
    // with their permissions
    folders_in_the_way: BTreeMap<PathBuf, u32>,
}

/// What comes into a place of its own.
struct Comes {
    root: usize,
    path: String,
    /// Where it leads, if it is a link that is made there.
    link: Option<PathBuf>,
}

impl<'a> Swap<'a> {
    /// Looks at the destination, and decides what is moved whole.
    pub fn plan(
        placed: &[Placed],
        removal: &'a Removal,
        (roots, taken): (&'a Roots, &'a Taken<'a>),
    ) -> Result<Self, ApplyError> {
        let mut this = Self {
            roots,
            taken,
            removal,
            foreign: HashMap::new(),
            comes: Vec::new(),
            folders_in_the_way: BTreeMap::new(),
        };
        let mut sorted: Vec<&Placed> = placed.iter().collect();
        // it is sorted, unless bytecode was added
        sorted.sort_unstable_by(|a, b| in_tree_order(&a.place, &b.place));
        let mut rest = sorted.as_slice();
        while let Some(first) = rest.first() {
            let root = first.place.root;
            let end = rest.partition_point(|placed| placed.place.root == root);
            this.descend(&rest[..end], root, 0)?;
            rest = &rest[end..];
        }
        Ok(this)
    }

    /// `files` are sorted, of one root, and agree in their first `depth` bytes, a folder that
    /// exists at the destination.
    fn descend(&mut self, files: &[&Placed], root: usize, depth: usize) -> Result<(), ApplyError> {
        let mut rest = files;
        while let Some(first) = rest.first() {
            let path = &first.place.path;
            let Some(end) = path[depth..].find('/') else {
                self.file(first)?;
                rest = &rest[1..];
                continue;
            };
            let folder = &path[..depth + end];
            let inside = |placed: &&Placed| {
                let path = placed.place.path.strip_prefix(folder);
                path.is_some_and(|below| below.starts_with('/'))
            };
            let count = rest.iter().take_while(|placed| inside(placed)).count();
            let there = self.roots.folder(root).join(folder);
            let place = Place {
                root,
                path: folder.into(),
            };
            let found = self.taken.at(root, folder);
            let is_stored = found.is_some() && wh_wheel::store::is_stored(&there);
            // what is written there would be written for all environments
            if is_stored && !self.removal.takes(&place) {
                return Err(ApplyError::InTheWay { path: there });
            }
            if found.is_some() && !is_stored && there.is_dir() {
                self.refuse_way_out(&there)?;
                self.descend(&rest[..count], root, folder.len() + 1)?;
            } else {
                self.clear(&place, found, first.from)?;
                self.comes.push(Comes {
                    root,
                    path: folder.to_owned(),
                    link: None,
                });
            }
            rest = &rest[count..];
        }
        Ok(())
    }

    /// Nothing is written behind a link that leads out of the environment.
    fn refuse_way_out(&self, folder: &Path) -> Result<(), ApplyError> {
        if folder.is_symlink() && !self.roots.hold(&resolve(folder)) {
            let path = folder.to_owned();
            return Err(ApplyError::InTheWay { path });
        }
        Ok(())
    }

    fn file(&mut self, placed: &Placed) -> Result<(), ApplyError> {
        let Place { root, path } = &placed.place;
        let found = self.taken.at(*root, path);
        self.clear(&placed.place, found, placed.from)?;
        self.comes.push(Comes {
            root: *root,
            path: path.to_string(),
            link: placed.link.clone(),
        });
        Ok(())
    }

    /// Sees to it that what was found in a place will not stand there.
    fn clear(
        &mut self,
        place: &Place,
        found: Option<fs::Metadata>,
        from: (usize, usize),
    ) -> Result<(), ApplyError> {
        let Some(there) = found else {
            return Ok(());
        };
        let path = self.roots.path(place);
        match there {
            metadata if metadata.is_dir() => self.clear_folder(&path, mode_of(&metadata))?,
            _ if self.removal.takes(place) || self.goes(&path) => {}
            _ => {
                self.foreign.insert(place.clone(), from);
            }
        }
        Ok(())
    }

    /// A folder where a file goes: all in it must be going.
    fn clear_folder(&mut self, folder: &Path, mode: u32) -> Result<(), ApplyError> {
        for entry in fs::read_dir(folder).map_err(io_error("read", folder))? {
            let path = entry.map_err(io_error("read", folder))?.path();
            match path.symlink_metadata() {
                Ok(metadata) if metadata.is_dir() => {
                    self.clear_folder(&path, mode_of(&metadata))?;
                }
                _ if self.goes(&path) => {}
                _ => {
                    let path = folder.to_owned();
                    return Err(ApplyError::InTheWay { path });
                }
            }
        }
        self.folders_in_the_way.insert(folder.to_owned(), mode);
        Ok(())
    }

    /// Whether a file goes, by the name it is asked for or, where a folder above it is a link
    /// (`man -> share/man`), by the one it is known by.
    fn goes(&self, path: &Path) -> bool {
        let goes = |path: &Path| {
            let place = self.roots.place_of(path);
            place.is_some_and(|place| self.removal.takes(&place))
        };
        let real = || Some(resolve(path.parent()?).join(path.file_name()?));
        goes(path) || real().is_some_and(|path| goes(&path))
    }

    /// The moves. Staging folders are made for roots that only lose files.
    pub fn journal(&self, staging: &mut Staging) -> Result<Journal, ApplyError> {
        let mut journal = Journal::default();
        let mut going: BTreeMap<usize, Vec<&Place>> = BTreeMap::new();
        let foreign: HashSet<&Place> = self.foreign.keys().collect();
        for place in self.removal.files.iter().chain(foreign) {
            going.entry(place.root).or_default().push(place);
        }
        for (root, mut places) in going {
            places.sort_by(|a, b| a.path.cmp(&b.path));
            let old = staging.open(self.roots, root)?.old();
            for (number, place) in places.into_iter().enumerate() {
                journal.steps.push(Step::MoveOut {
                    from: self.roots.path(place),
                    to: old.join(number.to_string()),
                });
            }
        }
        for (folder, mode) in self.folders_in_the_way.iter().rev() {
            journal.steps.push(Step::Remove {
                folder: folder.clone(),
                mode: *mode,
            });
        }
        for Comes { root, path, link } in &self.comes {
            let to = self.roots.folder(*root).join(path);
            journal.steps.push(match link {
                Some(folder) => Step::Link {
                    folder: folder.clone(),
                    at: to,
                },
                None => Step::MoveIn {
                    from: staging.get(*root)?.new_path(path),
                    to,
                },
            });
        }
        // A folder sorts before what is in it.
        let left = self.removal.folders.iter().rev();
        for folder in left.filter(|folder| !self.folders_in_the_way.contains_key(*folder)) {
            for folder in [&folder.join("__pycache__"), folder] {
                let there = folder.symlink_metadata();
                if let Some(metadata) = there.ok().filter(fs::Metadata::is_dir) {
                    journal.steps.push(Step::RemoveIfEmpty {
                        mode: mode_of(&metadata),
                        folder: folder.clone(),
                    });
                }
            }
        }
        Ok(journal)
    }
}
