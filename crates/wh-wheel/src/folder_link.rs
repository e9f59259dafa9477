//! Symbolic links to folders, which Windows tells from those to files.

use std::fs;
use std::io;
use std::path::Path;

/// Makes a link to a folder, where nothing is.
///
/// # Errors
/// It cannot be made; something has the name.
pub fn make_folder_link(folder: &Path, at: &Path) -> io::Result<()> {
    #[cfg(unix)]
    return std::os::unix::fs::symlink(folder, at);
    #[cfg(windows)]
    return std::os::windows::fs::symlink_dir(folder, at);
}

/// Removes a link to a folder, and nothing behind it.
///
/// # Errors
/// It cannot be removed.
pub fn remove_folder_link(at: &Path) -> io::Result<()> {
    match cfg!(windows) {
        true => fs::remove_dir(at),
        false => fs::remove_file(at),
    }
}
