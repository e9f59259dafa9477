//! Names of wheels: `{name}-{version}(-{build})?-{python}-{abi}-{platform}(-{variant})?.whl`.
//!
//! Follows the binary distribution format (packaging.python.org) and, for the variant label, PEP
//! 825: a variant's label ends the name, and a python tag never starts with a digit, which tells
//! a six-part variant name from one with a build tag. Older wheels have names and versions that
//! are not normalised (`zope.interface`, `1.0_1`); they are read as well.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use crate::tag::Tags;
use crate::{ProjectName, Version, project_name};

/// The longest name that file systems take, in bytes; it also bounds the tags of a name.
const LONGEST: usize = 255;

/// What the name of a wheel says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WheelFilename {
    /// The project, normalised.
    pub project: ProjectName,
    /// The version.
    pub version: Version,
    /// The build tag as its number and the rest; sorts as the specification says.
    pub build: Option<(u64, String)>,
    /// Python tags (`py2`, `py3`), in lower case.
    pub python: Vec<String>,
    /// ABI tags, in lower case.
    pub abi: Vec<String>,
    /// Platform tags, in lower case.
    pub platform: Vec<String>,
    /// The variant label (PEP 825); such wheels are left aside.
    pub variant: Option<String>,
    text: String,
}

/// Why a name is not a wheel's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is not the name of a wheel: {reason}")]
pub struct WheelFilenameError {
    /// The name.
    pub name: String,
    /// What is wrong with it.
    pub reason: String,
}

impl WheelFilename {
    /// The best place that one of the wheel's tags has among those of a target; `None` where the
    /// target cannot load it, and for variants.
    pub fn rank(&self, tags: &Tags) -> Option<usize> {
        if self.variant.is_some() {
            return None;
        }
        let mut best = None;
        for python in &self.python {
            for abi in &self.abi {
                for platform in &self.platform {
                    let rank = tags.rank(python, abi, platform);
                    best = match (best, rank) {
                        (Some(a), Some(b)) => Some(std::cmp::min::<usize>(a, b)),
                        (a, b) => a.or(b),
                    };
                }
            }
        }
        best
    }

    /// Which of two wheels of one version and rank is preferred: the higher build tag is greater,
    /// none is least.
    pub fn compare_build(&self, other: &Self) -> Ordering {
        self.build.cmp(&other.build)
    }

    /// Whether it runs on every machine: nothing in it is for one ABI or platform.
    pub fn is_pure(&self) -> bool {
        let only = |tags: &[String], tag: &str| tags.iter().all(|one| one == tag);
        only(&self.abi, "none") && only(&self.platform, "any")
    }

    /// The whole name as published.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for WheelFilename {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for WheelFilename {
    type Err = WheelFilenameError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        parse(name).map_err(|reason| WheelFilenameError {
            name: name.to_owned(),
            reason,
        })
    }
}

fn parse(name: &str) -> Result<WheelFilename, String> {
    if name.len() > LONGEST {
        return Err(format!("it is longer than {LONGEST} bytes"));
    }
    let stem = name
        .strip_suffix(".whl")
        .ok_or("it does not end in `.whl`")?;
    let mut parts = [""; 7];
    let mut count = 0;
    for part in stem.split('-') {
        *parts
            .get_mut(count)
            .ok_or("it has more than seven parts between dashes")? = part;
        count += 1;
    }
    let has_build = parts[2].starts_with(|c: char| c.is_ascii_digit());
    let (build, tags, variant) = match (count, has_build) {
        (5, _) => (None, &parts[2..5], None),
        (6, true) => (Some(parts[2]), &parts[3..6], None),
        (6, false) => (None, &parts[2..5], Some(parts[5])),
        (7, true) => (Some(parts[2]), &parts[3..6], Some(parts[6])),
        (7, false) => return Err(format!("the build tag `{}` has no number", parts[2])),
        _ => return Err("it has fewer than five parts between dashes".to_owned()),
    };
    Ok(WheelFilename {
        project: parse_project(parts[0])?,
        version: parse_version(parts[1])?,
        build: build.map(parse_build).transpose()?,
        python: parse_python_tags(tags[0])?,
        abi: parse_tags(tags[1])?,
        platform: parse_tags(tags[2])?,
        variant: variant.map(parse_variant).transpose()?,
        text: name.to_owned(),
    })
}

fn parse_project(text: &str) -> Result<ProjectName, String> {
    project_name(text).ok_or_else(|| format!("`{text}` is not the name of a project"))
}

/// Before versions had a normal form, `-` in them became `_`.
fn parse_version(text: &str) -> Result<Version, String> {
    Version::from_str(text)
        .or_else(|error| {
            if text.contains('_') {
                Version::from_str(&text.replace('_', "-"))
            } else {
                Err(error)
            }
        })
        .map_err(|_| format!("`{text}` is not a version"))
}

fn parse_build(text: &str) -> Result<(u64, String), String> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, rest) = text.split_at(end);
    if !rest.chars().all(is_tag_char) {
        return Err(format!("`{text}` is not a build tag"));
    }
    let number = number
        .parse()
        .map_err(|_| format!("the number of the build tag `{text}` is too big"))?;
    Ok((number, rest.to_owned()))
}

fn parse_python_tags(text: &str) -> Result<Vec<String>, String> {
    let tags = parse_tags(text)?;
    match tags
        .iter()
        .find(|tag| tag.starts_with(|c: char| c.is_ascii_digit()))
    {
        Some(tag) => Err(format!("the python tag `{tag}` starts with a digit")),
        None => Ok(tags),
    }
}

