//! What a command line names: the folders, the lock, and what does not count here.

use std::path::{Path, PathBuf};

use wh_index::wheelhouse::{FolderLock, WheelhouseError};
use wh_packaging::requirements_file::OptionName;
use wh_packaging::{Event, Warning};

use super::place::Place;
use crate::arguments::PlaceArgs;
use crate::commands::file_options::flag;
use crate::commands::locked;
use crate::commands::requirements::{Wanted, read_text};
use crate::commands::split_locks;
use crate::context::Context;
use crate::failure::Failure;

/// The lock that was found in the folders; of locks of one target each, that which was made for this place.
pub fn lock_for(
    found: Result<Option<FolderLock>, WheelhouseError>,
    place: &Place,
) -> Result<Option<FolderLock>, Failure> {
    match found {
        Err(WheelhouseError::SeveralLocks(locks)) => {
            match split_locks::serving(&locks, &place.target)? {
                Some(lock) => Ok(Some(lock)),
                None => Err(WheelhouseError::SeveralLocks(locks).into()),
            }
        }
        found => Ok(found?),
    }
}

/// Says which options of requirements files do not count here.
pub fn say_ignored(wanted: &Wanted, context: &Context) {
    for option in wanted
        .options
        .given
        .iter()
        .filter(|option| concerns_indexes(option.name))
    {
        let warning = Warning::IgnoredOption {
            file: option.place.file.clone(),
            line: option.place.line,
            option: flag(option.name).to_owned(),
        };
        context.terminal.event(Event::Warning { warning });
    }
}

/// Options of requirements files that say where to look; here only the folders count.
fn concerns_indexes(option: OptionName) -> bool {
    matches!(
        option,
        OptionName::IndexUrl
            | OptionName::ExtraIndexUrl
            | OptionName::FindLinks
            | OptionName::TrustedHost
    )
}

/// `--target` is a folder here. A value that reads as a target's name and is no folder is most
/// likely meant for `wh download`.
pub fn refuse_target_name(place: &PlaceArgs) -> Result<(), Failure> {
    let Some(target) = &place.target else {
        return Ok(());
    };
    let Some(text) = target.to_str() else {
        return Ok(());
    };
    if !target.is_dir() && wh_packaging::Target::from_name(text).is_ok() {
        return Err(Failure::malformed_because(
            format!(
                "`--target {text}` reads as the name of a target environment; here it is a folder"
            ),
            format!(
                "write `--target ./{text}` for the folder; `wh install` always installs for the interpreter found, `--python` names another"
            ),
        ));
    }
    Ok(())
}

/// The folders that wheels may come from: those given, and those that given locks stand in.
pub fn folders(
    find_links: &[PathBuf],
    locks: &[String],
    context: &Context,
) -> Result<Vec<PathBuf>, Failure> {
    let mut folders: Vec<PathBuf> = find_links
        .iter()
        .map(|path| context.absolute(path))
        .collect();
    for lock in locks {
        if let Some(folder) = context.absolute(Path::new(lock)).parent() {
            folders.push(folder.to_owned());
        }
    }
    folders.dedup();
    if let Some(file) = folders.iter().find(|path| path.is_file()) {
        return Err(Failure::malformed_because(
            format!(
                "`{}` is a file, and --find-links takes a folder here",
                file.display()
            ),
            "name the folder that it lies in; a wheel itself is a requirement (`wh install ./x.whl --find-links wheels`)",
        ));
    }
    Ok(folders)
}

/// The lock that `-r` names; without one the only one that stands in the folders counts.
pub fn named_lock(named: &[String], context: &Context) -> Result<Option<FolderLock>, Failure> {
    match named {
        [] => Ok(None),
        [name] => {
            let lock = locked::parse(name, &read_text(name, context)?)?;
            let path = context.absolute(Path::new(name));
            Ok(Some(FolderLock { path, lock }))
        }
        several => Err(Failure::malformed(format!(
            "one lock at a time: {} were given ({})",
            several.len(),
            several.join(", ")
        ))),
    }
}
