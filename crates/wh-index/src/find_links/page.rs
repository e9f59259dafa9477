//! Pages of links: any HTML page whose links lead to distributions.

use percent_encoding::percent_decode_str;
use url::Url;
use wh_packaging::Hashes;
use wh_packaging::requirement::parse_specifiers_lenient;

use super::found::{Found, Linked, Place};
use super::has_distribution_name;
use crate::client::{Client, ClientError, without_credentials};
use crate::document::Asked;
use crate::simple;

/// No page of links needs more bytes.
const PAGE_CAP: u64 = 256 << 20;

/// Fetches a page and takes its links.
pub(super) fn fetch(url: &Url, client: &Client) -> Result<Vec<Found>, ClientError> {
    let asked = Asked {
        url,
        accept: simple::ACCEPT,
        limit: PAGE_CAP,
    };
    let (page, from_cache) = client.block_on(asked.obtain(client, client.cache()))?;
    let found = links(&page.url, page.content_type(), &page.body)?;
    if !from_cache {
        asked.keep(client.cache(), &page);
    }
    Ok(found)
}

/// The links of a page that lead to distributions.
pub(super) fn links(
    page: &Url,
    content_type: Option<&str>,
    bytes: &[u8],
) -> Result<Vec<Found>, ClientError> {
    let links = simple::links(bytes, content_type, page).map_err(|error| ClientError::Garbage {
        url: without_credentials(page),
        reason: error.to_string(),
    })?;
    let found = links.into_iter().filter_map(|(link, url)| {
        let Found { name, place } = of_link(url)?;
        let Place::Linked(found) = place else {
            return None;
        };
        let linked = Linked {
            size: link.size,
            hashes: link.hashes,
            requires_python: link
                .requires_python
                .and_then(|text| parse_specifiers_lenient(&text).ok()),
            yanked: link.yanked.map(Into::into),
            core_metadata: link.core_metadata,
            upload_time: link.upload_time.map(Into::into),
            ..*found
        };
        let place = Place::Linked(Box::new(linked));
        Some(Found { name, place })
    });
    Ok(found.collect())
}

/// What a link leads to, if it leads to a distribution: the last part of its path says it.
pub(super) fn of_link(mut url: Url) -> Option<Found> {
    let hashes = url
        .fragment()
        .and_then(Hashes::parse_one)
        .unwrap_or_default();
    url.set_fragment(None);
    let last = url.path_segments()?.next_back()?;
    let name = percent_decode_str(last).decode_utf8().ok()?.into_owned();
    if !has_distribution_name(&name) || name.contains(['/', '\\']) {
        return None;
    }
    let path = (url.scheme() == "file")
        .then(|| url.to_file_path().ok())
        .flatten();
    let linked = Linked {
        hashes,
        ..Linked::new(url, path)
    };
    let place = Place::Linked(Box::new(linked));
    Some(Found { name, place })
}

/// Whether a file on this machine is taken for a page.
pub(super) fn has_page_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.ends_with(".html") || name.ends_with(".htm")
}
