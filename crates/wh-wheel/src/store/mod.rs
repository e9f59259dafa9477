//! Unpacked distributions, kept so that the second environment is linked and not unpacked.
//!
//! One folder a distribution, named by the sha256 of its wheel: `files/` has the entries under
//! their names in the wheel, `manifest` says what is needed to install them without the wheel. It
//! is filled beside an installation, with links to the files that were unpacked and verified just
//! then, under a temporary name, and gets its own name last: what has it is whole.
//!
//! What always holds: nothing of the store is trusted that belongs to another user, or whose size
//! or time is not what the manifest says; such a distribution is evicted, and the wheel is opened.
//! Nothing that goes wrong in the store makes an installation fail. Two `wh` may use one store at
//! once; who takes distributions away waits until nobody links from it.

use std::fs::File;
use std::io::{self, Read as _};
use std::ops::Range;
use std::path::{Path, PathBuf};

use wh_packaging::entry_points::EntryPoints;

use crate::error::{Fault, WheelError};
use crate::link::Linker;
use crate::own::{own_folder, refuse_foreign};
use crate::plan::{Content, Member, Members, PlannedFile};
use crate::root::{LastFolder, Root};
use crate::shebang::PLACEHOLDER;

mod filling;
mod folders;
mod manifest;
mod upkeep;

pub use filling::Filling;
pub use folders::{digest_of_link, is_stored};
pub use upkeep::{Held, StoreError};

pub(crate) use manifest::Manifest;

/// The store's folder in a cache folder. Another format of manifests gets another name.
const FOLDER: &str = "store-v2";
const MANIFEST: &str = "manifest";
const FILES: &str = "files";
/// Begins the names of distributions that are being filled.
const NEW: &str = ".new-";
/// Begins the names of distributions that are being removed.
const GONE: &str = ".gone-";
const LOCK: &str = ".lock";

/// The store of a cache folder.
pub struct Store {
    folder: PathBuf,
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
            folder,
            _lock: lock,
        })
    }

    /// A distribution by the sha256 of its wheel, as lower-case hexadecimal; with `verified` only
    /// if its files were compared with RECORD when it was stored. What cannot be used is evicted.
    pub fn find(&self, sha256: &str, verified: bool) -> Option<Stored> {
        let folder = self.place(sha256)?;
        if !folder.is_dir() {
            return None;
        }
        match Stored::open(&folder) {
            Ok(stored) if stored.manifest.verified || !verified => Some(stored),
            Ok(_) | Err(_) => {
                self.evict(sha256);
                None
            }
        }
    }

    /// Takes a distribution away, as far as that can be done; one whose folders are linked stays.
    pub fn evict(&self, sha256: &str) {
        if let Some(folder) = self
            .place(sha256)
            .filter(|folder| !folders::are_linked(folder))
        {
            let _ = upkeep::remove(&folder);
        }
    }

    /// Where a distribution is, or would be.
    fn place(&self, sha256: &str) -> Option<PathBuf> {
        let is_digest = sha256.len() == 64 && sha256.bytes().all(|b| b.is_ascii_hexdigit());
        is_digest.then(|| self.folder.join(sha256.to_ascii_lowercase()))
    }
}

/// Makes the file of this number as a name in a folder.
type Otherwise<'f, E> = dyn FnMut(usize, (&Root, &str)) -> Result<(), E> + 'f;

/// A distribution that the store holds.
pub struct Stored {
    folder: PathBuf,
    files: Root,
    pub(crate) manifest: Manifest,
}

impl Stored {
    fn open(folder: &Path) -> io::Result<Self> {
        refuse_foreign(folder)?;
        let files = folder.join(FILES);
        refuse_foreign(&files)?;
        let invalid = || io::Error::from(io::ErrorKind::InvalidData);
        let text = fs_err::read_to_string(folder.join(MANIFEST))?;
        let mut manifest = Manifest::parse(text).ok_or_else(invalid)?;
        let files = Root::open(&files)?;
        let entry_points = format!("{}/entry_points.txt", manifest.dist_info);
        if let Some(number) = manifest.find(&entry_points) {
            if files.stamp(&entry_points)? != Some(manifest.row(number).stamp) {
                return Err(invalid());
            }
            let mut text = String::new();
            files.read(&entry_points)?.read_to_string(&mut text)?;
            manifest.entry_points = EntryPoints::parse(&text).map_err(|_| invalid())?;
        }
        Ok(Self {
            folder: folder.to_owned(),
            files,
            manifest,
        })
    }

