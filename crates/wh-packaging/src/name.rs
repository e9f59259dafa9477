//! Names of projects and extras (PEP 503, PEP 508, PEP 685).
//!
//! `pep508_rs` takes the empty text for a name; therefore names from outside are read here.

use crate::{ExtraName, ProjectName};

/// The name of a project, normalised; `None` where the text is not one.
pub fn project_name(text: &str) -> Option<ProjectName> {
    not_empty(text)?.parse().ok()
}

/// The name of an extra, normalised; `None` where the text is not one.
pub fn extra_name(text: &str) -> Option<ExtraName> {
    not_empty(text)?.parse().ok()
}

fn not_empty(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_normalised_or_refused() {
        let check = |text: &str, expected: Option<&str>| {
            let project = project_name(text).map(|name| name.to_string());
            let extra = extra_name(text).map(|name| name.to_string());
            assert_eq!(project.as_deref(), expected, "{text}");
            assert_eq!(extra.as_deref(), expected, "{text}");
        };
        check("Foo.Bar", Some("foo-bar"));
        check("foo-_.bar", Some("foo-bar"));
        check("3", Some("3"));
        for text in ["", "-", ".", "_a", "a-", "a b", "é", "a/b", " a", "a\n"] {
            check(text, None);
        }
    }
}