fn parse_tags(text: &str) -> Result<Vec<String>, String> {
    text.split('.')
        .map(|tag| {
            if tag.is_empty() {
                Err(format!("`{text}` holds an empty tag"))
            } else if tag.chars().all(is_tag_char) {
                Ok(tag.to_ascii_lowercase())
            } else {
                Err(format!("`{tag}` is not a tag"))
            }
        })
        .collect()
}

fn is_tag_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '+' | '!')
}

fn parse_variant(text: &str) -> Result<String, String> {
    let valid = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '.');
    if text.is_empty() || !text.chars().all(valid) {
        return Err(format!("`{text}` is not a variant label"));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tag::Tag;

    fn check(name: &str, expected: Result<&str, &str>) {
        let found = name.parse::<WheelFilename>();
        let found = match &found {
            Ok(wheel) => Ok(format!(
                "{} {} {} {}-{}-{} {}",
                wheel.project,
                wheel.version,
                wheel
                    .build
                    .as_ref()
                    .map_or("-".into(), |(n, rest)| format!("{n}{rest}")),
                wheel.python.join("."),
                wheel.abi.join("."),
                wheel.platform.join("."),
                wheel.variant.as_deref().unwrap_or("-"),
            )),
            Err(error) => Err(error.reason.clone()),
        };
        assert_eq!(found.as_deref().map_err(String::as_str), expected, "{name}");
    }

    #[test]
    fn published_names() {
        check("foo-1.0-py3-none-any.whl", Ok("foo 1.0 - py3-none-any -"));
        check(
            "foo_bar-1.0-1a-py2.py3-none-any.whl",
            Ok("foo-bar 1.0 1a py2.py3-none-any -"),
        );
        check(
            "zope.Interface-5.0-py3-none-any.whl",
            Ok("zope-interface 5.0 - py3-none-any -"),
        );
        check(
            "foo-1.0_1-py3-none-any.whl",
            Ok("foo 1.0.post1 - py3-none-any -"),
        );
        check(
            "torch-2.5.0+cu121-cp312-cp312-Linux_x86_64.whl",
            Ok("torch 2.5.0+cu121 - cp312-cp312-linux_x86_64 -"),
        );
    }

    #[test]
    fn variants() {
        check(
            "foo-1.0-py3-none-any-x86_64_v3.whl",
            Ok("foo 1.0 - py3-none-any x86_64_v3"),
        );
        check(
            "foo-1.0-2-py3-none-any-cu12.9.whl",
            Ok("foo 1.0 2 py3-none-any cu12.9"),
        );
        check(
            "foo-1.0-py3-none-any-X.whl",
            Err("`X` is not a variant label"),
        );
        check(
            "foo-1.0-py3-none-any-.whl",
            Err("`` is not a variant label"),
        );
    }

    #[test]
    fn other_names() {
        check("foo-1.0-py3-none-any.zip", Err("it does not end in `.whl`"));
        check(
            "foo-1.0-py3-none.whl",
            Err("it has fewer than five parts between dashes"),
        );
        check(
            "foo-1.0-x-py3-none-any-a.whl",
            Err("the build tag `x` has no number"),
        );
        check(
            "foo-1.0-1-py3-none-any-a-b.whl",
            Err("it has more than seven parts between dashes"),
        );
        check("foo-x-py3-none-any.whl", Err("`x` is not a version"));
        check(
            "-1.0-py3-none-any.whl",
            Err("`` is not the name of a project"),
        );
        check(
            "foo-1.0-3-none-any.whl",
            Err("the python tag `3` starts with a digit"),
        );
        check("foo-1.0-py3-none-any/x.whl", Err("`any/x` is not a tag"));
        check(
            "foo-1.0-py3-none-any..whl",
            Err("`any.` holds an empty tag"),
        );
        check(
            "foo-1.0-99999999999999999999-py3-none-any.whl",
            Err("the number of the build tag `99999999999999999999` is too big"),
        );
        check(
            &format!("{}.whl", "-".repeat(300)),
            Err("it is longer than 255 bytes"),
        );
    }

    #[test]
    fn rank_is_the_best_of_the_set() {
        let mut list = Vec::new();
        for tag in ["cp312-cp312-win_amd64", "py3-none-any", "py2-none-any"] {
            Tag::expand(tag, &mut list).unwrap();
        }
        let tags = Tags::new(list);
        let rank = |name: &str| name.parse::<WheelFilename>().unwrap().rank(&tags);
        assert_eq!(rank("foo-1-py2.py3-none-any.whl"), Some(1));
        assert_eq!(rank("foo-1-cp312-cp312-win32.win_amd64.whl"), Some(0));
        assert_eq!(rank("foo-1-cp311-cp311-win_amd64.whl"), None);
        assert_eq!(rank("foo-1-py3-none-any-label.whl"), None);
    }

    #[test]
    fn builds_sort_by_number_then_text() {
        let read = |name: &str| name.parse::<WheelFilename>().unwrap();
        let sorted =
            ["", "-2", "-2a", "-10"].map(|build| read(&format!("foo-1{build}-py3-none-any.whl")));
        for pair in sorted.windows(2) {
            assert_eq!(pair[0].compare_build(&pair[1]), Ordering::Less);
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_a_name_or_an_error(text in "[a-zA-Z0-9._+!/\\-é]{0,60}(\\.whl)?") {
            if let Ok(wheel) = text.parse::<WheelFilename>() {
                proptest::prop_assert_eq!(wheel.as_str(), text.as_str());
                proptest::prop_assert!(!text.contains(['/', '\\']));
            }
        }
    }
}
