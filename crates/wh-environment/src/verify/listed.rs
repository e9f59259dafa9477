//! What the distributions of a site-packages folder say of their files.
//!
//! A dist-info has RECORD (recording installed projects), an egg-info of pip has
//! `installed-files.txt`. Others list nothing: distutils and Debian's egg-infos, eggs, projects that
//! are installed in place by an `.egg-link`. Of these only the metadata, the top modules that they
//! name, and the scripts that setuptools makes for them are known.

use std::collections::{BTreeMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};

use wh_packaging::record::{self, RecordRow};

use super::dpkg::Dpkg;
use super::{EnvironmentCheck, EnvironmentFault, FaultKind};
use crate::search_path::normalise;

/// All that is listed.
#[derive(Debug, Default)]
pub(super) struct Listed {
    /// Files with who lists them.
    pub files: BTreeMap<PathBuf, (String, RecordRow)>,
    /// Files and folders that belong to a distribution which does not list them.
    pub claimed: HashSet<PathBuf>,
    /// Whether there is something of setuptools, which makes scripts that nothing lists.
    pub develops: bool,
}

impl Listed {
    /// Reads one folder.
    pub fn read(
        &mut self,
        folder: &Path,
        dpkg: &Dpkg,
        check: &mut EnvironmentCheck,
    ) -> io::Result<()> {
        for entry in fs_err::read_dir(folder)? {
            let path = normalise(&entry?.path());
            let name = path.file_name().unwrap_or_default();
            let name = name.to_string_lossy().into_owned();
            match path.extension().and_then(|end| end.to_str()) {
                Some("dist-info") if !name.starts_with('~') => {
                    check.distributions += 1;
                    self.dist_info(&path, folder, dpkg, check);
                }
                Some("egg-info") => {
                    check.distributions += 1;
                    self.egg_info(&path, folder, check);
                }
                Some("egg") => {
                    check.distributions += 1;
                    check.unlisted += 1;
                    self.develops = true;
                    self.claimed.insert(path);
                }
                Some("egg-link") => {
                    check.distributions += 1;
                    check.unlisted += 1;
                    self.develops = true;
                    self.claimed.insert(path);
                    self.claimed
                        .insert(normalise(&folder.join("easy-install.pth")));
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn dist_info(
        &mut self,
        metadata: &Path,
        folder: &Path,
        dpkg: &Dpkg,
        check: &mut EnvironmentCheck,
    ) {
        let owner = name_of(metadata);
        let path = metadata.join("RECORD");
        let rows = fs_err::read_to_string(&path)
            .map_err(|error| error.to_string())
            .and_then(|text| record::parse(&text).map_err(|error| error.to_string()))
            .and_then(|rows| match rows.is_empty() {
                true => Err("it is empty".to_owned()),
                false => Ok(rows),
            });
        match rows {
            Ok(rows) => {
                for mut row in rows {
                    let path = normalise(&folder.join(&row.path));
                    match (dpkg.has(metadata), dpkg.has(&path)) {
                        (false, _) => {}
                        // Debian moves and strips files after RECORD was written
                        (true, false) => continue,
                        (true, true) => {
                            check.packaged += 1;
                            (row.hash, row.size) = (None, None);
                        }
                    }
                    self.files.insert(path, (owner.clone(), row));
                }
            }
            Err(reason) => {
                self.claim(metadata, folder);
                match dpkg.has(metadata) {
                    true => check.unlisted += 1,
                    false => check.faults.push(EnvironmentFault {
                        path,
                        owner: Some(owner),
                        kind: FaultKind::Record(reason),
                    }),
                }
            }
        }
    }

    fn egg_info(&mut self, metadata: &Path, folder: &Path, check: &mut EnvironmentCheck) {
        let owner = name_of(metadata);
        match fs_err::read_to_string(metadata.join("installed-files.txt")) {
            Ok(text) => {
                self.claimed.insert(metadata.to_owned());
                let files = text.lines().filter(|line| !line.is_empty()).map(|line| {
                    let row = RecordRow {
                        path: line.to_owned(),
                        hash: None,
                        size: None,
                    };
                    (normalise(&metadata.join(line)), (owner.clone(), row))
                });
                self.files.extend(files);
            }
            Err(_) => {
                check.unlisted += 1;
                self.develops = true;
                self.claim(metadata, folder);
            }
        }
    }

    /// The metadata of a distribution and the top modules that it names, by its own name where it
    /// names none.
    fn claim(&mut self, metadata: &Path, folder: &Path) {
        self.claimed.insert(metadata.to_owned());
        let named = fs_err::read_to_string(metadata.join("top_level.txt")).unwrap_or_default();
        let mut names: Vec<String> = named.lines().map(|line| line.trim().to_owned()).collect();
        names.retain(|name| !name.is_empty() && !name.contains("..") && !name.starts_with('/'));
        if names.is_empty() {
            let stem = name_of(metadata);
            let project = stem.split('-').next().unwrap_or_default().replace('.', "_");
            names = vec![project.to_lowercase(), project];
        }
        for name in names {
            self.claimed.insert(normalise(&folder.join(&name)));
            self.claimed
                .insert(normalise(&folder.join(format!("{name}.py"))));
        }
    }

    /// Whether a file, or a folder above it, belongs to a distribution that does not list it.
    pub fn claims(&self, path: &Path) -> bool {
        if self.claimed.is_empty() {
            return false;
        }
        // a native module has its tag in its name
        let native = path
            .extension()
            .is_some_and(|end| end == "so" || end == "pyd");
        let module = || {
            let name = path.file_name()?.to_str()?;
            Some(path.with_file_name(name.split('.').next()?))
        };
        path.ancestors().any(|above| self.claimed.contains(above))
            || native && module().is_some_and(|module| self.claimed.contains(&module))
    }
}

/// `demo-1.0`, by `demo-1.0.dist-info`.
fn name_of(metadata: &Path) -> String {
    let stem = metadata.file_stem().unwrap_or_default();
    stem.to_string_lossy().into_owned()
}
