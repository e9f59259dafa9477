//! A distribution on its way into the store, beside its installation.
//!
//! Each file that was unpacked for the installation, and verified on the way, is linked into a
//! folder of a temporary name; what an installation does not take over as it is (scripts whose
//! first line was written anew) is unpacked once more at the end. The manifest is written and the
//! folder renamed when all of it is there and the wheel's own digest was right. Whatever goes
//! wrong here ends the filling, and nothing else.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{FILES, MANIFEST, Manifest, NEW, Store};
use crate::check::Contents;
use crate::link::{Linker, Stamp};
use crate::own::{create_own_folder, make_own_folder};
use crate::plan::{Content, Mode, PlannedFile, is_installers};
use crate::root::{LastFolder, Root, Unpacked};
use crate::wheel::Wheel;

/// A distribution that is being filled; dropping it removes what is not finished.
pub struct Filling {
    // where it is filled, and where it will be
    folder: PathBuf,
    place: PathBuf,
    files: Root,
    stamps: Vec<OnceLock<Stamp>>,
    failed: AtomicBool,
    finished: AtomicBool,
}

impl Store {
    /// Begins to fill in a wheel of this sha256: makes its folders.
    ///
    /// # Errors
    /// They cannot be made.
    pub fn fill(&self, wheel: &Wheel, sha256: &str) -> io::Result<Filling> {
        let place = self.place(sha256).ok_or(io::ErrorKind::InvalidInput)?;
        let folder = self.temporary()?;
        let files = folder.join(FILES);
        let make = || {
            make_own_folder(&files)?;
            let files = Root::open(&files)?;
            make_folders(wheel, &files)?;
            Ok(files)
        };
        match make() {
            Ok(files) => Ok(Filling {
                folder,
                place,
                files,
                stamps: wheel.entries.iter().map(|_| OnceLock::new()).collect(),
                failed: AtomicBool::new(false),
                finished: AtomicBool::new(false),
            }),
            Err(error) => {
                let _ = fs::remove_dir_all(&folder);
                Err(error)
            }
        }
    }

    /// A folder that nobody else has.
    fn temporary(&self) -> io::Result<PathBuf> {
        use std::sync::atomic::AtomicUsize;
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        loop {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let name = format!("{NEW}{}-{number}", std::process::id());
            let folder = self.folder.join(name);
            match create_own_folder(&folder) {
                Ok(()) => return Ok(folder),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }
}

impl Filling {
    /// The folder with its files.
    pub fn files(&self) -> LastFolder<'_> {
        LastFolder::below(&self.files)
    }

    /// Takes in a file that was just written as `name` in `folder`; `files` are [`Self::files`].
    pub fn keep(
        &self,
        (wheel, file): (&Wheel, &PlannedFile),
        (written, folder, name): (&File, &Root, &str),
        files: &mut LastFolder<'_>,
        linker: &Linker,
    ) {
        let Content::Entry(index) = file.content else {
            return;
        };
        if self.failed.load(Ordering::Relaxed) {
            return;
        }
        let mut kept = || -> io::Result<Stamp> {
            let stamp = Stamp::of(written)?;
            let place = files.of(&wheel.entries[index].name)?;
            if !linker.share_blocks((folder, name), place)? {
                return Err(io::ErrorKind::Unsupported.into());
            }
            Ok(stamp)
        };
        match kept() {
            Ok(stamp) => drop(self.stamps[index].set(stamp)),
            Err(_) => self.failed.store(true, Ordering::Relaxed),
        }
    }

    /// Gives up, and gives back the room that was taken, also where it was finished already.
    pub fn abandon(&self) {
        self.failed.store(true, Ordering::SeqCst);
        let _ = fs::remove_dir_all(&self.folder);
        if self.finished.swap(false, Ordering::SeqCst) {
            let _ = super::upkeep::remove(&self.place);
        }
    }

    /// Adds what is missing and gives the distribution its name. The wheel's digest was right.
    ///
    /// # Errors
    /// It cannot be completed, or another `wh` was faster.
    pub fn finish(&self, from: &Unpacked<'_>) -> io::Result<()> {
        if self.failed.load(Ordering::Relaxed) {
            return Err(io::ErrorKind::Unsupported.into());
        }
        let wheel = from.wheel;
        for (index, entry) in wheel.entries.iter().enumerate() {
            let is_stored = !entry.is_folder() && !is_installers(&wheel.dist_info, &entry.name);
            if !is_stored || self.stamps[index].get().is_some() {
                continue;
            }
            let mode = Mode::of(&entry.name, entry.is_executable());
            let written = self.files.write_entry((&entry.name, mode), index, from);
            let written = written.map_err(io::Error::other)?;
            let _ = self.stamps[index].set(Stamp::of(&written)?);
        }
        let stamps: Vec<_> = self
            .stamps
            .iter()
            .map(|stamp| stamp.get().copied())
            .collect();
        let verified = from.contents == Contents::Verify;
        let manifest = Manifest::of(wheel, from.checked, verified, &stamps);
        let mut file = File::create_new(self.folder.join(MANIFEST))?;
        file.write_all(manifest.write().as_bytes())?;
        drop(file);
        crate::rename(&self.folder, &self.place)?;
        self.finished.store(true, Ordering::SeqCst);
        // somebody gave it up meanwhile
        if self.failed.load(Ordering::SeqCst) {
            self.abandon();
        }
        Ok(())
    }
}

impl Drop for Filling {
    fn drop(&mut self) {
        // nothing of that name is there any more once it is finished
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Makes the folders of all entries, parents first.
fn make_folders(wheel: &Wheel, files: &Root) -> io::Result<()> {
    let mut folders = std::collections::BTreeSet::new();
    for entry in wheel.entries.iter().filter(|entry| !entry.is_folder()) {
        let mut path = &*entry.name;
        while let Some((above, _)) = path.rsplit_once('/') {
            if !folders.insert(above) {
                break;
            }
            path = above;
        }
    }
    folders
        .into_iter()
        .try_for_each(|folder| files.make_folder(folder))
}
