//! Pages of the Simple repository API, in HTML and JSON.
//!
//! PEP 503, 592, 629, 658/714, 691, 700, 740, 792; JSON up to 1.5. Both forms become [`Link`]s,
//! which borrow from the page, and these become [`DistributionFile`]s. What one link says
//! wrongly costs that link alone; an unknown major version of the API costs the page.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use percent_encoding::percent_decode_str;
use url::Url;
use wh_packaging::requirement::parse_specifiers_lenient;
use wh_packaging::sdist_filename::SdistFilename;
use wh_packaging::{
    CoreMetadataFile, DistributionFile, Filename, Hashes, Origin, ProjectName, VersionSpecifiers,
};

mod html;
mod json;
mod shallow;

/// What is asked for: JSON best, then HTML by its own name, then any HTML (PEP 691).
pub const ACCEPT: &str = "application/vnd.pypi.simple.v1+json, \
    application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01";

/// The page of one project.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SimplePage {
    /// The project's status (PEP 792) and its reason, where it is not `active`.
    pub status: Option<(String, Option<String>)>,
    /// Its files, in the page's order; none where the project is quarantined.
    pub files: Vec<Arc<DistributionFile>>,
    /// Names of links that are no wheel or sdist of the project.
    pub passed_over: Vec<String>,
}

/// Why a page is of no use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SimpleError {
    /// It is not a page of the Simple API.
    #[error("it is not a page of the Simple API: {reason}")]
    NotSimple {
        /// What it is instead.
        reason: String,
    },
    /// It is HTML without a single link.
    #[error("the page has no links")]
    NoLinks,
    /// It is HTML that is made to exhaust whoever reads it.
    #[error("its HTML goes on and on in one place, as no real page does")]
    TooDeep,
    /// Its version of the API is newer than any known.
    #[error("version {version} of the Simple API is not known")]
    UnknownVersion {
        /// The version.
        version: String,
    },
}

/// One link of a page, with what the page says about it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Link<'a> {
    /// The file's name: in JSON as given, in HTML the last segment of the URL.
    pub name: Cow<'a, str>,
    /// As it stands on the page: may be relative, may have a fragment.
    pub url: Cow<'a, str>,
    /// Digests.
    pub hashes: Hashes,
    /// Requires-Python as it stands on the page.
    pub requires_python: Option<Cow<'a, str>>,
    /// The reason, possibly empty, where the file was yanked.
    pub yanked: Option<Cow<'a, str>>,
    /// Whether METADATA can be had apart.
    pub core_metadata: CoreMetadataFile,
    /// Bytes.
    pub size: Option<u64>,
    /// When it was uploaded.
    pub upload_time: Option<Cow<'a, str>>,
    /// Where its attestations are.
    pub provenance: Option<Cow<'a, str>>,
}

/// A page as it was sent.
struct RawPage<'a> {
    links: Vec<Link<'a>>,
    base: Option<Url>,
    status: Option<(String, Option<String>)>,
}

/// Reads the page of a project. `url` is where the page was found in the end, without credentials.
///
/// # Errors
/// It is not a page of the Simple API, or of a major version that is not known.
pub fn parse(
    body: &[u8],
    content_type: Option<&str>,
    url: &Url,
    project: &ProjectName,
    origin: &Origin,
) -> Result<SimplePage, SimpleError> {
    let raw = match form(body, content_type)? {
        Form::Json => json::read(body)?,
        Form::Html => html::read(body, url)?,
    };
    let base = raw.base.as_ref().unwrap_or(url);
    let mut page = SimplePage {
        status: raw.status.filter(|(status, _)| status != "active"),
        ..SimplePage::default()
    };
    if page
        .status
        .as_ref()
        .is_some_and(|(s, _)| s == "quarantined")
    {
        return Ok(page);
    }
    let mut requires_python = HashMap::new();
    page.files.reserve_exact(raw.links.len());
    for link in &raw.links {
        match file(link, base, project, origin, &mut requires_python) {
            Some(file) => page.files.push(Arc::new(file)),
            None => page.passed_over.push(link.name.clone().into_owned()),
        }
    }
    Ok(page)
}

