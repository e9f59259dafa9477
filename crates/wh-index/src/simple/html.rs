//! The Simple API in HTML (PEP 503, 592, 629, 658/714, 740, 792; frozen at 1.4 by PEP 833), and
//! other pages of links.
//!
//! Tokenised as HTML5 says: entities in attributes are decoded, scripts and comments hide what is
//! in them. The first `<base href>` counts, and every `<a href>`.

use std::borrow::Cow;

use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Span, Tokenizer};
use url::Url;
use wh_packaging::{CoreMetadataFile, Hashes};

use super::shallow::{Shallow, TooDeep};
use super::{Link, RawPage, SimpleError, check_version, last_segment};

/// Endings of files that an index may list, current ones and those of the past.
const ENDINGS: [&str; 12] = [
    ".whl", ".tar.gz", ".zip", ".tar.bz2", ".tar.xz", ".tgz", ".tar.Z", ".tar", ".egg", ".exe",
    ".msi", ".rpm",
];

/// Reads the page of a project.
pub(super) fn read<'a>(body: &[u8], url: &Url) -> Result<RawPage<'a>, SimpleError> {
    let page = scan(body, url)?;
    if let Some(version) = &page.version {
        check_version(version)?;
    }
    let is_simple = page.version.is_some() || page.title.trim_start().starts_with("Links for");
    let is_file = |link: &Link<'_>| ENDINGS.iter().any(|ending| link.name.ends_with(ending));
    if !is_simple && !page.links.iter().any(is_file) {
        return Err(match page.links.len() {
            0 => SimpleError::NoLinks,
            count => SimpleError::NotSimple {
                reason: format!("none of its {count} links is a distribution file"),
            },
        });
    }
    Ok(page.into_raw())
}

/// Reads any page of links.
pub(super) fn read_any<'a>(body: &[u8], url: &Url) -> Result<RawPage<'a>, SimpleError> {
    Ok(scan(body, url)?.into_raw())
}

/// What was found so far.
#[derive(Default)]
struct Scan {
    base: Option<Url>,
    version: Option<String>,
    status: Option<String>,
    status_reason: Option<String>,
    title: String,
    in_title: bool,
    links: Vec<Link<'static>>,
    tag: Tag,
    attribute: Attribute,
    pending: Pending,
}

