//! A lock as what is asked for: `wh download -r pylock.toml` repeats it.
//!
//! Any tool's lock will do (PEP 751). Names, versions, markers and digests count; where the files
//! come from is the index's matter, as for any pin.

use std::path::Path;

use url::Url;
use wh_index::wheelhouse::is_lock_name;
use wh_packaging::lock::{LockError, LockedPackage};
use wh_packaging::requirement::{Root, VersionOrUrl, parse_marker};
use wh_packaging::{Hashes, Lock, MarkerTree, Requirement, VersionSpecifier, VersionSpecifiers};

use crate::failure::Failure;

/// Whether a file is a lock by its name.
pub fn is_lock(file: &str) -> bool {
    let name = Path::new(file).file_name().and_then(|name| name.to_str());
    name.is_some_and(is_lock_name)
}

/// Reads a lock that a user named.
pub fn parse(file: &str, text: &str) -> Result<Lock, Failure> {
    Lock::parse(text).map_err(|source: LockError| Failure::Lock {
        file: file.to_owned(),
        source,
    })
}

/// The packages of a lock as pins with digests.
pub fn roots(file: &str, lock: &Lock) -> Result<Vec<Root>, Failure> {
    lock.packages
        .iter()
        .map(|package| root(file, package))
        .collect()
}

fn root(file: &str, package: &LockedPackage) -> Result<Root, Failure> {
    let unusable = |why: String| Failure::No {
        message: format!("{file}: {} cannot be asked for: {why}", package.name),
        details: Vec::new(),
        hint: Some("only wheels are supported yet: lock a wheel of it".to_owned()),
    };
    if let Some(kind) = &package.unsupported {
        return Err(unusable(format!("it is locked as {kind}")));
    }
    let source = match (&package.archive, &package.version) {
        (Some(archive), _) => {
            let url = archive.url.as_deref().and_then(|url| Url::parse(url).ok());
            VersionOrUrl::Url(url.ok_or_else(|| unusable("its archive has no URL".to_owned()))?)
        }
        (None, Some(version)) => {
            let pin = VersionSpecifier::equals_version(version.clone());
            VersionOrUrl::VersionSpecifier(VersionSpecifiers::from(pin))
        }
        (None, None) => return Err(unusable("it has no version".to_owned())),
    };
    let marker = match &package.marker {
        Some(text) => parse_marker(text).map_err(|error| unusable(error.message))?,
        None => MarkerTree::TRUE,
    };
    let hashes: Vec<Hashes> = package
        .files()
        .map(|file| file.hashes.clone())
        .filter(|hashes| !hashes.is_empty())
        .collect();
    Ok(Root {
        requirement: Requirement {
            name: package.name.clone(),
            extras: Vec::new(),
            version_or_url: Some(source),
            marker,
            origin: None,
        },
        origin: file.to_owned(),
        hashes,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = r#"
lock-version = "1.0"
created-by = "another"

[[packages]]
name = "click"
version = "8.1.0"
marker = "sys_platform == 'win32'"
wheels = [{ name = "click-8.1.0-py3-none-any.whl", url = "https://index.example/click-8.1.0-py3-none-any.whl", hashes = { sha256 = "aa" } }]

[[packages]]
name = "tool"
archive = { url = "https://index.example/tool-1.0-py3-none-any.whl", hashes = { sha256 = "bb" } }
"#;

    #[test]
    fn packages_become_pins_with_their_digests() {
        let lock = parse("pylock.toml", LOCK).unwrap();
        let roots = roots("pylock.toml", &lock).unwrap();
        let shown: Vec<String> = roots
            .iter()
            .map(|root| wh_packaging::requirement::display(&root.requirement))
            .collect();
        assert_eq!(
            shown,
            [
                "click==8.1.0; sys_platform == \"win32\"",
                "tool @ https://index.example/tool-1.0-py3-none-any.whl",
            ]
        );
        assert_eq!(roots[0].hashes, [Hashes::sha256_only("aa")]);
    }

    #[test]
    fn what_is_not_a_wheel_is_refused() {
        let text = "lock-version = \"1.0\"\ncreated-by = \"x\"\n[[packages]]\nname = \"a\"\ndirectory = { path = \"a\" }\n";
        let lock = parse("pylock.toml", text).unwrap();
        let failure = roots("pylock.toml", &lock).unwrap_err();
        assert!(
            failure.to_string().contains("locked as directory"),
            "{failure}"
        );
    }
}
