//! Paths and URLs without a name, looked into: each becomes a requirement on what it turns out to
//! be. With `--build` what only a build tells is built for it, as is all source that has a name.

use url::Url;
use wh_index::Index;
use wh_index::source::SourceError;
use wh_packaging::ProjectName;
use wh_packaging::requirement::{Root, VersionOrUrl};
use wh_resolver::ResolveError;

use super::way_in::WayIn;
use crate::commands::requirements::{Wanted, is_source};
use crate::commands::{few_at_a_time, side_by_side};
use crate::failure::Failure;

/// Puts names to what has none; everything that cannot be had, or that only a build tells the name
/// of, is said at once.
pub fn take(wanted: &mut Wanted, index: &Index, way_in: Option<&WayIn<'_>>) -> Result<(), Failure> {
    let unnamed = std::mem::take(&mut wanted.unnamed);
    let urls: Vec<&Url> = unnamed.iter().map(|one| &one.input.url).collect();
    let found = match way_in {
        Some(way_in) => {
            build_ahead(wanted, &urls, way_in);
            side_by_side(&urls, |url| built_name(url, index, way_in))
        }
        None => side_by_side(&urls, |url| Ok(index.source_at(url)?.identity()?.name)),
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
fn built_name(url: &Url, index: &Index, way_in: &WayIn<'_>) -> Result<ProjectName, Failure> {
    match index.source_at(url)?.identity() {
        Ok(identity) => return Ok(identity.name),
        Err(SourceError::Unnamed { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    let wheel = way_in.wheel_at(url).map_err(ResolveError::from)?;
    Ok(wheel.filename.project().clone())
}

/// Builds all source that is asked for, as many at the same time as there are processors: a
/// resolution would ask for one after the other. What fails, it meets again.
fn build_ahead(wanted: &Wanted, unnamed: &[&Url], way_in: &WayIn<'_>) {
    let roots = wanted.roots.iter().map(|root| &root.requirement);
    let named = roots
        .filter(|one| is_source(one))
        .filter_map(|one| match &one.version_or_url {
            Some(VersionOrUrl::Url(url)) => Some(url),
            _ => None,
        });
    let mut all: Vec<&Url> = named.chain(unnamed.iter().copied()).collect();
    all.sort();
    all.dedup();
    few_at_a_time(&all, |url| drop(way_in.wheel_at(url)));
}
