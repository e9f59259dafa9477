//! What the touched distributions look like, to notice that somebody else changed them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::str::FromStr as _;

use wh_packaging::ProjectName;

use super::change::ApplyError;

/// dist-info folders of the touched projects, with the bytes of their RECORD.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Snapshot(BTreeMap<PathBuf, Option<Vec<u8>>>);

impl Snapshot {
    /// Looks at the given site-packages folders.
    pub fn take(folders: &BTreeSet<PathBuf>, projects: &BTreeSet<ProjectName>) -> Self {
        let mut found = BTreeMap::new();
        for entry in folders
            .iter()
            .filter_map(|folder| folder.read_dir().ok())
            .flatten()
        {
            let Ok(entry) = entry else { continue };
            let name = entry.file_name();
            let Some(stem) = name.to_str().and_then(|name| {
                name.strip_suffix(".dist-info")
                    .or_else(|| name.strip_suffix(".egg-info"))
            }) else {
                continue;
            };
            let project = stem.split_once('-').map_or(stem, |(project, _)| project);
            if ProjectName::from_str(project).is_ok_and(|project| projects.contains(&project)) {
                let record = std::fs::read(entry.path().join("RECORD")).ok();
                found.insert(entry.path(), record);
            }
        }
        Self(found)
    }

    /// Fails where a later look sees something else.
    pub fn compare(&self, later: &Snapshot) -> Result<(), ApplyError> {
        let same = |other: &Snapshot, path: &PathBuf| self.0.get(path) == other.0.get(path);
        let all = self.0.keys().chain(later.0.keys());
        match all.into_iter().find(|path| !same(later, path)) {
            Some(path) => Err(ApplyError::Changed { path: path.clone() }),
            None => Ok(()),
        }
    }
}
