//! What installing a wheel would write: every file, its place, and the RECORD of the result.
//!
//! Follows the binary distribution format ("Installing a wheel", spread) and recording installed
//! projects. Nothing is written here and little is read: only scripts that may need a new first
//! line. The plan is complete before the first byte is unpacked, RECORD included, because the
//! wheel's own RECORD already holds the hashes of all files that stay as they are.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use wh_packaging::DirectUrl;
use wh_packaging::record::{self, RecordRow};

use crate::archive::Entry;
use crate::check::{Checked, Contents, Scheme, split_data};
use crate::error::WheelError;
use crate::launcher::WindowsMachine;
use crate::store::Stored;
use crate::wheel::Wheel;

mod planner;

pub(crate) use planner::Bytes;
use planner::{Outline, Planner, WheelBytes};

/// The roots that files go to, and the interpreter that will run them. Roots are absolute.
#[derive(Debug, Clone)]
pub struct Layout {
    /// Pure Python modules.
    pub purelib: PathBuf,
    /// Modules for one platform.
    pub platlib: PathBuf,
    /// Scripts and launchers.
    pub scripts: PathBuf,
    /// The folder that holds a folder of headers for each distribution.
    pub headers: PathBuf,
    /// The root of `data`.
    pub data: PathBuf,
    /// The interpreter, as scripts name it.
    pub python: PathBuf,
    /// Its major and minor version.
    pub python_version: (u64, u64),
    /// What it is built for, where it runs on Windows.
    pub windows: Option<WindowsMachine>,
}

impl Layout {
    /// The root of a scheme.
    pub fn root(&self, scheme: Scheme) -> &Path {
        match scheme {
            Scheme::Purelib => &self.purelib,
            Scheme::Platlib => &self.platlib,
            Scheme::Scripts => &self.scripts,
            Scheme::Headers => &self.headers,
            Scheme::Data => &self.data,
        }
    }

    pub(crate) fn python_text(&self) -> String {
        self.python.to_string_lossy().into_owned()
    }
}

/// What an installer adds to the dist-info.
#[derive(Debug, Clone, Default)]
pub struct Marks {
    /// The text of INSTALLER.
    pub installer: String,
    /// Whether a user asked for the distribution itself.
    pub requested: bool,
    /// Where it came from, if a URL asked for it.
    pub direct_url: Option<DirectUrl>,
}

/// One file to write.
#[derive(Debug)]
pub struct PlannedFile {
    /// The root it goes to.
    pub scheme: Scheme,
    /// Its path below the root, with `/`; safe to join.
    pub path: Box<str>,
    /// Its row in the new RECORD.
    pub row: RecordRow,
    /// Bytes.
    pub size: u64,
    pub(crate) mode: Mode,
    pub(crate) content: Content,
}

/// The execute bits a file gets beyond what the umask leaves of a plain file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Plain,
    /// An entry that had some execute bit.
    Executable,
    /// Scripts and launchers: readable and executable for all.
    Script,
}

impl Mode {
    /// The mode of what an entry becomes.
    pub fn of(entry: &Entry) -> Self {
        match split_data(&entry.name) {
            Some((_, Some(Scheme::Scripts), _)) => Mode::Script,
            _ if entry.is_executable() => Mode::Executable,
            _ => Mode::Plain,
        }
    }
}

/// Whether an entry is a file of the dist-info that only an installer writes.
pub(crate) fn is_installers(dist_info: &str, name: &str) -> bool {
    const OURS: [&str; 4] = ["/RECORD", "/INSTALLER", "/REQUESTED", "/direct_url.json"];
    name.strip_prefix(dist_info)
        .is_some_and(|file| OURS.contains(&file))
}

#[derive(Debug)]
pub(crate) enum Content {
    Entry(usize),
    Bytes(Vec<u8>),
    /// A link to this folder of a stored distribution.
    Folder(Box<str>),
}

/// All that installing a wheel would write.
#[derive(Debug)]
pub struct Plan {
    /// The files, RECORD last.
    pub files: Vec<PlannedFile>,
    /// The scheme that the dist-info goes to.
    pub library: Scheme,
}

impl Plan {
    /// RECORD with rows for files that were made besides, by path, in place of what it has of these
    /// paths: the path below the library, and the text.
    pub fn record_with(&self, mut made: HashMap<String, RecordRow>) -> Option<(&str, String)> {
        let record = self.files.last()?;
        let mut rows: Vec<RecordRow> = self
            .files
            .iter()
            .map(|file| {
                made.remove(&file.row.path)
                    .unwrap_or_else(|| file.row.clone())
            })
            .collect();
        rows.extend(made.into_values());
        Some((&record.path, record_text(rows)))
    }

    /// Replaces the files in these folders of the library by a link to each folder. RECORD then
    /// lists the link alone: who removes what RECORD lists must not reach through it.
    pub fn link_folders(&mut self, folders: &BTreeSet<String>) {
        if folders.is_empty() {
            return;
        }
        let Some(mut record) = self.files.pop() else {
            return;
        };
        let is_linked = |file: &PlannedFile| {
            let mut above = file.path.match_indices('/');
            file.scheme == self.library && above.any(|(at, _)| folders.contains(&file.path[..at]))
        };
        self.files.retain(|file| !is_linked(file));
        for folder in folders {
            let row = RecordRow {
                path: folder.clone(),
                hash: None,
                size: None,
            };
            self.files.push(PlannedFile {
                scheme: self.library,
                path: folder.as_str().into(),
                row,
                size: 0,
                mode: Mode::Plain,
                content: Content::Folder(folder.as_str().into()),
            });
        }
        let mut rows: Vec<_> = self.files.iter().map(|file| file.row.clone()).collect();
        rows.push(record.row.clone());
        let bytes = record_text(rows).into_bytes();
        record.size = bytes.len() as u64;
        record.content = Content::Bytes(bytes);
        self.files.push(record);
    }
}

/// Plans the installation of a checked wheel.
///
/// # Errors
/// A script is damaged or, with [`Contents::Verify`], not what RECORD says; a file has a name
/// that Windows cannot hold, and it is Windows where it goes.
pub fn plan(
    wheel: &Wheel,
    checked: &Checked,
    contents: Contents,
    layout: &Layout,
    marks: &Marks,
) -> Result<Plan, WheelError> {
    let outline = Outline {
        entries: &wheel.entries,
        dist_info: &wheel.dist_info,
        project: &checked.metadata.name,
        root_is_purelib: checked.wheel_file.root_is_purelib,
        entry_points: &checked.entry_points,
    };
    let bytes = WheelBytes {
        wheel,
        checked,
        contents,
    };
    let planner = Planner::new(outline, &bytes, layout);
    planner.plan(marks).map_err(|fault| wheel.error(fault))
}

/// Plans the installation of a distribution that the store holds.
///
/// # Errors
/// A script cannot be read; a file has a name that Windows cannot hold, and it is Windows where it
/// goes.
pub fn plan_stored(stored: &Stored, layout: &Layout, marks: &Marks) -> Result<Plan, WheelError> {
    let outline = Outline {
        entries: &stored.manifest.entries,
        dist_info: &stored.manifest.dist_info,
        project: &stored.manifest.project,
        root_is_purelib: stored.manifest.root_is_purelib,
        entry_points: &stored.manifest.entry_points,
    };
    let planner = Planner::new(outline, stored, layout);
    let fail = |fault| WheelError::new(stored.folder(), fault);
    planner.plan(marks).map_err(fail)
}

fn record_text(mut rows: Vec<RecordRow>) -> String {
    rows.sort();
    rows.dedup_by(|a, b| a.path == b.path);
    record::write(&rows)
}
