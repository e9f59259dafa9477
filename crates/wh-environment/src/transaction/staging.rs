//! Staging: all wheels unpacked, whole and verified, beside their places but not in them.
//!
//! Each root that gets files has one folder `.wh-*` on its own file system, so that what is
//! staged there is put in place by renaming. Below it lie `new` (what comes) and `old` (what
//! goes). That of the library is there first and goes last, and holds the journal: its name,
//! `.wh-change-MARK`, tells those of the others, `.wh-part-MARK`. Dropping the value removes these
//! folders, and the roots that were made for them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use wh_wheel::{Root, holds};

use super::change::{ApplyError, io_error};
use super::journal::Journal;
use super::prepare::Placed;
use super::roots::Roots;
use super::source::Prepared;
use super::{log, sync};

/// Begins the name of the staging folder of the library.
pub(crate) const CHANGE: &str = ".wh-change-";
/// Begins the names of the staging folders of other roots.
pub(super) const PART: &str = ".wh-part-";

/// Files whose folders one thread makes at a time.
const RUN_FILES: usize = 1 << 10;

/// The `.wh-*` folder of one root.
pub(super) struct Stage {
    folder: PathBuf,
    new: Root,
}

impl Stage {
    /// Where a file waits that will be at `path` below the root.
    pub fn new_path(&self, path: &str) -> PathBuf {
        self.new.path().join(path)
    }

    /// The folder of what comes.
    pub fn new_root(&self) -> &Root {
        &self.new
    }

    /// What the names of all stages of a change have in common.
    fn mark(&self) -> String {
        let name = self.folder.file_name().and_then(|name| name.to_str());
        let mark = name.and_then(|name| name.strip_prefix(CHANGE));
        mark.unwrap_or_default().to_owned()
    }

    /// The root.
    fn root(&self) -> &Path {
        self.folder.parent().unwrap_or(&self.folder)
    }

    /// The folder itself.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where old files go.
    pub fn old(&self) -> PathBuf {
        self.folder.join("old")
    }
}

/// The staging folders of a change, by root.
pub(super) struct Staging {
    stages: Vec<Option<Stage>>,
    library: usize,
    made: Vec<PathBuf>,
    /// Whether nothing may be removed: old files are in there.
    keep: bool,
}

impl Staging {
    /// No folder yet.
    pub fn none(roots: &Roots) -> Self {
        Self {
            stages: roots.folders().iter().map(|_| None).collect(),
            library: roots.of_scheme(wh_wheel::Scheme::Purelib),
            made: Vec::new(),
            keep: false,
        }
    }

    /// The stage of the library; made on first use.
    pub fn begin(&mut self, roots: &Roots) -> Result<&Stage, ApplyError> {
        if self.stages[self.library].is_none() {
            let library = roots.library();
            self.make_root(library)?;
            let folder = tempfile::Builder::new().prefix(CHANGE).tempdir_in(library);
            let folder = folder.map_err(io_error("create a folder in", library))?;
            self.stages[self.library] = Some(make_stage(folder.keep())?);
        }
        self.get(self.library)
    }

    /// The stage of a root; made on first use, with the root itself where that is missing.
    pub fn open(&mut self, roots: &Roots, root: usize) -> Result<&Stage, ApplyError> {
        let mark = self.begin(roots)?.mark();
        if self.stages[root].is_none() {
            self.make_root(roots.folder(root))?;
            let folder = roots.folder(root).join(format!("{PART}{mark}"));
            fs::create_dir(&folder).map_err(io_error("create", &folder))?;
            self.stages[root] = Some(make_stage(folder)?);
        }
        self.get(root)
    }

    /// Writes the list of what is going to be done, before any of it is. From now on what is staged
    /// stays, whatever happens, until [`Self::forget_journal`] or [`Self::remove`].
    pub fn write_journal(&mut self, journal: &Journal, roots: &Roots) -> Result<(), ApplyError> {
        if journal.sync {
            self.sync(roots)?;
        }
        let file = log::journal_of(&self.get(self.library)?.folder);
        self.keep = true;
        let written = log::write(&self.get(self.library)?.folder, roots.library(), journal);
        written.map_err(|error| {
            self.forget_journal(journal, roots);
            io_error("write", file)(error)
        })
    }

    /// Makes what was done count.
    pub fn commit(&self, journal: &Journal, roots: &Roots) -> Result<(), ApplyError> {
        sync::moves(roots, journal)?;
        let stage = &self.get(self.library)?.folder;
        let committed = log::commit(stage, journal.sync);
        committed.map_err(io_error("write", log::journal_of(stage)))
    }

    /// Forgets a list of which nothing is done any more: what is staged may go.
    pub fn forget_journal(&mut self, journal: &Journal, roots: &Roots) {
        let stage = self.stages[self.library].as_ref();
        let file = stage.map(|stage| log::journal_of(&stage.folder));
        let forgotten = |file: PathBuf| fs::remove_file(&file).is_ok() || !file.exists();
        let undone = sync::moves(roots, journal).is_ok();
        self.keep = !(undone && file.is_none_or(forgotten));
    }

