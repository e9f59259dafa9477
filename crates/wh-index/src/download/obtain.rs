//! One file, from the question whether it is there to its final name.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::{OnceCell, Semaphore};
use wh_packaging::{DistributionFile, Event, Filename, Hashes, Metadata, Reporter, Warning};
use wh_wheel::check::Contents;
use wh_wheel::{Wheel, check};

use super::expected::Expected;
use super::fetch::Fetch;
use super::folder::{Folder, write_error};
use super::keep::{Judged, There, judge, occupied};
use super::part::Part;
use super::resume::Coming;
use super::{DownloadError, DownloadOptions, FetchedFile};
use crate::client::{Client, without_credentials};

/// What all files of one download share.
pub(super) struct Workshop {
    pub client: Arc<Client>,
    pub reporter: Arc<dyn Reporter>,
    options: DownloadOptions,
    path: PathBuf,
    folder: OnceCell<Arc<Folder>>,
    /// How many files are on the line.
    line: Semaphore,
    /// How many are hashed, copied or checked.
    work: Arc<Semaphore>,
    threads: u32,
}

impl Workshop {
    pub(super) fn new(
        client: Arc<Client>,
        folder: &Path,
        options: DownloadOptions,
        reporter: Arc<dyn Reporter>,
    ) -> Self {
        let threads =
            std::thread::available_parallelism().map_or(1, |threads| threads.get() as u32);
        Self {
            client,
            reporter,
            path: folder.to_owned(),
            folder: OnceCell::new(),
            line: Semaphore::new(options.jobs.max(1)),
            work: Arc::new(Semaphore::new(threads as usize)),
            threads,
            options,
        }
    }

    /// The folder, ours from the first call on.
    pub(super) async fn folder(&self) -> Result<Arc<Folder>, DownloadError> {
        let opened = self.folder.get_or_try_init(|| async {
            let (path, reporter) = (self.path.clone(), Arc::clone(&self.reporter));
            let opening =
                tokio::task::spawn_blocking(move || Folder::open(&path, reporter.as_ref()));
            match opening.await {
                Ok(opened) => opened.map(Arc::new),
                Err(stopped) => Err(write_error(&self.path, std::io::Error::other(stopped))),
            }
        });
        opened.await.cloned()
    }

    /// Looks whether the file is there.
    pub(super) async fn judge(
        self: &Arc<Self>,
        file: &Arc<DistributionFile>,
    ) -> Result<Judged, DownloadError> {
        let folder = self.folder().await?;
        let (workshop, file) = (Arc::clone(self), Arc::clone(file));
        self.work(move || judge(&file, &folder.path, &folder.named, &workshop.options))
            .await
    }

    /// All of it.
    pub(super) async fn obtain(
        self: Arc<Self>,
        file: Arc<DistributionFile>,
    ) -> Result<FetchedFile, DownloadError> {
        let judged = self.judge(&file).await?;
        self.obtain_judged(file, judged).await
    }

    /// What remains when it is known whether the file is there.
    pub(super) async fn obtain_judged(
        self: Arc<Self>,
        file: Arc<DistributionFile>,
        judged: Judged,
    ) -> Result<FetchedFile, DownloadError> {
        let folder = self.folder().await?;
        let Judged { expected, there } = judged;
        if let There::Same { size, actual } = there {
            return self.keep(folder, file, size, actual).await;
        }
        let known = expected.is_known();
        let fetched = self.client.whole(&file.url);
        let here = (file.path.as_deref()).or(fetched.as_ref().map(|whole| whole.as_ref().as_ref()));
        let (mut part, actual) = match here {
            Some(source) => {
                let part = Part::create(&folder.path, &file.name)?;
                self.copy(source.to_owned(), part, &file, expected).await?
            }
            None => self.fetch(&folder, &file, &expected).await?,
        };
        if !known && file.path.is_none() {
            self.reporter.event(Event::Warning {
                warning: Warning::NoHash {
                    file: file.name.clone(),
                    sha256: actual.sha256().unwrap_or_default().to_owned(),
                },
            });
        }
        if let There::Unknown { actual: other } = there {
            part.give_up();
            if other.sha256() != actual.sha256() {
                return Err(occupied(folder.place(&file.name), actual, &other));
            }
            let size = part.position();
            drop(part);
            return self.keep(folder, file, size, actual).await;
        }
        self.admit(folder, file, part, actual).await
    }

    async fn fetch(
        self: &Arc<Self>,
        folder: &Arc<Folder>,
        file: &Arc<DistributionFile>,
        expected: &Expected,
    ) -> Result<(Part, Hashes), DownloadError> {
        let _turn = self.line.acquire().await;
        let (mut part, validator) = self.part(folder, file, expected).await?;
        let fetch = Fetch::new(self, file, expected, &mut part, validator);
        let actual = fetch.run().await?;
        Ok((part, actual))
    }

