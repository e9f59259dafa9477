//! The journal on disk: one file in the staging folder of the library, whose name tells how far
//! the change is.
//!
//! `journal` is there before the first move: a run that was killed is undone by it. Renaming it to
//! `committed` is the commit: from then on only clean-up is left.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::format::{decode, encode, pull, push};
use super::journal::Journal;
use super::sync::sync_folder;

const JOURNAL: &str = "journal";
const COMMITTED: &str = "committed";
const MADE: &str = "made";

/// Where the journal of a staging folder stands as long as its change does not count.
pub(crate) fn journal_of(stage: &Path) -> PathBuf {
    stage.join(JOURNAL)
}

/// Whether the change of a staging folder counts.
pub(super) fn is_committed(stage: &Path) -> bool {
    stage.join(COMMITTED).exists()
}

/// Writes the journal, under a temporary name first.
pub(super) fn write(stage: &Path, library: &Path, journal: &Journal) -> io::Result<()> {
    let temporary = stage.join("journal.new");
    let mut file = File::create_new(&temporary)?;
    file.write_all(&encode(journal, library)?)?;
    if journal.sync {
        file.sync_all()?;
    }
    drop(file);
    wh_wheel::rename(&temporary, &journal_of(stage))?;
    if journal.sync {
        sync_folder(stage)?;
    }
    Ok(())
}

/// Makes the change count.
///
/// # Errors
/// It does not count.
pub(super) fn commit(stage: &Path, sync: bool) -> io::Result<()> {
    let (journal, committed) = (journal_of(stage), stage.join(COMMITTED));
    wh_wheel::rename(&journal, &committed)?;
    if sync && let Err(error) = sync_folder(stage) {
        // a change that is going to be undone must not look as if it counted
        wh_wheel::rename(&committed, &journal)?;
        return Err(error);
    }
    Ok(())
}

/// Reads a journal; `None` where there is none.
///
/// # Errors
/// It cannot be read, or is not what was written (then of the kind `InvalidData`).
pub(super) fn read(path: &Path, library: &Path) -> io::Result<Option<Journal>> {
    match fs::read(path) {
        Ok(bytes) => decode(&bytes, library).map(Some),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Notes folders that are about to be made for the roots.
pub(super) fn note_made(stage: &Path, library: &Path, folders: &[&Path]) -> io::Result<()> {
    let mut bytes = Vec::new();
    for folder in folders {
        push(&mut bytes, folder, library)?;
    }
    let mut options = File::options();
    let mut file = options.create(true).append(true).open(stage.join(MADE))?;
    file.write_all(&bytes)
}

/// The folders that were made for the roots, outer ones first.
pub(super) fn made(stage: &Path, library: &Path) -> Vec<PathBuf> {
    let bytes = fs::read(stage.join(MADE)).unwrap_or_default();
    let fields = bytes.split(|byte| *byte == 0);
    let fields = fields.filter(|field| !field.is_empty());
    fields
        .filter_map(|field| pull(Some(field), library).ok())
        .collect()
}

/// Removes a staging folder, what tells how far the change is last of all in it.
pub(super) fn remove_stage(stage: &Path) -> io::Result<()> {
    for name in ["new", "old"] {
        match fs::remove_dir_all(stage.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    fs::remove_dir_all(stage)
}

#[cfg(all(test, unix))]
mod tests {
    use super::super::journal::Step;
    use super::*;

    fn journal(prefix: &str) -> Journal {
        let path = |path: &str| Path::new(prefix).join(path);
        let steps = vec![
            Step::MoveOut {
                from: path("lib/site-packages/a"),
                to: path("bin/.wh-part-x/old/0"),
            },
            Step::Remove {
                folder: path("share/with blank\nand line"),
                mode: 0o2750,
            },
            Step::MoveIn {
                from: path("n"),
                to: path("m"),
            },
            Step::Link {
                folder: "/store/folder".into(),
                at: path("lib/site-packages/b"),
            },
            Step::RemoveIfEmpty {
                folder: path("lib/site-packages"),
                mode: 0o755,
            },
        ];
        Journal { sync: true, steps }
    }

    #[test]
    fn it_is_read_as_it_was_written_also_after_a_move_of_all() {
        let folder = tempfile::tempdir().unwrap();
        let library = |prefix: &str| Path::new(prefix).join("lib/site-packages");
        write(folder.path(), &library("/v"), &journal("/v")).unwrap();
        let file = journal_of(folder.path());
        for prefix in ["/v", "/w"] {
            let read = read(&file, &library(prefix)).unwrap();
            assert_eq!(read, Some(journal(prefix)));
        }
        assert!(!is_committed(folder.path()));
        commit(folder.path(), true).unwrap();
        assert_eq!(read(&file, &library("/v")).unwrap(), None);
        assert!(is_committed(folder.path()));
    }

    #[test]
    fn one_that_is_cut_off_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let library = Path::new("/v/lib/site-packages");
        write(folder.path(), library, &journal("/v")).unwrap();
        let file = journal_of(folder.path());
        let whole = fs::read(&file).unwrap();
        for length in 0..whole.len() {
            fs::write(&file, &whole[..length]).unwrap();
            let error = read(&file, library).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidData, "{length}");
        }
    }
}
