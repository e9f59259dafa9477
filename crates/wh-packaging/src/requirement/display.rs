//! Requirements in the words of those who wrote them.

use super::{Requirement, VersionOrUrl};
use crate::MarkerTree;

/// A requirement as pip writes it: `name[extra]>=1,<2; python_version < "3.8"`.
pub fn display(requirement: &Requirement) -> String {
    let mut text = requirement.name.to_string();
    if !requirement.extras.is_empty() {
        let extras: Vec<&str> = requirement.extras.iter().map(AsRef::as_ref).collect();
        text.push_str(&format!("[{}]", extras.join(",")));
    }
    let mut before_marker = ";";
    match &requirement.version_or_url {
        Some(VersionOrUrl::VersionSpecifier(specifiers)) => {
            let parts: Vec<String> = specifiers.iter().map(ToString::to_string).collect();
            text.push_str(&parts.join(","));
        }
        Some(VersionOrUrl::Url(url)) => {
            text.push_str(&format!(" @ {url}"));
            // without a space it would belong to the URL
            before_marker = " ;";
        }
        None => {}
    }
    if let Some(marker) = display_marker(&requirement.marker) {
        let marker = if marker.contains('"') {
            marker
        } else {
            marker.replace('\'', "\"")
        };
        text.push_str(&format!("{before_marker} {marker}"));
    }
    text
}

/// A marker as text; `None` where it always holds.
///
/// `pep508_rs` keeps `python_version` as a range of `python_full_version`; where such a range says
/// no more than `X.Y`, it is written as `python_version` again.
pub fn display_marker(marker: &MarkerTree) -> Option<String> {
    let text = marker.try_to_string()?;
    let full = "python_full_version ";
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find(full) {
        out.push_str(&rest[..at]);
        let after = &rest[at + full.len()..];
        let short = after.split_once(" '").and_then(|(operator, after)| {
            let (value, after) = after.split_once('\'')?;
            Some((minor_comparison(operator, value)?, after))
        });
        match short {
            Some((comparison, after)) => {
                out.push_str(&comparison);
                rest = after;
            }
            None => {
                out.push_str(full);
                rest = after;
            }
        }
    }
    out.push_str(rest);
    Some(out)
}

/// `python_version OP 'X.Y'` for a comparison of the full version that says the same.
fn minor_comparison(operator: &str, value: &str) -> Option<String> {
    let minor = match operator {
        "<" | ">=" => value,
        "==" | "!=" => value.strip_suffix(".*")?,
        _ => return None,
    };
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let short = match minor.split_once('.') {
        Some((major, minor)) => plain(major) && plain(minor),
        // `== '3.*'` is not `python_version == '3'`
        None => plain(minor) && matches!(operator, "<" | ">="),
    };
    short.then(|| format!("python_version {operator} '{minor}'"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::requirement::parse_strict;

    #[test]
    fn reads_back_as_the_same() {
        for text in [
            "foo",
            "foo[a,b]>=1,<2",
            "foo>=1; python_version < \"3.8\"",
            "foo; python_version == \"3.8\" or python_full_version > \"3.9\"",
            "foo; python_full_version >= \"3.8.1\" and python_version < \"4\"",
            "foo; python_version != \"3.8\"",
            "foo @ https://h.example/a.whl ; os_name == \"nt\"",
        ] {
            assert_eq!(display(&parse_strict(text).unwrap()), text);
        }
    }
}
