//! Classes of targets: those that a lock's reader cannot tell apart.
//!
//! A lock selects by markers alone, and python_version, implementation_name, sys_platform and
//! platform_machine are the only ones a lock may stand on. Targets equal in these (manylinux and
//! musllinux of one machine, macOS floors, cp313 and cp313t, win32 and win_amd64) form a class and
//! are resolved as one. Only a target that is named with its patch release has that in its marker.
//!
//! The markers of classes exclude each other. What a target leaves open may be any value, so it
//! shares a class with every target that is equal in the rest.

use std::str::FromStr;

use pep508_rs::MarkerTree;

use crate::target::Target;

/// Targets that are resolved as one; never empty.
#[derive(Debug, Clone)]
pub struct TargetClass {
    /// The members, in the order given.
    pub members: Vec<Target>,
    /// The marker that a lock writes for the class.
    pub marker: MarkerTree,
}

impl TargetClass {
    /// The names of its members.
    pub fn names(&self) -> Vec<String> {
        self.members
            .iter()
            .map(|target| target.name.clone())
            .collect()
    }
}

/// Each target as a class of its own, in the order given; equal targets are merged. For locks of
/// one target each, which no reader has to tell apart.
pub fn alone(targets: Vec<Target>) -> Vec<TargetClass> {
    let mut classes: Vec<TargetClass> = Vec::new();
    for target in targets {
        if !classes
            .iter()
            .any(|class| class.members[0].same_environment(&target))
        {
            classes.push(TargetClass {
                marker: Key::of(&target).marker(),
                members: vec![target],
            });
        }
    }
    classes
}

/// Sorts targets into classes, keeping the order of first appearance; equal targets are merged.
pub fn classes(targets: Vec<Target>) -> Vec<TargetClass> {
    let mut groups: Vec<(Key, Vec<(usize, Target)>)> = Vec::new();
    for (place, target) in targets.into_iter().enumerate() {
        let known = groups
            .iter()
            .flat_map(|(_, members)| members)
            .any(|(_, member)| member.same_environment(&target));
        if !known {
            join(&mut groups, Key::of(&target), vec![(place, target)]);
        }
    }
    groups
        .into_iter()
        .map(|(key, mut members)| {
            members.sort_by_key(|(place, _)| *place);
            TargetClass {
                members: members.into_iter().map(|(_, target)| target).collect(),
                marker: key.marker(),
            }
        })
        .collect()
}

/// Puts targets where their key fits. A key that becomes more open may now fit others: these are
/// taken in, until all groups exclude each other.
fn join(
    groups: &mut Vec<(Key, Vec<(usize, Target)>)>,
    mut key: Key,
    mut members: Vec<(usize, Target)>,
) {
    let mut place = groups.len();
    while let Some(found) = groups.iter().position(|(other, _)| other.overlaps(&key)) {
        let (other, others) = groups.remove(found);
        key = key.common(&other);
        members.extend(others);
        place = place.min(found);
    }
    groups.insert(place.min(groups.len()), (key, members));
}

/// What tells a class from others; `None`: any value.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Key {
    python: String,
    patch: Option<String>,
    implementation: Option<String>,
    system: Option<String>,
    machine: Option<String>,
}

impl Key {
    fn of(target: &Target) -> Self {
        let markers = &target.markers;
        Self {
            python: markers.python_version.clone(),
            patch: target
                .names_patch()
                .then(|| markers.python_full_version.clone()),
            implementation: markers.implementation_name.clone(),
            system: markers.sys_platform.clone(),
            machine: markers.platform_machine.clone(),
        }
    }