    /// Where it lies.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The folder with its files.
    pub fn files(&self) -> LastFolder<'_> {
        LastFolder::below(&self.files)
    }

    /// Makes one planned file appear as `name` in `root`, where nothing is; `files` are
    /// [`Self::files`]. `false`: the stored file is not what was stored, and nothing was made.
    ///
    /// # Errors
    /// The file cannot be made.
    pub fn put(
        &self,
        file: &PlannedFile,
        (root, name): (&Root, &str),
        files: &mut LastFolder<'_>,
        linker: &Linker,
    ) -> Result<bool, WheelError> {
        let fail = |source| {
            let path = root.path().join(name);
            WheelError::new(&self.folder, Fault::Write { path, source })
        };
        let row = match &file.content {
            Content::Entry(number) => self.manifest.row(*number),
            Content::Whole(_) => return Err(fail(io::ErrorKind::InvalidInput.into())),
            Content::Bytes(_) => return root.write_made(name, file).map_err(fail).map(|()| true),
            Content::Folder(folder) => {
                let linked = self.link_folder(folder, &root.path().join(name));
                return linked.map_err(fail).map(|()| true);
            }
        };
        let shared = self.put_row(row, files, (root, name), linker);
        shared.map_err(fail)
    }

    /// Makes some of its files, those of a folder, appear below `root`, with the folders that they
    /// lie in. The numbers of those that are not what was stored are handed to `otherwise`.
    ///
    /// # Errors
    /// A file or folder cannot be made; or `otherwise` fails.
    pub fn put_all<E: From<WheelError>>(
        &self,
        some: Range<usize>,
        root: &Root,
        linker: &Linker,
        otherwise: &mut Otherwise<'_, E>,
    ) -> Result<(), E> {
        let mut files = self.files();
        let mut places = LastFolder::made_below(root);
        for number in some {
            let row = self.manifest.row(number);
            let fail = |source| {
                let path = root.path().join(row.name);
                WheelError::new(&self.folder, Fault::Write { path, source })
            };
            let place = places.of(row.name).map_err(fail)?;
            if !self.put_row(row, &mut files, place, linker).map_err(fail)? {
                otherwise(number, place)?;
            }
        }
        Ok(())
    }

    fn put_row(
        &self,
        row: manifest::Row<'_>,
        files: &mut LastFolder<'_>,
        place: (&Root, &str),
        linker: &Linker,
    ) -> io::Result<bool> {
        let Ok((folder, name)) = files.of(row.name) else {
            return Ok(false);
        };
        if !matches!(folder.stamp(name), Ok(Some(found)) if found == row.stamp) {
            return Ok(false);
        }
        linker.share((folder, name), place, row.mode())?;
        Ok(true)
    }

    /// Whether some of its files are as they were stored.
    pub fn are_as_stored(&self, some: Range<usize>) -> bool {
        let mut files = self.files();
        some.map(|number| self.manifest.row(number)).all(|row| {
            let found = files
                .of(row.name)
                .and_then(|(folder, name)| folder.stamp(name));
            matches!(found, Ok(Some(found)) if found == row.stamp)
        })
    }

    /// Whether a folder with these files has one that lies in no folder below it.
    pub fn has_files_of_its_own(&self, folder: &str, inside: Range<usize>) -> bool {
        let mut rows = inside.map(|number| self.manifest.row(number));
        rows.any(|row| {
            !row.name
                .get(folder.len() + 1..)
                .unwrap_or_default()
                .contains('/')
        })
    }

    /// The name in the wheel of the entry that a planned file is.
    pub fn entry_of(&self, file: &PlannedFile) -> Option<&str> {
        match file.content {
            Content::Entry(number) => Some(self.manifest.row(number).name),
            Content::Bytes(_) | Content::Whole(_) | Content::Folder(_) => None,
        }
    }

    /// The name in the wheel of one of its files.
    pub fn name_of(&self, number: usize) -> &str {
        self.manifest.row(number).name
    }
}

impl Members for Stored {
    fn member(&self, number: usize) -> Member<'_> {
        let row = self.manifest.row(number);
        Member {
            name: row.name,
            size: row.stamp.size,
            mode: row.mode(),
            hash: row.hash,
        }
    }

    fn python_script(&self, number: usize) -> Result<Option<Vec<u8>>, Fault> {
        let row = self.manifest.row(number);
        let read = || {
            if self.files.stamp(row.name)? != Some(row.stamp) {
                return Err(io::ErrorKind::InvalidData.into());
            }
            let mut file = self.files.read(row.name)?;
            let mut bytes = vec![0; PLACEHOLDER.len()];
            if row.stamp.size < bytes.len() as u64 {
                return Ok(None);
            }
            file.read_exact(&mut bytes)?;
            if bytes != PLACEHOLDER {
                return Ok(None);
            }
            file.read_to_end(&mut bytes)?;
            Ok(Some(bytes))
        };
        read().map_err(Fault::Read)
    }
}
