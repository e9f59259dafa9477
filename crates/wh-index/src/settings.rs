//! Everything that the index client must be told.
//!
//! `wh` gathers these values from flags, variables and files; nothing here reads any of them, so
//! that two clients in one process can differ and a test decides everything.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use url::Url;
use wh_packaging::{CutOff, ProjectName};

use crate::find_links::FindLink;
use crate::source::SourceSettings;

/// Which indexes' files of a project count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Strategy {
    /// The first index that knows a project owns it (the safe one).
    #[default]
    FirstIndex,
    /// The files of all indexes that know it, together.
    BestMatch,
}

/// One index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexUrl {
    /// Its name in `wh.toml`.
    pub name: Option<String>,
    /// Its base URL (`https://index.example/simple/`), credentials included.
    pub url: Url,
    /// The projects that come from here and from nowhere else, as names or `prefix-*`; empty: any
    /// project may.
    pub projects: Vec<String>,
    /// Which cut-off counts for its files.
    pub limit: Limit,
}

impl IndexUrl {
    /// An index that may have any project.
    pub fn new(url: Url) -> Self {
        Self {
            name: None,
            url,
            projects: Vec::new(),
            limit: Limit::AsTheRun,
        }
    }

    /// Whether one of its patterns names the project.
    pub fn claims(&self, project: &ProjectName) -> bool {
        let name = project.as_ref();
        self.projects.iter().any(|pattern| {
            let pattern = pattern.to_ascii_lowercase().replace(['_', '.'], "-");
            match pattern.strip_suffix('*') {
                Some(prefix) => name.starts_with(prefix),
                None => name == pattern,
            }
        })
    }
}

/// Which cut-off by age counts for some files.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Limit {
    /// That of the run, where it has one.
    #[default]
    AsTheRun,
    /// None at all.
    Exempt,
    /// One of its own.
    Own(CutOff),
}

/// The cut-offs by age: what was uploaded later does not count.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Limits {
    /// That of the run.
    pub run: Option<CutOff>,
    /// Those of projects, which come before those of indexes.
    pub projects: BTreeMap<ProjectName, Limit>,
}

impl Limits {
    /// The cut-off for files of a project from an index with this limit.
    pub fn of<'a>(&'a self, project: &ProjectName, of_index: &'a Limit) -> Option<&'a CutOff> {
        let own = self.projects.get(project);
        for limit in own.into_iter().chain([of_index]) {
            match limit {
                Limit::AsTheRun => {}
                Limit::Exempt => return None,
                Limit::Own(cut_off) => return Some(cut_off),
            }
        }
        self.run.as_ref()
    }
}

/// Name and password for one host.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// `host` or `host:port`.
    pub host: String,
    /// The user's name.
    pub username: String,
    /// The password or token.
    pub password: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Credentials for {}", self.host)
    }
}

/// How indexes are reached, and which.
#[derive(Debug, Clone)]
pub struct IndexSettings {
    /// The indexes in order of priority, the last resort last.
    pub indexes: Vec<IndexUrl>,
    /// Folders, pages and files given with `--find-links`.
    pub find_links: Vec<FindLink>,
    /// The cut-offs by age.
    pub limits: Limits,
    /// Whether indexes are left alone.
    pub no_index: bool,
    /// Which of several indexes count.
    pub strategy: Strategy,
    /// How often a failed request is tried again.
    pub retries: u32,
    /// For how long a connection may take to stand, or be silent.
    pub timeout: Duration,
    /// How many requests for pages and metadata run at a time.
    pub jobs: usize,
    /// The proxy for `http:` URLs.
    pub http_proxy: Option<Url>,
    /// The proxy for `https:` URLs.
    pub https_proxy: Option<Url>,
    /// Hosts that are reached without a proxy, in the form of `NO_PROXY`.
    pub no_proxy: Option<String>,
    /// The certificate authorities to trust instead of the machine's: a PEM file, or a folder of them.
    pub cert: Option<PathBuf>,
    /// A PEM file with a client certificate and its key.
    pub client_cert: Option<PathBuf>,
    /// `host` or `host:port` whose certificate is not looked at.
    pub trusted_hosts: Vec<String>,
    /// Where pages and metadata are kept; `None`: nowhere.
    pub cache_dir: Option<PathBuf>,
    /// Whether only the cache is asked.
    pub offline: bool,
    /// Credentials by host, as given for a named index or by a keyring. Those in URLs come first.
    pub credentials: Vec<Credentials>,
    /// The text of a netrc file.
    pub netrc: Option<String>,
    /// The `keyring` command, to be asked for the passwords of users that are named without one.
    pub keyring: Option<PathBuf>,
    /// How the client names itself.
    pub user_agent: String,
    /// How source is come by that a URL or a path asks for.
    pub source: SourceSettings,
}

impl Default for IndexSettings {
    fn default() -> Self {
        Self {
            indexes: Vec::new(),
            find_links: Vec::new(),
            limits: Limits::default(),
            no_index: false,
            strategy: Strategy::default(),
            retries: 5,
            timeout: Duration::from_secs(30),
            jobs: 48,
            http_proxy: None,
            https_proxy: None,
            no_proxy: None,
            cert: None,
            client_cert: None,
            trusted_hosts: Vec::new(),
            cache_dir: None,
            offline: false,
            credentials: Vec::new(),
            netrc: None,
            keyring: None,
            user_agent: concat!("wh/", env!("CARGO_PKG_VERSION")).to_owned(),
            source: SourceSettings::default(),
        }
    }
}
