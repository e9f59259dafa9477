//! How the files of a stored distribution lie there, and whole folders of it as links in environments.
//!
//! A distribution whose folders are linked has files of its own, which no environment has as hard links, and these are
//! read-only, with the folders that they are in: whatever is written there is written for all environments. So are those
//! of its dist-info, which environments have as hard links. That binds every user but root, for whom all files are
//! compared when they are linked.

use std::borrow::Cow;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{FILES, FOLDER, Manifest, Stored};
use crate::folder_link::make_folder_link;
use crate::last_folder::holds;
use crate::plan::{Content, PlannedFile};

/// Ends the name of a distribution whose folders are linked.
const LINKED: &str = "-linked";

/// How the files of a distribution lie in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// In one folder, under their numbers, to be linked one by one: nothing is made for them but a second name.
    Numbered,
    /// In their folders, under their names, to be linked folder by folder.
    Folders,
}

impl Form {
    /// The name of the folder of a distribution.
    pub(super) fn folder(self, sha256: &str) -> String {
        match self {
            Form::Numbered => sha256.to_owned(),
            Form::Folders => format!("{sha256}{LINKED}"),
        }
    }

    /// Form and sha256 of a distribution, by the name of its folder.
    pub(super) fn of(folder: &str) -> (Self, &str) {
        match folder.strip_suffix(LINKED) {
            Some(sha256) => (Form::Folders, sha256),
            None => (Form::Numbered, folder),
        }
    }

    /// What the file of this number is called, whose name in the wheel is `name`.
    pub(super) fn name(self, number: usize, name: &str) -> Cow<'_, str> {
        match self {
            Form::Numbered => number.to_string().into(),
            Form::Folders => name.into(),
        }
    }
}

impl Stored {
    /// Makes a link to a folder of it.
    pub(super) fn link_folder(&self, folder: &str, at: &Path) -> io::Result<()> {
        make_folder_link(&self.target(folder), at)
    }

    /// Where a link to a folder of it leads.
    fn target(&self, folder: &str) -> PathBuf {
        self.files.path().join(folder)
    }

    /// Where the link leads that a planned file is.
    pub fn target_of(&self, file: &PlannedFile) -> Option<PathBuf> {
        match &file.content {
            Content::Folder(folder) => Some(self.target(folder)),
            Content::Entry(_) | Content::Bytes(_) | Content::Whole(_) => None,
        }
    }

    /// Whether its folders can be linked: they are as they were stored, for all that this user could do to them.
    pub fn is_intact(&mut self) -> bool {
        let is_read_only = |folder| self.files.is_read_only(folder);
        self.is_sealed = modes_bind() && sealed(&self.manifest).all(is_read_only);
        let mut tops = self.manifest.folders.iter();
        // of a namespace, what is in it is linked
        if self.is_sealed && tops.all(|top| top.has_files_of_its_own) {
            return true;
        }
        let mut inside = self.manifest.single().end..self.manifest.len();
        self.know_all().is_ok()
            && (self.is_sealed || inside.all(|number| self.is_as_stored(number)))
    }

    /// Whether nobody can have written to a file by mistake, so that it need not be looked at.
    pub(super) fn is_bound(&self, name: &str) -> bool {
        self.is_sealed && holds(&self.manifest.dist_info, name)
    }
}

/// The folders of a distribution that are made read-only, with all that is in them.
pub(super) fn sealed(manifest: &Manifest) -> impl Iterator<Item = &str> {
    let tops = manifest.folders.iter().map(|folder| &*folder.name);
    tops.chain([&*manifest.dist_info])
}

/// The folder at the top that a file lies in, if that may become a link: not the dist-info, of which every tool finds its
/// own files, nor what is for other schemes.
pub(super) fn top_that_can_be_linked<'n>(dist_info: &str, name: &'n str) -> Option<&'n str> {
    let (top, _) = name.split_once('/')?;
    (top != dist_info && !top.ends_with(".data")).then_some(top)
}

/// Whether a link leads to a folder of a store.
pub fn is_stored(link: &Path) -> bool {
    digest_of_link(link).is_some()
}

/// The sha256 of the wheel whose folder in a store a link leads to.
pub fn digest_of_link(link: &Path) -> Option<String> {
    let target = fs::read_link(link).ok()?;
    let parts: Vec<_> = target.iter().collect();
    let mut digests = parts.windows(3).filter_map(|parts| {
        let (form, sha256) = Form::of(parts[1].to_str()?);
        let is_stored = parts[0] == FOLDER && sha256.len() == 64 && parts[2] == FILES;
        (is_stored && form == Form::Folders).then(|| sha256.to_owned())
    });
    digests.next_back()
}

/// Makes folders of a distribution read-only, with all that is in them.
pub(super) fn seal<'n>(files: &Path, tops: impl Iterator<Item = &'n str>) -> io::Result<()> {
    let mut folders: Vec<PathBuf> = tops.map(|top| files.join(top)).collect();
    while let Some(folder) = folders.pop() {
        for entry in fs_err::read_dir(&folder)? {
            let entry = entry?;
            match entry.file_type()?.is_dir() {
                true => folders.push(entry.path()),
                false => set_writable(&entry.path(), false)?,
            }
        }
        set_writable(&folder, false)?;
    }
    Ok(())
}

/// Makes the folders of a distribution writable again, so that it can be removed.
pub(super) fn unseal(distribution: &Path) -> io::Result<()> {
    let mut left = vec![distribution.join(FILES)];
    while let Some(folder) = left.pop() {
        set_writable(&folder, true)?;
        left.extend(subfolders(&folder)?);
    }
    Ok(())
}

fn subfolders(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut all = Vec::new();
    for entry in fs_err::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            all.push(entry.path());
        }
    }
    Ok(all)
}

/// Whether permissions keep this user from writing.
#[cfg(unix)]
fn modes_bind() -> bool {
    !rustix::process::geteuid().is_root()
}

#[cfg(unix)]
fn set_writable(path: &Path, writable: bool) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs_err::symlink_metadata(path)?.permissions().mode();
    let mode = if writable {
        mode | 0o200
    } else {
        mode & !0o222
    };
    fs_err::set_permissions(path, fs::Permissions::from_mode(mode))
}

// folders of Windows have no such bit
#[cfg(not(unix))]
fn modes_bind() -> bool {
    false
}

#[cfg(not(unix))]
fn set_writable(_: &Path, _: bool) -> io::Result<()> {
    Ok(())
}
