//! Requirements files that a URL names, as pip takes them.

use std::io;
use std::sync::{Arc, OnceLock};

use url::Url;
use wh_index::{Client, IndexSettings};
use wh_packaging::Reporter;

/// No requirements file needs more bytes.
const MOST_BYTES: u64 = 64 << 20;

/// Fetches them, with the access that the command line gives: what the files say of indexes is
/// known only once they are read.
pub struct Remote {
    settings: IndexSettings,
    reporter: Arc<dyn Reporter>,
    client: OnceLock<Arc<Client>>,
}

impl Remote {
    /// Nothing is connected before the first file.
    pub fn new(settings: IndexSettings, reporter: Arc<dyn Reporter>) -> Self {
        Self {
            settings,
            reporter,
            client: OnceLock::new(),
        }
    }

    /// The bytes of one. What goes wrong is a `ClientError` inside of the error.
    pub fn read(&self, url: &Url) -> io::Result<Vec<u8>> {
        let client = match self.client.get() {
            Some(client) => client,
            None => {
                let client = Client::new(&self.settings, Arc::clone(&self.reporter))
                    .map_err(io::Error::other)?;
                self.client.get_or_init(|| client)
            }
        };
        wh_index::read_document(client, url, MOST_BYTES).map_err(io::Error::other)
    }
}

/// A name of a file that is a URL: those schemes that the reader of requirements files knows.
pub fn url(name: &str) -> Option<Url> {
    let url = Url::parse(name).ok()?;
    matches!(url.scheme(), "http" | "https" | "file").then_some(url)
}
