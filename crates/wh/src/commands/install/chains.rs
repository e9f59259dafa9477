//! Who asks for a distribution, in a lock: as the resolver says it of a resolution.
//!
//! A chain starts with a requirement of the user and ends with the one who asks; a requirement of
//! the user is its own chain. The shortest counts, ties by name.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use wh_packaging::lock::Selected;
use wh_packaging::requirement::parse;
use wh_packaging::{Lock, ProjectName};

/// The chain of each selected project.
pub fn chains(
    selected: &[Selected<'_>],
    lock: &Lock,
    roots: &BTreeSet<ProjectName>,
) -> BTreeMap<ProjectName, Vec<String>> {
    let by_name: BTreeMap<&ProjectName, &Selected<'_>> = selected
        .iter()
        .map(|one| (&one.package.name, one))
        .collect();
    let mut chains: BTreeMap<ProjectName, Vec<String>> = BTreeMap::new();
    let mut next: VecDeque<&ProjectName> = VecDeque::new();
    for root in roots.iter().filter(|root| by_name.contains_key(root)) {
        chains.insert(root.clone(), vec![as_asked(lock, root)]);
        next.push_back(root);
    }
    while let Some(name) = next.pop_front() {
        let Some(one) = by_name.get(name) else {
            continue;
        };
        let mut chain = chains.get(name).cloned().unwrap_or_default();
        if !roots.contains(name) {
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

fn as_asked(lock: &Lock, root: &ProjectName) -> String {
    let asked = lock.tool.iter().flat_map(|tool| &tool.requirements);
    asked
        .filter(|text| parse(text).is_ok_and(|requirement| requirement.name == *root))
        .map(String::to_owned)
        .next()
        .unwrap_or_else(|| root.to_string())
}

fn pinned(one: &Selected<'_>) -> String {
    match &one.package.version {
        Some(version) => format!("{}=={version}", one.package.name),
        None => one.package.name.to_string(),
    }
}
