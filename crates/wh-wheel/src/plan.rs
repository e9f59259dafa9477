//! What installing a wheel would write: every file, its place, and the RECORD of the result.
//!
//! Follows the binary distribution format ("Installing a wheel", spread) and recording installed
//! projects. Nothing is written here and little is read: only scripts that may need a new first
//! line. The plan is complete before the first byte is unpacked, RECORD included, because the
//! wheel's own RECORD already holds the hashes of all files that stay as they are.

use std::collections::{BTreeSet, HashMap};
use std::path::{Component, Path, PathBuf};

use wh_packaging::entry_points::EntryPoints;
use wh_packaging::record::{self, RecordRow};
use wh_packaging::{DirectUrl, ProjectName};

use crate::archive::Entry;
use crate::check::{Checked, Contents, Scheme, split_data};
use crate::contents::unpack_checked;
use crate::digest::record_hash;
use crate::error::{Fault, WheelError};
use crate::launcher::{WindowsMachine, launchers};
use crate::names::fits_windows;
use crate::scripts::is_wrapper;
use crate::shebang::{PLACEHOLDER, rewrite};
use crate::store::Stored;
use crate::unpack::BufferPool;
use crate::wheel::Wheel;

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

/// What a plan is made from.
struct Outline<'a> {
    entries: &'a [Entry],
    dist_info: &'a str,
    project: &'a ProjectName,
    root_is_purelib: bool,
    entry_points: &'a EntryPoints,
}

/// What a plan has to ask for: the rest stands in the [`Outline`].
pub(crate) trait Bytes {
    /// The digest that RECORD gives for an entry; none for RECORD itself and its signatures.
    fn record_hash(&self, index: usize) -> Option<&str>;
    /// The bytes of an entry that asks to be run by Python; programs can be large, so that no more
    /// than their first bytes is read.
    fn python_script(&self, index: usize) -> Result<Option<Vec<u8>>, Fault>;
}

struct WheelBytes<'a> {
    wheel: &'a Wheel,
    checked: &'a Checked,
    contents: Contents,
}

impl Bytes for WheelBytes<'_> {
    fn record_hash(&self, index: usize) -> Option<&str> {
        self.checked.row(index)?.hash.as_deref()
    }

    fn python_script(&self, index: usize) -> Result<Option<Vec<u8>>, Fault> {
        let (archive, entry) = (&self.wheel.archive, &self.wheel.entries[index]);
        if !archive.starts_with(entry, PLACEHOLDER)? {
            return Ok(None);
        }
        let mut script = Vec::new();
        let row = self.checked.row(index);
        let row = row.filter(|_| self.contents == Contents::Verify);
        unpack_checked(
            archive.into(),
            entry,
            row,
            &BufferPool::new(),
            &mut |piece| {
                script.extend_from_slice(piece);
                Ok(())
            },
        )?;
        Ok(Some(script))
    }
}

struct Planner<'a> {
    outline: Outline<'a>,
    bytes: &'a dyn Bytes,
    layout: &'a Layout,
    library: Scheme,
}

impl<'a> Planner<'a> {
    fn new(outline: Outline<'a>, bytes: &'a dyn Bytes, layout: &'a Layout) -> Self {
        let library = match outline.root_is_purelib {
            true => Scheme::Purelib,
            false => Scheme::Platlib,
        };
        Self {
            outline,
            bytes,
            layout,
            library,
        }
    }

    fn plan(&self, marks: &Marks) -> Result<Plan, Fault> {
        let mut files = Vec::with_capacity(self.outline.entries.len() + 8);
        for (index, entry) in self.outline.entries.iter().enumerate() {
            if entry.is_folder() || is_installers(self.outline.dist_info, &entry.name) {
                continue;
            }
            files.extend(self.entry(index)?);
        }
        for launcher in launchers(self.outline.entry_points, self.layout)? {
            let path = launcher.file.into_boxed_str();
            files.push(self.made(Scheme::Scripts, path, launcher.bytes, Mode::Script));
        }
        let mut mark = |file: &str, bytes: Vec<u8>| {
            let path = format!("{}/{file}", self.outline.dist_info).into_boxed_str();
            files.push(self.made(self.library, path, bytes, Mode::Plain));
        };
        mark("INSTALLER", format!("{}\n", marks.installer).into_bytes());
        if marks.requested {
            mark("REQUESTED", Vec::new());
        }
        if let Some(direct_url) = &marks.direct_url {
            let json = serde_json::to_vec(direct_url).unwrap_or_default();
            mark("direct_url.json", json);
        }
        files.push(self.record(&files));
        Ok(Plan {
            files,
            library: self.library,
        })
    }

