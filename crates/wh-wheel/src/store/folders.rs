//! Whole folders of the store as links in environments.
//!
//! Such a folder and those below it become read-only, since whatever is written there is written
//! for all environments; and the distribution is marked, so that it is not taken away by itself.
//! Files keep their modes: other environments may have them as hard links.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{FILES, FOLDER, Stored};

/// Marks a distribution whose folders are linked.
const LINKED: &str = "linked";

impl Stored {
    /// Makes a link to a folder of it.
    pub(super) fn link_folder(&self, folder: &str, at: &Path) -> io::Result<()> {
        let mark = self.folder.join(LINKED);
        if !mark.exists() {
            fs::write(mark, "")?;
        }
        let folder = self.files.path().join(folder);
        if is_writable(&folder)? {
            for inner in folders_in(&folder)? {
                set_writable(&inner, false)?;
            }
            set_writable(&folder, false)?;
        }
        symlink(&folder, at)
    }
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
        let is_stored = parts[0] == FOLDER && parts[1].len() == 64 && parts[2] == FILES;
        is_stored.then(|| parts[1].to_str().map(str::to_owned))?
    });
    digests.next_back()
}

/// Whether folders of a stored distribution are linked.
pub(super) fn are_linked(distribution: &Path) -> bool {
    distribution.join(LINKED).exists()
}

/// Makes the folders of a distribution writable again, so that it can be removed.
pub(super) fn unseal(distribution: &Path) -> io::Result<()> {
    if !are_linked(distribution) {
        return Ok(());
    }
    let mut left = vec![distribution.join(FILES)];
    while let Some(folder) = left.pop() {
        set_writable(&folder, true)?;
        left.extend(subfolders(&folder)?);
    }
    Ok(())
}

/// All folders below one, the deepest last.
fn folders_in(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut all = subfolders(folder)?;
    let mut next = 0;
    while let Some(folder) = all.get(next).cloned() {
        all.extend(subfolders(&folder)?);
        next += 1;
    }
    Ok(all)
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

#[cfg(unix)]
fn is_writable(folder: &Path) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(fs_err::symlink_metadata(folder)?.permissions().mode() & 0o200 != 0)
}

#[cfg(unix)]
fn set_writable(folder: &Path, writable: bool) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = if writable { 0o755 } else { 0o555 };
    fs_err::set_permissions(folder, fs::Permissions::from_mode(mode))
}

#[cfg(unix)]
fn symlink(folder: &Path, at: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(folder, at)
}

// folders of Windows have no such bit
#[cfg(not(unix))]
fn is_writable(_: &Path) -> io::Result<bool> {
    Ok(false)
}

#[cfg(not(unix))]
fn set_writable(_: &Path, _: bool) -> io::Result<()> {
    Ok(())
}

#[cfg(windows)]
fn symlink(folder: &Path, at: &Path) -> io::Result<()> {
    std::os::windows::fs::symlink_dir(folder, at)
}
