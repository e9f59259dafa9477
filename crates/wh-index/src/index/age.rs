//! Which files of a project are old enough (`--exclude-newer`).
//!
//! Files of find-links are held to the same rule as those of an index. Where nobody says when a
//! file was uploaded nothing can be decided, and that is an error, not a guess.

use std::sync::Arc;

use wh_packaging::DistributionFile;
use wh_packaging::cut_off::CutOff;

/// Takes the files that are too new out of those that count.
///
/// # Errors
/// The first file of which nobody says when it was uploaded.
pub(super) fn take_too_new(
    files: &mut Vec<Arc<DistributionFile>>,
    limit: &CutOff,
) -> Result<Vec<Arc<DistributionFile>>, Arc<DistributionFile>> {
    let (mut kept, mut too_new) = (Vec::with_capacity(files.len()), Vec::new());
    for file in files.drain(..) {
        let time = file.upload_time.as_deref();
        match time.and_then(|time| limit.admits(time)) {
            Some(true) => kept.push(file),
            Some(false) => too_new.push(file),
            None => return Err(file),
        }
    }
    *files = kept;
    Ok(too_new)
}
