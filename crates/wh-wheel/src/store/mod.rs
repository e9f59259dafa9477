//! Unpacked distributions, kept so that the second environment is linked and not unpacked.
//!
//! One folder a distribution, named by the sha256 of its wheel: `files/` has the entries, `manifest` says what is needed
//! to install them without the wheel. It is filled under a temporary name and gets its own name last: what has it is
//! whole. There are two forms of it ([`Form`]): files under numbers, filled beside an installation with links to what was
//! unpacked and verified just then; and read-only folders, for those who link whole folders.
//!
//! What always holds: nothing of the store is trusted that belongs to another user, or whose size
//! or time is not what the manifest says; such a distribution is evicted, and the wheel is opened.
//! Nothing that goes wrong in the store makes an installation fail. Two `wh` may use one store at
//! once; who takes distributions away waits until nobody links from it.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use crate::own::own_folder;
use crate::root::Root;

mod filling;
mod folders;
mod manifest;
mod new;
mod rows;
mod stored;
mod upkeep;

pub use filling::Filling;
pub use folders::{Form, digest_of_link, is_stored};
pub use stored::Stored;
pub use upkeep::{Held, StoreError};

pub(crate) use manifest::Manifest;
pub(crate) use rows::Row;

/// The store's folder in a cache folder. Another format of manifests gets another name.
const FOLDER: &str = "store-v3";
const MANIFEST: &str = "manifest";
/// The second part of the manifest.
const INSIDE: &str = "inside";
const FILES: &str = "files";
/// Begins the names of distributions that are being filled.
const NEW: &str = ".new-";
/// Begins the names of distributions that are being removed.
const GONE: &str = ".gone-";
const LOCK: &str = ".lock";

/// The store of a cache folder.
pub struct Store {
    folder: Root,
    // shared while distributions are linked and filled
    _lock: Option<File>,
}

impl Store {
    /// Opens the store of a cache folder, which is made where it is missing. Waits while another
    /// `wh` removes from it.
    ///
    /// # Errors
    /// It cannot be made or read, or is not this user's own.
    pub fn open(cache: &Path) -> io::Result<Self> {
        let folder = cache.join(FOLDER);
        own_folder(&folder)?;
        let lock = upkeep::lock_file(&folder);
        if let Some(lock) = &lock {
            if lock.try_lock().is_ok() {
                // nobody is at work: what is half filled is left from a run that was killed
                upkeep::remove_leftovers(&folder);
                lock.unlock()?;
            }
            lock.lock_shared()?;
        }
        Ok(Self {
            folder: Root::open(&folder)?,
            _lock: lock,
        })
    }

    /// A distribution by the sha256 of its wheel, as lower-case hexadecimal; with `verified` only
    /// if its files were compared with RECORD when it was stored. What cannot be used is evicted.
    pub fn find(&self, sha256: &str, form: Form, verified: bool) -> Option<Stored> {
        let name = name(sha256, form)?;
        let opened = match form {
            Form::Numbered => Stored::open_whole(&self.folder, &name, form),
            Form::Folders => Stored::open(&self.folder, &name, form),
        };
        let is_there = || self.folder.path().join(&name).exists();
        match opened {
            Ok(stored) if stored.manifest.verified || !verified => Some(stored),
            Err(error) if error.kind() == io::ErrorKind::NotFound && !is_there() => None,
            Ok(_) | Err(_) => {
                // folders that environments are linked to are not taken away from them
                if form == Form::Numbered {
                    self.evict(sha256);
                }
                None
            }
        }
    }

    /// Takes the files of a distribution away, as far as that can be done. Folders that are linked stay.
    pub fn evict(&self, sha256: &str) {
        if let Some(folder) = self.place(sha256, Form::Numbered) {
            let _ = upkeep::remove(&folder);
        }
    }

    /// Where a distribution is, or would be.
    fn place(&self, sha256: &str, form: Form) -> Option<PathBuf> {
        Some(self.folder.path().join(name(sha256, form)?))
    }
}

/// The name of the folder of a distribution.
fn name(sha256: &str, form: Form) -> Option<String> {
    let is_digest = sha256.len() == 64 && sha256.bytes().all(|b| b.is_ascii_hexdigit());
    is_digest.then(|| form.folder(&sha256.to_ascii_lowercase()))
}
