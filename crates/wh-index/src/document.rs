//! Documents that are kept between runs: pages of indexes, pages of links, requirements files.
//!
//! While one is fresh (RFC 9111, as its server says) no request is made for it; later it is asked
//! whether it changed. Offline, what was kept will do however old it is.

use std::time::SystemTime;

use http::{HeaderMap, HeaderValue, StatusCode, header};
use url::Url;

use crate::cache::{Cache, Freshness, StoredPage};
use crate::client::{Channel, Client, ClientError, body, without_credentials};

/// A document as it is asked for.
pub(crate) struct Asked<'a> {
    pub(crate) url: &'a Url,
    /// `Accept`.
    pub(crate) accept: &'static str,
    /// No answer has more bytes.
    pub(crate) limit: u64,
}

impl Asked<'_> {
    pub(crate) fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static(self.accept));
        headers
    }

    /// What it is kept under.
    fn key(&self) -> String {
        without_credentials(self.url)
    }

    /// Keeps an answer that turned out to be of use.
    pub(crate) fn keep(&self, cache: &Cache, page: &StoredPage) {
        cache.keep_page(&self.key(), &self.headers(), page);
    }

    /// The document, and whether it came out of the cache. A new one is not kept yet.
    pub(crate) async fn obtain(
        &self,
        client: &Client,
        cache: &Cache,
    ) -> Result<(StoredPage, bool), ClientError> {
        let stored = {
            let (cache, key) = (cache.clone(), self.key());
            tokio::task::spawn_blocking(move || cache.page(&key))
                .await
                .unwrap_or_default()
        };
        let Some(mut stored) = stored else {
            return match self.request(client, &self.headers()).await? {
                Answer::Page(page) => Ok((page, false)),
                Answer::NotModified(_) => Err(ClientError::Garbage {
                    url: self.key(),
                    reason: "304 to a request without a condition".to_owned(),
                }),
            };
        };
        let headers = match stored.freshness(&self.headers()) {
            Freshness::Fresh => return Ok((stored, true)),
            Freshness::Stale(_) if client.is_offline() => return Ok((stored, true)),
            Freshness::Stale(headers) => headers,
        };
        match self.request(client, &headers).await? {
            Answer::Page(page) => return Ok((page, false)),
            Answer::NotModified(headers) => stored.confirm(&headers),
        }
        let (key, asked, kept) = (self.key(), self.headers(), stored.clone());
        cache.behind(move |cache| cache.keep_page(&key, &asked, &kept));
        Ok((stored, true))
    }

    async fn request(&self, client: &Client, headers: &HeaderMap) -> Result<Answer, ClientError> {
        let url = self.url;
        client
            .with_retries(url, || async {
                let response = client.get(Channel::Pages, url, headers).await?;
                let at = response.url().clone();
                let answered = response.headers().clone();
                if response.status() == StatusCode::NOT_MODIFIED {
                    return Ok(Answer::NotModified(answered));
                }
                Ok(Answer::Page(StoredPage {
                    url: at,
                    headers: answered,
                    time: SystemTime::now(),
                    body: body(url, response, self.limit).await?,
                }))
            })
            .await
    }
}

enum Answer {
    Page(StoredPage),
    NotModified(HeaderMap),
}

/// The bytes of a file that is no distribution, of at most `limit`, out of the client's cache where
/// it may be. Blocks.
///
/// # Errors
/// That of the last attempt.
pub fn read(client: &Client, url: &Url, limit: u64) -> Result<Vec<u8>, ClientError> {
    let accept = "*/*";
    let asked = Asked { url, accept, limit };
    let (page, from_cache) = client.block_on(asked.obtain(client, client.cache()))?;
    if !from_cache {
        asked.keep(client.cache(), &page);
    }
    Ok(page.body)
}
