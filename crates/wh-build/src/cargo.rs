//! cargo in a build: a home of its own, with the settings of the user's.
//!
//! Backends for Rust fetch crates into cargo's home, where they may not write to the user's. What that
//! says of where crates come from (a mirror, a folder that has them all) must hold nevertheless, or
//! nothing could be built where there is no network. Credentials lie in other files, which stay where they
//! are; settings that speak of any are not taken over.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::variables::{has_password, variable};

/// cargo's home below a backend's.
pub(crate) fn home(home: &Path) -> PathBuf {
    home.join(".cargo")
}

/// Where rustup keeps compilers: it would look for them in the backend's own home. `None` where the caller
/// says it, or has none.
pub(crate) fn toolchains(all: &BTreeMap<OsString, OsString>) -> Option<PathBuf> {
    if variable(all, "RUSTUP_HOME").is_some() {
        return None;
    }
    Some(of_user(all)?.join(".rustup")).filter(|folder| folder.is_dir())
}

/// Takes the user's settings over. What cannot be read does not count, as for cargo where it is not there.
pub(crate) fn configure(all: &BTreeMap<OsString, OsString>, to: &Path) {
    let given = variable(all, "CARGO_HOME").map(PathBuf::from);
    let Some(from) = given.or_else(|| Some(of_user(all)?.join(".cargo"))) else {
        return;
    };
    // the older name counts first
    let settings = ["config", "config.toml"].map(|name| from.join(name));
    let text = settings
        .iter()
        .find_map(|path| std::fs::read_to_string(path).ok());
    if let Some(text) = text.filter(|text| !speaks_of_credentials(text)) {
        let written = std::fs::create_dir_all(to);
        let _ = written.and_then(|()| std::fs::write(to.join("config.toml"), text));
    }
}

fn speaks_of_credentials(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    ["token", "password", "secret"]
        .iter()
        .any(|word| lower.contains(word))
        || has_password(text)
}

fn of_user(all: &BTreeMap<OsString, OsString>) -> Option<PathBuf> {
    let home = variable(all, "HOME").or_else(|| variable(all, "USERPROFILE"));
    home.map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_taken_over_and_credentials_are_not() {
        let user = tempfile::tempdir().unwrap();
        let all = BTreeMap::from([("HOME".into(), user.path().into())]);
        let from = user.path().join(".cargo");
        fs_err::create_dir(&from).unwrap();
        let taken = |text: &str| {
            fs_err::write(from.join("config.toml"), text).unwrap();
            let to = tempfile::tempdir().unwrap();
            let to = home(to.path());
            configure(&all, &to);
            to.join("config.toml").exists()
        };
        assert!(taken("[source.crates-io]\nreplace-with = 'vendored'\n"));
        assert!(taken(
            "[source.a]\nregistry = 'sparse+https://host/index@2/'\n"
        ));
        assert!(!taken("[registry]\ntoken = 'x'\n"));
        assert!(!taken("[source.a]\nregistry = 'https://me:x@host/index'\n"));
        assert_eq!(toolchains(&all), None);
        fs_err::create_dir(user.path().join(".rustup")).unwrap();
        assert_eq!(toolchains(&all), Some(user.path().join(".rustup")));
    }
}
