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
use std::io::{self, Read as _};
use std::ops::Range;
use std::path::{Path, PathBuf};

use wh_packaging::entry_points::EntryPoints;

use crate::error::{Fault, WheelError};
use crate::link::{Linker, copy};
use crate::own::{own_folder, refuse_foreign};
use crate::plan::{Content, Member, Members, PlannedFile};
use crate::root::{LastFolder, Root};
use crate::shebang::PLACEHOLDER;

mod filling;
mod folders;
mod manifest;
mod new;
mod rows;
mod upkeep;

pub use filling::Filling;
pub use folders::{Form, digest_of_link, is_stored};
pub use upkeep::{Held, StoreError};

pub(crate) use manifest::Manifest;

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
    pub fn find(&self, sha256: &str, form: Form, verified: bool) -> Option<Stored> {
        let folder = self.place(sha256, form)?;
        match Stored::open(&folder, form) {
            Ok(stored) if stored.manifest.verified || !verified => Some(stored),
            Err(error) if error.kind() == io::ErrorKind::NotFound && !folder.exists() => None,
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
        let is_digest = sha256.len() == 64 && sha256.bytes().all(|b| b.is_ascii_hexdigit());
        is_digest.then(|| self.folder.join(form.folder(&sha256.to_ascii_lowercase())))
    }
}

/// Makes the file of this number as a name in a folder.
type Otherwise<'f, E> = dyn FnMut(usize, (&Root, &str)) -> Result<(), E> + 'f;

/// A distribution that the store holds.
pub struct Stored {
    form: Form,
    folder: PathBuf,
    files: Root,
    pub(crate) manifest: Manifest,
}

impl Stored {
    fn open(folder: &Path, form: Form) -> io::Result<Self> {
        refuse_foreign(folder)?;
        let files = folder.join(FILES);
        refuse_foreign(&files)?;
        let invalid = || io::Error::from(io::ErrorKind::InvalidData);
        let text = fs_err::read_to_string(folder.join(MANIFEST))?;
        let mut manifest = Manifest::parse(&text).ok_or_else(invalid)?;
        let files = Root::open(&files)?;
        let entry_points = format!("{}/entry_points.txt", manifest.dist_info);
        if let Some(number) = manifest.find(&entry_points) {
            let name = form.name(number, &entry_points);
            if files.stamp(&name)? != Some(manifest.row(number).stamp) {
                return Err(invalid());
            }
            let mut text = String::new();
            files.read(&name)?.read_to_string(&mut text)?;
            manifest.entry_points = EntryPoints::parse(&text).map_err(|_| invalid())?;
        }
        let mut this = Self {
            form,
            folder: folder.to_owned(),
            files,
            manifest,
        };
        if form == Form::Numbered {
            this.know_all()?;
        }
        Ok(this)
    }

    /// Reads which files are in its folders, which has not to be known where these become links.
    ///
    /// # Errors
    /// It cannot be read, or is not what was written.
    pub fn know_all(&mut self) -> io::Result<()> {
        if self.manifest.knows_all() {
            return Ok(());
        }
        let text = fs_err::read_to_string(self.folder.join(INSIDE))?;
        let parsed = self.manifest.parse_inside(&text);
        parsed.ok_or_else(|| io::ErrorKind::InvalidData.into())
    }

    /// Where it lies.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether its folders, and not its files one by one, are to be linked.
    pub fn has_folders(&self) -> bool {
        self.form == Form::Folders
    }

    /// Makes one planned file appear as `name` in `root`, where nothing is. `false`: the stored file is not what was
    /// stored, and nothing was made.
    ///
    /// # Errors
    /// The file cannot be made.
    pub fn put(
        &self,
        file: &PlannedFile,
        (root, name): (&Root, &str),
        linker: &Linker,
    ) -> Result<bool, WheelError> {
        let fail = |source| {
            let path = root.path().join(name);
            WheelError::new(&self.folder, Fault::Write { path, source })
        };
        let number = match &file.content {
            Content::Entry(number) => *number,
            Content::Whole(_) => return Err(fail(io::ErrorKind::InvalidInput.into())),
            Content::Bytes(_) => return root.write_made(name, file).map_err(fail).map(|()| true),
            Content::Folder(folder) => {
                let linked = self.link_folder(folder, &root.path().join(name));
                return linked.map_err(fail).map(|()| true);
            }
        };
        let put = self.put_row(number, self.manifest.row(number), (root, name), linker);
        put.map_err(fail)
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
        let mut places = LastFolder::made_below(root);
        for number in some {
            let row = self.manifest.row(number);
            let fail = |source| {
                let path = root.path().join(row.name);
                WheelError::new(&self.folder, Fault::Write { path, source })
            };
            let place = places.of(row.name).map_err(fail)?;
            if !self.put_row(number, row, place, linker).map_err(fail)? {
                otherwise(number, place)?;
            }
        }
        Ok(())
    }

    fn put_row(
        &self,
        number: usize,
        row: rows::Row<'_>,
        place: (&Root, &str),
        linker: &Linker,
    ) -> io::Result<bool> {
        let name = self.form.name(number, row.name);
        if !matches!(self.files.stamp(&name), Ok(Some(found)) if found == row.stamp) {
            return Ok(false);
        }
        let from = (&self.files, &*name);
        // no environment may write to what others are linked to
        match self.has_folders() && !self.manifest.single().contains(&number) {
            true => drop(copy(from, place, row.mode())?),
            false => linker.share(from, place, row.mode())?,
        }
        Ok(true)
    }

    /// Whether the file of this number is what was stored.
    fn is_as_stored(&self, number: usize) -> bool {
        let row = self.manifest.row(number);
        let found = self.files.stamp(&self.form.name(number, row.name));
        matches!(found, Ok(Some(found)) if found == row.stamp)
    }

    /// Whether a folder with these files has one that lies in no folder below it.
    pub fn has_files_of_its_own(&self, folder: &str, inside: Range<usize>) -> bool {
        let tops = &mut self.manifest.folders.iter();
        if let Some(top) = tops.find(|top| top.name == folder) {
            return top.has_files_of_its_own;
        }
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
        let name = self.form.name(number, row.name);
        let read = || {
            if self.files.stamp(&name)? != Some(row.stamp) {
                return Err(io::ErrorKind::InvalidData.into());
            }
            let mut file = self.files.read(&name)?;
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
