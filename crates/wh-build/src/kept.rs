//! Wheels that were built, kept to be taken again.
//!
//! What a wheel is made of stands in its key: the source's identity, the interpreter, the settings, the
//! variables that steer builds, and the build requirements by their sha256. What the backend asked for when
//! it was run is not known before; it is kept beside the wheel, and compared.
//!
//! A folder is `{key}` with `entry.json` and the wheel. It is renamed into place whole; what is wrong with one makes it
//! count as if it were not there, and what goes wrong with keeping never fails a build.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use wh_environment::Probe;
use wh_packaging::{WheelFilename, hexadecimal};
use wh_wheel::{Algorithm, hash_file};

use crate::built::BuiltWheel;
use crate::options::ConfigSettings;
use crate::supply::SuppliedWheel;

/// A change of what goes into a key, or of an entry, makes a folder of its own.
const FORM: &str = "v1";

const ENTRY: &str = "entry.json";

/// Variables that say nothing of what is built.
const IDLE: &[&str] = &[
    "PATH",
    "LANG",
    "LANGUAGE",
    "TERM",
    "NO_COLOR",
    "FORCE_COLOR",
    "SHELL",
    "USER",
    "LOGNAME",
    "USERNAME",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "MAKEFLAGS",
    "NPY_NUM_BUILD_JOBS",
];

/// All that a wheel is made of, as far as it is known before its backend runs.
#[derive(Serialize)]
pub(crate) struct Ingredients<'a> {
    identity: &'a str,
    interpreter: (&'a Path, String, (u32, u32, u32), bool, String),
    settings: &'a ConfigSettings,
    variables: Vec<(String, String)>,
    requirements: Vec<(String, String)>,
}

impl<'a> Ingredients<'a> {
    /// `None` where a build requirement cannot be read: the build will tell.
    pub(crate) fn of(
        identity: &'a str,
        probe: &'a Probe,
        settings: &'a ConfigSettings,
        variables: &[(OsString, OsString)],
        requirements: &[SuppliedWheel],
    ) -> Option<Self> {
        let text = |text: &OsString| text.to_string_lossy().into_owned();
        let steering = variables
            .iter()
            .map(|(name, value)| (text(name), text(value)));
        let idle = |name: &str| {
            let name = name.to_ascii_uppercase();
            IDLE.contains(&&*name) || name.starts_with("LC_")
        };
        Some(Self {
            identity,
            interpreter: (
                &probe.base_executable,
                probe.implementation.clone(),
                probe.version,
                probe.free_threaded,
                probe.platform.clone(),
            ),
            settings,
            variables: steering.filter(|(name, _)| !idle(name)).collect(),
            requirements: digests(requirements)?,
        })
    }

    fn key(&self) -> Option<String> {
        let text = serde_json::to_vec(&(FORM, self)).ok()?;
        Some(hexadecimal(&Sha256::digest(text)))
    }
}

/// What is kept beside a wheel.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Entry {
    filename: String,
    sha256: String,
    /// What the backend asked for when it was run.
    pub(crate) asked: Vec<String>,
    /// All that was in the build's environment, with that.
    pub(crate) requirements: Vec<(String, String)>,
}

/// The place of one wheel among the kept ones.
#[derive(Debug)]
pub(crate) struct Kept {
    all: PathBuf,
    folder: PathBuf,
}

impl Kept {
    /// Where the wheel of these ingredients lies, if it is kept; `None` where the folder is not this user's
    /// alone, and so proves nothing.
    pub(crate) fn of(all: &Path, ingredients: &Ingredients<'_>) -> Option<Self> {
        wh_wheel::own_folder(all).ok()?;
        let key = ingredients.key()?;
        let folder = all.join(key.get(..2)?).join(&key);
        Some(Self {
            all: all.to_owned(),
            folder,
        })
    }

    /// What is kept: a file that is the wheel, and what was needed for it.
    pub(crate) fn find(&self) -> Option<(PathBuf, WheelFilename, Entry)> {
        let entry = std::fs::read(self.folder.join(ENTRY)).ok()?;
        let entry: Entry = serde_json::from_slice(&entry).ok()?;
        let filename = WheelFilename::from_str(&entry.filename).ok()?;
        let path = self.folder.join(filename.as_str());
        let hashes = hash_file(&path, &[Algorithm::Sha256]).ok()?;
        (hashes.sha256() == Some(&entry.sha256)).then_some((path, filename, entry))
    }

    /// Keeps a wheel, as far as that can be done.
    pub(crate) fn put(
        &self,
        wheel: &BuiltWheel,
        asked: Vec<String>,
        requirements: Vec<(String, String)>,
    ) -> Option<()> {
        let entry = Entry {
            filename: wheel.filename.as_str().to_owned(),
            sha256: wheel.sha256.clone(),
            asked,
            requirements,
        };
        let above = self.folder.parent()?;
        std::fs::create_dir_all(above).ok()?;
        let new = tempfile::Builder::new()
            .prefix(".new-")
            .tempdir_in(&self.all)
            .ok()?;
        std::fs::copy(&wheel.path, new.path().join(wheel.filename.as_str())).ok()?;
        std::fs::write(new.path().join(ENTRY), serde_json::to_vec(&entry).ok()?).ok()?;
        if wh_wheel::rename(new.path(), &self.folder).is_err() {
            // another one is there, and did not do; or it came just now, and is as good
            let _ = std::fs::remove_dir_all(&self.folder);
            wh_wheel::rename(new.path(), &self.folder).ok()?;
        }
        Some(())
    }
}

/// File names and sha256, by name.
pub(crate) fn digests(wheels: &[SuppliedWheel]) -> Option<Vec<(String, String)>> {
    let digest = |wheel: &SuppliedWheel| {
        let known = wheel.expected.sha256().map(str::to_owned);
        let sha256 = known.or_else(|| {
            let hashes = hash_file(&wheel.path, &[Algorithm::Sha256]).ok()?;
            hashes.sha256().map(str::to_owned)
        })?;
        Some((wheel.filename.as_str().to_owned(), sha256))
    };
    let mut all: Vec<_> = wheels.iter().map(digest).collect::<Option<_>>()?;
    all.sort();
    Some(all)
}
