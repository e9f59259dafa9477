//! Filling the staging folders: files are unpacked from wheels or linked from the store, wheels are
//! hashed, and what was unpacked goes into the store.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;
use wh_packaging::{Event, Reporter};
use wh_wheel::store::Form;
use wh_wheel::{Fault, Filling, LastFolder, LinkMode, Linker, Root, Stored, Unpacked, WheelError};

use super::change::{ApplyError, ApplyOptions};
use super::pieces::{Piece, Queue, pieces};
use super::prepare::{Placed, file_of};
use super::source::{Opened, Prepared, Source};
use super::staging::{Stage, Staging};

/// Where the disk is full, others may be filling the room that the store gives back.
const TRIES_WHEN_FULL: usize = 3;

/// All that is to be done.
pub(super) struct Unpacking<'a> {
    wheels: &'a [Prepared<'a>],
    options: ApplyOptions<'a>,
    pieces: Vec<Piece<'a>>,
    // by wheel: pieces that are not done, and its way into the store
    left: Vec<AtomicUsize>,
    fillings: Vec<Option<Filling>>,
    linker: Linker,
}

impl<'a> Unpacking<'a> {
    /// Lists the pieces, and makes the folders of what goes into the store.
    pub fn new(
        wheels: &'a [Prepared<'a>],
        placed: &'a [Placed],
        options: ApplyOptions<'a>,
    ) -> Self {
        let pieces = pieces(wheels, placed);
        let mut left = vec![0; wheels.len()];
        for piece in &pieces {
            left[piece.wheel] += 1;
        }
        let fill = |wheel: &Prepared<'_>| filling(wheel, options);
        Self {
            wheels,
            options,
            pieces,
            left: left.into_iter().map(AtomicUsize::new).collect(),
            fillings: wheels.par_iter().with_max_len(1).map(fill).collect(),
            linker: Linker::new(options.link_mode),
        }
    }

    /// Does all pieces, each on whatever thread is free; stops at the first error.
    pub fn run(self, staging: &Staging, reporter: &dyn Reporter) -> Result<(), ApplyError> {
        let failure = Mutex::new(None);
        let queue = Queue::new(&self.pieces);
        let work = || {
            while let Some(piece) = queue.next() {
                if let Err(error) = self.piece(piece, staging) {
                    queue.stop();
                    let mut failure = failure.lock().unwrap_or_else(PoisonError::into_inner);
                    failure.get_or_insert(error);
                } else if self.left[piece.wheel].fetch_sub(1, Ordering::AcqRel) == 1 {
                    self.finish(piece.wheel, reporter);
                }
            }
        };
        // not to be broadcast: a thread of the pool may be waiting for what others do
        rayon::scope(|scope| {
            for _ in 0..rayon::current_num_threads() {
                scope.spawn(|_| work());
            }
        });
        let failure = failure.into_inner();
        failure
            .unwrap_or_else(PoisonError::into_inner)
            .map_or(Ok(()), Err)
    }

    fn piece(&self, piece: &Piece<'_>, staging: &Staging) -> Result<(), ApplyError> {
        let wheel = &self.wheels[piece.wheel];
        match &wheel.source {
            Source::Stored(stored) if !piece.inside.is_empty() => {
                self.link_inside(piece, stored, staging)
            }
            Source::Stored(stored) => self.link(piece, stored, staging),
            Source::Wheel(opened) => match (piece.hash, piece.files.is_empty()) {
                (true, false) => {
                    opened.verify_hash_while(wheel.asked, |pass| self.unpack(piece, pass, staging))
                }
                (true, true) => opened.verify_hash(wheel.asked),
                (false, _) => self.unpack(piece, &opened.unpacked(), staging),
            },
        }
    }

    /// Writes files of a wheel, and takes them into the store.
    fn unpack(
        &self,
        piece: &Piece<'_>,
        from: &Unpacked<'_>,
        staging: &Staging,
    ) -> Result<(), ApplyError> {
        let filling = self.fillings[piece.wheel].as_ref();
        for files in piece
            .files
            .chunk_by(|one, other| one.place.root == other.place.root)
        {
            let stage = staging.get(files[0].place.root)?;
            let mut folders = LastFolder::below(stage.new_root());
            for placed in files {
                let file = file_of(self.wheels, placed.from);
                let path = &*placed.place.path;
                let (folder, name) = folders.of(path).map_err(stage.failed(path))?;
                let write = || folder.write(name, file, from);
                let mut written = write();
                for _ in 0..TRIES_WHEN_FULL {
                    if !written.as_ref().is_err_and(is_full) || !self.gives_back_room() {
                        break;
                    }
                    let _ = std::fs::remove_file(folder.path().join(name));
                    written = write();
                }
                let written = written?;
                if let Some(filling) = filling {
                    filling.keep(file, (&written, folder, name), &self.linker);
                }
            }
        }
        Ok(())
    }

    /// Links files from the store, in folders that it makes; those that are not what was stored come from the wheel.
    fn link(
        &self,
        piece: &Piece<'_>,
        stored: &Stored,
        staging: &Staging,
    ) -> Result<(), ApplyError> {
        for files in piece
            .files
            .chunk_by(|one, other| one.place.root == other.place.root)
        {
            let stage = staging.get(files[0].place.root)?;
            let mut folders = LastFolder::made_below(stage.new_root());
            for placed in files {
                let file = file_of(self.wheels, placed.from);
                let path = &*placed.place.path;
                let place = folders.of(path).map_err(stage.failed(path))?;
                if !stored.put(file, place, &self.linker)? {
                    let entry = stored.entry_of(file).unwrap_or_default();
                    self.write_instead(piece.wheel, entry, place)?;
                }
            }
        }
        Ok(())
    }

    /// Links files of a folder that is put in place as a whole.
    fn link_inside(
        &self,
        piece: &Piece<'_>,
        stored: &Stored,
        staging: &Staging,
    ) -> Result<(), ApplyError> {
        let stage = staging.get(piece.files[0].place.root)?;
        stored.put_all(
            piece.inside.clone(),
            stage.new_root(),
            &self.linker,
            &mut |number, place| self.write_instead(piece.wheel, stored.name_of(number), place),
        )
    }

    /// Writes an entry from the wheel, where the store no longer has it as it was.
    fn write_instead(
        &self,
        wheel: usize,
        entry: &str,
        (folder, name): (&Root, &str),
    ) -> Result<(), ApplyError> {
        let opened = self.instead(wheel)?;
        folder.write_named((name, entry), &opened.unpacked())?;
        Ok(())
    }

    /// The wheel of a distribution that the store no longer has as it was.
    fn instead(&self, number: usize) -> Result<std::sync::Arc<Opened>, ApplyError> {
        let wheel = &self.wheels[number];
        if let (Some(store), Some(sha256)) = (self.options.store, wheel.asked.expected.sha256()) {
            store.evict(sha256);
        }
        wheel.instead()
    }

    /// Gives up all that is on its way into the store; whether there was anything.
    fn gives_back_room(&self) -> bool {
        let mut fillings = self.fillings.iter().flatten().peekable();
        let any = fillings.peek().is_some();
        fillings.for_each(Filling::abandon);
        any
    }

    /// All of a wheel is staged, and its digest is right.
    fn finish(&self, number: usize, reporter: &dyn Reporter) {
        let wheel = &self.wheels[number];
        if let (Some(filling), Source::Wheel(opened)) = (&self.fillings[number], &wheel.source) {
            // the store is a help, and no reason to fail
            let _ = filling.finish(&opened.unpacked());
        }
        let name = &wheel.asked.filename;
        reporter.event(Event::WheelStaged {
            project: name.project.as_ref(),
            version: &name.version.to_string(),
        });
    }
}

impl Stage {
    fn failed(&self, path: &str) -> impl FnOnce(std::io::Error) -> ApplyError {
        |error| super::change::io_error("open the folder of", self.new_path(path))(error)
    }
}

/// The way into the store of a wheel whose digest is going to be known. Where files are to be
/// copies, none: to fill by copying costs more than the second time gains.
fn filling(wheel: &Prepared<'_>, options: ApplyOptions<'_>) -> Option<Filling> {
    let Source::Wheel(opened) = &wheel.source else {
        return None;
    };
    let store = options
        .store
        .filter(|_| options.link_mode != LinkMode::Copy)?;
    store
        .fill(
            &opened.wheel,
            wheel.asked.expected.sha256()?,
            Form::Numbered,
        )
        .ok()
}

fn is_full(error: &WheelError) -> bool {
    use std::io::ErrorKind::{QuotaExceeded, StorageFull};
    let Fault::Write { source, .. } = &error.fault else {
        return false;
    };
    matches!(source.kind(), QuotaExceeded | StorageFull)
}
