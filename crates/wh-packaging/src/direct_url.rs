//! `direct_url.json` (PEP 610 and the direct URL data structure).

use serde::{Deserialize, Serialize};

use crate::hashes::Hashes;

/// Where a distribution came from, where a URL asked for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectUrl {
    /// The URL.
    pub url: String,
    /// Folder below the archive's or the checkout's root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subdirectory: Option<String>,
    /// Which kind it is.
    #[serde(flatten)]
    pub source: DirectSource,
}

/// The three kinds of direct URL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DirectSource {
    /// A file.
    ArchiveInfo {
        /// `algorithm=hex`, the older form.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hash: Option<String>,
        /// Digests.
        #[serde(default, skip_serializing_if = "Hashes::is_empty")]
        hashes: Hashes,
    },
    /// A folder on the machine.
    DirInfo {
        /// Installed in place.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        editable: bool,
    },
    /// A version-control checkout.
    VcsInfo {
        /// `git`, `hg`, `svn`, `bzr`
        vcs: String,
        /// The exact commit.
        commit_id: String,
        /// What was asked for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        requested_revision: Option<String>,
    },
}
