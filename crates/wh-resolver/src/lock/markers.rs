//! Markers that tell classes of targets apart, in as few words as will do.
//!
//! A reader first looks whether its environment is one of the lock's `environments`; so a package's
//! marker need only tell *these* apart, not all that exist. Where Windows alone takes a package,
//! `sys_platform == 'win32'` says it.

use wh_packaging::requirement::full_marker;
use wh_packaging::{MarkerTree, MarkerValues, Target, TargetClass};

/// The marker names that a lock may stand on; fewer are better, and the first are tried first.
/// The full version counts only for targets that were named with one.
const NAMES: [&str; 5] = [
    "python_version",
    "sys_platform",
    "platform_machine",
    "implementation_name",
    "python_full_version",
];

/// The values that a class has for [`NAMES`]; `None`: open, or not the same for all members.
type Values = [Option<String>; NAMES.len()];

/// The marker of each part, where `part_of[i]` is the part that class `i` belongs to. `None` in
/// `part_of`: the class takes none of them. A part that all classes belong to needs no marker.
pub(super) fn markers(
    classes: &[&TargetClass],
    part_of: &[Option<usize>],
    parts: usize,
) -> Vec<Option<String>> {
    if parts == 1 && part_of.iter().all(Option::is_some) {
        return vec![None];
    }
    let values: Vec<Values> = classes.iter().map(|class| values_of(class)).collect();
    let names = fewest_names(&values, part_of);
    (0..parts)
        .map(|part| match &names {
            Some(names) => Some(in_words(names, &values, part_of, part)),
            None => any_of(classes, part_of, part),
        })
        .collect()
}

/// All of these markers; `None`, which always holds, for none.
pub(super) fn both<'m>(markers: impl Iterator<Item = &'m str>) -> Option<String> {
    joined(markers.map(str::to_owned).collect(), " and ")
}

/// One of these markers; `None`, which always holds, if one of them does.
pub(super) fn either(markers: impl Iterator<Item = Option<String>>) -> Option<String> {
    joined(markers.collect::<Option<Vec<String>>>()?, " or ")
}

fn joined(mut markers: Vec<String>, by: &str) -> Option<String> {
    if markers.len() > 1 {
        for marker in &mut markers {
            if marker.contains(" or ") || by == " or " && marker.contains(" and ") {
                *marker = format!("({marker})");
            }
        }
    }
    (!markers.is_empty()).then(|| markers.join(by))
}

fn values_of(class: &TargetClass) -> Values {
    let exact = class.members.iter().all(Target::names_patch);
    std::array::from_fn(|name| {
        let mut members = class
            .members
            .iter()
            .map(|target| value(&target.markers, name));
        let first = members.next()??;
        let usable = members.all(|other| other == Some(first))
            && !first.contains(['\'', '"', '\\'])
            && (exact || NAMES[name] != "python_full_version");
        usable.then(|| first.to_owned())
    })
}

fn value(markers: &MarkerValues, name: usize) -> Option<&str> {
    match NAMES[name] {
        "python_version" => Some(&markers.python_version),
        "sys_platform" => markers.sys_platform.as_deref(),
        "platform_machine" => markers.platform_machine.as_deref(),
        "implementation_name" => markers.implementation_name.as_deref(),
        _ => Some(&markers.python_full_version),
    }
}

/// The smallest set of names under which no two classes of different parts can be confused.
fn fewest_names(values: &[Values], part_of: &[Option<usize>]) -> Option<Vec<usize>> {
    let mut sets: Vec<Vec<usize>> = (1_u32..1 << NAMES.len())
        .map(|bits| {
            (0..NAMES.len())
                .filter(|name| bits & (1 << name) != 0)
                .collect()
        })
        .collect();
    sets.sort_by_key(|set| set.len());
    sets.into_iter().find(|set| {
        (0..values.len()).all(|one| {
            (0..one).all(|other| {
                part_of[one] == part_of[other]
                    || set
                        .iter()
                        .any(|&name| differ(&values[one][name], &values[other][name]))
            })
        })
    })
}

fn differ(one: &Option<String>, other: &Option<String>) -> bool {
    matches!((one, other), (Some(one), Some(other)) if one != other)
}

fn in_words(names: &[usize], values: &[Values], part_of: &[Option<usize>], part: usize) -> String {
    let mut terms: Vec<String> = Vec::new();
    for (values, _) in values
        .iter()
        .zip(part_of)
        .filter(|(_, of)| **of == Some(part))
    {
        let term = names
            .iter()
            .filter_map(|&name| {
                let value = values[name].as_deref()?;
                Some(format!("{} == '{value}'", NAMES[name]))
            })
            .collect::<Vec<_>>()
            .join(" and ");
        if !terms.contains(&term) {
            terms.push(term);
        }
    }
    terms.sort();
    if terms.len() > 1 && names.len() > 1 {
        for term in &mut terms {
            *term = format!("({term})");
        }
    }
    terms.join(" or ")
}

/// The classes' own markers, where no set of names tells them apart.
fn any_of(classes: &[&TargetClass], part_of: &[Option<usize>], part: usize) -> Option<String> {
    let mut any = MarkerTree::FALSE;
    for (class, _) in classes
        .iter()
        .zip(part_of)
        .filter(|(_, of)| **of == Some(part))
    {
        any.or(class.marker.clone());
    }
    full_marker(&any)
}
