//! Pages of indexes and of `--find-links`.

use std::sync::{Arc, LazyLock};

use url::Url;
use wh_index::simple;
use wh_packaging::{Origin, ProjectName};

static URL: LazyLock<Url> = LazyLock::new(|| "https://index.example/simple/a/".parse().unwrap());
static PROJECT: LazyLock<ProjectName> = LazyLock::new(|| "a".parse().unwrap());

/// A page in HTML.
pub fn page_html(bytes: &[u8]) {
    page(bytes, "text/html");
}

/// A page in JSON.
pub fn page_json(bytes: &[u8]) {
    page(bytes, "application/vnd.pypi.simple.v1+json");
}

/// Every file has a name that is no path, and a URL without fragment and credentials.
fn page(bytes: &[u8], content_type: &str) {
    let origin = Origin::Index(Arc::new(URL.clone()));
    if let Ok(page) = simple::parse(bytes, Some(content_type), &URL, &PROJECT, &origin) {
        for file in &page.files {
            let name = &file.name;
            assert!(
                !name.is_empty() && !name.contains(['/', '\\', '\0']),
                "{name:?}"
            );
            assert!(file.url.fragment().is_none(), "{}", file.url);
            assert!(file.url.password().is_none(), "{}", file.url);
            assert_eq!(file.filename.project(), &*PROJECT);
        }
    }
    if let Ok(links) = simple::links(bytes, Some(content_type), &URL) {
        assert!(links.iter().all(|(_, url)| url.fragment().is_none()));
    }
}
