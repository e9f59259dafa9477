//! Where no wheel fits a target: which target would do.

use wh_packaging::{Tag, Target};
use wh_resolver::NoWheel;

/// How many targets a hint names.
const SHOWN: usize = 4;

/// Platforms that a project most likely has wheels for, besides the target's own.
const PLATFORMS: [&str; 6] = [
    "manylinux_2_28_x86_64",
    "manylinux_2_28_aarch64",
    "musllinux_1_2_x86_64",
    "win_amd64",
    "macosx_14_0_arm64",
    "macosx_14_0_x86_64",
];

/// Pythons, the newest first.
const PYTHONS: [&str; 7] = ["cp314", "cp313", "cp312", "cp311", "cp310", "cp39", "cp38"];

/// What to say of a project without a fitting wheel.
pub fn hint(none: &NoWheel) -> String {
    let version = none
        .versions
        .first()
        .map(ToString::to_string)
        .unwrap_or_default();
    let subject = format!("{} {version}", none.project);
    let would_do = none
        .targets
        .first()
        .map(|target| others(target, &none.available))
        .unwrap_or_default();
    if would_do.is_empty() {
        return format!(
            "{subject} has wheels for other machines only: allow another version, or leave it out with --exclude"
        );
    }
    format!(
        "{subject} has wheels that would do for {}",
        would_do.join(", ")
    )
}

/// Targets near the one that goes without: its own platform with other Pythons first, then its own
/// Python on other platforms.
fn others(target: &str, available: &[String]) -> Vec<String> {
    let Some((python, platform)) = target.split_once('-') else {
        return Vec::new();
    };
    let same_platform = PYTHONS.iter().map(|python| format!("{python}-{platform}"));
    let same_python = PLATFORMS
        .iter()
        .map(|platform| format!("{python}-{platform}"));
    same_platform
        .chain(same_python)
        .filter(|name| name != target && loads(name, available))
        .take(SHOWN)
        .collect()
}

/// Whether a target loads one of the tags.
fn loads(name: &str, available: &[String]) -> bool {
    let Ok(target) = Target::from_name(name) else {
        return false;
    };
    available.iter().any(|compressed| {
        let mut tags = Vec::new();
        Tag::expand(compressed, &mut tags).is_ok()
            && tags.iter().any(|tag| {
                target
                    .tags
                    .rank(&tag.python, &tag.abi, &tag.platform)
                    .is_some()
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(target: &str, available: &[&str], expected: &[&str]) {
        let available: Vec<String> = available.iter().map(|tag| (*tag).to_owned()).collect();
        assert_eq!(others(target, &available), expected);
    }

    #[test]
    fn the_same_machine_with_another_python_comes_first() {
        check(
            "cp312-manylinux_2_28_x86_64",
            &[
                "cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64",
                "cp312-cp312-win_amd64",
            ],
            &["cp311-manylinux_2_28_x86_64", "cp312-win_amd64"],
        );
    }

    #[test]
    fn nothing_near_is_nothing() {
        check("cp312-win_amd64", &["cp27-cp27m-win32"], &[]);
    }
}
