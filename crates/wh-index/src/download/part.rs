//! A file that is not whole yet: `.<name>.part`, hashed as it grows.
//!
//! Writes run on threads that may block, one piece behind the line. Dropped, a part is removed,
//! unless another run can go on with it ([`super::resume`]); what is whole was renamed before.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use tokio::task::JoinHandle;
use wh_packaging::{Hashes, hexadecimal};

use super::DownloadError;
use super::folder::write_error;
use super::resume::{self, Coming};

struct Growing {
    file: File,
    sha256: Sha256,
}

/// A file on its way.
pub(super) struct Part {
    path: PathBuf,
    position: u64,
    // taken while a write runs
    growing: Option<Growing>,
    writing: Option<JoinHandle<io::Result<Growing>>>,
    /// Whether a note stands beside it.
    noted: bool,
}

impl Part {
    /// Begins anew; an older part of the same name is overwritten.
    pub(super) fn create(folder: &Path, name: &str) -> Result<Self, DownloadError> {
        let path = part_path(folder, name);
        let created = resume::forget(&path).and_then(|()| File::create(&path));
        let file = created.map_err(|source| write_error(&path, source))?;
        Ok(Self::new(path, file))
    }

    /// Goes on with what an earlier run left of this very file; the validator of those bytes comes
    /// along. Where it left nothing of use, begins anew. Reads what is there; blocks.
    pub(super) fn open(
        folder: &Path,
        name: &str,
        coming: &Coming,
        size: Option<u64>,
    ) -> Result<(Self, Option<String>), DownloadError> {
        let path = part_path(folder, name);
        if let Some(validator) = coming.validator_noted(&path)
            && let Ok((file, sha256, position)) = take_up(&path)
            && position > 0
            && size.is_none_or(|size| position <= size)
        {
            let mut part = Self::new(path, file);
            part.position = position;
            part.noted = true;
            if let Some(growing) = &mut part.growing {
                growing.sha256 = sha256;
            }
            return Ok((part, Some(validator)));
        }
        Ok((Self::create(folder, name)?, None))
    }

    fn new(path: PathBuf, file: File) -> Self {
        let growing = Growing {
            file,
            sha256: Sha256::new(),
        };
        Self {
            path,
            position: 0,
            growing: Some(growing),
            writing: None,
            noted: false,
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Bytes that were handed over so far.
    pub(super) fn position(&self) -> u64 {
        self.position
    }

    /// Notes what is needed to go on in another run. To be called before the first byte.
    pub(super) fn note(&mut self, coming: &Coming, validator: &str) -> Result<(), DownloadError> {
        let noted = coming.note(&self.path, validator);
        noted.map_err(|source| write_error(&self.path, source))?;
        self.noted = true;
        Ok(())
    }

    /// Takes the next bytes; returns when the bytes before these are written.
    pub(super) async fn write(&mut self, bytes: Vec<u8>) -> Result<(), DownloadError> {
        let mut growing = self.settled().await?;
        self.position += bytes.len() as u64;
        self.writing = Some(tokio::task::spawn_blocking(move || {
            growing.sha256.update(&bytes);
            growing.file.write_all(&bytes)?;
            Ok(growing)
        }));
        Ok(())
    }

    /// Takes all of a file on this machine; blocks. Its sha256 is not computed. Returns its bytes.
    pub(super) fn copy_from(&mut self, source: &Path) -> Result<u64, DownloadError> {
        let read_error = |error| DownloadError::Read {
            path: source.to_owned(),
            source: error,
        };
        let mut from = File::open(source).map_err(read_error)?;
        let mut buffer = vec![0; 256 << 10];
        if let Some(growing) = &mut self.growing {
            loop {
                let piece = match from.read(&mut buffer) {
                    Ok(0) => break,
                    Ok(read) => &buffer[..read],
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                    Err(error) => return Err(read_error(error)),
                };
                let written = growing.file.write_all(piece);
                written.map_err(|error| write_error(&self.path, error))?;
                self.position += piece.len() as u64;
            }
        }
        Ok(self.position)
    }

    /// Throws away what is there.
    pub(super) async fn restart(&mut self) -> Result<(), DownloadError> {
        let mut growing = self.settled().await?;
        self.noted = false;
        let emptied = resume::forget(&self.path)
            .and_then(|()| growing.file.set_len(0))
            .and_then(|()| growing.file.seek(SeekFrom::Start(0)));
        emptied.map_err(|source| write_error(&self.path, source))?;
        growing.sha256 = Sha256::new();
        self.position = 0;
        self.growing = Some(growing);
        Ok(())
    }

    /// Waits for the last write.
    pub(super) async fn settle(&mut self) -> Result<(), DownloadError> {
        self.growing = Some(self.settled().await?);
        Ok(())
    }

    /// Waits for the last write and tells the sha256 of all.
    pub(super) async fn sha256(&mut self) -> Result<Hashes, DownloadError> {
        let growing = self.settled().await?;
        let digest = growing.sha256.clone().finalize();
        self.growing = Some(growing);
        Ok(Hashes::sha256_only(hexadecimal(&digest)))
    }

    /// No other run is to go on with it: it goes when it is dropped.
    pub(super) fn give_up(&mut self) {
        self.noted = false;
    }

    /// Gives the file its final name.
    pub(super) fn rename(mut self, to: &Path) -> Result<(), DownloadError> {
        // Windows renames no file that is open
        self.growing = None;
        wh_wheel::rename(&self.path, to).map_err(|source| write_error(to, source))?;
        // of no harm to anybody: a note without its part says nothing
        let _ = resume::forget(&self.path);
        self.path.clear();
        Ok(())
    }

    async fn settled(&mut self) -> Result<Growing, DownloadError> {
        let growing = match self.writing.take() {
            Some(writing) => match writing.await {
                Ok(written) => Some(written.map_err(|source| write_error(&self.path, source))?),
                Err(stopped) => return Err(write_error(&self.path, io::Error::other(stopped))),
            },
            None => self.growing.take(),
        };
        growing.ok_or_else(|| write_error(&self.path, io::Error::other("an earlier write failed")))
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.path.as_os_str().is_empty() && !self.noted {
            self.growing = None;
            let _ = resume::forget(&self.path);
            let _ = fs_err::remove_file(&self.path);
        }
    }
}

fn part_path(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!(".{name}.part"))
}

/// Opens a part to go on at its end; its sha256 and its length so far.
fn take_up(path: &Path) -> io::Result<(File, Sha256, u64)> {
    let mut file = File::options().read(true).write(true).open(path)?;
    let mut sha256 = Sha256::new();
    let mut buffer = vec![0; 256 << 10];
    let mut length = 0;
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok((file, sha256, length)),
            Ok(read) => {
                sha256.update(&buffer[..read]);
                length += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
