//! `wh install`: arguments -> wheelhouse -> environment -> the lock's selection for it, or a
//! resolution over the folder -> what is there already left aside -> the transaction.
//!
//! No index and no network, ever.

mod apply;
mod chains;
mod chosen;
mod everything;
mod from_lock;
mod from_requirements;
mod hashes;
mod named;
mod pick;
pub(super) mod place;
mod plan;
mod projects;
mod recorded;
mod unbuilt;
mod with_installed;

use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};

use wh_build::Transient;
use wh_index::locked::LockedFiles;
use wh_index::wheelhouse::{FolderLock, Wheelhouse};

use self::named::{folders, lock_for, named_lock, refuse_target_name, say_ignored};
use self::place::Place;
use super::building::{Building, InFolder, Means, folder_for_wheels};
use super::locked;
use super::requirements::{self, Wanted};
use crate::arguments::{
    BuildArgs, ChangeArgs, InstallArgs, PlaceArgs, RequirementArgs, UpgradeStrategy,
};
use crate::context::Context;
use crate::failure::{Failure, Status};
use crate::threads;

pub use pick::{BuiltFrom, Pick, PickedWheel};

/// All that a run is about, once the arguments are understood.
pub struct Run<'a> {
    pub change: &'a ChangeArgs,
    pub building: &'a BuildArgs,
    pub context: &'a Context,
    /// Whether sdists among what is chosen are built.
    pub build: bool,
    /// Where wheels lie that are built; they go with it.
    pub built: Option<Transient>,
    /// What gets the highest version, whatever is installed.
    pub upgrade: Upgrade,
    /// Whether what was not chosen goes (`wh sync`).
    pub exact: bool,
    pub wanted: Wanted,
    /// Whether requirements files were given, and nothing stands in them.
    pub nothing: bool,
    pub house: Wheelhouse,
    pub lock: Option<FolderLock>,
    pub place: Place,
}

/// What gets the highest version, whatever is installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Upgrade {
    Nothing,
    /// What the requirements name.
    Named,
    /// That, and what it requires.
    All,
}

/// What is asked for, and where it is to come from and to go, as typed.
pub struct Asked<'a> {
    pub wanted: RequirementArgs,
    pub find_links: &'a [PathBuf],
    pub place: &'a PlaceArgs,
    pub change: &'a ChangeArgs,
    /// Whether sdists among what is chosen are built.
    pub build: bool,
    /// How.
    pub building: &'a BuildArgs,
}

impl<'a> Run<'a> {
    /// Reads what is asked for, opens the folders, and looks at the environment.
    pub fn new(asked: Asked<'a>, context: &'a Context) -> Result<Self, Failure> {
        refuse_target_name(asked.place)?;
        let mut files = asked.wanted;
        let (locks, requirements) = files
            .requirement
            .into_iter()
            .partition(|name| locked::is_lock(name));
        files.requirement = requirements;
        let wanted = requirements::gather(&files, None, context)?;
        projects::refuse(&wanted, asked.build)?;
        let by_path = projects::any(&wanted);
        // builds wait on this thread, and on others for what they unpack
        if !asked.build && !by_path {
            threads::take_part();
        }
        let nothing = !files.requirement.is_empty() && wanted.roots.is_empty() && !by_path;
        say_ignored(&wanted, context);
        let named = named_lock(&locks, context)?;
        let folders = folders(asked.find_links, &locks, context)?;
        if folders.is_empty() && !by_path {
            return Err(Failure::malformed_because(
                "no wheelhouse was named",
                "name the folder that `wh download` filled: `wh install --find-links wheels`",
            ));
        }
        let house = Wheelhouse::unread(&folders, context.cache.as_deref())?;
        // to read a lock takes longer than to look at an environment
        let (found, place) = rayon::join(
            || named.is_none().then(|| house.lock()),
            || Place::find(asked.place, !asked.change.dry_run, context),
        );
        let place = place?;
        wanted.refuse_other_pythons(std::iter::once(&place.target))?;
        let lock = match (named, found) {
            (None, Some(found)) => lock_for(found, &place)?,
            (named, _) => named,
        };
        if lock.is_none() || by_path || !wanted.roots.is_empty() {
            house.read()?;
        }
        let built = match asked.build || by_path {
            true => Some(folder_for_wheels(context)?),
            false => None,
        };
        Ok(Self {
            change: asked.change,
            building: asked.building,
            context,
            build: asked.build,
            built,
            upgrade: Upgrade::Nothing,
            exact: false,
            wanted,
            nothing,
            house,
            lock,
            place,
        })
    }

