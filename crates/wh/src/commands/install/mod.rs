//! `wh install`: arguments -> wheelhouse -> environment -> the lock's selection for it, or a
//! resolution over the folder -> what is there already left aside -> the transaction.
//!
//! No index and no network, ever.

mod apply;
mod chains;
mod everything;
mod from_lock;
mod from_requirements;
mod hashes;
mod pick;
pub(super) mod place;
mod with_installed;

use std::path::{Path, PathBuf};

use wh_index::wheelhouse::{FolderLock, Wheelhouse};
use wh_packaging::requirements_file::OptionName;
use wh_packaging::{Event, Warning};

use self::place::Place;
use super::file_options::flag;
use super::locked;
use super::requirements::{self, Wanted, read_text};
use crate::arguments::InstallArgs;
use crate::context::Context;
use crate::failure::{Failure, Status};

pub use pick::{Pick, PickedWheel};

/// All that a run is about, once the arguments are understood.
pub struct Run<'a> {
    pub args: &'a InstallArgs,
    pub context: &'a Context,
    pub wanted: Wanted,
    pub house: Wheelhouse,
    pub lock: Option<FolderLock>,
    pub place: Place,
}

/// Installs.
pub fn run(args: &InstallArgs, context: &Context) -> Result<Status, Failure> {
    refuse_target_name(args)?;
    let mut asked = args.wanted.clone();
    let (locks, files) = asked
        .requirement
        .into_iter()
        .partition(|name| locked::is_lock(name));
    asked.requirement = files;
    let wanted = requirements::gather(&asked, None, context)?;
    say_ignored(&wanted, context);
    let named = named_lock(&locks, context)?;
    let house = Wheelhouse::open(&folders(args, &locks, context)?)?;
    let lock = match named {
        Some(lock) => Some(lock),
        None => house.lock()?,
    };
    let place = Place::find(&args.place, !args.dry_run, context)?;
    let run = Run {
        args,
        context,
        wanted,
        house,
        lock,
        place,
    };
    let picks = match (&run.lock, run.wanted.roots.is_empty()) {
        (Some(lock), true) => from_lock::picks(&run, lock)?,
        (None, true) => everything::picks(&run)?,
        (_, false) => from_requirements::picks(&run)?,
    };
    hashes::all_known(&run, &picks)?;
    apply::apply(&run, picks)
}

/// Says which options of requirements files do not count here.
fn say_ignored(wanted: &Wanted, context: &Context) {
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
fn refuse_target_name(args: &InstallArgs) -> Result<(), Failure> {
    let Some(target) = &args.place.target else {
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
fn folders(
    args: &InstallArgs,
    locks: &[String],
    context: &Context,
) -> Result<Vec<PathBuf>, Failure> {
    let mut folders: Vec<PathBuf> = args
        .find_links
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
    if folders.is_empty() {
        return Err(Failure::malformed_because(
            "no wheelhouse was named",
            "name the folder that `wh download` filled: `wh install --find-links wheels`",
        ));
    }
    Ok(folders)
}

/// The lock that `-r` names; without one the only one that stands in the folders counts.
fn named_lock(named: &[String], context: &Context) -> Result<Option<FolderLock>, Failure> {
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
