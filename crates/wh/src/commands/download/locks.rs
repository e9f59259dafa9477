//! The locks of a run: one for all targets, or one a target (`--split-locks`).
//!
//! A lock is written only for targets that get everything: where it stands, everything it names is
//! there and verified.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use wh_index::download::{Fetched, write_lock};
use wh_index::prune::{PruneError, unnamed};
use wh_packaging::class::TargetClass;
use wh_packaging::{Event, Lock, ProjectName, Warning};
use wh_resolver::builds::BuildTree;
use wh_resolver::lock::{Asked, add_builds, fill, lock_of};
use wh_resolver::self_check::{SelfCheck, self_check};
use wh_resolver::{Provider, Resolution, ResolveError};

use super::Run;
use super::matrix::{Matrix, Served};
use super::proof::Proof;
use crate::commands::split_locks::file_name;
use crate::failure::Failure;

/// A lock that was written.
pub struct Written {
    /// Its name in the folder.
    pub name: String,
    /// What it says.
    pub lock: Lock,
}

type Pair<'a> = (&'a TargetClass, &'a Resolution);

impl Run<'_> {
    /// Makes the locks, holds each against the resolution, and writes it.
    pub(super) fn locks(
        &self,
        matrix: &Matrix,
        fetched: &Fetched,
        folder: &Path,
    ) -> Result<Vec<Written>, Failure> {
        let sets = self.sets(matrix);
        if sets.is_empty() {
            return Ok(Vec::new());
        }
        let statuses = self.statuses(matrix)?;
        let proof = Proof::new(folder, fetched)?;
        let mut options = self.options.clone();
        if self.way_in.is_some() {
            options.formats = options.formats.once_built();
        }
        let mut written = Vec::new();
        for (name, served) in sets {
            let pairs: Vec<Pair<'_>> = served
                .iter()
                .map(|served| (&served.class, &served.resolution))
                .collect();
            let builds: Vec<&BuildTree> = served.iter().flat_map(|one| &one.builds).collect();
            let asked = Asked {
                requirements: &self.wanted.asked,
                constraints: &self.wanted.constraints,
                options: &options,
                statuses: &statuses,
            };
            let mut lock = lock_of(&pairs, &asked);
            add_builds(&mut lock, &builds);
            fill(&mut lock, &fetched.facts());
            let text = lock.to_toml();
            let check = SelfCheck {
                classes: &pairs,
                builds: &builds,
                requirements: &self.wanted.roots,
                options: &self.options,
                provider: self.provider(),
            };
            self_check(&text, &check)?;
            let classes = pairs.iter().map(|(class, _)| (*class).clone()).collect();
            self.prove(&proof, &folder.join(&name), &lock, classes)?;
            write_lock(folder, &name, &text)?;
            written.push(Written { name, lock });
        }
        self.say_unlocked(folder)?;
        Ok(written)
    }

    /// The name of each lock and the classes in it.
    fn sets<'m>(&self, matrix: &'m Matrix) -> Vec<(String, Vec<&'m Served>)> {
        if !self.args.split_locks {
            return match matrix.served.iter().all(Served::is_complete) {
                true => vec![(self.lock_name(), matrix.served.iter().collect())],
                false => Vec::new(),
            };
        }
        let complete = matrix.served.iter().filter(|served| served.is_complete());
        complete
            .map(|served| {
                let target = &served.class.members[0].name;
                let name = file_name(self.args.lock_name.as_deref(), target);
                (name, vec![served])
            })
            .collect()
    }

    fn lock_name(&self) -> String {
        match &self.args.lock_name {
            Some(name) => format!("pylock.{name}.toml"),
            None => "pylock.toml".to_owned(),
        }
    }

    /// With a lock each, targets must differ in the names of their locks.
    pub(super) fn refuse_same_names(&self) -> Result<(), Failure> {
        let mut seen = BTreeSet::new();
        let members = self.classes.iter().flat_map(|class| &class.members);
        for target in members.filter(|_| self.args.split_locks) {
            let name = file_name(self.args.lock_name.as_deref(), &target.name);
            if !seen.insert(name.clone()) {
                return Err(Failure::malformed_because(
                    format!("two targets would write {name}"),
                    "give the files of targets different values of `name`",
                ));
            }
        }
        Ok(())
    }

    /// Names the files of the folder that travel for nothing: those that `wh prune` would remove.
    fn say_unlocked(&self, folder: &Path) -> Result<(), Failure> {
        let mut files: Vec<String> = match unnamed(folder) {
            Ok(files) => files.into_iter().map(|file| file.name).collect(),
            // one that cannot be read names files that nobody knows
            Err(PruneError::Lock(_)) => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        // what a run that was cut off left is taken up by the next one
        files.retain(|name| !name.starts_with('.'));
        if !files.is_empty() {
            let warning = Warning::UnlockedFiles { files };
            self.context.terminal.event(Event::Warning { warning });
        }
        Ok(())
    }

    /// The status of chosen projects that are not active (PEP 792); their pages are known by now.
    fn statuses(&self, matrix: &Matrix) -> Result<BTreeMap<ProjectName, String>, Failure> {
        let mut statuses = BTreeMap::new();
        let all = matrix.resolutions().flat_map(|one| &one.chosen);
        for (name, _) in all.filter(|(_, chosen)| chosen.direct.is_none()) {
            if statuses.contains_key(name) {
                continue;
            }
            let files = self.index.files(name).map_err(ResolveError::from)?;
            if let Some((status, _)) = &files.status {
                statuses.insert(name.clone(), status.clone());
            }
        }
        Ok(statuses)
    }
}
