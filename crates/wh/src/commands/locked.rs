//! A lock as what is asked for: `wh download -r pylock.toml` repeats it.
//!
//! Any tool's lock will do (PEP 751). Names, versions, markers and digests count; where the files
//! come from is the index's matter, as for any pin.

use std::path::Path;

use url::Url;
use wh_index::wheelhouse::is_lock_name;
use wh_packaging::lock::{LockError, LockedPackage, LockedSource};
use wh_packaging::requirement::{Root, VersionOrUrl};
use wh_packaging::{Hashes, Lock, MarkerTree, Requirement, VersionSpecifier, VersionSpecifiers};

use crate::context::Context;
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

/// Whether a lock says that RECORD of a wheel was verified; only its sha256 says that this is that
/// wheel.
pub fn vouched(lock: &Lock, name: &str, hashes: &Hashes) -> bool {
    let facts = lock.tool.as_ref().and_then(|tool| tool.files.get(name));
    facts.is_some_and(|facts| facts.record_verified) && hashes.sha256().is_some()
}

/// The packages of a lock as pins with digests, for these extras and dependency groups.
pub fn roots(
    file: &str,
    lock: &Lock,
    extras: &[String],
    groups: &[String],
    context: &Context,
) -> Result<Vec<Root>, Failure> {
    let folder = context.absolute(Path::new(file));
    let folder = folder.parent().unwrap_or(&context.cwd);
    let mut found = Vec::new();
    for package in &lock.packages {
        let marker = package.marker_for(extras, groups).map_err(|error| {
            Failure::malformed(format!("{file}: {}: {}", package.name, error.message))
        })?;
        if !marker.is_false() {
            found.push(root(file, package, marker, folder)?);
        }
    }
    Ok(found)
}

fn root(
    file: &str,
    package: &LockedPackage,
    marker: MarkerTree,
    folder: &Path,
) -> Result<Root, Failure> {
    let unusable = |why: String| Failure::No {
        message: format!("{file}: {} cannot be asked for: {why}", package.name),
        details: Vec::new(),
        hint: Some(format!(
            "build {} once into a wheel, give it with --find-links, and lock that; `uv export --no-emit-project` leaves out the project itself",
            package.name
        )),
    };
    let source = package.source.as_ref().and_then(|one| url_of(one, folder));
    // wheels that were built of it lie beside the lock
    let source = source.filter(|_| package.wheels.is_empty());
    if let (Some(kind), None) = (&package.unsupported, &source) {
        return Err(unusable(format!("it is locked as {kind}")));
    }
    let made_again = source.is_some();
    let source = match (&package.archive, &package.version) {
        _ if made_again => source.map(VersionOrUrl::Url),
        (Some(archive), _) => {
            let url = archive.url.as_deref().and_then(|url| Url::parse(url).ok());
            let beside = |path| Url::from_file_path(folder.join(path)).ok();
            let url = url.or_else(|| beside(archive.path.as_deref()?));
            let mut url = url.ok_or_else(|| unusable("its archive has no URL".to_owned()))?;
            if let Some(subdirectory) = &archive.subdirectory {
                url.set_fragment(Some(&format!("subdirectory={subdirectory}")));
            }
            Some(VersionOrUrl::Url(url))
        }
        (None, Some(version)) => {
            let pin = VersionSpecifier::equals_version(version.clone());
            let pin = VersionSpecifiers::from(pin);
            Some(VersionOrUrl::VersionSpecifier(pin))
        }
        (None, None) => return Err(unusable("it has no version".to_owned())),
    };
    // a commit is a digest; a folder has none
    let files = package.files().filter(|_| !made_again);
    let hashes: Vec<Hashes> = files
        .map(|file| file.hashes.clone())
        .filter(|hashes| !hashes.is_empty())
        .collect();
    Ok(Root {
        requirement: Requirement {
            name: package.name.clone(),
            extras: Vec::new(),
            version_or_url: source,
            marker,
            origin: None,
        },
        origin: file.to_owned(),
        hashes,
    })
}

/// Where source can be had again: a repository at its commit, a folder that is there.
fn url_of(source: &LockedSource, folder: &Path) -> Option<Url> {
    match source {
        LockedSource::Vcs(_) => source.url(),
        LockedSource::Directory(directory) => {
            let path = fs_err::canonicalize(folder.join(&directory.path)).ok()?;
            let mut url = Url::from_file_path(path).ok()?;
            let below = directory.subdirectory.as_ref();
            let below = below.map(|below| format!("subdirectory={below}"));
            url.set_fragment(below.as_deref());
            Some(url)
        }
        LockedSource::Archive(_) | LockedSource::Sdist(_) => None,
    }
}
