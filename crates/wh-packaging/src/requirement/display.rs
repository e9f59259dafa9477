//! Requirements in the words of those who wrote them.

use super::{Requirement, VersionOrUrl};

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
    if let Some(marker) = requirement.marker.try_to_string() {
        let marker = if marker.contains('"') {
            marker
        } else {
            marker.replace('\'', "\"")
        };
        text.push_str(&format!("{before_marker} {marker}"));
    }
    text
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
            "foo @ https://h.example/a.whl ; os_name == \"nt\"",
        ] {
            assert_eq!(display(&parse_strict(text).unwrap()), text);
        }
    }
}
