//! Versions, requirements and tags in words.

use std::ops::Bound;

use wh_packaging::{ProjectName, Version};

use super::leaves::Requires;
use crate::dependencies::edges;
use crate::knowledge::Knowledge;
use crate::specifiers::{Point, Set, set_of};

/// More spans of versions, or different requirements of one project, are told in summary.
const MOST_SPANS: usize = 3;

/// What versions of a project require, a clause each; a project whose releases all require
/// another range of the same project gets one clause.
pub(super) fn requirements(
    knowledge: &Knowledge<'_>,
    name: &ProjectName,
    requires: &[Requires],
) -> Vec<String> {
    let mut clauses = Vec::new();
    let mut told: Vec<&ProjectName> = Vec::new();
    for one in requires {
        if told.contains(&&one.to) {
            continue;
        }
        told.push(&one.to);
        let same: Vec<&Requires> = requires.iter().filter(|other| other.to == one.to).collect();
        if same.len() <= MOST_SPANS {
            clauses.extend(same.iter().map(|one| {
                let subject = subject(knowledge, name, one);
                format!("{subject} requires {}", object(knowledge, name, one))
            }));
            continue;
        }
        let all = same
            .iter()
            .fold(Set::empty(), |all, one| all.union(&one.set));
        let highest = same
            .iter()
            .max_by_key(|one| highest(knowledge, name, &one.set));
        let example = highest.map_or_else(String::new, |one| {
            let subject = subject(knowledge, name, one);
            format!(" ({subject} requires {})", object(knowledge, name, one))
        });
        clauses.push(format!(
            "{} each requires other versions of {}{example}",
            versions(knowledge, name, &all),
            one.to
        ));
    }
    clauses
}

pub(super) fn highest(knowledge: &Knowledge<'_>, name: &ProjectName, set: &Set) -> Option<Version> {
    let project = knowledge.seen(name)?;
    project
        .within(set)
        .next()
        .map(|candidate| candidate.version.clone())
}

fn subject(knowledge: &Knowledge<'_>, name: &ProjectName, one: &Requires) -> String {
    let plain = versions(knowledge, name, &one.set);
    match &one.extra {
        Some(extra) => plain.replacen(name.as_ref(), &format!("{name}[{extra}]"), 1),
        None => plain,
    }
}

/// `c<2`, as the METADATA has it.
pub(super) fn object(knowledge: &Knowledge<'_>, name: &ProjectName, one: &Requires) -> String {
    written(knowledge, name, one).unwrap_or_else(|| {
        let range = range(&one.at);
        format!("{}{}", one.to, range)
    })
}

fn written(knowledge: &Knowledge<'_>, name: &ProjectName, one: &Requires) -> Option<String> {
    let version = highest(knowledge, name, &one.set)?;
    let loaded = knowledge.loaded(name, &version)?;
    let metadata = loaded.as_ref().as_ref().ok()?;
    let edges = edges(knowledge.class(), metadata, one.extra.as_ref());
    let edge = edges.into_iter().find(|edge| {
        let set = match &edge.requirement.version_or_url {
            Some(pep508_rs::VersionOrUrl::VersionSpecifier(specifiers)) => set_of(specifiers),
            _ => Set::full(),
        };
        edge.requirement.name == one.to && set == one.at
    })?;
    let mut requirement = edge.requirement;
    requirement.marker = wh_packaging::MarkerTree::TRUE;
    Some(requirement.to_string())
}

/// `a 1.0 to 1.2`, `every version of a`.
pub(super) fn versions(knowledge: &Knowledge<'_>, name: &ProjectName, set: &Set) -> String {
    let Some(project) = knowledge.seen(name) else {
        return name.to_string();
    };
    let all: Vec<&Version> = project
        .candidates
        .iter()
        .rev()
        // those that nobody would look at do not divide a span
        .filter(|one| {
            holds(set, &one.version) || one.yanked.is_none() && !one.version.any_prerelease()
        })
        .map(|one| &one.version)
        .collect();
    if all.len() > 1 && all.iter().all(|one| holds(set, one)) {
        return format!("every version of {name}");
    }
    match spans(&all, |one| holds(set, one)) {
        Some(spans) => format!("{name} {spans}"),
        None => name.to_string(),
    }
}

pub(super) fn holds(set: &Set, version: &Version) -> bool {
    set.contains(&Point::At(version.clone()))
}

/// `1.0 to 1.2, 1.5`: the chosen among these, which are in order; `None` where none is.
pub(super) fn spans(all: &[&Version], chosen: impl Fn(&Version) -> bool) -> Option<String> {
    let mut spans: Vec<(&Version, &Version)> = Vec::new();
    let mut open = false;
    for version in all {
        if !chosen(version) {
            open = false;
            continue;
        }
        match spans.last_mut() {
            Some((_, end)) if open => *end = version,
            _ => spans.push((version, version)),
        }
        open = true;
    }
    let (first, last) = (spans.first()?.0, spans.last()?.1);
    if spans.len() > MOST_SPANS {
        return Some(format!("{first} to {last} (not all of them)"));
    }
    let words: Vec<String> = spans
        .iter()
        .map(|(start, end)| match start == end {
            true => start.to_string(),
            false => format!("{start} to {end}"),
        })
        .collect();
    Some(words.join(", "))
}

/// `>=1,<2`, `==1`; nothing for everything.
pub(super) fn range(set: &Set) -> String {
    let parts: Vec<String> = set
        .iter()
        .map(|(start, end)| {
            let mut words = Vec::new();
            if let (Bound::Included(Point::At(only)), Bound::Included(end)) = (start, end)
                && *end == Point::At(only.clone())
            {
                return format!("=={only}");
            }
            match start {
                Bound::Included(Point::At(low)) => words.push(format!(">={low}")),
                Bound::Included(point) | Bound::Excluded(point) => {
                    words.push(format!(">{}", shown(point)));
                }
                Bound::Unbounded => {}
            }
            match end {
                Bound::Included(point) => words.push(format!("<={}", shown(point))),
                Bound::Excluded(point) => words.push(format!("<{}", shown(point))),
                Bound::Unbounded => {}
            }
            words.join(",")
        })
        .collect();
    parts.join(" or ")
}

/// The version that a bound was made of: `<2` ends before 2.dev0, `>1` begins after 1's posts.
fn shown(point: &Point) -> Version {
    let version = point.version();
    // nothing else is ever raised above its posts
    let raised = !version.is_dev() && !version.is_post();
    let plain = if raised {
        version.clone().with_max(None)
    } else {
        version.clone()
    };
    if plain.dev() == Some(0) && plain.pre().is_none() && plain.post().is_none() {
        plain.with_dev(None)
    } else {
        plain
    }
}
