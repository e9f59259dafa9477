//! What the store holds, and how it is looked after: told, verified, taken away.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rayon::prelude::*;

use super::{FOLDER, Form, GONE, LOCK, MANIFEST, NEW, Store, Stored};
use crate::digest::{Algorithm, record_hash_of};
use crate::own::refuse_foreign;
use crate::root::Root;

/// The use of a distribution is noted once in this time: what is removed is counted in days.
const NOTED_EACH: Duration = Duration::from_secs(60 * 60);

/// Why a store cannot be looked after.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It belongs to somebody else, or cannot be read.
    #[error("the store `{}` cannot be used", path.display())]
    Unusable {
        /// The store.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
}

/// One distribution of the store.
#[derive(Debug, Clone)]
pub struct Held {
    /// The sha256 of its wheel.
    pub sha256: String,
    /// The name of its wheel; `None` where its manifest cannot be read.
    pub wheel: Option<String>,
    /// Files.
    pub files: usize,
    /// Bytes of them.
    pub bytes: u64,
    /// Since when nobody linked it, to the hour.
    pub unused: Duration,
    /// Whether folders of it are links in environments, which would break without it.
    pub linked: bool,
    // the name of its folder
    folder: String,
}

impl Store {
    /// The store of a cache folder, alone: waits until nobody links from it. `None` where there is
    /// none.
    ///
    /// # Errors
    /// It is not this user's own, or cannot be locked.
    pub fn alone(cache: &Path, waits: impl FnOnce(&Path)) -> Result<Option<Self>, StoreError> {
        let folder = cache.join(FOLDER);
        if !folder.is_dir() {
            return Ok(None);
        }
        let unusable = |source| StoreError::Unusable {
            path: folder.clone(),
            source,
        };
        refuse_foreign(&folder).map_err(unusable)?;
        let lock = open_lock(&folder).map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                waits(&folder);
                lock.lock().map_err(unusable)?;
            }
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {}
            Err(TryLockError::Error(error)) => return Err(unusable(error)),
        }
        Ok(Some(Self {
            folder: Root::open(&folder).map_err(unusable)?,
            _lock: Some(lock),
        }))
    }

    /// Where it lies.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// All that it holds, by the names of the wheels.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn held(&self) -> io::Result<Vec<Held>> {
        let mut held = Vec::new();
        for entry in fs_err::read_dir(self.folder())? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with('.') {
                continue;
            }
            let (form, sha256) = Form::of(&name);
            let stored = Stored::open_whole(&self.folder, &name, form).ok();
            let rows = stored.iter().flat_map(|stored| stored.manifest.rows());
            held.push(Held {
                sha256: sha256.to_owned(),
                wheel: stored.as_ref().map(|stored| stored.manifest.wheel.clone()),
                files: stored.as_ref().map_or(0, |stored| stored.manifest.len()),
                bytes: rows.map(|row| row.stamp.size).sum(),
                unused: unused(&entry.path().join(MANIFEST)),
                linked: form == Form::Folders,
                folder: name,
            });
        }
        held.sort_by(|a, b| (&a.wheel, &a.sha256).cmp(&(&b.wheel, &b.sha256)));
        Ok(held)
    }

    /// The files of a distribution that are not what was stored, each compared with the digest of
    /// RECORD; `None` where its manifest cannot be used.
    pub fn changed(&self, held: &Held) -> Option<Vec<String>> {
        let (form, _) = Form::of(&held.folder);
        let stored = Stored::open_whole(&self.folder, &held.folder, form).ok()?;
        let numbers = (0..stored.manifest.len()).into_par_iter();
        let changed = numbers.filter(|number| {
            let row = stored.manifest.row(*number);
            let path = stored.files.path().join(&*form.name(*number, row.name));
            !stored.is_as_stored(*number) || row.hash.is_some_and(|hash| !has_hash(&path, hash))
        });
        Some(
            changed
                .map(|number| stored.name_of(number).to_owned())
                .collect(),
        )
    }

    /// Takes a distribution away, also one whose folders are linked.
    ///
    /// # Errors
    /// It cannot be removed.
    pub fn remove(&self, held: &Held) -> io::Result<()> {
        remove(&self.folder().join(&held.folder))
    }

    /// Takes away what was left half filled or half removed.
    pub fn remove_leftovers(&self) {
        remove_leftovers(self.folder());
    }
}

impl Stored {
    /// Notes that it was used just now, unless that was noted within the hour.
    pub fn note_use(&self) {
        let noted = self.used.elapsed();
        if noted.is_ok_and(|noted| noted < NOTED_EACH) {
            return;
        }
        // a store that is only read cannot be told
        let _ = touch(&self.folder.join(MANIFEST));
    }
}

/// Gives a file the time of now.
#[cfg(unix)]
fn touch(file: &Path) -> io::Result<()> {
    use rustix::fs::{AtFlags, CWD, Timespec, Timestamps, UTIME_NOW, UTIME_OMIT, utimensat};
    let time = |tv_nsec| Timespec { tv_sec: 0, tv_nsec };
    let times = Timestamps {
        last_access: time(UTIME_OMIT),
        last_modification: time(UTIME_NOW),
    };
    Ok(utimensat(CWD, file, &times, AtFlags::SYMLINK_NOFOLLOW)?)
}

#[cfg(not(unix))]
fn touch(file: &Path) -> io::Result<()> {
    let file = File::options().append(true).open(file)?;
    file.set_modified(std::time::SystemTime::now())
}

fn has_hash(path: &Path, hash: &str) -> bool {
    let Some((algorithm, digest)) = hash.split_once('=') else {
        return false;
    };
    let algorithm = Algorithm::from_name(&algorithm.to_ascii_lowercase());
    let found = algorithm.and_then(|algorithm| record_hash_of(path, algorithm).ok());
    found.is_some_and(|found| found == digest.trim_end_matches('='))
}

fn unused(manifest: &Path) -> Duration {
    let modified = manifest.metadata().and_then(|metadata| metadata.modified());
    let since = modified.map(|modified| modified.elapsed().unwrap_or_default());
    since.unwrap_or(Duration::MAX)
}

/// Removes a distribution: under another name first, so that no half of it has its own.
pub(super) fn remove(folder: &Path) -> io::Result<()> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let gone = format!("{GONE}{}-{name}", std::process::id());
    let gone = folder.with_file_name(gone);
    crate::rename(folder, &gone)?;
    super::folders::unseal(&gone)?;
    fs::remove_dir_all(gone)
}

/// Removes what killed runs left.
pub(super) fn remove_leftovers(folder: &Path) {
    for entry in folder.read_dir().into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with(NEW) || name.starts_with(GONE) {
            let _ = super::folders::unseal(&entry.path());
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// The file that is locked; none where it cannot be made (a store that is only read).
pub(super) fn lock_file(folder: &Path) -> Option<File> {
    open_lock(folder).ok()
}

fn open_lock(folder: &Path) -> io::Result<File> {
    let path = folder.join(LOCK);
    let mut options = File::options();
    let options = options.read(true).write(true).create(true).truncate(false);
    options.open(&path).or_else(|_| File::open(&path))
}