impl Scan {
    fn into_raw<'a>(self) -> RawPage<'a> {
        RawPage {
            links: self.links,
            base: self.base,
            status: self.status.map(|status| (status, self.status_reason)),
        }
    }
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Tag {
    Anchor,
    Base,
    Meta,
    Title,
    #[default]
    Other,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Attribute {
    Href,
    Name,
    Content,
    RequiresPython,
    Yanked,
    CoreMetadata,
    DistInfoMetadata,
    Provenance,
    #[default]
    Other,
}

impl Attribute {
    fn of(name: &[u8]) -> Self {
        match name {
            b"href" => Self::Href,
            b"name" => Self::Name,
            b"content" => Self::Content,
            b"data-requires-python" => Self::RequiresPython,
            b"data-yanked" => Self::Yanked,
            b"data-core-metadata" => Self::CoreMetadata,
            b"data-dist-info-metadata" => Self::DistInfoMetadata,
            b"data-provenance" => Self::Provenance,
            _ => Self::Other,
        }
    }
}

/// The attributes of the tag that is being read.
#[derive(Default)]
struct Pending {
    href: Option<String>,
    name: Option<String>,
    content: Option<String>,
    requires_python: Option<String>,
    yanked: Option<String>,
    core_metadata: Option<String>,
    dist_info_metadata: Option<String>,
    provenance: Option<String>,
}

impl Pending {
    fn slot(&mut self, attribute: Attribute) -> Option<&mut Option<String>> {
        Some(match attribute {
            Attribute::Href => &mut self.href,
            Attribute::Name => &mut self.name,
            Attribute::Content => &mut self.content,
            Attribute::RequiresPython => &mut self.requires_python,
            Attribute::Yanked => &mut self.yanked,
            Attribute::CoreMetadata => &mut self.core_metadata,
            Attribute::DistInfoMetadata => &mut self.dist_info_metadata,
            Attribute::Provenance => &mut self.provenance,
            Attribute::Other => return None,
        })
    }
}

fn scan(body: &[u8], url: &Url) -> Result<Scan, SimpleError> {
    let mut scan = Scan::default();
    let callback = |event: CallbackEvent<'_>, _: Span<()>| -> Option<()> {
        scan.take(event, url);
        None
    };
    let mut emitter = CallbackEmitter::new(callback);
    emitter.naively_switch_states(true);
    for token in Tokenizer::new_with_emitter(Shallow::new(body), emitter) {
        if let Err(TooDeep) = token {
            return Err(SimpleError::TooDeep);
        }
    }
    Ok(scan)
}

impl Scan {
    fn take(&mut self, event: CallbackEvent<'_>, url: &Url) {
        match event {
            CallbackEvent::OpenStartTag { name } => {
                self.tag = match name {
                    b"a" => Tag::Anchor,
                    b"base" => Tag::Base,
                    b"meta" => Tag::Meta,
                    b"title" => Tag::Title,
                    _ => Tag::Other,
                };
                self.pending = Pending::default();
                self.attribute = Attribute::Other;
            }
            CallbackEvent::AttributeName { name } => {
                self.attribute = Attribute::of(name);
                // an attribute may stand without a value (`data-yanked`); the first of two counts
                match self.pending.slot(self.attribute) {
                    Some(slot @ None) => *slot = Some(String::new()),
                    _ => self.attribute = Attribute::Other,
                }
            }
            CallbackEvent::AttributeValue { value } => {
                if let Some(slot) = self.pending.slot(self.attribute) {
                    *slot = Some(String::from_utf8_lossy(value).into_owned());
                }
                self.attribute = Attribute::Other;
            }
            CallbackEvent::CloseStartTag { .. } => self.close(url),
            CallbackEvent::EndTag { name: b"title" } => self.in_title = false,
            CallbackEvent::String { value } if self.in_title && self.title.len() < 1000 => {
                self.title.push_str(&String::from_utf8_lossy(value));
            }
            _ => {}
        }
    }

    fn close(&mut self, url: &Url) {
        let pending = std::mem::take(&mut self.pending);
        match self.tag {
            Tag::Anchor => self.links.extend(link(pending)),
            Tag::Base if self.base.is_none() => {
                self.base = pending.href.and_then(|href| url.join(href.trim()).ok());
            }
            Tag::Meta => {
                let content = pending.content.unwrap_or_default();
                match pending.name.as_deref() {
                    Some("pypi:repository-version") => self.version = Some(content),
                    Some("pypi:project-status") => self.status = Some(content),
                    Some("pypi:project-status-reason") => self.status_reason = Some(content),
                    _ => {}
                }
            }
            Tag::Title => self.in_title = true,
            Tag::Base | Tag::Other => {}
        }
    }
}

fn link(pending: Pending) -> Option<Link<'static>> {
    let url = pending.href?.trim().to_owned();
    let hashes = url
        .split_once('#')
        .and_then(|(_, fragment)| fragment.split('&').find_map(Hashes::parse_one))
        .unwrap_or_default();
    let core_metadata = pending.core_metadata.or(pending.dist_info_metadata);
    Some(Link {
        name: Cow::Owned(last_segment(&url).into_owned()),
        hashes,
        requires_python: pending.requires_python.map(Cow::Owned),
        yanked: pending.yanked.map(Cow::Owned),
        core_metadata: core_metadata.map_or(CoreMetadataFile::Absent, |value| {
            match value.as_str() {
                "false" => CoreMetadataFile::Absent,
                // `true`, or an algorithm's digest
                value => CoreMetadataFile::Present(Hashes::parse_one(value).unwrap_or_default()),
            }
        }),
        provenance: pending.provenance.filter(|p| !p.is_empty()).map(Cow::Owned),
        url: Cow::Owned(url),
        size: None,
        upload_time: None,
    })
}
