//! The planning itself: file by file, then what an installer adds, RECORD last.

use std::path::{Component, Path};

use wh_packaging::ProjectName;
use wh_packaging::entry_points::EntryPoints;

use super::members::{self, Members, Wanted};
use super::{
    Content, DIRECT_URL, INSTALLER, Layout, Marks, Mode, Plan, PlannedFile, REQUESTED,
    is_installers,
};
use crate::check::{Scheme, split_data};
use crate::digest::record_hash;
use crate::error::Fault;
use crate::launcher::launchers;
use crate::names::fits_windows;
use crate::scripts::is_wrapper;
use crate::shebang::rewrite;

/// What a plan is made from.
pub(super) struct Outline<'a> {
    pub dist_info: &'a str,
    pub project: &'a ProjectName,
    pub root_is_purelib: bool,
    pub entry_points: &'a EntryPoints,
}

/// Plans one distribution.
pub(super) struct Planner<'a> {
    outline: Outline<'a>,
    members: &'a dyn Members,
    layout: &'a Layout,
    library: Scheme,
}

impl<'a> Planner<'a> {
    pub fn new(outline: Outline<'a>, members: &'a dyn Members, layout: &'a Layout) -> Self {
        let library = match outline.root_is_purelib {
            true => Scheme::Purelib,
            false => Scheme::Platlib,
        };
        Self {
            outline,
            members,
            layout,
            library,
        }
    }

    /// Plans these; RECORD, the last, has no text yet.
    pub fn plan(&self, wanted: Vec<Wanted>, marks: &Marks) -> Result<Plan, Fault> {
        let mut files = Vec::with_capacity(wanted.len() + 8);
        for one in wanted {
            match one {
                Wanted::Member(number) => files.extend(self.member(number)?),
                Wanted::Whole(folder, inside) => {
                    files.push(members::whole(folder, inside, self.library));
                }
            }
        }
        for launcher in launchers(self.outline.entry_points, self.layout)? {
            let path = launcher.file.into_boxed_str();
            files.push(self.made(Scheme::Scripts, path, launcher.bytes, Mode::Script));
        }
        let mut mark = |file: &str, bytes: Vec<u8>| {
            let path = format!("{}/{file}", self.outline.dist_info).into_boxed_str();
            files.push(self.made(self.library, path, bytes, Mode::Plain));
        };
        let mut same_for_all = |(file, text): (&str, &[u8])| mark(file, text.to_owned());
        same_for_all(INSTALLER);
        if marks.requested {
            same_for_all(REQUESTED);
        }
        if let Some(direct_url) = &marks.direct_url {
            mark(DIRECT_URL, direct_url.to_json().into_bytes());
        }
        files.push(self.record());
        Ok(Plan {
            files,
            library: self.library,
        })
    }

    /// The file that a member becomes; none for wrappers that a launcher replaces.
    fn member(&self, number: usize) -> Result<Option<PlannedFile>, Fault> {
        let member = self.members.member(number);
        if is_installers(self.outline.dist_info, member.name) {
            return Ok(None);
        }
        let (scheme, path) = self.place(member.name)?;
        if self.layout.windows.is_some() && !fits_windows(&path) {
            let entry = member.name.to_owned();
            return Err(Fault::NameNotForWindows { entry });
        }
        if scheme == Scheme::Scripts {
            if is_wrapper(&path, self.outline.entry_points) {
                return Ok(None);
            }
            if let Some(bytes) = self.rewritten(number)? {
                return Ok(Some(self.made(scheme, path, bytes, Mode::Script)));
            }
        }
        Ok(Some(PlannedFile {
            scheme,
            recorded: self.record_path(scheme, &path),
            hash: member.hash,
            path,
            size: member.size,
            mode: member.mode,
            content: Content::Entry(number),
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
    fn rewritten(&self, number: usize) -> Result<Option<Vec<u8>>, Fault> {
        let script = self.members.python_script(number)?;
        let windows = self.layout.windows.is_some();
        Ok(script.and_then(|script| rewrite(&script, &self.layout.python_text(), windows)))
    }

    fn made(&self, scheme: Scheme, path: Box<str>, bytes: Vec<u8>, mode: Mode) -> PlannedFile {
        PlannedFile {
            scheme,
            recorded: self.record_path(scheme, &path),
            hash: Some(record_hash(&bytes).into()),
            path,
            size: bytes.len() as u64,
            mode,
            content: Content::Bytes(bytes),
        }
    }

    /// RECORD, which lists itself without hash and size.
    fn record(&self) -> PlannedFile {
        let path = format!("{}/RECORD", self.outline.dist_info).into_boxed_str();
        let mut file = self.made(self.library, path, Vec::new(), Mode::Plain);
        file.hash = None;
        file
    }

    /// A path as RECORD writes it: relative to the library folder, absolute on another drive. `None` where that is `path`.
    fn record_path(&self, scheme: Scheme, path: &str) -> Option<Box<str>> {
        let library = self.layout.root(self.library);
        let root = self.layout.root(scheme);
        if root == library {
            return None;
        }
        Some(relative(&root.join(path), library).into())
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
