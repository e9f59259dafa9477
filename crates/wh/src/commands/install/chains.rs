//! Who asks for a distribution, in a lock: as the resolver says it of a resolution.
//!
//! A chain starts with a requirement of the user and ends with the one who asks; a requirement of
//! the user is its own chain. The shortest counts, ties by name.

use std::collections::{BTreeMap, VecDeque};

use wh_packaging::ProjectName;
use wh_packaging::lock::Selected;

/// The chain of each selected project. `roots` are those that were asked for, in the user's words.
pub fn chains(
    selected: &[Selected<'_>],
    roots: &BTreeMap<ProjectName, String>,
) -> BTreeMap<ProjectName, Vec<String>> {
    let by_name: BTreeMap<&ProjectName, &Selected<'_>> = selected
        .iter()
        .map(|one| (&one.package.name, one))
        .collect();
    let mut chains: BTreeMap<ProjectName, Vec<String>> = BTreeMap::new();
    let mut next: VecDeque<&ProjectName> = VecDeque::new();
    for (root, asked) in roots {
        if by_name.contains_key(root) {
            chains.insert(root.clone(), vec![asked.clone()]);
            next.push_back(root);
        }
    }
    while let Some(name) = next.pop_front() {
        let Some(one) = by_name.get(name) else {
            continue;
        };
        let mut chain = chains.get(name).cloned().unwrap_or_default();
        if !roots.contains_key(name) {
            chain.push(pinned(one));
        }
        for dependency in &one.package.dependencies {
            let known = by_name.contains_key(&dependency.name);
            if known && !chains.contains_key(&dependency.name) {
                chains.insert(dependency.name.clone(), chain.clone());
                next.push_back(&dependency.name);
            }
        }
    }
    chains
}

/// The words `, asked for by a > b==1`; nothing where nobody is known to ask.
pub fn asked_for(chain: &[String]) -> String {
    match chain {
        [] => String::new(),
        chain => format!(", asked for by {}", chain.join(" > ")),
    }
}

fn pinned(one: &Selected<'_>) -> String {
    match &one.package.version {
        Some(version) => format!("{}=={version}", one.package.name),
        None => one.package.name.to_string(),
    }
}