    /// Has everything that is staged on the disk.
    fn sync(&self, roots: &Roots) -> Result<(), ApplyError> {
        let folders = roots.folders().iter().zip(&self.stages);
        let touched = folders.filter_map(|(root, stage)| Some((root, stage.as_ref()?)));
        for (root, stage) in touched {
            sync::file_system(root, &stage.folder).map_err(io_error("sync", root))?;
        }
        Ok(())
    }

    /// Makes a missing folder and those above it.
    fn make_root(&mut self, folder: &Path) -> Result<(), ApplyError> {
        let missing = missing(folder);
        if let Some(stage) = self.stages[self.library]
            .as_ref()
            .filter(|_| !missing.is_empty())
        {
            let noted = log::note_made(&stage.folder, stage.root(), &missing);
            noted.map_err(io_error("write to", &stage.folder))?;
        }
        make_missing(folder, &mut self.made).map_err(io_error("create", folder))
    }

    /// The stage of a root that was opened.
    pub fn get(&self, root: usize) -> Result<&Stage, ApplyError> {
        self.stages[root].as_ref().ok_or_else(|| ApplyError::Io {
            doing: "find",
            path: PathBuf::from(PART),
            source: io::ErrorKind::NotFound.into(),
        })
    }

    /// Makes the folders of all files that are unpacked, parents first, some thousand files side by side with others: a
    /// parent of both is made by whoever comes first. Who links from the store makes folders on the way: there is little
    /// else to do.
    pub fn make_folders(
        &mut self,
        placed: &[Placed],
        wheels: &[Prepared<'_>],
        roots: &Roots,
    ) -> Result<(), ApplyError> {
        for files in placed.chunk_by(|one, other| one.place.root == other.place.root) {
            self.open(roots, files[0].place.root)?;
        }
        let unpacked = |placed: &&Placed| wheels[placed.from.0].is_unpacked();
        let make = |files: &[Placed]| {
            let stage = self.get(files[0].place.root)?;
            folders_of(files.iter().filter(unpacked))
                .into_iter()
                .try_for_each(|folder| {
                    let failed = |error| io_error("create", stage.new_path(folder))(error);
                    stage.new.make_folder(folder).map_err(failed)
                })
        };
        placed.par_chunks(RUN_FILES).try_for_each(|run| {
            run.chunk_by(|one, other| one.place.root == other.place.root)
                .try_for_each(make)
        })
    }

    /// What could not be removed at the end.
    pub fn remove(&mut self) -> Vec<PathBuf> {
        let mut left = Vec::new();
        let last = self.stages[self.library].take();
        for stage in self.stages.iter_mut().filter_map(Option::take) {
            if fs::remove_dir_all(&stage.folder).is_err() {
                left.push(stage.folder.clone());
            }
        }
        // Roots stay where they got files.
        for folder in self.made.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
        // while others are there, the next run has to find them
        if let Some(last) = last.filter(|_| left.is_empty())
            && log::remove_stage(&last.folder).is_err()
        {
            left.push(last.folder);
        }
        for folder in self.made.drain(..).rev() {
            let _ = fs::remove_dir(folder);
        }
        left
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if !self.keep {
            self.remove();
        }
    }
}

/// The folders of files of one root, which are in the order of a tree; parents first, each once.
fn folders_of<'p>(files: impl Iterator<Item = &'p Placed>) -> Vec<&'p str> {
    let mut folders: Vec<&str> = Vec::new();
    let mut last = "";
    for Placed { place, .. } in files {
        let folder = place.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        if folder == last {
            continue;
        }
        let ends = folder.match_indices('/').map(|(end, _)| end);
        let outer = ends.chain([folder.len()]).map(|end| &folder[..end]);
        folders.extend(outer.filter(|outer| !outer.is_empty() && !holds(outer, last)));
        last = folder;
    }
    folders
}

/// A folder and those above it, as far as they are not there; the outer ones first.
fn missing(folder: &Path) -> Vec<&Path> {
    let mut missing: Vec<_> = folder
        .ancestors()
        .take_while(|folder| !folder.exists())
        .collect();
    missing.reverse();
    missing
}

/// Makes a folder and those above it, and notes which of them were not there.
pub(super) fn make_missing(folder: &Path, made: &mut Vec<PathBuf>) -> io::Result<()> {
    for folder in missing(folder) {
        match fs::create_dir(folder) {
            Ok(()) => made.push(folder.to_owned()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// What lies in a staging folder that was just made.
fn make_stage(folder: PathBuf) -> Result<Stage, ApplyError> {
    let new = folder.join("new");
    let opened = fs::create_dir(&new).and_then(|()| fs::create_dir(folder.join("old")));
    match opened.and_then(|()| Root::open(&new)) {
        Ok(new) => Ok(Stage { folder, new }),
        Err(error) => {
            let _ = fs::remove_dir_all(&folder);
            Err(io_error("create", new)(error))
        }
    }
}
