//! What a download would do, without doing it.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use wh_packaging::DistributionFile;

use super::folder::Named;
use super::keep::{There, judge};
use super::{DownloadError, DownloadOptions};

/// What would be done with a file.
#[derive(Debug, Clone)]
pub struct Planned {
    /// The file.
    pub file: Arc<DistributionFile>,
    /// What.
    pub action: Action,
}

/// What is done with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// It is fetched (or copied from a find-links folder).
    Fetch,
    /// It lies there already, with the right digest.
    Keep,
}

/// What [`super::Downloads::finish`] would do, file by file, in the order given; reads, and writes
/// nothing.
///
/// # Errors
/// A file in the folder cannot be read, or is another than it should be and no lock names it.
pub fn plan(
    files: &[Arc<DistributionFile>],
    folder: &Path,
    options: &DownloadOptions,
) -> Result<Vec<Planned>, DownloadError> {
    let named = Named::read(folder);
    let next = AtomicUsize::new(0);
    let judged = Mutex::new(Vec::with_capacity(files.len()));
    let threads = std::thread::available_parallelism().map_or(1, Into::into);
    std::thread::scope(|scope| {
        for _ in 0..threads.min(files.len()) {
            scope.spawn(|| {
                while let Some((place, file)) = take(files, &next) {
                    let answer = judge(file, folder, &named, options).map(|judged| judged.there);
                    judged
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .push((place, answer));
                }
            });
        }
    });
    let mut judged = judged.into_inner().unwrap_or_else(PoisonError::into_inner);
    judged.sort_by_key(|(place, _)| *place);
    judged
        .into_iter()
        .map(|(place, there)| {
            let action = match there? {
                There::Same { .. } => Action::Keep,
                There::Free | There::Unknown { .. } => Action::Fetch,
            };
            let file = Arc::clone(&files[place]);
            Ok(Planned { file, action })
        })
        .collect()
}

fn take<'a>(
    files: &'a [Arc<DistributionFile>],
    next: &AtomicUsize,
) -> Option<(usize, &'a Arc<DistributionFile>)> {
    let place = next.fetch_add(1, Ordering::Relaxed);
    Some((place, files.get(place)?))
}