/// The links of any page of links (`--find-links`), with their absolute URLs.
///
/// # Errors
/// It is neither HTML nor a page of the Simple API.
pub fn links<'a>(
    body: &'a [u8],
    content_type: Option<&str>,
    url: &Url,
) -> Result<Vec<(Link<'a>, Url)>, SimpleError> {
    let raw = match form(body, content_type)? {
        Form::Json => json::read(body)?,
        Form::Html => html::read_any(body, url)?,
    };
    let base = raw.base.unwrap_or_else(|| url.clone());
    let absolute = |link: Link<'a>| {
        let url = without_fragment(base.join(&link.url).ok()?);
        Some((link, url))
    };
    Ok(raw.links.into_iter().filter_map(absolute).collect())
}

/// A file of a project, as a link describes it.
fn file<'p>(
    link: &'p Link<'_>,
    base: &Url,
    project: &ProjectName,
    origin: &Origin,
    requires_python: &mut HashMap<&'p str, Option<VersionSpecifiers>>,
) -> Option<DistributionFile> {
    let filename = filename(&link.name, project)?;
    let url = without_fragment(base.join(&link.url).ok()?);
    let mut file = DistributionFile::new(filename, link.name.as_ref(), url, origin.clone());
    file.size = link.size;
    file.hashes = link.hashes.clone();
    if let Some(text) = link.requires_python.as_deref() {
        // what cannot be read counts as not given, as in every installer
        file.requires_python = requires_python
            .entry(text)
            .or_insert_with(|| parse_specifiers_lenient(text).ok())
            .clone();
    }
    file.yanked = link.yanked.as_deref().map(str::to_owned);
    file.core_metadata = link.core_metadata.clone();
    file.upload_time = link.upload_time.as_deref().map(str::to_owned);
    file.provenance = link.provenance.as_deref().map(str::to_owned);
    if file.url.scheme() == "file" {
        file.path = file.url.to_file_path().ok();
    }
    Some(file)
}

/// Reads a file's name as that of a wheel or an sdist of the project.
pub fn filename(name: &str, project: &ProjectName) -> Option<Filename> {
    if name.contains(['/', '\\']) {
        return None;
    }
    if name.ends_with(".whl") {
        let wheel: wh_packaging::WheelFilename = name.parse().ok()?;
        return (wheel.project == *project && wheel.variant.is_none())
            .then_some(Filename::Wheel(wheel));
    }
    SdistFilename::parse(name, project).map(Filename::Sdist)
}

fn without_fragment(mut url: Url) -> Url {
    url.set_fragment(None);
    crate::client::strip_credentials(&url)
}

/// The last segment of a URL's path, percent-decoded.
fn last_segment(url: &str) -> Cow<'_, str> {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let segment = path.rsplit('/').next().unwrap_or_default();
    percent_decode_str(segment).decode_utf8_lossy()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Json,
    Html,
}

/// Which form a page has: by its content type, and where that says nothing by its first byte.
fn form(body: &[u8], content_type: Option<&str>) -> Result<Form, SimpleError> {
    let media = content_type.unwrap_or_default();
    let media = media.split(';').next().unwrap_or_default().trim();
    let media = media.to_ascii_lowercase();
    match media.as_str() {
        "application/vnd.pypi.simple.v1+json" | "application/json" => return Ok(Form::Json),
        "application/vnd.pypi.simple.v1+html" | "text/html" | "application/xhtml+xml" => {
            return Ok(Form::Html);
        }
        _ => {}
    }
    if let Some(rest) = media.strip_prefix("application/vnd.pypi.simple.v") {
        let version = rest.split('+').next().unwrap_or(rest).to_owned();
        return Err(SimpleError::UnknownVersion { version });
    }
    match body.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'{') => Ok(Form::Json),
        Some(b'<') => Ok(Form::Html),
        None => Err(SimpleError::NotSimple {
            reason: "it is empty".to_owned(),
        }),
        Some(_) => Err(SimpleError::NotSimple {
            reason: format!("its content type is {}", quoted(&media)),
        }),
    }
}

fn quoted(media: &str) -> String {
    if media.is_empty() {
        "not given".to_owned()
    } else {
        format!("`{media}`")
    }
}

/// Refuses a version of the API whose major is not 1 (PEP 629).
fn check_version(version: &str) -> Result<(), SimpleError> {
    if version.split('.').next() == Some("1") {
        return Ok(());
    }
    Err(SimpleError::UnknownVersion {
        version: version.to_owned(),
    })
}

#[cfg(test)]
mod tests;
