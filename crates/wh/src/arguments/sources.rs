//! Options that say where distributions come from and how to get at them.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Where from, and how.
#[derive(Debug, Args, Clone)]
pub struct IndexArgs {
    /// The index of last resort [default: PyPI]
    #[arg(short, long, value_name = "URL", help_heading = "Where from")]
    pub index_url: Option<String>,
    /// An index that is asked before --index-url; the first given comes first
    #[arg(long, value_name = "URL", help_heading = "Where from")]
    pub extra_index_url: Vec<String>,
    /// Ask no index; only --find-links count
    #[arg(long, help_heading = "Where from")]
    pub no_index: bool,
    /// A folder (searched in depth), a page of links, or a file; may be repeated
    #[arg(short, long, value_name = "PLACE", help_heading = "Where from")]
    pub find_links: Vec<String>,
    /// Whether the first index that knows a project owns it, or all are looked through
    #[arg(
        long,
        value_name = "STRATEGY",
        default_value = "first-index",
        help_heading = "Where from"
    )]
    pub index_strategy: IndexStrategy,

    /// A host whose certificate is not checked; may be repeated
    #[arg(long, value_name = "HOST", help_heading = "Access")]
    pub trusted_host: Vec<String>,
    /// Certificate authorities (PEM, or a folder of such) to trust in place of the machine's [default:
    /// REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE or SSL_CERT_FILE]
    #[arg(long, value_name = "FILE", help_heading = "Access")]
    pub cert: Option<PathBuf>,
    /// A client certificate and its key in one PEM file
    #[arg(long, value_name = "FILE", help_heading = "Access")]
    pub client_cert: Option<PathBuf>,
    /// The proxy for all requests, in place of HTTPS_PROXY and its like
    #[arg(long, value_name = "URL", help_heading = "Access")]
    pub proxy: Option<String>,
    /// Whether passwords that are missing are asked of the `keyring` command
    #[arg(
        long,
        value_name = "PROVIDER",
        default_value = "disabled",
        help_heading = "Access"
    )]
    pub keyring_provider: KeyringProvider,
    /// Seconds without a byte after which a request is given up
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 30,
        help_heading = "Access"
    )]
    pub timeout: u64,
    /// How many times a request is tried again
    #[arg(long, value_name = "N", default_value_t = 5, help_heading = "Access")]
    pub retries: u32,
    /// How many files are fetched at once
    #[arg(
        short,
        long,
        value_name = "N",
        default_value_t = 16,
        help_heading = "Access"
    )]
    pub jobs: usize,
}

/// Where passwords come from that neither a URL nor netrc has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum KeyringProvider {
    /// From nowhere
    Disabled,
    /// From `keyring get URL USER`, for the user that the index's URL names
    Subprocess,
}

/// Who owns a project that several indexes have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum IndexStrategy {
    /// The first index that answers for a project owns it
    FirstIndex,
    /// The files of all indexes count
    BestMatch,
}
