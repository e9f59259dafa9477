//! The proof that a download ends with, for each lock before it is written: what `wh verify` would
//! say of the folder.
//!
//! Each target of the lock is resolved again from the folder alone, by the wheels' own METADATA,
//! where the run believed what an index said of them. Files are not read again: they were hashed
//! and checked a moment ago, and no other `wh` writes to the folder meanwhile.

use std::path::Path;

use wh_index::download::Fetched;
use wh_index::wheelhouse::{FileCheck, FolderLock, Wheelhouse};
use wh_packaging::Lock;
use wh_packaging::class::TargetClass;

use super::Run;
use crate::commands::report::missing_lines;
use crate::commands::verify::complete::Outcome;
use crate::commands::verify::files::{Files, short};
use crate::commands::verify::targets;
use crate::failure::{Failure, Status};

/// The folder as it lies there now.
pub struct Proof {
    house: Wheelhouse,
    files: Files,
}

impl Proof {
    /// Looks at the folder.
    pub fn new(folder: &Path, fetched: &Fetched) -> Result<Self, Failure> {
        let house = Wheelhouse::open(&[folder.to_owned()])?;
        let check = |(name, file): (&String, &wh_index::download::FetchedFile)| {
            if let Some(metadata) = &file.metadata {
                house.knows(&file.path, metadata.clone());
            }
            FileCheck {
                name: name.clone(),
                path: Some(file.path.clone()),
                locks: Vec::new(),
                size: Some(file.size),
                sha256: Some(file.sha256.clone()),
                faults: Vec::new(),
            }
        };
        let files = Files::new(fetched.files.iter().map(check).collect());
        Ok(Self { house, files })
    }
}

impl Run<'_> {
    /// Proves a lock that is to stand at `path` for these classes.
    ///
    /// # Errors
    /// A target would go without something.
    pub(super) fn prove(
        &self,
        proof: &Proof,
        path: &Path,
        lock: &Lock,
        classes: Vec<TargetClass>,
    ) -> Result<(), Failure> {
        let from = FolderLock {
            path: path.to_owned(),
            lock: lock.clone(),
        };
        let mut outcome = Outcome::default();
        let question = targets::of(&from, classes)?;
        question.answer(&proof.house, None, &proof.files, &mut outcome)?;
        for note in outcome.notes.iter().chain(&missing_lines(&outcome.missing)) {
            self.context.terminal.note(note);
        }
        if outcome.missing.is_empty() {
            return Ok(());
        }
        Err(Failure::Faults {
            message: format!(
                "the folder does not serve every target, and {} was not written",
                short(path)
            ),
            hint: "the index describes a wheel otherwise than the wheel does itself: ask for what is missing, too, or leave that version out with a constraint".to_owned(),
            status: Status::No,
        })
    }
}
