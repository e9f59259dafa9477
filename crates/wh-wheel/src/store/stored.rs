//! One distribution of the store: planned and put into environments without its wheel.

use std::io::{self, Read as _};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use wh_packaging::entry_points::EntryPoints;

use super::rows::Row;
use super::{FILES, Form, INSIDE, MANIFEST, Manifest};
use crate::error::{Fault, WheelError};
use crate::last_folder::LastFolder;
use crate::link::{Linker, Stamp, copy};
use crate::plan::{Content, Member, Members, PlannedFile};
use crate::root::Root;
use crate::shebang::PLACEHOLDER;

/// Makes the file of this number as a name in a folder.
type Otherwise<'f, E> = dyn FnMut(usize, (&Root, &str)) -> Result<(), E> + 'f;

/// A distribution that the store holds.
pub struct Stored {
    pub(super) form: Form,
    pub(super) folder: PathBuf,
    pub(super) files: Root,
    pub(crate) manifest: Manifest,
    // whether it was found that nobody can have written to its read-only folders by mistake
    pub(super) is_sealed: bool,
    // when its use was noted last
    pub(super) used: SystemTime,
}

impl Stored {
    /// Opens that of a folder in the store's; of its own folders, it is not known yet which files are in them.
    pub(super) fn open(store: &Root, folder: &str, form: Form) -> io::Result<Self> {
        store.refuse_foreign_below(folder)?;
        let files = store.below(&format!("{folder}/{FILES}"))?;
        files.refuse_foreign()?;
        let invalid = || io::Error::from(io::ErrorKind::InvalidData);
        let (text, used) = store.read_own_text(&format!("{folder}/{MANIFEST}"))?;
        let mut manifest = Manifest::parse(&text).ok_or_else(invalid)?;
        let entry_points = format!("{}/entry_points.txt", manifest.dist_info);
        if let Some(number) = manifest.find(&entry_points) {
            let name = form.name(number, &entry_points);
            if files.stamp(&name)? != Some(manifest.row(number).stamp) {
                return Err(invalid());
            }
            let (text, _) = files.read_own_text(&name)?;
            manifest.entry_points = EntryPoints::parse(&text).map_err(|_| invalid())?;
        }
        Ok(Self {
            form,
            folder: store.path().join(folder),
            files,
            manifest,
            is_sealed: false,
            used,
        })
    }

    /// Opens one of which all files are going to be looked at.
    pub(super) fn open_whole(store: &Root, folder: &str, form: Form) -> io::Result<Self> {
        let mut stored = Self::open(store, folder, form)?;
        stored.know_all()?;
        Ok(stored)
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
            Content::Bytes(_) => {
                let put = self.put_made(file, (root, name), linker);
                return put.map_err(fail).map(|()| true);
            }
            Content::Folder(folder) => {
                let linked = self.link_folder(folder, &root.path().join(name));
                return linked.map_err(fail).map(|()| true);
            }
        };
        let put = self.put_row(number, self.manifest.row(number), (root, name), linker);
        put.map_err(fail)
    }

    /// Makes a file that an installer adds: linked where the store has the same, else written.
    fn put_made(
        &self,
        file: &PlannedFile,
        place: (&Root, &str),
        linker: &Linker,
    ) -> io::Result<()> {
        // files under numbers have none of these beside them
        if self.has_folders()
            && let Some(number) = self.manifest.find(&file.path)
        {
            let row = self.manifest.row(number);
            let is_same = row.hash == file.hash.as_deref() && row.mode() == file.mode;
            if is_same && self.put_row(number, row, place, linker)? {
                return Ok(());
            }
        }
        place.0.write_made(place.1, file)
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
        row: Row<'_>,
        place: (&Root, &str),
        linker: &Linker,
    ) -> io::Result<bool> {
        let name = self.form.name(number, row.name);
        if !self.is_bound(row.name) && !self.has_stamp(&name, row.stamp) {
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
    pub(super) fn is_as_stored(&self, number: usize) -> bool {
        let row = self.manifest.row(number);
        self.has_stamp(&self.form.name(number, row.name), row.stamp)
    }

    /// Whether a file of the store is as it was when it had this stamp.
    fn has_stamp(&self, name: &str, stamp: Stamp) -> bool {
        matches!(self.files.stamp(name), Ok(Some(found)) if found == stamp)
    }

    /// Whether a folder with these files has one that lies in no folder below it.
    pub fn has_files_of_its_own(&self, folder: &str, inside: Range<usize>) -> bool {
        let mut tops = self.manifest.folders.iter();
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
            hash: row.hash.map(Into::into),
        }
    }

    fn python_script(&self, number: usize) -> Result<Option<Vec<u8>>, Fault> {
        let row = self.manifest.row(number);
        let name = self.form.name(number, row.name);
        let read = || {
            if !self.has_stamp(&name, row.stamp) {
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
