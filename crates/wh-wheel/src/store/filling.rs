//! A distribution on its way into the store.
//!
//! Beside an installation, each file that was unpacked for it, and verified on the way, is linked into a folder of a
//! temporary name; what an installation does not take over as it is (scripts whose first line was written anew) is
//! unpacked once more at the end. For folders that are to be linked, all of it is unpacked here, or copied from where the
//! store has it already. It gets its name when all is there and the wheel's own digest was right. Whatever goes wrong
//! here ends the filling, and nothing else.

use std::io;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use super::folders::Form;
use super::new::New;
use super::{Manifest, Store, Stored};
use crate::check::Contents;
use crate::last_folder::LastFolder;
use crate::link::{Linker, Stamp, copy};
use crate::plan::{Content, Mode, PlannedFile, is_installers};
use crate::root::Root;
use crate::unpacked::Unpacked;
use crate::wheel::Wheel;

/// A distribution that is being filled; dropping it removes what is not finished.
pub struct Filling {
    new: New,
    // the entries that are stored, by number; by entry, its number
    entries: Vec<usize>,
    numbers: Vec<Option<usize>>,
    stamps: Vec<OnceLock<Stamp>>,
    failed: AtomicBool,
}

impl Store {
    /// Begins to fill in a wheel of this sha256: makes its folders.
    ///
    /// # Errors
    /// They cannot be made.
    pub fn fill(&self, wheel: &Wheel, sha256: &str, form: Form) -> io::Result<Filling> {
        let entries = stored_entries(wheel);
        let names = entries.iter().map(|index| &*wheel.entries[*index].name);
        let new = New::begin(self, sha256, form, names)?;
        let mut numbers = vec![None; wheel.entries.len()];
        for (number, entry) in entries.iter().enumerate() {
            numbers[*entry] = Some(number);
        }
        Ok(Filling {
            new,
            stamps: entries.iter().map(|_| OnceLock::new()).collect(),
            entries,
            numbers,
            failed: AtomicBool::new(false),
        })
    }

    /// Makes folders that can be linked of a distribution whose files the store has.
    ///
    /// # Errors
    /// A file is not what was stored, or cannot be copied.
    pub fn make_folders_of(&self, stored: &Stored, sha256: &str) -> io::Result<()> {
        let rows = || stored.manifest.rows();
        let new = New::begin(self, sha256, Form::Folders, rows().map(|row| row.name))?;
        let mut folders = LastFolder::below(&new.files);
        let mut stamps = Vec::new();
        for (number, row) in rows().enumerate() {
            if !stored.is_as_stored(number) {
                return Err(io::ErrorKind::InvalidData.into());
            }
            let name = stored.form.name(number, row.name);
            let copied = copy((&stored.files, &name), folders.of(row.name)?, row.mode())?;
            stamps.push(Stamp::of(&copied)?);
        }
        new.complete(stored.manifest.with_stamps(&stamps))
    }
}

impl Filling {
    /// Takes in a file that was just written as `name` in `folder`.
    pub fn keep(
        &self,
        file: &PlannedFile,
        (written, folder, name): (&std::fs::File, &Root, &str),
        linker: &Linker,
    ) {
        let Content::Entry(index) = file.content else {
            return;
        };
        let Some(number) = self.numbers[index].filter(|_| !self.failed.load(Ordering::Relaxed))
        else {
            return;
        };
        let kept = || -> io::Result<Stamp> {
            let stamp = Stamp::of(written)?;
            let place = (&self.new.files, &*self.new.form.name(number, &file.path));
            match linker.share_blocks((folder, name), place)? {
                true => Ok(stamp),
                false => Err(io::ErrorKind::Unsupported.into()),
            }
        };
        match kept() {
            Ok(stamp) => drop(self.stamps[number].set(stamp)),
            Err(_) => self.failed.store(true, Ordering::Relaxed),
        }
    }

    /// Gives up, and gives back the room that was taken, also where it was finished already.
    pub fn abandon(&self) {
        self.failed.store(true, Ordering::SeqCst);
        self.new.remove();
    }

    /// Adds what is missing and gives the distribution its name. The wheel's digest was right.
    ///
    /// # Errors
    /// It cannot be completed, or another `wh` was faster.
    pub fn finish(&self, from: &Unpacked<'_>) -> io::Result<()> {
        if self.failed.load(Ordering::Relaxed) {
            return Err(io::ErrorKind::Unsupported.into());
        }
        for number in 0..self.entries.len() {
            if self.stamps[number].get().is_none() {
                self.add(number, from)?;
            }
        }
        let stamps: Vec<_> = self
            .stamps
            .iter()
            .filter_map(OnceLock::get)
            .copied()
            .collect();
        let verified = from.contents == Contents::Verify;
        let of = (from.wheel, from.checked);
        self.new
            .complete(Manifest::of(of, verified, &self.entries, &stamps))?;
        // somebody gave it up meanwhile
        if self.failed.load(Ordering::SeqCst) {
            self.abandon();
        }
        Ok(())
    }

    /// Unpacks the file of this number.
    fn add(&self, number: usize, from: &Unpacked<'_>) -> io::Result<()> {
        let index = self.entries[number];
        let entry = &from.wheel.entries[index];
        let name = self.new.form.name(number, &entry.name);
        let mode = Mode::of(&entry.name, entry.is_executable());
        let written = self.new.files.write_entry((&name, mode), index, from);
        let written = written.map_err(io::Error::other)?;
        let _ = self.stamps[number].set(Stamp::of(&written)?);
        Ok(())
    }
}

/// The entries that are stored, in the order of a manifest: files, but not those that only an installer writes.
fn stored_entries(wheel: &Wheel) -> Vec<usize> {
    let is_stored = |index: &usize| {
        let entry = &wheel.entries[*index];
        !entry.is_folder() && !is_installers(&wheel.dist_info, &entry.name)
    };
    let mut stored: Vec<usize> = (0..wheel.entries.len()).filter(is_stored).collect();
    stored
        .sort_by_cached_key(|index| Manifest::order(&wheel.dist_info, &wheel.entries[*index].name));
    stored
}
