//! The work of filling the staging folders, in pieces.
//!
//! A wheel is one piece: it is read once, and unpacked while it is hashed. One that would keep a thread at work when the
//! others have nothing left is cut into runs of files, and its digest is a piece of its own. The costly pieces come
//! first.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::prepare::Placed;
use super::source::{Prepared, Source};

/// No wheel is cut that costs less than this, in bytes.
const SMALL: u64 = 16 << 20;
/// Nor one that is less than this part of what a thread has to do.
const PART: u64 = 4;
/// A run of files ends behind so many bytes or files.
const RUN_BYTES: u64 = 4 << 20;
const RUN_FILES: usize = 512;
/// What a file costs besides its bytes, in bytes.
const FILE: u64 = 16 << 10;

/// A piece of work.
pub(super) struct Piece<'a> {
    pub wheel: usize,
    /// Files to write.
    pub files: Vec<&'a Placed>,
    /// Where the one of `files` is a whole folder: those of its files that are this piece's.
    pub inside: Range<usize>,
    /// Whether the wheel is hashed.
    pub hash: bool,
    cost: u64,
}

/// The pieces of all wheels, the costly ones first.
pub(super) fn pieces<'a>(wheels: &[Prepared<'_>], placed: &'a [Placed]) -> Vec<Piece<'a>> {
    let mut files: Vec<Vec<&Placed>> = wheels.iter().map(|_| Vec::new()).collect();
    for placed in placed.iter().filter(|placed| placed.link.is_none()) {
        files[placed.from.0].push(placed);
    }
    let all: u64 = placed.iter().map(|placed| placed.size + FILE).sum();
    let whole = (all / rayon::current_num_threads() as u64 / PART).max(SMALL);
    let mut pieces = Vec::new();
    for (number, files) in files.into_iter().enumerate() {
        cut(number, &wheels[number], files, whole, &mut pieces);
    }
    pieces.sort_by_key(|piece| std::cmp::Reverse(piece.cost));
    pieces
}

/// Cuts the work of one distribution into pieces; a wheel that costs no more than `whole` is one.
fn cut<'a>(
    number: usize,
    wheel: &Prepared<'_>,
    mut files: Vec<&'a Placed>,
    whole: u64,
    pieces: &mut Vec<Piece<'a>>,
) {
    let piece = |files: Vec<&'a Placed>, hash: bool, cost: u64| Piece {
        wheel: number,
        files,
        inside: 0..0,
        hash,
        cost,
    };
    let cost = |files: &[&Placed]| files.iter().map(|placed| placed.size + FILE).sum::<u64>();
    let all = cost(&files);
    match &wheel.source {
        Source::Wheel(opened) if all <= whole => {
            let cost = all + opened.wheel.file_size() / 2;
            let from = opened.unpacked();
            files.sort_by_key(|placed| from.place(&wheel.plan.files[placed.from.1]));
            return pieces.push(piece(files, true, cost));
        }
        Source::Wheel(opened) if !wheel.asked.expected.is_empty() => {
            pieces.push(piece(Vec::new(), true, opened.wheel.file_size() / 2));
        }
        Source::Wheel(_) | Source::Stored(_) => {}
    }
    let limit = match &wheel.source {
        Source::Wheel(_) => RUN_BYTES,
        Source::Stored(_) => u64::MAX,
    };
    let is_whole = |placed: &&Placed| wheel.plan.files[placed.from.1].whole().is_some();
    let (whole, files): (Vec<_>, Vec<_>) = files.into_iter().partition(is_whole);
    for placed in whole {
        let inside = wheel.plan.files[placed.from.1].whole().unwrap_or_default();
        for start in inside.clone().step_by(RUN_FILES) {
            let inside = start..inside.end.min(start + RUN_FILES);
            let cost = FILE * inside.len() as u64;
            pieces.push(Piece {
                inside,
                ..piece(vec![placed], false, cost)
            });
        }
    }
    let mut rest = files.as_slice();
    while !rest.is_empty() {
        let mut bytes = 0;
        let fits = |placed: &&&Placed| {
            bytes += placed.size;
            bytes <= limit
        };
        let count = rest.iter().take(RUN_FILES).take_while(fits).count();
        let (run, left) = rest.split_at(count.max(1));
        pieces.push(piece(run.to_vec(), false, cost(run)));
        rest = left;
    }
}

/// Pieces that are done in order by whoever is free.
pub(super) struct Queue<'q, 'a> {
    pieces: &'q [Piece<'a>],
    next: AtomicUsize,
}

impl<'q, 'a> Queue<'q, 'a> {
    pub fn new(pieces: &'q [Piece<'a>]) -> Self {
        let next = AtomicUsize::new(0);
        Self { pieces, next }
    }

    pub fn next(&self) -> Option<&'q Piece<'a>> {
        self.pieces.get(self.next.fetch_add(1, Ordering::Relaxed))
    }

    pub fn stop(&self) {
        self.next.store(self.pieces.len(), Ordering::Relaxed);
    }
}
