//! Folders that are this user's alone: what lies in them can be trusted as far as the user can.

use std::fs;
use std::io;
use std::path::Path;

/// Makes a folder that nobody else can write to, and those above it, where it is not there, and refuses one
/// that is there and is not such a folder.
///
/// # Errors
/// It cannot be made, is a link, belongs to another user, or others can write to it.
pub fn own_folder(folder: &Path) -> io::Result<()> {
    if !folder.is_dir() {
        make_own_folder(folder)?;
    }
    refuse_foreign(folder)
}

/// Makes a folder that nobody else can write to, and those above it.
pub(crate) fn make_own_folder(folder: &Path) -> io::Result<()> {
    if let Some(above) = folder.parent() {
        fs::create_dir_all(above)?;
    }
    match create_own_folder(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made,
    }
}

/// The same, where nothing is yet.
#[cfg(unix)]
pub(crate) fn create_own_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o755);
    builder.create(folder)
}

#[cfg(not(unix))]
pub(crate) fn create_own_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir(folder)
}

/// Refuses a folder that is a link, that another user owns, or that others can write to.
#[cfg(unix)]
pub(crate) fn refuse_foreign(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt as _;
    let metadata = folder.symlink_metadata()?;
    refuse_unless_own(metadata.is_dir(), metadata.uid(), metadata.mode())
}

/// The same of a folder that was looked at.
#[cfg(unix)]
pub(crate) fn refuse_unless_own(is_folder: bool, owner: u32, mode: u32) -> io::Result<()> {
    let is_own = owner == rustix::process::geteuid().as_raw();
    match is_folder && is_own && mode & 0o022 == 0 {
        true => Ok(()),
        false => Err(io::ErrorKind::PermissionDenied.into()),
    }
}

#[cfg(not(unix))]
pub(crate) fn refuse_foreign(folder: &Path) -> io::Result<()> {
    match folder.symlink_metadata()?.is_dir() {
        true => Ok(()),
        false => Err(io::ErrorKind::NotADirectory.into()),
    }
}