    /// The file that an entry becomes; none for wrappers that a launcher replaces.
    fn entry(&self, index: usize) -> Result<Option<PlannedFile>, Fault> {
        let entry = &self.outline.entries[index];
        let (scheme, path) = self.place(&entry.name)?;
        if self.layout.windows.is_some() && !fits_windows(&path) {
            let entry = entry.name.to_string();
            return Err(Fault::NameNotForWindows { entry });
        }
        if scheme == Scheme::Scripts {
            if is_wrapper(&path, self.outline.entry_points) {
                return Ok(None);
            }
            if let Some(bytes) = self.rewritten(index)? {
                return Ok(Some(self.made(scheme, path, bytes, Mode::Script)));
            }
        }
        let hash = self.bytes.record_hash(index);
        Ok(Some(PlannedFile {
            scheme,
            row: RecordRow {
                path: self.record_path(scheme, &path),
                hash: hash.map(str::to_owned),
                size: hash.map(|_| entry.size),
            },
            path,
            size: entry.size,
            mode: Mode::of(entry),
            content: Content::Entry(index),
        }))
    }

    /// Scheme and path below its root of an entry's (checked) name.
    fn place(&self, name: &str) -> Result<(Scheme, Box<str>), Fault> {
        match split_data(name) {
            None => Ok((self.library, name.into())),
            Some((_, Some(Scheme::Headers), path)) => {
                // where pip puts those of a file; of a requirement it takes the name as typed
                let folder = self.outline.project;
                Ok((Scheme::Headers, format!("{folder}/{path}").into()))
            }
            Some((_, Some(scheme), path)) => Ok((scheme, path.into())),
            Some((_, None, _)) => Err(Fault::UnknownScheme {
                entry: name.to_owned(),
            }),
        }
    }

    /// The new text of a script whose first line asks for an interpreter.
    fn rewritten(&self, index: usize) -> Result<Option<Vec<u8>>, Fault> {
        let script = self.bytes.python_script(index)?;
        let windows = self.layout.windows.is_some();
        Ok(script.and_then(|script| rewrite(&script, &self.layout.python_text(), windows)))
    }

    fn made(&self, scheme: Scheme, path: Box<str>, bytes: Vec<u8>, mode: Mode) -> PlannedFile {
        PlannedFile {
            scheme,
            row: RecordRow {
                path: self.record_path(scheme, &path),
                hash: Some(record_hash(&bytes)),
                size: Some(bytes.len() as u64),
            },
            path,
            size: bytes.len() as u64,
            mode,
            content: Content::Bytes(bytes),
        }
    }

    /// RECORD, which lists itself without hash and size.
    fn record(&self, files: &[PlannedFile]) -> PlannedFile {
        let path = format!("{}/RECORD", self.outline.dist_info).into_boxed_str();
        let row = RecordRow {
            path: self.record_path(self.library, &path),
            hash: None,
            size: None,
        };
        let mut rows: Vec<_> = files.iter().map(|file| file.row.clone()).collect();
        rows.push(row.clone());
        let mut file = self.made(self.library, path, record_text(rows).into(), Mode::Plain);
        file.row = row;
        file
    }

    /// A path as RECORD writes it: relative to the library folder, absolute on another drive.
    fn record_path(&self, scheme: Scheme, path: &str) -> String {
        let library = self.layout.root(self.library);
        let root = self.layout.root(scheme);
        if root == library {
            return path.to_owned();
        }
        relative(&root.join(path), library)
    }
}

fn record_text(mut rows: Vec<RecordRow>) -> String {
    rows.sort();
    rows.dedup_by(|a, b| a.path == b.path);
    record::write(&rows)
}

/// `path` seen from `base`, both absolute, by their text alone.
fn relative(path: &Path, base: &Path) -> String {
    let (path_parts, base_parts): (Vec<Component>, Vec<Component>) =
        (path.components().collect(), base.components().collect());
    let common = path_parts
        .iter()
        .zip(&base_parts)
        .take_while(|(a, b)| a == b)
        .count();
    let parts: Vec<_> = match common {
        0 => return path.to_string_lossy().replace('\\', "/"),
        _ => path_parts[common..]
            .iter()
            .map(|part| part.as_os_str().to_string_lossy())
            .collect(),
    };
    let up = base_parts[common..].iter().map(|_| "..".into());
    up.chain(parts).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_in_record() {
        fn check(path: &str, expected: &str) {
            let base = Path::new("/v/lib/python3.11/site-packages");
            assert_eq!(relative(Path::new(path), base), expected);
        }
        check("/v/bin/x", "../../../bin/x");
        check("/v/share/a b/c", "../../../share/a b/c");
        check("/v/lib/python3.11/site-packages/x.pth", "x.pth");
        check("/other/x", "../../../../other/x");
    }
}
