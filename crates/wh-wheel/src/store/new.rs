//! A distribution of the store that has not got its name yet.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::folders::{self, Form};
use super::{FILES, INSIDE, MANIFEST, Manifest, NEW, Row, Store};
use crate::digest::record_hash;
use crate::link::Stamp;
use crate::own::{create_own_folder, make_own_folder};
use crate::plan::{INSTALLER, Mode, REQUESTED};
use crate::root::Root;

/// A folder that is filled under a temporary name; dropping it removes what is not complete.
pub(super) struct New {
    pub form: Form,
    pub files: Root,
    folder: PathBuf,
    // where it will be
    place: PathBuf,
    complete: AtomicBool,
}

impl New {
    /// Makes the folder, and in it those that files of these names lie in.
    pub fn begin<'n>(
        store: &Store,
        sha256: &str,
        form: Form,
        names: impl Iterator<Item = &'n str>,
    ) -> io::Result<Self> {
        let place = store
            .place(sha256, form)
            .ok_or(io::ErrorKind::InvalidInput)?;
        let folder = temporary(store)?;
        let files = folder.join(FILES);
        let made = make_own_folder(&files).and_then(|()| Root::open(&files));
        let this = Self {
            form,
            files: made.inspect_err(|_| drop(fs::remove_dir_all(&folder)))?,
            folder,
            place,
            complete: AtomicBool::new(false),
        };
        if form == Form::Folders {
            make_folders(names, &this.files)?;
        }
        Ok(this)
    }

    /// Writes the manifest, and gives it its name. All files of the wheel are there.
    pub fn complete(&self, mut manifest: Manifest) -> io::Result<()> {
        if self.form == Form::Folders {
            manifest = self.with_marks(&manifest)?;
            folders::seal(self.files.path(), folders::sealed(&manifest))?;
        }
        let (text, inside) = manifest.write();
        for (name, text) in [(INSIDE, inside), (MANIFEST, text)] {
            File::create_new(self.folder.join(name))?.write_all(text.as_bytes())?;
        }
        crate::rename(&self.folder, &self.place)?;
        self.complete.store(true, Ordering::SeqCst);
        Ok(())
    }

    /// Adds the files of a dist-info that installing makes alike each time: who links folders is to link these, too.
    fn with_marks(&self, manifest: &Manifest) -> io::Result<Manifest> {
        let mut marks = Vec::new();
        for (file, text) in [INSTALLER, REQUESTED] {
            let name = format!("{}/{file}", manifest.dist_info);
            let mut made = self.files.create(&name, Mode::Plain)?;
            made.write_all(text)?;
            marks.push((name, Stamp::of(&made)?, record_hash(text)));
        }
        let marks = marks.iter().map(|(name, stamp, hash)| Row {
            name,
            executable: false,
            stamp: *stamp,
            hash: Some(hash),
        });
        Ok(manifest.with_more(marks))
    }

    /// Removes it, also where it is complete already.
    pub fn remove(&self) {
        if self.complete.swap(false, Ordering::SeqCst) {
            let _ = super::upkeep::remove(&self.place);
        }
        let _ = folders::unseal(&self.folder);
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl Drop for New {
    fn drop(&mut self) {
        if !self.complete.load(Ordering::SeqCst) {
            self.remove();
        }
    }
}

/// A folder that nobody else has.
fn temporary(store: &Store) -> io::Result<PathBuf> {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    loop {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("{NEW}{}-{number}", std::process::id());
        let folder = store.folder.path().join(name);
        match create_own_folder(&folder) {
            Ok(()) => return Ok(folder),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
}

/// Makes the folders that files lie in, parents first.
fn make_folders<'n>(names: impl Iterator<Item = &'n str>, files: &Root) -> io::Result<()> {
    let mut folders = std::collections::BTreeSet::new();
    for name in names {
        let mut path = name;
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
