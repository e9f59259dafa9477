//! The folder of a project (unpacked, checked out, or somebody's own), read as an sdist is.

use std::fs::File;
use std::io;
use std::path::Path;

use crate::contents::{Reading, Sdist, TELLING};
use crate::error::{Fault, SdistError};

impl Sdist {
    /// What the project in a folder says of itself. Which languages it is written in is not looked
    /// for.
    ///
    /// # Errors
    /// A file that tells cannot be read, or there is none.
    pub fn of_folder(folder: &Path) -> Result<Self, SdistError> {
        Self::read_folder(folder).map_err(|fault| SdistError::new(folder, fault))
    }

    pub(crate) fn read_folder(folder: &Path) -> Result<Self, Fault> {
        let mut reading = Reading::default();
        for name in TELLING {
            // a pipe of that name would never end
            let path = folder.join(name);
            match std::fs::metadata(&path) {
                Ok(file) if file.is_file() => {}
                Ok(_) => continue,
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(Fault::Read(error)),
            }
            let mut file = File::open(&path).map_err(Fault::Read)?;
            reading.file(&format!("./{name}"), &mut file)?;
        }
        reading.finish()
    }
}
