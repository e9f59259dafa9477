//! Requirements in the place of others (`--override`): as with uv, every requirement on an
//! overridden project, whoever asks, is replaced by those of the overrides, their extras and
//! markers included. What an extra brought still needs the extra. Constraints count beside them.

use std::sync::Arc;

use wh_packaging::requirement::parse_marker;
use wh_packaging::{ExtraName, MarkerTree, Metadata, Requirement, Root};

/// The requirements of a request with the overrides in the place of those they concern.
pub fn override_roots(roots: &[Root], overrides: &[Root]) -> Vec<Root> {
    let mut found: Vec<Root> = Vec::with_capacity(roots.len());
    for root in roots {
        let mut own = of(overrides, &root.requirement).peekable();
        if own.peek().is_none() {
            found.push(root.clone());
            continue;
        }
        for one in own {
            if !found.contains(one) {
                found.push(one.clone());
            }
        }
    }
    found
}

/// METADATA with the overrides in the place of the requirements they concern.
pub fn override_metadata(metadata: &Arc<Metadata>, overrides: &[Root]) -> Arc<Metadata> {
    let concerns = |one: &Requirement| of(overrides, one).next().is_some();
    if !metadata.requires_dist.iter().any(concerns) {
        return Arc::clone(metadata);
    }
    let mut changed = Metadata::clone(metadata);
    changed.requires_dist = metadata
        .requires_dist
        .iter()
        .flat_map(|one| match concerns(one) {
            true => in_place_of(one, metadata, overrides),
            false => vec![one.clone()],
        })
        .collect();
    Arc::new(changed)
}

fn of<'o>(overrides: &'o [Root], asked: &Requirement) -> impl Iterator<Item = &'o Root> {
    let name = asked.name.clone();
    overrides
        .iter()
        .filter(move |one| one.requirement.name == name)
}

fn in_place_of(asked: &Requirement, metadata: &Metadata, overrides: &[Root]) -> Vec<Requirement> {
    let mut found = Vec::new();
    for needed in needed_for(&asked.marker, &metadata.provides_extra) {
        for root in of(overrides, asked) {
            let mut requirement = root.requirement.clone();
            requirement.marker.and(needed.clone());
            if !found.contains(&requirement) {
                found.push(requirement);
            }
        }
    }
    found
}

/// What of a marker stays: the extras that it asks one of, each as a marker.
fn needed_for(marker: &MarkerTree, provided: &[ExtraName]) -> Vec<MarkerTree> {
    if marker.evaluate_extras(&[]) {
        return vec![MarkerTree::TRUE];
    }
    let asked = provided
        .iter()
        .filter(|extra| marker.evaluate_extras(std::slice::from_ref(*extra)))
        // the name is normalised: the text is always a marker
        .filter_map(|extra| parse_marker(&format!("extra == '{extra}'")).ok());
    let asked: Vec<MarkerTree> = asked.collect();
    match asked.is_empty() {
        // an extra that is not declared, or two at once
        true => vec![marker.clone()],
        false => asked,
    }
}

#[cfg(test)]
mod tests {
    use wh_packaging::requirement::parse;

    use super::*;

    fn root(text: &str) -> Root {
        Root {
            requirement: parse(text).unwrap(),
            origin: "overrides.txt".to_owned(),
            hashes: Vec::new(),
        }
    }

    fn check(requires: &[&str], overrides: &[&str], expected: &[&str]) {
        let mut text =
            "Metadata-Version: 2.1\nName: a\nVersion: 1\nProvides-Extra: x\nProvides-Extra: y\n"
                .to_owned();
        for one in requires {
            text += &format!("Requires-Dist: {one}\n");
        }
        let metadata = Arc::new(Metadata::parse(text.as_bytes()).unwrap());
        let overrides: Vec<Root> = overrides.iter().map(|one| root(one)).collect();
        let changed = override_metadata(&metadata, &overrides);
        let found: Vec<String> = changed
            .requires_dist
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn extras_and_markers_are_those_of_the_override_but_for_the_extra_it_needs() {
        check(
            &["b[z]>=1; os_name == 'nt'", "c"],
            &["b==2"],
            &["b==2", "c"],
        );
        check(&["b; extra == 'x'"], &["b==2"], &["b==2 ; extra == 'x'"]);
        check(
            &["b; extra == 'x' and os_name == 'nt'"],
            &["b==2; os_name == 'posix'"],
            &["b==2 ; os_name == 'posix' and extra == 'x'"],
        );
        check(
            &["b; extra == 'x' or extra == 'y'"],
            &["b==2"],
            &["b==2 ; extra == 'x'", "b==2 ; extra == 'y'"],
        );
        check(
            &["b>=1", "b<9"],
            &["b==2", "b!=3"],
            &["b==2", "b!=3", "b==2", "b!=3"],
        );
    }

    #[test]
    fn roots_are_replaced_once() {
        let roots = [root("b>=1"), root("c"), root("b<9")];
        let found = override_roots(&roots, &[root("b==2")]);
        let found: Vec<String> = found
            .iter()
            .map(|one| one.requirement.to_string())
            .collect();
        assert_eq!(found, ["b==2", "c"]);
    }
}
