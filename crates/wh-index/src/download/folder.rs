//! The folder that is written to: held by one `wh` at a time, and what its locks name.

use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use wh_packaging::lock::{Lock, LockedFile};
use wh_packaging::{Event, Hashes, Reporter};

use super::DownloadError;
use super::resume::whole_name;
use crate::client::without_credentials;
use crate::find_links::has_distribution_name;
use crate::wheelhouse::lock_paths;

const LOCK_FILE: &str = ".wh-lock";
/// How the part of a lock begins, behind its dot.
const LOCK_PART: &str = "pylock-";

/// A folder that nobody else writes to as long as this lives.
pub(crate) struct Folder {
    pub(super) path: PathBuf,
    pub(super) named: Named,
    held: Option<File>,
}

/// The files that the locks of a folder name, as they name them.
#[derive(Default)]
pub(super) struct Named(BTreeMap<String, Vec<NamedFile>>);

struct NamedFile {
    file: LockedFile,
    record_verified: bool,
}

impl Folder {
    /// Makes the folder if it is not there, and waits until it is ours.
    pub(crate) fn open(path: &Path, reporter: &dyn Reporter) -> Result<Self, DownloadError> {
        fs_err::create_dir_all(path).map_err(|source| write_error(path, source))?;
        let held = hold(&path.join(LOCK_FILE), reporter)?;
        Ok(Self {
            path: path.to_owned(),
            named: Named::read(path),
            held,
        })
    }

    /// Removes the parts that a run left which was cut off, and nobody went on with: all is here
    /// now.
    pub(super) fn sweep(&self) {
        // without the lock they may be another's
        let entries = self
            .held
            .as_ref()
            .and_then(|_| fs_err::read_dir(&self.path).ok());
        for entry in entries.into_iter().flatten().flatten() {
            let name = entry.file_name();
            let of = name.to_str().and_then(whole_name);
            if of.is_some_and(|of| has_distribution_name(of) || of.starts_with(LOCK_PART)) {
                let _ = fs_err::remove_file(entry.path());
            }
        }
    }

    /// Where a file ends up.
    pub(crate) fn place(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // while it is held: whoever waits for it sees that the file is gone, and makes a new one
        if cfg!(unix) && self.held.is_some() {
            let _ = fs_err::remove_file(self.path.join(LOCK_FILE));
        }
    }
}

fn hold(path: &Path, reporter: &dyn Reporter) -> Result<Option<File>, DownloadError> {
    loop {
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path)
            .map_err(|source| write_error(path, source))?;
        let taken = match file.try_lock() {
            Err(TryLockError::WouldBlock) => {
                reporter.event(Event::Waiting {
                    what: &path.to_string_lossy(),
                    holder: None,
                });
                file.lock()
            }
            Err(TryLockError::Error(error)) => Err(error),
            Ok(()) => Ok(()),
        };
        match taken {
            Ok(()) if is_at(&file, path) => return Ok(Some(file)),
            // who held it before removed it; somebody else may hold the one that is there now
            Ok(()) => {}
            // some network file systems have no locks: then nothing holds anybody off
            Err(error) if error.kind() == io::ErrorKind::Unsupported => return Ok(None),
            Err(source) => return Err(write_error(path, source)),
        }
    }
}

#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    match (file.metadata(), path.metadata()) {
        (Ok(ours), Ok(there)) => (ours.dev(), ours.ino()) == (there.dev(), there.ino()),
        _ => false,
    }
}

#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> bool {
    true
}

impl Named {
    /// A lock that cannot be read names nothing.
    pub(super) fn read(folder: &Path) -> Self {
        let mut this = Self::default();
        for path in lock_paths(folder).unwrap_or_default() {
            let Ok(text) = fs_err::read_to_string(&path) else {
                continue;
            };
            let Ok(lock) = Lock::parse(&text) else {
                continue;
            };
            this.add(&lock);
        }
        this
    }

    fn add(&mut self, lock: &Lock) {
        let facts = lock.tool.as_ref().map(|tool| &tool.files);
        for file in lock.all_packages().flat_map(|package| package.files()) {
            let record_verified = facts
                .and_then(|facts| facts.get(&file.name))
                .is_some_and(|facts| facts.record_verified);
            let named = self.0.entry(file.name.clone()).or_default();
            named.push(NamedFile {
                file: file.clone(),
                record_verified,
            });
        }
    }

    /// Whether any lock names a file of this name, so that it may be replaced.
    pub(super) fn names(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Whether a lock says that the file of these digests came from this URL.
    pub(super) fn names_from(&self, name: &str, url: &url::Url, actual: &Hashes) -> bool {
        let url = without_credentials(url);
        self.these(name, actual)
            .any(|named| named.file.url.as_deref() == Some(url.as_str()))
    }

    /// Whether a lock says that the RECORD of this wheel was verified.
    pub(super) fn vouch(&self, name: &str, actual: &Hashes) -> bool {
        self.these(name, actual).any(|named| named.record_verified)
    }

    fn these(&self, name: &str, actual: &Hashes) -> impl Iterator<Item = &NamedFile> {
        self.0.get(name).into_iter().flatten().filter(|named| {
            named.file.hashes.sha256().is_some() && named.file.hashes.sha256() == actual.sha256()
        })
    }
}

/// Writes the text of a lock into the folder, by rename: `name` is `pylock.toml` or
/// `pylock.<name>.toml`. The same text again changes nothing.
///
/// # Errors
/// It cannot be written.
pub fn write_lock(folder: &Path, name: &str, text: &str) -> Result<PathBuf, DownloadError> {
    let path = folder.join(name);
    let fail = |source| write_error(&path, source);
    fs_err::create_dir_all(folder).map_err(fail)?;
    if fs_err::read(&path).is_ok_and(|there| there == text.as_bytes()) {
        return Ok(path);
    }
    let mut file = tempfile::Builder::new()
        .prefix(&format!(".{LOCK_PART}"))
        .suffix(".part")
        .permissions_as_ordinary()
        .tempfile_in(folder)
        .map_err(fail)?;
    file.write_all(text.as_bytes()).map_err(fail)?;
    file.persist(&path).map_err(|error| fail(error.error))?;
    Ok(path)
}

/// Temporary files are private by default; a lock is read by others.
trait Ordinary {
    fn permissions_as_ordinary(&mut self) -> &mut Self;
}

impl Ordinary for tempfile::Builder<'_, '_> {
    #[cfg(unix)]
    fn permissions_as_ordinary(&mut self) -> &mut Self {
        use std::os::unix::fs::PermissionsExt as _;
        // the umask applies
        self.permissions(std::fs::Permissions::from_mode(0o666))
    }

    #[cfg(not(unix))]
    fn permissions_as_ordinary(&mut self) -> &mut Self {
        self
    }
}

pub(super) fn write_error(path: &Path, source: io::Error) -> DownloadError {
    DownloadError::Write {
        path: path.to_owned(),
        source,
    }
}
