//! `requires.txt` of an egg-info, which has what METADATA's Requires-Dist has.
//!
//! Lines are requirements without markers; a `[extra:marker]` line says what those below it are
//! for, either part possibly empty. Read as pip and `importlib.metadata` read it.

use wh_packaging::Requirement;
use wh_packaging::requirement::{RequirementError, parse};

/// The requirements of the file.
pub(super) fn requirements(text: &str) -> Result<Vec<Requirement>, RequirementError> {
    let mut found = Vec::new();
    let mut marker = String::new();
    for line in text.lines().map(str::trim) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(section) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
            marker = marker_of(section);
        } else {
            // a URL would swallow a marker that follows without a space
            found.push(parse(&format!("{line} {marker}"))?);
        }
    }
    Ok(found)
}

/// `; (marker) and extra == "x"`, as far as the section has both.
fn marker_of(section: &str) -> String {
    let (extra, marker) = section.split_once(':').unwrap_or((section, ""));
    match (extra.trim(), marker.trim()) {
        ("", "") => String::new(),
        ("", marker) => format!("; {marker}"),
        (extra, "") => format!("; extra == \"{extra}\""),
        (extra, marker) => format!("; ({marker}) and extra == \"{extra}\""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let expected: Vec<Requirement> = expected.iter().map(|line| parse(line).unwrap()).collect();
        assert_eq!(requirements(text).unwrap(), expected);
    }

    #[test]
    fn sections_become_markers() {
        check(
            "a>=1\n\n# note\n[x]\nb[y]\n[:python_version < '3.8']\nc\n\
             [x:os_name == 'nt' or os_name == 'posix']\nd @ https://d.example/d.zip\n[]\ne\n",
            &[
                "a>=1",
                "b[y]; extra == 'x'",
                "c; python_version < '3.8'",
                "d @ https://d.example/d.zip ; (os_name == 'nt' or os_name == 'posix') and \
                 extra == 'x'",
                "e",
            ],
        );
        check("", &[]);
        assert!(requirements("[x]\nwhat is this\n").is_err());
    }
}
