//! The wheels that there are instead: those of the same Python for other machines and those for the
//! same machine of other Pythons first, for a user will take one of these.

use std::cmp::Reverse;

use wh_packaging::{DistributionFile, TargetClass, WheelFilename};

/// More tags than these are not listed.
const MOST_TAGS: usize = 6;

/// How near a wheel comes to one that fits; the least first.
type Distance = (Reverse<(bool, bool)>, Reverse<u32>, String);

/// ` (there are wheels for cp312-win_amd64, ...)`, or nothing.
pub(crate) fn wheels_there_are<'f>(
    class: &TargetClass,
    files: impl Iterator<Item = &'f DistributionFile>,
) -> String {
    let wheels = files.filter_map(|file| file.filename.as_wheel());
    let mut near: Vec<(Distance, String)> = wheels
        .map(|wheel| (distance(wheel, class), brief(wheel)))
        .collect();
    near.sort();
    near.dedup_by(|one, other| one.1 == other.1);
    if near.is_empty() {
        return String::new();
    }
    let more = near.len().saturating_sub(MOST_TAGS);
    near.truncate(MOST_TAGS);
    let listed: Vec<String> = near.into_iter().map(|(_, tag)| tag).collect();
    let listed = listed.join(", ");
    if more > 0 {
        format!(" (there are wheels for {listed} and {more} more)")
    } else {
        format!(" (there are wheels for {listed})")
    }
}

fn distance(wheel: &WheelFilename, class: &TargetClass) -> Distance {
    let (mut same_python, mut same_platform) = (false, false);
    let is = |parts: &[String], tag: &str| parts.iter().any(|part| part == tag);
    for tag in class.members.iter().flat_map(|member| member.tags.iter()) {
        same_python |= is(&wheel.python, &tag.python) && is(&wheel.abi, &tag.abi);
        same_platform |= *tag.platform != *"any" && is(&wheel.platform, &tag.platform);
    }
    let minor = wheel.python.iter().filter_map(|python| {
        let digits = python.trim_start_matches(|c: char| !c.is_ascii_digit());
        digits.get(1..)?.parse().ok()
    });
    (
        Reverse((same_python, same_platform)),
        Reverse(minor.max().unwrap_or(0)),
        brief(wheel),
    )
}

/// The tag in short: of several platforms, which are one under several names, a telling one.
fn brief(wheel: &WheelFilename) -> String {
    let telling = wheel
        .platform
        .iter()
        .find(|platform| platform.starts_with("manylinux_"))
        .or(wheel.platform.first());
    format!(
        "{}-{}-{}",
        wheel.python.join("."),
        wheel.abi.join("."),
        telling.map_or("", |platform| platform.as_str())
    )
}

/// The tags of wheels as their names have them, without the parts that say nothing new.
pub(super) fn tags<'f>(files: impl Iterator<Item = &'f DistributionFile>) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for wheel in files.filter_map(|file| file.filename.as_wheel()) {
        let text = format!(
            "{}-{}-{}",
            wheel.python.join("."),
            wheel.abi.join("."),
            wheel.platform.join(".")
        );
        if !tags.contains(&text) {
            tags.push(text);
        }
    }
    tags
}
