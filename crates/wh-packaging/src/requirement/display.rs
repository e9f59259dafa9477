//! Requirements in the words of those who wrote them.

use pep508_rs::{MarkerExpression, MarkerOperator, MarkerValueVersion};

use super::{Requirement, VersionOrUrl};
use crate::{MarkerTree, Operator, VersionSpecifier};

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
    write_marker(marker, &|expression| match expression {
        MarkerExpression::Version { key, specifier }
            if *key == MarkerValueVersion::PythonFullVersion =>
        {
            minor_comparison(specifier)
        }
        _ => None,
    })
}

/// A marker as `pep508_rs` keeps it, as text; `None` where it always holds.
pub fn full_marker(marker: &MarkerTree) -> Option<String> {
    write_marker(marker, &|_| None)
}

/// `pep508_rs` writes strings between `'`, whatever they hold: the text might not be a marker, or
/// another one.
fn write_marker(
    marker: &MarkerTree,
    own: &dyn Fn(&MarkerExpression) -> Option<String>,
) -> Option<String> {
    if marker.is_true() {
        return None;
    }
    if marker.is_false() {
        return Some("python_version < '0'".to_owned());
    }
    let text = |one: &MarkerExpression| own(one).unwrap_or_else(|| expression(one));
    let alternatives = marker.to_dnf();
    let several = alternatives.len() > 1;
    let written: Vec<String> = alternatives
        .iter()
        .map(|all| {
            let joined = all.iter().map(text).collect::<Vec<_>>().join(" and ");
            match several && all.len() > 1 {
                true => format!("({joined})"),
                false => joined,
            }
        })
        .collect();
    Some(written.join(" or "))
}

fn expression(expression: &MarkerExpression) -> String {
    match expression {
        MarkerExpression::String {
            key,
            operator,
            value,
        } => {
            let value = quoted(value);
            match operator {
                MarkerOperator::Contains => format!("{value} in {key}"),
                MarkerOperator::NotContains => format!("{value} not in {key}"),
                _ => format!("{key} {operator} {value}"),
            }
        }
        MarkerExpression::Extra { operator, name } => {
            format!("extra {operator} {}", quoted(&name.to_string()))
        }
        versions => versions.to_string(),
    }
}

/// Between quotes that the text does not hold: no marker can hold both kinds.
fn quoted(text: &str) -> String {
    match text.contains('\'') {
        true => format!("\"{text}\""),
        false => format!("'{text}'"),
    }
}

/// `python_version OP 'X.Y'` for a comparison of the full version that says the same.
fn minor_comparison(specifier: &VersionSpecifier) -> Option<String> {
    let (operator, version) = match specifier.operator() {
        // `== '3.*'` is not `python_version == '3'`
        Operator::EqualStar if specifier.version().release().len() == 2 => ("==", specifier),
        Operator::NotEqualStar if specifier.version().release().len() == 2 => ("!=", specifier),
        Operator::LessThan => ("<", specifier),
        Operator::GreaterThanEqual => (">=", specifier),
        _ => return None,
    };
    let minor = version.version().to_string();
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let short = match minor.split_once('.') {
        Some((major, minor)) => plain(major) && plain(minor),
        None => plain(&minor),
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
            "foo; os_name == \"a'b\"",
            "foo; os_name == 'a\"b'",
            "foo; \"'\" in os_name and 'x' not in sys_platform",
            "foo; os_name == \"python_full_version < '3.8'\"",
            "foo; (os_name == \"a\" and extra == \"b\") or sys_platform == \"c\"",
        ] {
            assert_eq!(display(&parse_strict(text).unwrap()), text);
        }
    }
}
