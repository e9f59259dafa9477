//! The grammar of PEP 508, in its order: name, extras, URL or specifiers, marker.

use url::Url;

use super::{
    Faults, Requirement, RequirementError, VersionOrUrl, marker_text, parse_specifiers,
    parse_specifiers_lenient,
};
use crate::{ExtraName, MarkerTree, ProjectName, extra_name, project_name};

/// Reads one requirement as published metadata has it.
///
/// # Errors
/// The text is not a requirement, also after mending.
pub fn parse(text: &str) -> Result<Requirement, RequirementError> {
    Scan::new(text, Faults::Mend).requirement(&Url::parse)
}

/// Reads one requirement as a user gives it: by the specification, as pip does.
///
/// # Errors
/// The text is not a requirement.
pub fn parse_strict(text: &str) -> Result<Requirement, RequirementError> {
    Scan::new(text, Faults::Refuse).requirement(&Url::parse)
}

/// Turns the text of a URL into one.
pub(super) type ReadUrl<'f> = dyn Fn(&str) -> Result<Url, url::ParseError> + 'f;

/// Walks over the text of a requirement.
pub(super) struct Scan<'a> {
    text: &'a str,
    at: usize,
    faults: Faults,
}

impl<'a> Scan<'a> {
    pub(super) fn new(text: &'a str, faults: Faults) -> Self {
        Self {
            text,
            at: 0,
            faults,
        }
    }