    fn fields(&self) -> [(&'static str, &Option<String>); 4] {
        [
            ("python_full_version", &self.patch),
            ("implementation_name", &self.implementation),
            ("sys_platform", &self.system),
            ("platform_machine", &self.machine),
        ]
    }

    fn overlaps(&self, other: &Self) -> bool {
        let pairs = self.fields().into_iter().zip(other.fields());
        self.python == other.python
            && pairs
                .map(|((_, a), (_, b))| (a, b))
                .all(|(a, b)| a.is_none() || b.is_none() || a == b)
    }

    fn common(&self, other: &Self) -> Self {
        let both = |a: &Option<String>, b: &Option<String>| a.clone().filter(|_| a == b);
        Self {
            python: self.python.clone(),
            patch: both(&self.patch, &other.patch),
            implementation: both(&self.implementation, &other.implementation),
            system: both(&self.system, &other.system),
            machine: both(&self.machine, &other.machine),
        }
    }

    fn marker(&self) -> MarkerTree {
        let mut marker = match self.patch {
            Some(_) => MarkerTree::TRUE,
            None => clause("python_version", &self.python),
        };
        for (name, value) in self.fields() {
            if let Some(value) = value {
                marker.and(clause(name, value));
            }
        }
        marker
    }
}

/// `name == 'value'`; a value that cannot be quoted tells nothing and is left out.
fn clause(name: &str, value: &str) -> MarkerTree {
    let quote = if value.contains('\'') { '"' } else { '\'' };
    MarkerTree::from_str(&format!("{name} == {quote}{value}{quote}")).unwrap_or(MarkerTree::TRUE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(names: &[&str], expected: &[&str]) {
        let targets = names.iter().map(|name| Target::from_name(name).unwrap());
        let classes = classes(targets.collect());
        let found: Vec<String> = classes
            .iter()
            .map(|class| {
                let marker = class.marker.try_to_string().unwrap_or_default();
                format!("{}: {marker}", class.names().join(" "))
            })
            .collect();
        assert_eq!(found, expected);
        for (place, class) in classes.iter().enumerate() {
            for other in &classes[place + 1..] {
                assert!(class.marker.is_disjoint(&other.marker));
            }
        }
    }

    #[test]
    fn what_a_reader_cannot_tell_apart() {
        check(
            &[
                "cp312-manylinux_2_28_x86_64",
                "cp312-win_amd64",
                "cp312-musllinux_1_2_x86_64",
                "pp311-linux",
                "cp312-linux",
            ],
            &[
                "cp312-manylinux_2_28_x86_64 cp312-musllinux_1_2_x86_64: python_full_version == '3.12.*' and implementation_name == 'cpython' and platform_machine == 'x86_64' and sys_platform == 'linux'",
                "cp312-win_amd64: python_full_version == '3.12.*' and implementation_name == 'cpython' and platform_machine == 'AMD64' and sys_platform == 'win32'",
                "pp311-manylinux_2_28_x86_64: python_full_version == '3.11.*' and implementation_name == 'pypy' and platform_machine == 'x86_64' and sys_platform == 'linux'",
            ],
        );
        check(
            &["cp313-macos", "cp313t-macos", "cp313-macosx_11_0_arm64"],
            &[
                "cp313-macosx_14_0_arm64 cp313t-macosx_14_0_arm64 cp313-macosx_11_0_arm64: python_full_version == '3.13.*' and implementation_name == 'cpython' and platform_machine == 'arm64' and sys_platform == 'darwin'",
            ],
        );
    }

    #[test]
    fn what_is_open_joins() {
        check(
            &[
                "cp312-win_amd64",
                "cp311-win32",
                "cp312-win_arm64",
                "cp312-win32",
            ],
            &[
                "cp312-win_amd64 cp312-win_arm64 cp312-win32: python_full_version == '3.12.*' and implementation_name == 'cpython' and sys_platform == 'win32'",
                "cp311-win32: python_full_version == '3.11.*' and implementation_name == 'cpython' and sys_platform == 'win32'",
            ],
        );
    }

    #[test]
    fn patch_releases() {
        check(
            &["3.12.4-windows", "3.12.7-windows"],
            &[
                "3.12.4-win_amd64: python_full_version == '3.12.4' and implementation_name == 'cpython' and platform_machine == 'AMD64' and sys_platform == 'win32'",
                "3.12.7-win_amd64: python_full_version == '3.12.7' and implementation_name == 'cpython' and platform_machine == 'AMD64' and sys_platform == 'win32'",
            ],
        );
        check(
            &["3.12.4-windows", "cp312-windows"],
            &[
                "3.12.4-win_amd64 cp312-win_amd64: python_full_version == '3.12.*' and implementation_name == 'cpython' and platform_machine == 'AMD64' and sys_platform == 'win32'",
            ],
        );
    }
}
