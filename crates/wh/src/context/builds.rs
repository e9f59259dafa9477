//! The folder that builds may use: what lies in it is run, so that it has to be this user's alone.

use std::path::{Path, PathBuf};

/// That of the cache, or, where there is none that is this user's, one in the temporary folder, which
/// others may use too. The latter may be made for the occasion: to ask twice makes two.
pub(super) fn folder(cache: Option<&Path>, temporary: &Path) -> PathBuf {
    let cache = cache.map(|cache| cache.join("builds"));
    let own = cache.filter(|folder| wh_wheel::own_folder(folder).is_ok());
    own.unwrap_or_else(|| in_temporary(temporary))
}

/// One of this user's in a folder that others may write to as well, who may have taken its name.
fn in_temporary(all: &Path) -> PathBuf {
    let named = all.join(format!("wh-builds{}", user()));
    if wh_wheel::own_folder(&named).is_ok() {
        return named;
    }
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    let unnamed = builder.prefix("wh-builds-").tempdir_in(all);
    // what cannot be used is told by who uses it
    unnamed.map_or(named, tempfile::TempDir::keep)
}

/// What tells this user's folders from those of others.
fn user() -> String {
    #[cfg(unix)]
    return format!("-{}", rustix::process::geteuid().as_raw());
    // on Windows each has a temporary folder
    #[cfg(not(unix))]
    String::new()
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_folder_that_others_may_write_to_is_not_used() {
        let all = tempfile::tempdir().unwrap();
        let named = folder(None, all.path());
        assert_eq!(folder(None, all.path()), named);
        fs_err::set_permissions(&named, std::fs::Permissions::from_mode(0o777)).unwrap();
        let other = folder(None, all.path());
        assert!(other != named && other.starts_with(all.path()));
        let mode = other.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0);
    }
}
