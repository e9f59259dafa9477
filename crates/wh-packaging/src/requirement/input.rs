//! What may stand where a requirement is asked for: on a command line, in a requirements file.
//!
//! As pip reads it: an editable, a path or URL without a name, else a requirement.

use std::path::{Component, Path, PathBuf};

use percent_encoding::percent_decode_str;
use url::Url;

use super::parse::Scan;
use super::source_url::{SourceUrl, fragment};
use super::{Faults, Requirement, RequirementError, VersionOrUrl};
use crate::{ExtraName, MarkerTree, ProjectName, WheelFilename};

/// What a line asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// A requirement; a wheel's path or URL has become `name @ url`. Where the URL is no wheel's,
    /// it leads to what has to be built.
    Named(Requirement),
    /// A path or URL of which only the content tells what project it is.
    Unnamed(Unnamed),
}

/// What has to be built, without a name.
#[derive(Debug, Clone, PartialEq)]
pub struct Unnamed {
    /// Where it is; a path has become a `file:` URL.
    pub url: Url,
    /// The extras behind it.
    pub extras: Vec<ExtraName>,
    /// The marker behind it.
    pub marker: MarkerTree,
    /// `-e`
    pub editable: bool,
    /// The text as given.
    pub text: String,
}

impl Unnamed {
    /// The name that `#egg=` gives. An editable has no other, as it stays one.
    pub fn egg(&self) -> Option<ProjectName> {
        let requirement = egg(&self.url)?.1.ok()?;
        Some(requirement.name)
    }

    /// The requirement, once the name is known.
    pub fn named(&self, name: ProjectName) -> Requirement {
        Requirement {
            name,
            extras: self.extras.clone(),
            version_or_url: Some(VersionOrUrl::Url(self.url.clone())),
            marker: self.marker.clone(),
            origin: None,
        }
    }
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
    let (editable, text) = match editable(text) {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    // `-e` takes a folder by its bare name
    if is_unnamed(text) || editable && base.join(split_extras(text).0).is_dir() {
        return unnamed(text, base, editable);
    }
    let requirement =
        Scan::new(text, Faults::Refuse).requirement(&|given| location(given, base))?;
    let Some(VersionOrUrl::Url(url)) = &requirement.version_or_url else {
        return match editable {
            true => Err(not_editable(text)),
            false => Ok(Input::Named(requirement)),
        };
    };
    check_source(text, url)?;
    if classify_url(url) == UrlKind::Wheel {
        let wheel = wheel_filename(text, url)?;
        if wheel.project != requirement.name {
            let message = format!(
                "the wheel is of `{}`, not of `{}`",
                wheel.project, requirement.name
            );
            return Err(RequirementError::at(text, 0, message));
        }
    }
    Ok(Input::Named(requirement))
}

/// What stands behind `-e` or `--editable`.
fn editable(text: &str) -> Option<&str> {
    let rest = text
        .strip_prefix("--editable")
        .or_else(|| text.strip_prefix("-e"))
        .filter(|rest| rest.starts_with([' ', '\t', '=', '.', '/']))?;
    Some(rest.strip_prefix('=').unwrap_or(rest).trim())
}

fn not_editable(text: &str) -> RequirementError {
    let message = "only a folder or a version-control URL can be editable";
    RequirementError::at(text, 0, message)
}

fn check_source(text: &str, url: &Url) -> Result<(), RequirementError> {
    match SourceUrl::parse(url) {
        Ok(_) => Ok(()),
        Err(error) => Err(RequirementError::at(text, 0, error.to_string())),
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

fn unnamed(text: &str, base: &Path, editable: bool) -> Result<Input, RequirementError> {
    // in a URL `;` may stand for itself: there it ends the URL after a space only
    let end = match (has_scheme(text), text.find(char::is_whitespace)) {
        (true, space) => space.unwrap_or(text.len()),
        (false, _) => text.find(';').unwrap_or(text.len()),
    };
    let (head, extras) = split_extras(text[..end].trim_end());
    let url = location(head, base)
        .map_err(|e| RequirementError::at(text, 0, format!("`{head}` is not a URL: {e}")))?;
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
    let marker = scan.marker().map_err(shift)?;
    let kind = classify_url(&url);
    if kind == UrlKind::Wheel {
        if editable {
            return Err(not_editable(text));
        }
        return Ok(Input::Named(Requirement {
            name: wheel_filename(text, &url)?.project,
            extras,
            version_or_url: Some(VersionOrUrl::Url(url)),
            marker,
            origin: None,
        }));
    }
    check_source(text, &url)?;
    if editable && !matches!(kind, UrlKind::LocalPath | UrlKind::Vcs) {
        return Err(not_editable(text));
    }
    let found = Unnamed {
        url,
        extras,
        marker,
        editable,
        text: text.to_owned(),
    };
    match with_egg(text, found)? {
        (found, None) => Ok(Input::Unnamed(found)),
        // an editable stays one
        (found, Some(_)) if editable => Ok(Input::Unnamed(found)),
        (found, Some(name)) => Ok(Input::Named(found.named(name))),
    }
}

/// The name that `#egg=name[extra]` gives, as pip takes it of old; the extras join the others.
fn with_egg(
    text: &str,
    mut found: Unnamed,
) -> Result<(Unnamed, Option<ProjectName>), RequirementError> {
    let Some((egg, requirement)) = egg(&found.url) else {
        return Ok((found, None));
    };
    let named = requirement.ok().filter(|one| one.version_or_url.is_none());
    let Some(requirement) = named else {
        let message = format!("`egg={egg}` does not name a project");
        return Err(RequirementError::at(text, 0, message));
    };
    for extra in requirement.extras {
        if !found.extras.contains(&extra) {
            found.extras.push(extra);
        }
    }
    Ok((found, Some(requirement.name)))
}

/// What stands behind `egg=` in a URL, and what that asks for.
fn egg(url: &Url) -> Option<(String, Result<Requirement, RequirementError>)> {
    let egg = percent_decode_str(fragment(url, "egg")?).decode_utf8_lossy();
    let requirement = super::parse_strict(&egg);
    Some((egg.into_owned(), requirement))
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
mod tests;
