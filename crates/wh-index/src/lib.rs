//! Where distributions come from: indexes, find-links, wheelhouses.
//!
//! The functions of this crate block; that requests run on a runtime of their own is nobody
//! else's business. Nothing is read from the environment: all comes in through
//! [`settings::IndexSettings`].

mod cache;
pub mod client;
pub mod compare;
pub mod crawl;
mod document;
pub mod download;
pub mod find_links;
pub mod index;
pub mod kept;
pub mod locked;
pub mod metadata;
mod on_disk;
pub mod prune;
pub mod settings;
pub mod simple;
pub mod source;
pub mod wheelhouse;

pub use client::{Client, ClientError, TlsFault};
pub use crawl::{Crawl, CrawlRequest};
pub use document::read as read_document;
pub use index::{Index, IndexError};
pub use settings::{Credentials, IndexSettings, IndexUrl, Limit, Limits, Strategy};
