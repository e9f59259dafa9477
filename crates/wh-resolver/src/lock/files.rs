//! Files as a lock describes them.

use std::collections::BTreeMap;
use std::sync::Arc;

use url::Url;
use wh_packaging::lock::{Lock, LockFileFacts, LockedFile};
use wh_packaging::{CoreMetadataFile, DistributionFile, Hashes, Origin, ProjectName};

use crate::Chosen;
use crate::formats::is_source;

/// What is known of a file only when it lies in the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileFacts {
    /// Bytes.
    pub size: u64,
    /// Hexadecimal.
    pub sha256: String,
    /// Whether the RECORD of the wheel was compared with its content.
    pub record_verified: bool,
}

/// Completes a lock with what is known of its files now that they lie in the folder, by file name.
pub fn fill(lock: &mut Lock, files: &BTreeMap<String, FileFacts>) {
    let building = lock
        .tool
        .iter_mut()
        .flat_map(|tool| &mut tool.build_packages);
    for package in lock.packages.iter_mut().chain(building) {
        let all = package
            .wheels
            .iter_mut()
            .chain(&mut package.sdist)
            .chain(&mut package.archive);
        for file in all {
            if let Some(facts) = files.get(&file.name) {
                file.size = Some(facts.size);
                file.hashes = Hashes::sha256_only(facts.sha256.clone());
            }
        }
    }
    let Some(tool) = &mut lock.tool else { return };
    for (name, facts) in files.iter().filter(|(_, facts)| facts.record_verified) {
        tool.files.entry(name.clone()).or_default().record_verified = facts.record_verified;
    }
}

/// The wheels and the sdists, sorted by name, each once.
pub(super) fn locked_files<'a>(
    files: impl Iterator<Item = &'a Arc<DistributionFile>>,
) -> (Vec<LockedFile>, Vec<LockedFile>) {
    let by_name: BTreeMap<&str, &Arc<DistributionFile>> =
        files.map(|file| (file.name.as_str(), file)).collect();
    let (sdists, wheels): (Vec<_>, Vec<_>) = by_name
        .into_values()
        .partition(|file| is_source(&file.filename));
    let locked = |files: Vec<&Arc<DistributionFile>>| {
        files.into_iter().map(|file| locked_file(file)).collect()
    };
    (locked(wheels), locked(sdists))
}

fn locked_file(file: &DistributionFile) -> LockedFile {
    LockedFile {
        name: file.name.clone(),
        // a path of the machine that downloads says nothing elsewhere
        url: (file.url.scheme() != "file").then(|| without_credentials(&file.url).to_string()),
        path: Some(file.name.clone()),
        size: file.size,
        upload_time: file.upload_time.clone(),
        hashes: match file.hashes.sha256() {
            Some(hex) => Hashes::sha256_only(hex),
            None => file.hashes.clone(),
        },
        subdirectory: file.subdirectory.clone(),
    }
}

/// The index that lists the first of the files that an index lists. An index in a folder of this
/// machine says nothing elsewhere.
pub(super) fn index_of<'a>(
    mut files: impl Iterator<Item = &'a Arc<DistributionFile>>,
) -> Option<String> {
    files.find_map(|file| match &file.origin {
        Origin::Index(url) if url.scheme() != "file" => Some(without_credentials(url).to_string()),
        Origin::Index(_) | Origin::FindLinks | Origin::Direct | Origin::Installed => None,
    })
}

/// What an index knew of the chosen files and a folder loses; files of which it knew nothing are
/// left out.
pub(super) fn facts<'a>(
    chosen: impl Iterator<Item = (&'a ProjectName, &'a Chosen)>,
    statuses: &BTreeMap<ProjectName, String>,
) -> BTreeMap<String, LockFileFacts> {
    let mut all = BTreeMap::new();
    for (project, chosen) in chosen {
        for file in &chosen.files {
            let facts = LockFileFacts {
                yanked: file.yanked.clone(),
                core_metadata_sha256: match &file.core_metadata {
                    CoreMetadataFile::Present(hashes) => hashes.sha256().map(str::to_owned),
                    CoreMetadataFile::Absent => None,
                },
                project_status: statuses.get(project).cloned(),
                provenance: file.provenance.clone(),
                record_verified: false,
            };
            if facts != LockFileFacts::default() {
                all.insert(file.name.clone(), facts);
            }
        }
    }
    all
}

/// The URL without user and password; the user of an ssh repository is no secret.
pub(super) fn without_credentials(url: &Url) -> Url {
    if url.scheme().starts_with("git+") {
        let plain = wh_packaging::direct_url::without_credentials(url.as_str());
        return plain
            .and_then(|text| Url::parse(&text).ok())
            .unwrap_or_else(|| url.clone());
    }
    let mut url = url.clone();
    // both fail only for URLs that cannot have credentials
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url
}

/// The last part of a URL's path.
pub(super) fn last_part(url: &Url) -> Option<&str> {
    url.path_segments()?
        .next_back()
        .filter(|part| !part.is_empty())
}
