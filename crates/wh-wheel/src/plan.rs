//! What installing a wheel would write: every file, its place, and the RECORD of the result.
//!
//! Follows the binary distribution format ("Installing a wheel", spread) and recording installed
//! projects. Nothing is written here and little is read: only scripts that may need a new first
//! line. The plan is complete before the first byte is unpacked, RECORD included, because the
//! wheel's own RECORD already holds the hashes of all files that stay as they are. Of what the store
//! holds, whole folders are planned as one, until it is known whether something else comes into
//! them; so its RECORD is written last.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use wh_packaging::DirectUrl;

use crate::check::{Checked, Contents, Scheme, split_data};
use crate::error::WheelError;
use crate::launcher::WindowsMachine;
use crate::store::{Row, Stored};
use crate::wheel::Wheel;

mod listed;
mod members;
mod planner;

use listed::Listed;
use members::WheelMembers;
pub(crate) use members::{Member, Members};
use planner::{Outline, Planner};

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
    // its path in RECORD, where that is another one
    recorded: Option<Box<str>>,
    /// What RECORD says of its content; nothing of RECORD itself and of what is no file.
    pub hash: Option<Arc<str>>,
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
    /// The mode of what an entry of this name becomes, which has some execute bit or none.
    pub fn of(name: &str, executable: bool) -> Self {
        match split_data(name) {
            Some((_, Some(Scheme::Scripts), _)) => Mode::Script,
            _ if executable => Mode::Executable,
            _ => Mode::Plain,
        }
    }
}

/// The files that an installer adds to a dist-info and that are alike for all it installs: who did it, and that a user
/// asked for it.
pub(crate) const INSTALLER: (&str, &[u8]) = ("INSTALLER", b"wh\n");
pub(crate) const REQUESTED: (&str, &[u8]) = ("REQUESTED", b"");
/// The one that says what URL it came from.
const DIRECT_URL: &str = "direct_url.json";
/// What an installer adds, whatever a wheel brings under these names.
pub(crate) const MARKS: [&str; 3] = [INSTALLER.0, REQUESTED.0, DIRECT_URL];

/// Whether an entry is a file of the dist-info that only an installer writes.
pub(crate) fn is_installers(dist_info: &str, name: &str) -> bool {
    let file = name.strip_prefix(dist_info);
    let file = file.and_then(|file| file.strip_prefix('/'));
    file.is_some_and(|file| file == "RECORD" || MARKS.contains(&file))
}

#[derive(Debug)]
pub(crate) enum Content {
    Entry(usize),
    Bytes(Vec<u8>),
    /// A folder with all that is in it: these files of a stored distribution.
    Whole(Range<usize>),
    /// A link to this folder of a stored distribution.
    Folder(Box<str>),
}

impl PlannedFile {
    /// Its path in RECORD.
    pub fn record_path(&self) -> &str {
        self.recorded.as_deref().unwrap_or(&self.path)
    }

    /// Where a whole folder of a stored distribution is planned as one: the numbers of its files.
    pub fn whole(&self) -> Option<Range<usize>> {
        match &self.content {
            Content::Whole(files) => Some(files.clone()),
            Content::Entry(_) | Content::Bytes(_) | Content::Folder(_) => None,
        }
    }
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
    /// RECORD with files that were made besides, at these paths, listed without hash in place of what it has of them:
    /// its path below the library, and the text. No folder is planned as one.
    pub fn record_with(&self, made: &BTreeSet<String>) -> Option<(&str, String)> {
        let record = self.files.last()?;
        let made = made.iter().map(|path| Listed::bare(path));
        let listed = made.chain(self.files.iter().map(Listed::of)).collect();
        Some((&record.path, listed::text(listed, |_| Row::default())))
    }

    /// The folders that are planned as one.
    pub fn whole_folders(&self) -> impl Iterator<Item = (&str, Range<usize>)> {
        let files = self.files.iter();
        files.filter_map(|file| Some((&*file.path, file.whole()?)))
    }

    /// Plans what is in some of these folders one by one, the folders in them as one each.
    pub fn open_folders(&mut self, stored: &Stored, opened: &dyn Fn(&str) -> bool) {
        for file in std::mem::take(&mut self.files) {
            match file.whole() {
                Some(files) if opened(&file.path) => {
                    self.files
                        .extend(members::of_folder(stored, files, &file.path, self.library));
                }
                _ => self.files.push(file),
            }
        }
    }

    /// Makes some of the folders that are planned as one links into the store. RECORD then lists
    /// the link alone: who removes what RECORD lists must not reach through it.
    pub fn link_folders(&mut self, linked: &dyn Fn(&str) -> bool) {
        let files = self.files.iter_mut();
        for file in files.filter(|file| file.whole().is_some() && linked(&file.path)) {
            file.content = Content::Folder(file.path.clone());
            file.recorded = None;
        }
    }

    /// Writes the RECORD of a plan of [`plan_stored`], when it is sure which folders stay whole.
    pub fn write_record(&mut self, stored: &Stored) {
        self.write_record_with(|number| stored.manifest.row(number));
    }

    /// Writes RECORD; `row` gives the files of whole folders.
    fn write_record_with<'s>(&mut self, row: impl Fn(usize) -> Row<'s>) {
        let Some(mut record) = self.files.pop() else {
            return;
        };
        let files = self.files.iter().chain([&record]);
        let text = listed::text(files.map(Listed::of).collect(), row);
        record.size = text.len() as u64;
        record.content = Content::Bytes(text.into_bytes());
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
        dist_info: &wheel.dist_info,
        project: &checked.metadata.name,
        root_is_purelib: checked.wheel_file.root_is_purelib,
        entry_points: &checked.entry_points,
    };
    let members = WheelMembers {
        wheel,
        checked,
        contents,
    };
    let planner = Planner::new(outline, &members, layout);
    let plan = planner.plan(members.all(), marks);
    let mut plan = plan.map_err(|fault| wheel.error(fault))?;
    // no folder of it is whole
    plan.write_record_with(|_| Row::default());
    Ok(plan)
}

/// Plans the installation of a distribution that the store holds; each folder at the top is planned
/// as one. Its RECORD is not written yet: see [`Plan::write_record`].
///
/// # Errors
/// A script cannot be read; a file has a name that Windows cannot hold, and it is Windows where it
/// goes.
pub fn plan_stored(stored: &Stored, layout: &Layout, marks: &Marks) -> Result<Plan, WheelError> {
    let outline = Outline {
        dist_info: &stored.manifest.dist_info,
        project: &stored.manifest.project,
        root_is_purelib: stored.manifest.root_is_purelib,
        entry_points: &stored.manifest.entry_points,
    };
    let planner = Planner::new(outline, stored, layout);
    // names are judged one by one for Windows
    let members = members::of_stored(stored, layout.windows.is_none());
    let fail = |fault| WheelError::new(stored.folder(), fault);
    planner.plan(members, marks).map_err(fail)
}
