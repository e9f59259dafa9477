//! How large a marker is: the edges of its decision diagram, and the ways through it.

use std::collections::{HashMap, HashSet};

use pep508_rs::{MarkerTree, MarkerTreeKind};

/// The trees that the edges of a tree's root lead to.
fn children(tree: &MarkerTree) -> Vec<MarkerTree> {
    match tree.kind() {
        MarkerTreeKind::True | MarkerTreeKind::False => Vec::new(),
        MarkerTreeKind::Version(node) => node.edges().map(|(_, child)| child).collect(),
        MarkerTreeKind::String(node) => node.children().map(|(_, child)| child).collect(),
        MarkerTreeKind::In(node) => node.children().map(|(_, child)| child).collect(),
        MarkerTreeKind::Contains(node) => node.children().map(|(_, child)| child).collect(),
        MarkerTreeKind::Extra(node) => node.children().map(|(_, child)| child).collect(),
    }
}

/// How many edges a diagram has; counting ends above `most`. At least 1.
pub(super) fn edges(tree: &MarkerTree, most: usize) -> usize {
    let mut found = 1;
    let mut seen = HashSet::new();
    let mut open = vec![tree.clone()];
    while let Some(tree) = open.pop() {
        if found > most {
            break;
        }
        let next = children(&tree);
        if !next.is_empty() && seen.insert(tree) {
            found += next.len();
            open.extend(next);
        }
    }
    found
}

/// How many ways lead to the truth: each is a part of the marker once it is written as text.
pub(super) fn ways(tree: &MarkerTree) -> usize {
    ways_from(tree, &mut HashMap::new())
}

fn ways_from(tree: &MarkerTree, known: &mut HashMap<MarkerTree, usize>) -> usize {
    if tree.is_true() {
        return 1;
    }
    if let Some(ways) = known.get(tree) {
        return *ways;
    }
    let sum = children(tree).iter().fold(0usize, |sum, child| {
        sum.saturating_add(ways_from(child, known))
    });
    known.insert(tree.clone(), sum);
    sum
}
