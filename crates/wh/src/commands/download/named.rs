//! Paths and URLs without a name, looked into: each becomes a requirement on what it turns out to
//! be.

use wh_index::Index;
use wh_packaging::requirement::Root;

use crate::commands::requirements::Wanted;
use crate::commands::side_by_side;
use crate::failure::Failure;

/// Puts names to what has none; everything that cannot be had, or that only a build tells the name
/// of, is said at once.
pub fn take(wanted: &mut Wanted, index: &Index) -> Result<(), Failure> {
    let unnamed = std::mem::take(&mut wanted.unnamed);
    let found = side_by_side(&unnamed, |one| {
        let source = index.source_at(&one.input.url)?;
        source.identity()
    });
    let mut failures = Vec::new();
    for (one, identity) in unnamed.into_iter().zip(found) {
        match identity {
            Ok(identity) => {
                let root = Root {
                    requirement: one.input.named(identity.name),
                    origin: one.origin,
                    hashes: one.hashes,
                };
                wanted.asked.push(root.clone());
                wanted.roots.push(root);
            }
            Err(error) => failures.push(Failure::Source(error)),
        }
    }
    match failures.len() {
        0 => Ok(()),
        1 => Err(failures.remove(0)),
        _ => Err(Failure::Several(failures)),
    }
}