    /// The part to fetch into, and the validator of what an earlier run left in it.
    async fn part(
        self: &Arc<Self>,
        folder: &Arc<Folder>,
        file: &Arc<DistributionFile>,
        expected: &Expected,
    ) -> Result<(Part, Option<String>), DownloadError> {
        let Some(coming) = Coming::new(file, expected) else {
            return Ok((Part::create(&folder.path, &file.name)?, None));
        };
        let (folder, name, size) = (Arc::clone(folder), file.name.clone(), expected.size);
        self.work(move || Part::open(&folder.path, &name, &coming, size))
            .await
    }

    /// A file of this machine.
    async fn copy(
        self: &Arc<Self>,
        source: PathBuf,
        mut part: Part,
        file: &Arc<DistributionFile>,
        expected: Expected,
    ) -> Result<(Part, Hashes), DownloadError> {
        let (workshop, file) = (Arc::clone(self), Arc::clone(file));
        self.work(move || {
            let size = part.copy_from(&source)?;
            let reporter = &workshop.reporter;
            reporter.event(Event::FileStarted {
                file: &file.name,
                size: Some(size),
            });
            reporter.event(Event::FileProgress {
                file: &file.name,
                bytes: size,
            });
            let actual = super::keep::hashes_of(part.path(), &expected.algorithms())?;
            if !expected.admits(&actual) {
                return Err(DownloadError::HashMismatch {
                    file: file.name.clone(),
                    url: match &file.path {
                        Some(path) => path.to_string_lossy().into_owned(),
                        None => without_credentials(&file.url),
                    },
                    expected: expected.failed_by(&actual),
                    actual,
                });
            }
            Ok((part, actual))
        })
        .await
    }

    /// The file that lies there stays, if it is sound.
    async fn keep(
        self: &Arc<Self>,
        folder: Arc<Folder>,
        file: Arc<DistributionFile>,
        size: u64,
        actual: Hashes,
    ) -> Result<FetchedFile, DownloadError> {
        let workshop = Arc::clone(self);
        self.work(move || {
            let path = folder.place(&file.name);
            let contents = if folder.named.vouch(&file.name, &actual) {
                Contents::Vouched
            } else {
                Contents::Verify
            };
            let metadata = check_file(&path, &file, contents)?;
            workshop
                .reporter
                .event(Event::FileKept { file: &file.name });
            Ok(fetched(&file, path, size, &actual, metadata, true))
        })
        .await
    }

    /// Checks a whole part and gives it its name.
    async fn admit(
        self: &Arc<Self>,
        folder: Arc<Folder>,
        file: Arc<DistributionFile>,
        mut part: Part,
        actual: Hashes,
    ) -> Result<FetchedFile, DownloadError> {
        let workshop = Arc::clone(self);
        self.work(move || {
            let checked = check_file(part.path(), &file, Contents::Verify);
            let metadata = checked.inspect_err(|_| part.give_up())?;
            let (path, bytes) = (folder.place(&file.name), part.position());
            part.rename(&path)?;
            workshop.reporter.event(Event::FileFinished {
                file: &file.name,
                bytes,
            });
            Ok(fetched(&file, path, bytes, &actual, metadata, false))
        })
        .await
    }

    /// Waits for the work of tasks that were stopped meanwhile: it removes what is not whole.
    pub(super) async fn idle(&self) {
        let _ = self.work.acquire_many(self.threads).await;
    }

    /// Runs what reads or computes on a thread of its own, as many at a time as there are cores.
    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, DownloadError> + Send + 'static,
    ) -> Result<T, DownloadError> {
        let turn = Arc::clone(&self.work).acquire_owned().await;
        // the turn ends after what came of the work is dropped, if nobody waits for it any more
        let working = tokio::task::spawn_blocking(move || (work(), turn));
        match working.await {
            Ok((done, _turn)) => done,
            Err(stopped) => Err(write_error(&self.path, std::io::Error::other(stopped))),
        }
    }
}

/// The check that `wh install` makes of a wheel; that of whoever builds an sdist; and the
/// metadata it found.
fn check_file(
    path: &Path,
    file: &DistributionFile,
    contents: Contents,
) -> Result<Option<Metadata>, DownloadError> {
    let filename = match &file.filename {
        Filename::Wheel(filename) => filename,
        Filename::Sdist(filename) => {
            let below = file.subdirectory.as_deref();
            let checked = wh_sdist::check_below(path, &file.name, filename, below);
            return checked
                .map(|sdist| sdist.metadata(filename).ok())
                .map_err(|error| DownloadError::RefusedSdist {
                    file: file.name.clone(),
                    fault: Box::new(error.fault),
                });
        }
    };
    let checked = Wheel::open(path).and_then(|wheel| check(&wheel, filename, contents));
    let metadata = checked.map(|checked| Some(checked.metadata));
    metadata.map_err(|error| DownloadError::Refused {
        file: file.name.clone(),
        fault: Box::new(error.fault),
    })
}

fn fetched(
    file: &DistributionFile,
    path: PathBuf,
    size: u64,
    actual: &Hashes,
    metadata: Option<Metadata>,
    kept: bool,
) -> FetchedFile {
    FetchedFile {
        path,
        size,
        sha256: actual.sha256().unwrap_or_default().to_owned(),
        kept,
        metadata: metadata.map(Arc::new),
        record_verified: file.filename.as_wheel().is_some(),
    }
}
