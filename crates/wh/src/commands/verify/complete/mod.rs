//! Whether a folder has all that a target needs, and where not, what is missing and who asks.
//!
//! A lock's target is complete where the lock's selection for it is there, sound and closed: that
//! is what `wh install` takes. Requirements without a lock are resolved from the folder alone. A
//! lock whose selection is closed is resolved again, too: where that chooses otherwise, a note says
//! how.

mod from_folder;
mod outcome;
mod selection;

use std::path::Path;

use wh_index::locked::LockedFiles;
use wh_index::wheelhouse::{FolderLock, Wheelhouse};
use wh_packaging::Target;
use wh_packaging::class::TargetClass;
use wh_packaging::lock::SelectError;
use wh_packaging::requirement::Root;
use wh_resolver::closure::{Unmet, Walk};
use wh_resolver::{Options, Request, Resolution, ResolveError, resolve};

use super::files::{Files, short};
use super::targets::all_selected;
use crate::commands::report::complete_but_for;
use crate::commands::side_by_side;
use crate::failure::Failure;

pub use from_folder::FolderAlone;
pub use outcome::Outcome;

use from_folder::otherwise;
use outcome::Found;
use selection::Selection;

/// What has to be met, for whom.
pub struct Question<'a> {
    /// Whose selection has to be closed.
    pub lock: Option<&'a FolderLock>,
    /// `None`: all of the folder, or of the lock.
    pub roots: Option<Vec<Root>>,
    pub constraints: Vec<Root>,
    pub options: Options,
    pub classes: Vec<TargetClass>,
}

impl Question<'_> {
    /// Answers for every target. Requirements `beside` a lock may ask for its URLs.
    pub fn answer(
        &self,
        house: &Wheelhouse,
        beside: Option<&FolderLock>,
        files: &Files,
        outcome: &mut Outcome,
    ) -> Result<(), Failure> {
        let folder = FolderAlone {
            house,
            locked: self.lock.or(beside).map(|from| {
                let folder = from.path.parent().unwrap_or(Path::new(""));
                LockedFiles::new(house, &from.lock, folder)
            }),
        };
        let before = outcome.rows.len();
        match self.lock {
            Some(from) => {
                let resolved = side_by_side(&self.classes, |class| {
                    let roots = self.roots.as_ref()?;
                    Some(self.resolved(roots, class, &folder))
                });
                for (class, resolution) in self.classes.iter().zip(&resolved) {
                    self.of_lock((from, resolution.as_ref()), class, &folder, files, outcome);
                }
            }
            None => {
                for class in &self.classes {
                    self.of_folder(class, &folder, files, outcome)?;
                }
            }
        }
        let exclude: Vec<String> = self
            .options
            .exclude
            .iter()
            .map(ToString::to_string)
            .collect();
        let words = complete_but_for(self.options.no_deps, &exclude);
        let rows = outcome.rows.len() - before;
        outcome.words.extend(std::iter::repeat_n(words, rows));
        Ok(())
    }

    /// What the lock says was left out is not missed, and that is said.
    pub fn left_out(&self) -> Vec<String> {
        let Some((from, tool)) = self
            .lock
            .and_then(|from| Some((from, from.lock.tool.as_ref()?)))
        else {
            return Vec::new();
        };
        let lock = short(&from.path);
        let mut notes = Vec::new();
        if tool.no_deps {
            notes.push(format!(
                "{lock} was made with --no-deps: only what was named is looked for, not what it requires"
            ));
        }
        if let Some(cut_off) = &tool.exclude_newer {
            let but = match tool.exclude_newer_but.as_slice() {
                [] => String::new(),
                some => format!(", but for {}", some.join(", ")),
            };
            notes.push(format!(
                "{lock}: files uploaded later did not count (--exclude-newer {cut_off}{but})"
            ));
        }
        if let Some(which) = &tool.resolution {
            notes.push(format!("{lock}: made with --resolution {which}"));
        }
        for (said, option) in [
            (tool.pre, "--pre"),
            (tool.no_prefer_binary, "--no-prefer-binary"),
        ] {
            if said {
                notes.push(format!("{lock}: made with {option}"));
            }
        }
        for (what, names) in [
            ("wheels alone counted (--only-binary)", &tool.only_binary),
            ("sdists alone counted (--no-binary)", &tool.no_binary),
            ("left out (--exclude)", &tool.exclude),
            ("taken to be there already (--baseline)", &tool.baseline),
            ("put in the place of others (--override)", &tool.overrides),
        ] {
            if !names.is_empty() {
                notes.push(format!("{lock}: {what}: {}", names.join(", ")));
            }
        }
        notes
    }

    fn resolved(
        &self,
        roots: &[Root],
        class: &TargetClass,
        folder: &FolderAlone<'_>,
    ) -> Result<Resolution, ResolveError> {
        let request = Request {
            class,
            requirements: roots,
            constraints: &self.constraints,
            options: &self.options,
        };
        resolve(&request, folder)
    }

    /// A class of the lock's targets, with what the folder alone resolves to.
    fn of_lock(
        &self,
        (from, resolution): (&FolderLock, Option<&Result<Resolution, ResolveError>>),
        class: &TargetClass,
        folder: &FolderAlone<'_>,
        files: &Files,
        outcome: &mut Outcome,
    ) {
        for (member, target) in class.members.iter().enumerate() {
            let all;
            let roots = match &self.roots {
                Some(roots) => roots,
                None => {
                    all = all_selected(&from.lock, target);
                    &all
                }
            };
            let found = match from.lock.select(target) {
                Ok(selected) => {
                    let selection = Selection {
                        from,
                        selected: &selected,
                        folder,
                        files,
                    };
                    let mut found = selection.found(&self.walk(target, roots));
                    found.unmet.extend(selection.unmet_by_builds(target));
                    if found.unmet.is_empty()
                        && let Some(resolution) = resolution
                    {
                        let note = otherwise(&short(&from.path), &found, resolution, member);
                        outcome
                            .notes
                            .extend(note.map(|note| format!("{}: {note}", target.name)));
                    }
                    found
                }
                Err(error) => self.unselected(from, &error, target, roots, folder, files),
            };
            outcome.add(target, found, files);
        }
    }

    fn walk<'w>(&'w self, target: &'w Target, roots: &'w [Root]) -> Walk<'w> {
        Walk {
            target,
            requirements: roots,
            options: &self.options,
        }
    }

    /// The lock has nothing for the target: what the folder lacks for it, else just that.
    fn unselected(
        &self,
        from: &FolderLock,
        error: &SelectError,
        target: &Target,
        roots: &[Root],
        folder: &FolderAlone<'_>,
        files: &Files,
    ) -> Found {
        let mut unmet = self.greedy(target, roots, folder, files).unmet;
        if unmet.is_empty() {
            let requirement = match error {
                SelectError::NoFile {
                    name,
                    version: Some(version),
                    ..
                } => format!("{name}=={version}"),
                SelectError::NoFile { name, .. }
                | SelectError::Ambiguous { name }
                | SelectError::BadMarker { name, .. }
                | SelectError::Unsupported { name, .. } => name.to_string(),
                SelectError::NotForThisEnvironment { .. }
                | SelectError::RequiresPython { .. }
                | SelectError::Undecided { .. } => "a selection".to_owned(),
            };
            unmet.push(Unmet {
                requirement,
                requested_by: vec![short(&from.path)],
                why: error.to_string(),
            });
        }
        Found {
            unmet,
            ..Found::default()
        }
    }
}
