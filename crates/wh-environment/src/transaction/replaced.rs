//! What a new wheel of a project replaces: all of that project in the folders it goes to.
//!
//! An earlier installation that was cut short leaves two of one name, of which Python sees the one
//! that it happens to find first; metadata that cannot be read hides a distribution altogether.
//! If only what is seen went, the rest would be taken for installed afterwards.

use std::collections::BTreeSet;
use std::path::PathBuf;

use wh_packaging::ProjectName;

use super::change::InstalledToRemove;
use super::roots::resolve;
use crate::installed::{
    Found, InstalledError, InstalledKind, everything_in, project_name, version_in,
};

/// Everything of the projects asked for that lies in the folders, each of them once; a folder that
/// is not there holds nothing.
///
/// # Errors
/// A folder is there and cannot be read.
pub fn replaced(
    folders: &[PathBuf],
    wanted: impl Fn(&ProjectName) -> bool,
) -> Result<Vec<InstalledToRemove>, InstalledError> {
    let folders: BTreeSet<PathBuf> = folders.iter().map(|folder| resolve(folder)).collect();
    let mut all = Vec::new();
    for folder in &folders {
        let found = everything_in(folder)?.into_iter().filter_map(to_remove);
        all.extend(found.filter(|one| wanted(&one.project)));
    }
    Ok(all)
}

fn to_remove(found: Found) -> Option<InstalledToRemove> {
    // a file of that name is nothing that was ever installed
    if found.kind == InstalledKind::DistInfo && !found.path.is_dir() {
        return None;
    }
    let version = match found.egg_link {
        Some(_) => Some("(editable)".to_owned()),
        None => found
            .version
            .or_else(|| version_in(found.kind, &found.path)),
    };
    Some(InstalledToRemove {
        project: project_name(&found.stem)?,
        version: version.unwrap_or_else(|| "(unknown)".to_owned()),
        kind: found.kind,
        metadata_path: found.path,
        location: found.location,
        egg_link: found.egg_link,
    })
}
