//! What may stand where a requirement is asked for: on a command line, in a requirements file.
//!
//! As pip reads it: an editable, a path or URL without a name, else a requirement.

use std::path::{Component, Path, PathBuf};

use percent_encoding::percent_decode_str;
use url::Url;

use super::parse::Scan;
use super::{Faults, Requirement, RequirementError, VersionOrUrl};
use crate::WheelFilename;

/// What a line asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// A requirement; a wheel's path or URL has become `name @ url`.
    Named(Requirement),
    /// Something that only a build could satisfy.
    Unsupported {
        /// What it is.
        kind: Unsupported,
        /// The text as given.
        text: String,
    },
}

/// Kinds of input that are not wheels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unsupported {
    /// A folder.
    LocalPath,
    /// A version-control URL.
    Vcs,
    /// `-e`
    Editable,
    /// A source distribution or another archive.
    Sdist,
    /// A URL that does not tell what it gives.
    Url,
}

/// What a URL leads to, as far as it tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UrlKind {
    /// A wheel.
    Wheel,
    /// A source distribution or another archive.
    Sdist,
    /// A repository.
    Vcs,
    /// A folder on the machine.
    LocalPath,
    /// It does not tell.
    Unknown,
}

const ARCHIVES: &[&str] = &[
    ".tar.gz",
    ".zip",
    ".tar.bz2",
    ".tar.xz",
    ".tgz",
    ".tar",
    ".tbz",
    ".txz",
    ".tlz",
    ".tar.lz",
    ".tar.lzma",
];

/// What a URL leads to: by its scheme, then by the name at the end of its path.
pub fn classify_url(url: &Url) -> UrlKind {
    let scheme = url.scheme();
    let vcs = scheme.split('+').next().unwrap_or_default();
    if scheme == "ssh" || matches!(vcs, "git" | "hg" | "svn" | "bzr") {
        return UrlKind::Vcs;
    }
    let path = url.path().to_ascii_lowercase();
    if path.ends_with(".whl") {
        UrlKind::Wheel
    } else if ARCHIVES.iter().any(|suffix| path.ends_with(suffix)) {
        UrlKind::Sdist
    } else if scheme == "file" {
        UrlKind::LocalPath
    } else {
        UrlKind::Unknown
    }
}

/// Reads what a user asks for; `base` is the folder (absolute) that relative paths start from: the
/// working folder, for requirements files too, as in pip.
///
/// # Errors
/// The text is neither a requirement nor a path or URL that says what it is.
pub fn parse_input(text: &str, base: &Path) -> Result<Input, RequirementError> {
    let text = text.trim();
    if let Some(rest) = text
        .strip_prefix("-e")
        .or_else(|| text.strip_prefix("--editable"))
        && rest.starts_with([' ', '\t', '=', '.', '/'])
    {
        return Ok(unsupported(Unsupported::Editable, text));
    }
    if is_unnamed(text) {
        return unnamed(text, base);
    }
    let requirement =
        Scan::new(text, Faults::Refuse).requirement(&|given| location(given, base))?;
    let kind = match &requirement.version_or_url {
        Some(VersionOrUrl::Url(url)) => not_a_wheel(classify_url(url)),
        _ => None,
    };
    match (kind, &requirement.version_or_url) {
        (Some(kind), _) => Ok(unsupported(kind, text)),
        (None, Some(VersionOrUrl::Url(url))) => {
            let wheel = wheel_filename(text, url)?;
            if wheel.project == requirement.name {
                Ok(Input::Named(requirement))
            } else {
                let message = format!(
                    "the wheel is of `{}`, not of `{}`",
                    wheel.project, requirement.name
                );
                Err(RequirementError::at(text, 0, message))
            }
        }
        (None, _) => Ok(Input::Named(requirement)),
    }
}

fn unsupported(kind: Unsupported, text: &str) -> Input {
    Input::Unsupported {
        kind,
        text: text.to_owned(),
    }
}

fn not_a_wheel(kind: UrlKind) -> Option<Unsupported> {
    match kind {
        UrlKind::Wheel => None,
        UrlKind::Sdist => Some(Unsupported::Sdist),
        UrlKind::Vcs => Some(Unsupported::Vcs),
        UrlKind::LocalPath => Some(Unsupported::LocalPath),
        UrlKind::Unknown => Some(Unsupported::Url),
    }
}

/// Whether the text is a path or URL with no name before it.
fn is_unnamed(text: &str) -> bool {
    let head = text
        .split_once(';')
        .map_or(text, |(head, _)| head)
        .trim_end();
    if let Some((name, _)) = text.split_once('@')
        && !name.contains(['/', '\\', ':', ';'])
        && !name.starts_with('.')
    {
        return false;
    }
    let (head, _) = split_extras(head);
    let lower = head.to_ascii_lowercase();
    has_scheme(head)
        || head.starts_with('.')
        || head.contains(['/', '\\'])
        || lower.ends_with(".whl")
        || ARCHIVES.iter().any(|suffix| lower.ends_with(suffix))
}

/// `https:`, `git+ssh:`, `file:`; a single letter is a drive.
fn has_scheme(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, _)| {
        scheme.len() > 1
            && scheme
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
    })
}

