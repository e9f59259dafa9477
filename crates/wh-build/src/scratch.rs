//! The folder that a build has to itself: all that it may write to lies in here, and all of it goes
//! when the build is done.

use std::path::{Path, PathBuf};

use crate::error::BuildFault;
use crate::transient::Transient;

/// A build's folder, which is removed when this is dropped.
#[derive(Debug)]
pub(crate) struct Scratch(Transient);

impl Scratch {
    /// Makes one below a folder, which is made where it is not there.
    pub(crate) fn make(below: &Path) -> Result<Self, BuildFault> {
        let made = Transient::make(below);
        let this = Self(made.map_err(BuildFault::io("create a folder in", below))?);
        for part in ["home", "tmp", "source", "out", "metadata", "calls"] {
            let path = this.part(part);
            fs_err::create_dir(&path).map_err(BuildFault::io("create", path))?;
        }
        Ok(this)
    }

    /// The folder.
    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Its name, which no other build has.
    pub(crate) fn name(&self) -> String {
        let name = self.path().file_name().unwrap_or_default();
        name.to_string_lossy().into_owned()
    }

    /// What lies in it under a name.
    pub(crate) fn part(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }
}
