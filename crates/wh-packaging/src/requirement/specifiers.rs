//! Version specifiers (PEP 440), and the faults in published ones that installers let pass.

use super::RequirementError;
use crate::{Version, VersionSpecifier, VersionSpecifiers};

/// Reads specifiers as the specification has them; like `packaging`, empty parts between commas
/// count for nothing.
///
/// # Errors
/// A part is not a specifier.
pub fn parse_specifiers(text: &str) -> Result<VersionSpecifiers, RequirementError> {
    clauses(text, &|clause| {
        clause
            .parse::<VersionSpecifier>()
            .map_err(|e| e.to_string())
    })
}

/// Reads specifiers as published files have them: `>=3.5.*`, `>=2.7,!=3.0.*,`, `>=1.0<2`,
/// `!=3.0*`, `>='2.7'`, `>dev`. Text that follows the specification means what it says.
///
/// # Errors
/// A part is not a specifier, also after mending.
pub fn parse_specifiers_lenient(text: &str) -> Result<VersionSpecifiers, RequirementError> {
    parse_specifiers(text).or_else(|error| {
        let spaced = separate(text);
        clauses(&spaced, &mended).map_err(|_| error)
    })
}

/// Whether a number in the text is too big to be added to, as ranges of versions need.
pub(super) fn has_huge_number(text: &str) -> bool {
    let public = text.split_once('+').map_or(text, |(public, _)| public);
    public
        .split(|c: char| !c.is_ascii_digit())
        .any(|digits| digits.trim_start_matches('0').len() > 18)
}

fn clauses(
    text: &str,
    read: &dyn Fn(&str) -> Result<VersionSpecifier, String>,
) -> Result<VersionSpecifiers, RequirementError> {
    let mut start = 0;
    let mut found = Vec::new();
    for part in text.split(',') {
        let clause = part.trim();
        if !clause.is_empty() {
            let column = start + (part.len() - part.trim_start().len());
            let specifier = match has_huge_number(clause) {
                true => Err("a number in it is too big".to_owned()),
                false => read(clause),
            };
            found.push(specifier.map_err(|message| {
                let message = format!("`{clause}` is not a version specifier: {message}");
                RequirementError::at(text, column, message)
            })?);
        }
        start += part.len() + 1;
    }
    Ok(found.into_iter().collect())
}

/// Puts the comma before each operator that follows a version, and removes quotes.
fn separate(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 4);
    let mut in_version = false;
    for c in text.chars().filter(|c| !matches!(c, '\'' | '"')) {
        let operator = matches!(c, '<' | '>' | '=' | '!' | '~');
        if operator && in_version {
            out.push(',');
        }
        in_version = if operator || c == ',' {
            false
        } else {
            in_version || !c.is_whitespace()
        };
        out.push(c);
    }
    out
}

/// Reads one specifier, mending what is wrong with its version.
fn mended(clause: &str) -> Result<VersionSpecifier, String> {
    let strict = match clause.parse::<VersionSpecifier>() {
        Ok(specifier) => return Ok(specifier),
        Err(error) => error.to_string(),
    };
    let split = clause
        .find(|c| !matches!(c, '<' | '>' | '=' | '!' | '~'))
        .ok_or(&strict)?;
    let (operator, version) = (&clause[..split], clause[split..].trim());
    let version = match version.strip_suffix('*') {
        // `>=3.5.*`: as `>=3.5`
        Some(before) if !matches!(operator, "==" | "!=") => before.trim_end_matches('.').to_owned(),
        // `!=3.0*`: as `!=3.0.*`
        Some(before) => format!("{}.*", before.trim_end_matches('.')),
        // `>dev`, once written for "whatever there is"
        None if version == "dev" => "0.dev0".to_owned(),
        None => version.trim_end_matches('.').to_owned(),
    };
    // `~=3` was written for `>=3,==3.*`, which one specifier can say; `~=3b1` is for nobody to guess
    if operator == "~="
        && let Ok(version) = version.parse::<Version>()
        && version.release().len() == 1
        && !(version.any_prerelease() || version.is_post() || version.is_local())
    {
        return Ok(VersionSpecifier::equals_star_version(version));
    }
    format!("{operator}{version}").parse().map_err(|_| strict)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mends_what_is_published() {
        let check = |text: &str, expected: &str| {
            let found = parse_specifiers_lenient(text).unwrap();
            assert_eq!(found.to_string(), expected, "{text}");
        };
        check("", "");
        check(">=1,<2", ">=1, <2");
        check(">= 3.5.*", ">=3.5");
        check(">3.6,<4.0,", ">3.6, <4.0");
        check(">=2.7,!=3.0.*,", ">=2.7, !=3.0.*");
        check(">=2.7, !=3.0*, !=3.1*", ">=2.7, !=3.0.*, !=3.1.*");
        check(">=1.0<2", ">=1.0, <2");
        check(">=1.0 <2", ">=1.0, <2");
        check(">='2.7'", ">=2.7");
        check(">=3.6.", ">=3.6");
        check(">dev", ">0.dev0");
        check("~=3", "==3.*");
        check("==1.*", "==1.*");
        check("===1.0", "===1.0");
    }

    #[test]
    fn refuses_what_nobody_can_mean() {
        for text in [
            "3.6",
            "==2004d",
            "soon",
            ">=",
            ">= 3 . 6",
            "=>1",
            "~=1b1",
            "~=1.post1",
            "==1.0 2.0",
            "==18446744073709551615.*",
            "~=1.18446744073709551615.0",
        ] {
            assert!(parse_specifiers_lenient(text).is_err(), "{text}");
        }
    }

    #[test]
    fn strict_says_where() {
        for (text, column) in [(">=1.0.*", 0), (">=1, <x", 5), ("é", 0), (">=1,é", 4)] {
            assert_eq!(parse_specifiers(text).unwrap_err().column, column, "{text}");
        }
        assert!(parse_specifiers(">=1.0,").is_ok());
    }
}