/// Splits `x.whl[extra]`; the brackets stay with the second part.
fn split_extras(text: &str) -> (&str, &str) {
    match text.rfind('[') {
        Some(open) if open > 0 && text.ends_with(']') => text.split_at(open),
        _ => (text, ""),
    }
}

fn unnamed(text: &str, base: &Path) -> Result<Input, RequirementError> {
    // in a URL `;` may stand for itself: there it ends the URL after a space only
    let end = match (has_scheme(text), text.find(char::is_whitespace)) {
        (true, space) => space.unwrap_or(text.len()),
        (false, _) => text.find(';').unwrap_or(text.len()),
    };
    let (head, extras) = split_extras(text[..end].trim_end());
    let url = location(head, base)
        .map_err(|e| RequirementError::at(text, 0, format!("`{head}` is not a URL: {e}")))?;
    if let Some(kind) = not_a_wheel(classify_url(&url)) {
        return Ok(unsupported(kind, text));
    }
    let wheel = wheel_filename(text, &url)?;
    let start = head.len();
    let shift = |e: RequirementError| RequirementError {
        column: e.column + text[..start].chars().count(),
        text: text.to_owned(),
        message: e.message,
    };
    let mut scan = Scan::new(&text[start..], Faults::Refuse);
    let extras = if extras.is_empty() {
        Vec::new()
    } else {
        scan.extras().map_err(shift)?
    };
    Ok(Input::Named(Requirement {
        name: wheel.project,
        extras,
        version_or_url: Some(VersionOrUrl::Url(url)),
        marker: scan.marker().map_err(shift)?,
        origin: None,
    }))
}

fn wheel_filename(text: &str, url: &Url) -> Result<WheelFilename, RequirementError> {
    let last = url.path().rsplit('/').next().unwrap_or_default();
    let name = percent_decode_str(last).decode_utf8_lossy();
    name.parse::<WheelFilename>()
        .map_err(|e| RequirementError::at(text, 0, e.to_string()))
}

/// A URL, or a path from `base` as one.
fn location(given: &str, base: &Path) -> Result<Url, url::ParseError> {
    let relative_file = given
        .strip_prefix("file:")
        .filter(|path| !path.starts_with('/'));
    if has_scheme(given) && relative_file.is_none() {
        return Url::parse(given);
    }
    let (path, fragment) = match given.rsplit_once('#') {
        Some((path, fragment)) if fragment.contains('=') => (path, Some(fragment)),
        _ => (given, None),
    };
    let path = relative_file.map_or(path, |_| path.trim_start_matches("file:"));
    let path = normalised(&base.join(path));
    let mut url =
        Url::from_file_path(path).map_err(|()| url::ParseError::RelativeUrlWithoutBase)?;
    url.set_fragment(fragment);
    Ok(url)
}

/// Without `.` and `..`, by the text alone.
fn normalised(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let shown = match parse_input(text, Path::new("/base/dir")) {
            Ok(Input::Named(requirement)) => requirement.to_string(),
            Ok(Input::Unsupported { kind, .. }) => format!("{kind:?}"),
            Err(error) => format!("{}: {error}", error.column),
        };
        assert_eq!(shown, expected, "{text}");
    }

    #[test]
    fn wheels_without_a_name_get_theirs() {
        let wheel = "foo-1.0-py3-none-any.whl";
        check(wheel, "foo @ file:///base/dir/foo-1.0-py3-none-any.whl");
        check(
            &format!("./{wheel}[a,b] ; os_name == 'nt'"),
            "foo[a,b] @ file:///base/dir/foo-1.0-py3-none-any.whl ; os_name == 'nt'",
        );
        check(
            &format!("../x/{wheel};os_name == 'nt'"),
            "foo @ file:///base/x/foo-1.0-py3-none-any.whl ; os_name == 'nt'",
        );
        check(
            &format!("https://h.example/{wheel}#sha256=ab"),
            "foo @ https://h.example/foo-1.0-py3-none-any.whl#sha256=ab",
        );
        check(
            &format!("file:///d/{wheel}"),
            &format!("foo @ file:///d/{wheel}"),
        );
        check(
            &format!("foo @ ./{wheel}"),
            &format!("foo @ file:///base/dir/{wheel}"),
        );
        check(
            &format!("file:{wheel}"),
            &format!("foo @ file:///base/dir/{wheel}"),
        );
    }

    #[test]
    fn what_is_no_wheel_is_named_for_what_it_is() {
        check(".", "LocalPath");
        check("./dir[extra]", "LocalPath");
        check("foo @ ./dir", "LocalPath");
        check("file:///some/dir", "LocalPath");
        check("foo-1.0.tar.gz", "Sdist");
        check("foo @ https://h.example/foo-1.0.zip", "Sdist");
        check("git+https://h.example/r.git@main#egg=foo", "Vcs");
        check("foo @ git+ssh://git@h.example/r.git", "Vcs");
        check("-e .", "Editable");
        check("--editable=git+https://h.example/r.git", "Editable");
        check("https://h.example/download/12", "Url");
    }

    #[test]
    fn requirements_are_requirements() {
        check(
            "foo[x]>=1,<2; os_name == 'a/b'",
            "foo[x]>=1,<2 ; os_name == 'a/b'",
        );
        check(
            "foo>=1.0.*",
            "3: `>=1.0.*` is not a version specifier: Operator >= cannot be used with a wildcard version specifier",
        );
    }
}
