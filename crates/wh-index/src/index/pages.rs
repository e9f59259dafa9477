//! The page of a project, from one index: out of the cache, confirmed, or fetched.

use std::sync::Arc;
use std::time::SystemTime;

use http::{HeaderMap, HeaderValue, header};
use tokio::sync::oneshot;
use url::Url;
use wh_packaging::{Origin, ProjectName};

use super::IndexError;
use crate::cache::{Cache, StoredPage};
use crate::client::{Client, ClientError, without_credentials};
use crate::document::Asked;
use crate::settings::IndexUrl;
use crate::simple::{self, SimplePage};

/// No page is longer.
const PAGE_LIMIT: u64 = 512 << 20;

/// One index, as it is asked.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub(super) index: IndexUrl,
    /// Its URL without credentials, as files name it.
    pub(super) shown: Arc<Url>,
}

impl Source {
    pub(super) fn new(mut index: IndexUrl) -> Self {
        if !index.url.path().ends_with('/') {
            let path = format!("{}/", index.url.path());
            index.url.set_path(&path);
        }
        let shown = Arc::new(crate::client::strip_credentials(&index.url));
        Self { index, shown }
    }

    fn page_url(&self, project: &ProjectName) -> Url {
        let mut url = self.index.url.clone();
        // PEP 503: the normalised name and a slash, relative to the index
        url.set_path(&format!("{}{project}/", url.path()));
        url
    }
}

/// The page of a project, and whether it came out of the cache; `None` where the index does not
/// know the project.
pub(super) async fn fetch(
    client: &Client,
    cache: &Cache,
    source: &Source,
    project: &ProjectName,
) -> Result<Option<(SimplePage, bool)>, IndexError> {
    let url = source.page_url(project);
    let obtained = match url.scheme() {
        "file" => read_folder(&url),
        _ => asked(&url).obtain(client, cache).await,
    };
    let (page, from_cache) = match obtained {
        Ok(found) => found,
        Err(ClientError::NotFound { .. }) => return Ok(None),
        Err(error) => {
            return Err(IndexError::Page {
                project: project.clone(),
                index: Arc::clone(&source.shown),
                source: error,
            });
        }
    };
    let origin = Origin::Index(Arc::clone(&source.shown));
    let name = project.clone();
    let shown = without_credentials(&page.url);
    let (answer, parsed) = oneshot::channel();
    // pages of megabytes: not on the threads that wait for sockets
    cache.behind(move |cache| {
        let parsed = simple::parse(&page.body, page.content_type(), &page.url, &name, &origin);
        let is_new = parsed.is_ok() && !from_cache;
        // whoever asked may be gone
        let _ = answer.send(parsed);
        if is_new {
            asked(&url).keep(cache, &page);
        }
    });
    match parsed.await {
        Ok(Ok(page)) => Ok(Some((page, from_cache))),
        Ok(Err(source)) => Err(IndexError::Garbage {
            project: project.clone(),
            url: shown,
            source,
        }),
        Err(error) => Err(IndexError::Client(ClientError::Setup {
            reason: error.to_string(),
        })),
    }
}

fn asked(url: &Url) -> Asked<'_> {
    Asked {
        url,
        accept: simple::ACCEPT,
        limit: PAGE_LIMIT,
    }
}

fn read_folder(url: &Url) -> Result<(StoredPage, bool), ClientError> {
    let not_found = || ClientError::NotFound {
        url: url.to_string(),
        status: 404,
    };
    let path = url.to_file_path().map_err(|()| not_found())?;
    let path = path.join("index.html");
    match fs_err::read(&path) {
        Ok(body) => Ok((
            StoredPage {
                url: url.clone(),
                headers: HeaderMap::from_iter([(
                    header::CONTENT_TYPE,
                    HeaderValue::from_static("text/html"),
                )]),
                time: SystemTime::now(),
                body,
            },
            true,
        )),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(not_found()),
        Err(error) => Err(ClientError::File {
            path,
            reason: error.to_string(),
        }),
    }
}