    /// What is chosen: the lock's selection, what the requirements ask for, or all of the folder.
    pub fn picks(&self) -> Result<Vec<Pick>, Failure> {
        if self.nothing {
            return Ok(Vec::new());
        }
        let locked = self.locked_for_builds()?;
        let stock = match (&locked, &self.lock) {
            (Some(files), Some(from)) => {
                InFolder::new(files, self.house.folders()).of_lock(&from.lock)
            }
            _ => InFolder::new(&self.house, self.house.folders()),
        };
        let building = self.building(&stock)?;
        let building = building.as_ref();
        let nothing_named = self.wanted.roots.is_empty() && self.wanted.unnamed.is_empty();
        let choices = match (&self.lock, nothing_named) {
            (Some(lock), true) => from_lock::picks(self, lock)?,
            (None, true) => everything::picks(self, building)?,
            (_, false) => from_requirements::picks(self, building)?,
        };
        let picks = unbuilt::settle(self, choices, building)?;
        hashes::all_known(self, &picks)?;
        Ok(picks)
    }

    /// The files of the lock that builds may take, where there is one and something may be built.
    fn locked_for_builds(&self) -> Result<Option<LockedFiles<'_>>, Failure> {
        let Some(from) = self.lock.as_ref().filter(|_| self.built.is_some()) else {
            return Ok(None);
        };
        self.house.read()?;
        let folder = from.path.parent().unwrap_or(Path::new(""));
        Ok(Some(LockedFiles::with_builds(
            &self.house,
            &from.lock,
            folder,
        )))
    }

    /// What builds are done with, where something may be built.
    fn building<'b>(&'b self, stock: &'b InFolder<'b>) -> Result<Option<Building<'b>>, Failure> {
        let Some(into) = &self.built else {
            return Ok(None);
        };
        let target = &self.place.target;
        let recorded = self.lock.as_ref();
        let means = Means {
            args: self.building,
            stock,
            probe: &self.place.probe,
            target,
            constraints: requirements::constraints(
                &self.building.build_constraint,
                None,
                self.context,
            )?,
            pre: self.change.pre,
            sdists: self.build,
            into: into.path(),
            more: recorded
                .map(|from| recorded::requirements(from, target))
                .unwrap_or_default(),
            settings: self.wanted.settings.clone(),
        };
        Ok(Some(Building::new(means, self.context)?))
    }

    /// Makes the environment have these.
    pub fn apply(&self, picks: &[Pick]) -> Result<Status, Failure> {
        apply::apply(self, picks)
    }
}

/// Installs.
pub fn run(args: &InstallArgs, context: &Context) -> Result<Status, Failure> {
    let asked = Asked {
        wanted: args.wanted.clone(),
        find_links: &args.find_links,
        place: &args.place,
        change: &args.change,
        build: args.build,
        building: &args.building,
    };
    let run = Run {
        upgrade: match (args.upgrade, args.upgrade_strategy) {
            (false, _) => Upgrade::Nothing,
            (true, UpgradeStrategy::OnlyIfNeeded) => Upgrade::Named,
            (true, UpgradeStrategy::Eager) => Upgrade::All,
        },
        ..Run::new(asked, context)?
    };
    // to free it takes longer than some of the steps, and the exit does it for nothing
    let picks = ManuallyDrop::new(run.picks()?);
    run.apply(&picks)
}
