//! What a plan is made of: the entries of a wheel, or the files of a distribution that the store
//! holds.
//!
//! A folder of the latter is planned as one, since nothing of it has to be looked at before it is
//! linked; [`of_folder`] takes one apart where something else comes into it.

use std::ops::Range;
use std::sync::Arc;

use super::{Content, Mode, PlannedFile};
use crate::check::{Checked, Contents, Scheme};
use crate::contents::{Origin, unpack_checked};
use crate::error::Fault;
use crate::shebang::PLACEHOLDER;
use crate::store::Stored;
use crate::unpack::beginning;
use crate::wheel::Wheel;

/// One file of what is planned.
pub(crate) struct Member<'a> {
    /// Its name in the wheel.
    pub name: &'a str,
    /// Bytes.
    pub size: u64,
    pub mode: Mode,
    /// The digest that RECORD gives for it; none for RECORD itself and its signatures.
    pub hash: Option<Arc<str>>,
}

/// Files by number.
pub(crate) trait Members {
    fn member(&self, number: usize) -> Member<'_>;
    /// The bytes of one that asks to be run by Python; programs can be large, so that no more than
    /// their first bytes is read.
    fn python_script(&self, number: usize) -> Result<Option<Vec<u8>>, Fault>;
}

/// What is to be planned.
pub(super) enum Wanted<'a> {
    Member(usize),
    /// A folder with all that is in it.
    Whole(&'a str, Range<usize>),
}

/// The entries of a wheel.
pub(super) struct WheelMembers<'a> {
    pub wheel: &'a Wheel,
    pub checked: &'a Checked,
    pub contents: Contents,
}

impl WheelMembers<'_> {
    /// All but folders.
    pub fn all(&self) -> Vec<Wanted<'_>> {
        let entries = self.wheel.entries.iter().enumerate();
        let files = entries.filter(|(_, entry)| !entry.is_folder());
        files.map(|(number, _)| Wanted::Member(number)).collect()
    }
}

impl Members for WheelMembers<'_> {
    fn member(&self, number: usize) -> Member<'_> {
        let entry = &self.wheel.entries[number];
        Member {
            name: &entry.name,
            size: entry.size,
            mode: Mode::of(&entry.name, entry.is_executable()),
            hash: self.checked.hashes[number].clone(),
        }
    }

    fn python_script(&self, number: usize) -> Result<Option<Vec<u8>>, Fault> {
        let (archive, entry) = (&self.wheel.archive, &self.wheel.entries[number]);
        if beginning(archive, entry, PLACEHOLDER.len())? != PLACEHOLDER {
            return Ok(None);
        }
        let mut script = Vec::new();
        let hash = self.checked.compared(number, self.contents);
        unpack_checked(Origin::Archive(archive), entry, hash, &mut |piece| {
            script.extend_from_slice(piece);
            Ok(())
        })?;
        Ok(Some(script))
    }
}

/// The files of a stored distribution; with `whole`, each folder at the top as one, the dist-info
/// and what is for other schemes aside.
pub(super) fn of_stored(stored: &Stored, whole: bool) -> Vec<Wanted<'_>> {
    let manifest = &stored.manifest;
    if !whole {
        return (0..manifest.len()).map(Wanted::Member).collect();
    }
    let folders = manifest.folders.iter();
    let folders = folders.map(|folder| Wanted::Whole(&folder.name, folder.files.clone()));
    let single = manifest.single().map(Wanted::Member);
    single.chain(folders).collect()
}

/// A folder of a stored distribution with all that is in it. Its row sorts where its files' do.
pub(super) fn whole(folder: &str, inside: Range<usize>, scheme: Scheme) -> PlannedFile {
    PlannedFile {
        scheme,
        path: folder.into(),
        recorded: Some(format!("{folder}/").into()),
        hash: None,
        size: 0,
        mode: Mode::Plain,
        content: Content::Whole(inside),
    }
}

/// What is in a folder of a stored distribution: files, and the folders in it as one each.
pub(super) fn of_folder(
    stored: &Stored,
    inside: Range<usize>,
    folder: &str,
    scheme: Scheme,
) -> Vec<PlannedFile> {
    let mut files = Vec::new();
    let mut number = inside.start;
    while number < inside.end {
        let member = stored.member(number);
        let rest = member.name.get(folder.len() + 1..).unwrap_or_default();
        if let Some((inner, _)) = rest.split_once('/') {
            let inner = &member.name[..=folder.len() + inner.len()];
            let below = stored
                .manifest
                .below(number..inside.end, &format!("{inner}/"));
            number = below.end.max(number + 1);
            files.push(whole(inner, below, scheme));
            continue;
        }
        files.push(PlannedFile {
            scheme,
            path: member.name.into(),
            recorded: None,
            hash: member.hash,
            size: member.size,
            mode: member.mode,
            content: Content::Entry(number),
        });
        number += 1;
    }
    files
}
