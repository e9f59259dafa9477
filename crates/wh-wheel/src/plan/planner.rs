//! The planning itself: entry by entry, then what an installer adds, RECORD last.

use std::path::{Component, Path};

use wh_packaging::ProjectName;
use wh_packaging::entry_points::EntryPoints;
use wh_packaging::record::RecordRow;

use super::{Content, Layout, Marks, Mode, Plan, PlannedFile, is_installers, record_text};
use crate::archive::Entry;
use crate::check::{Checked, Contents, Scheme, split_data};
use crate::contents::unpack_checked;
use crate::digest::record_hash;
use crate::error::Fault;
use crate::launcher::launchers;
use crate::names::fits_windows;
use crate::scripts::is_wrapper;
use crate::shebang::{PLACEHOLDER, rewrite};
use crate::unpack::BufferPool;
use crate::wheel::Wheel;

/// What a plan is made from.
pub(super) struct Outline<'a> {
    pub entries: &'a [Entry],
    pub dist_info: &'a str,
    pub project: &'a ProjectName,
    pub root_is_purelib: bool,
    pub entry_points: &'a EntryPoints,
}

/// What a plan has to ask for: the rest stands in the [`Outline`].
pub(crate) trait Bytes {
    /// The digest that RECORD gives for an entry; none for RECORD itself and its signatures.
    fn record_hash(&self, index: usize) -> Option<&str>;
    /// The bytes of an entry that asks to be run by Python; programs can be large, so that no more
    /// than their first bytes is read.
    fn python_script(&self, index: usize) -> Result<Option<Vec<u8>>, Fault>;
}

/// The bytes of a wheel.
pub(super) struct WheelBytes<'a> {
    pub wheel: &'a Wheel,
    pub checked: &'a Checked,
    pub contents: Contents,
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

/// Plans one distribution.
pub(super) struct Planner<'a> {
    outline: Outline<'a>,
    bytes: &'a dyn Bytes,
    layout: &'a Layout,
    library: Scheme,
}

impl<'a> Planner<'a> {
    pub fn new(outline: Outline<'a>, bytes: &'a dyn Bytes, layout: &'a Layout) -> Self {
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

    pub fn plan(&self, marks: &Marks) -> Result<Plan, Fault> {
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
            mark("direct_url.json", direct_url.to_json().into_bytes());
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