    /// The whole of it.
    pub(super) fn requirement(
        mut self,
        read_url: &ReadUrl<'_>,
    ) -> Result<Requirement, RequirementError> {
        let name = self.name()?;
        let extras = self.extras()?;
        let version_or_url = match self.peek() {
            Some('@') => Some(VersionOrUrl::Url(self.url(read_url)?)),
            Some('(') => self.parentheses()?,
            Some('<' | '>' | '=' | '!' | '~') => self.specifiers()?,
            Some(';') | None => None,
            Some(other) => {
                return Err(self.error(format!(
                    "expected a version specifier, `@`, `;` or the end, found `{other}`"
                )));
            }
        };
        Ok(Requirement {
            name,
            extras,
            version_or_url,
            marker: self.marker()?,
            origin: None,
        })
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// The next character that is not space; the place moves to it.
    fn peek(&mut self) -> Option<char> {
        let rest = self.rest().trim_start();
        self.at = self.text.len() - rest.len();
        rest.chars().next()
    }

    fn error(&self, message: impl Into<String>) -> RequirementError {
        self.error_at(self.at, message)
    }

    fn error_at(&self, byte: usize, message: impl Into<String>) -> RequirementError {
        RequirementError::at(self.text, byte, message)
    }

    /// A run of the characters that names are made of.
    fn word(&mut self) -> &'a str {
        let rest = self.rest();
        let end = rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_')))
            .unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    pub(super) fn name(&mut self) -> Result<ProjectName, RequirementError> {
        let Some(first) = self.peek() else {
            return Err(self.error("expected a project name, found nothing"));
        };
        let start = self.at;
        let word = self.word();
        if word.is_empty() {
            return Err(self.error(format!("expected a project name, found `{first}`")));
        }
        project_name(word).ok_or_else(|| {
            let message = format!(
                "`{word}` is not a project name: it must begin and end with a letter or digit"
            );
            self.error_at(start, message)
        })
    }

    pub(super) fn extras(&mut self) -> Result<Vec<ExtraName>, RequirementError> {
        let mut extras = Vec::new();
        if self.peek() != Some('[') {
            return Ok(extras);
        }
        self.at += 1;
        loop {
            match self.peek() {
                Some(']') => break,
                None => return Err(self.error("expected `]` after the extras, found the end")),
                Some(_) => {}
            }
            let start = self.at;
            let word = self.word();
            let extra = extra_name(word);
            extras
                .push(extra.ok_or_else(|| self.error_at(start, "expected the name of an extra"))?);
            match self.peek() {
                Some(',') => self.at += 1,
                Some(']') => {}
                _ => return Err(self.error("expected `,` or `]` after an extra")),
            }
        }
        self.at += 1;
        Ok(extras)
    }

    /// `@ url`; the URL ends at white space.
    fn url(&mut self, read_url: &ReadUrl<'_>) -> Result<Url, RequirementError> {
        self.at += 1;
        self.peek();
        let start = self.at;
        let mut end = self
            .rest()
            .find(char::is_whitespace)
            .map_or(self.text.len(), |length| start + length);
        if self.faults == Faults::Mend {
            end = self.marker_in_url(start, end).unwrap_or(end);
        }
        let given = &self.text[start..end];
        if given.is_empty() {
            return Err(self.error("expected a URL after `@`"));
        }
        if given.ends_with(';') {
            return Err(self.error_at(end - 1, "expected a space between the URL and `;`"));
        }
        self.at = end;
        read_url(given).map_err(|e| self.error_at(start, format!("`{given}` is not a URL: {e}")))
    }

    /// The place of a `;` that was meant to end the URL though no space stands before it.
    fn marker_in_url(&self, start: usize, end: usize) -> Option<usize> {
        self.text[start..end]
            .match_indices(';')
            .map(|(offset, _)| start + offset)
            .find(|semicolon| {
                let after = self.text[semicolon + 1..].trim();
                !after.is_empty() && marker_text::read(after, self.faults).is_ok()
            })
    }

    fn parentheses(&mut self) -> Result<Option<VersionOrUrl<Url>>, RequirementError> {
        let open = self.at;
        let Some(length) = self.rest().find(')') else {
            return Err(self.error_at(open, "`(` is not closed"));
        };
        let end = open + length;
        let specifiers = self.specifiers_in(open + 1, end)?;
        self.at = end + 1;
        Ok(specifiers)
    }

    fn specifiers(&mut self) -> Result<Option<VersionOrUrl<Url>>, RequirementError> {
        let end = self
            .rest()
            .find(';')
            .map_or(self.text.len(), |length| self.at + length);
        let specifiers = self.specifiers_in(self.at, end)?;
        self.at = end;
        Ok(specifiers)
    }

    fn specifiers_in(
        &self,
        start: usize,
        end: usize,
    ) -> Result<Option<VersionOrUrl<Url>>, RequirementError> {
        let text = &self.text[start..end];
        let specifiers = match self.faults {
            Faults::Refuse => parse_specifiers(text),
            Faults::Mend => parse_specifiers_lenient(text),
        };
        let specifiers = specifiers.map_err(|e| RequirementError {
            column: e.column + self.text[..start].chars().count(),
            text: self.text.to_owned(),
            message: e.message,
        })?;
        let some = !specifiers.is_empty();
        Ok(some.then_some(VersionOrUrl::VersionSpecifier(specifiers)))
    }

    /// `; marker`, or the end.
    pub(super) fn marker(&mut self) -> Result<MarkerTree, RequirementError> {
        match self.peek() {
            None => return Ok(MarkerTree::TRUE),
            Some(';') => self.at += 1,
            Some(other) => {
                return Err(self.error(format!("expected `;` or the end, found `{other}`")));
            }
        }
        if self.peek().is_none() {
            return match self.faults {
                Faults::Mend => Ok(MarkerTree::TRUE),
                Faults::Refuse => Err(self.error("expected a marker after `;`")),
            };
        }
        marker_text::read(self.rest(), self.faults)
            .map_err(|(byte, message)| self.error_at(self.at + byte, message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(parse(text).unwrap().to_string(), expected, "{text}");
    }

    #[test]
    fn reads_requirements() {
        for (text, expected) in [
            ("Foo.Bar", "foo-bar"),
            (" foo [a, B_c] >=1 , <2 ", "foo[a,b-c]>=1,<2"),
            ("foo[]", "foo"),
            ("foo (>=1.0)", "foo>=1.0"),
            ("foo()", "foo"),
            ("foo;os_name=='nt'", "foo ; os_name == 'nt'"),
            (
                "foo[x]@https://h.example/a.whl ; os_name=='nt'",
                "foo[x] @ https://h.example/a.whl ; os_name == 'nt'",
            ),
            ("foo ~= 1.4.2", "foo~=1.4.2"),
        ] {
            check(text, expected);
            assert_eq!(parse_strict(text).unwrap(), parse(text).unwrap());
        }
    }

    #[test]
    fn mends_published_faults() {
        check("foo>=1.0.*", "foo>=1.0");
        check("foo (>=1.0,)", "foo>=1.0");
        check("foo>=1.0<2", "foo>=1.0,<2");
        check("foo ;", "foo");
        check(
            "foo @ https://h.example/a.whl; os_name=='nt'",
            "foo @ https://h.example/a.whl ; os_name == 'nt'",
        );
        check(
            "foo @ https://h.example/a.whl;os_name=='nt'",
            "foo @ https://h.example/a.whl ; os_name == 'nt'",
        );
        check(
            "foo @ https://h.example/a;b=c",
            "foo @ https://h.example/a;b=c",
        );
    }

    #[test]
    fn strict_says_where_it_is_wrong() {
        for (text, column) in [
            ("", 0),
            ("-foo", 0),
            ("foo- >=1", 0),
            ("foo[a", 5),
            ("foo[a-]", 4),
            ("foo[a b]", 6),
            ("foo bar", 4),
            ("foo 1.0", 4),
            ("foo>=1.0.*", 3),
            ("foo>=1, <x", 8),
            ("foo (>=1", 4),
            ("foo @ ", 6),
            ("foo @ ./x", 6),
            ("foo @ https://h/a.whl; os_name=='nt'", 21),
            ("foo;", 4),
            ("foo; what == 'x'", 5),
            ("foo; python_version == 'x", 23),
            ("foo>=1)", 3),
        ] {
            let error = parse_strict(text).unwrap_err();
            assert_eq!(error.column, column, "{text}: {error}");
        }
    }
}
