//! Paths and URLs without a name, looked into: each becomes a requirement on what it turns out to
//! be. With `--build` what only a build tells is built for it, as is all source that has a name.

use std::collections::BTreeMap;

use url::Url;
use wh_index::Index;
use wh_index::source::SourceError;
use wh_packaging::requirement::{Root, VersionOrUrl};
use wh_packaging::{Hashes, ProjectName};
use wh_resolver::ResolveError;

use super::way_in::WayIn;
use crate::commands::requirements::{UnnamedRoot, Wanted, is_source};
use crate::commands::{few_at_a_time, side_by_side};
use crate::failure::Failure;

/// Puts names to what has none; everything that cannot be had, or that only a build tells the name
/// of, is said at once.
pub fn take(wanted: &mut Wanted, index: &Index, way_in: Option<&WayIn<'_>>) -> Result<(), Failure> {
    let unnamed = std::mem::take(&mut wanted.unnamed);
    let found = match way_in {
        Some(way_in) => {
            build_ahead(wanted, &unnamed, way_in);
            side_by_side(&unnamed, |one| built_name(one, index, way_in))
        }
        None => side_by_side(&unnamed, |one| {
            Ok(index.source_at(&one.input.url)?.identity()?.name)
        }),
    };
    let mut failures = Vec::new();
    for (one, name) in unnamed.into_iter().zip(found) {
        match name {
            Ok(name) => {
                let root = Root {
                    requirement: one.input.named(name),
                    origin: one.origin,
                    hashes: one.hashes,
                };
                wanted.asked.push(root.clone());
                wanted.roots.push(root);
            }
            Err(failure) => failures.push(failure),
        }
    }
    match failures.len() {
        0 => Ok(()),
        1 => Err(failures.remove(0)),
        _ => Err(Failure::Several(failures)),
    }
}

/// What source is, by what it says, else by its wheel.
fn built_name(
    one: &UnnamedRoot,
    index: &Index,
    way_in: &WayIn<'_>,
) -> Result<ProjectName, Failure> {
    let url = &one.input.url;
    match index.source_at(url)?.identity() {
        Ok(identity) => return Ok(identity.name),
        Err(SourceError::Unnamed { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    let wheel = way_in.wheel_at(url, &one.hashes);
    let wheel = wheel.map_err(ResolveError::from)?;
    Ok(wheel.filename.project().clone())
}

/// Builds all source that is asked for, as many at the same time as there are processors: a
/// resolution would ask for one after the other. What fails, it meets again.
fn build_ahead(wanted: &Wanted, unnamed: &[UnnamedRoot], way_in: &WayIn<'_>) {
    let mut all: BTreeMap<&Url, &[Hashes]> = BTreeMap::new();
    for root in wanted
        .roots
        .iter()
        .filter(|root| is_source(&root.requirement))
    {
        if let Some(VersionOrUrl::Url(url)) = &root.requirement.version_or_url {
            all.insert(url, &root.hashes);
        }
    }
    all.extend(
        unnamed
            .iter()
            .map(|one| (&one.input.url, one.hashes.as_slice())),
    );
    let all: Vec<_> = all.into_iter().collect();
    few_at_a_time(&all, |(url, hashes)| drop(way_in.wheel_at(url, hashes)));
}
