//! Distribution files, from where they are published into a folder.
//!
//! A file is fetched to `.<name>.part`, hashed while it streams, compared in size and digest,
//! checked as `wh install` would check it, and only then gets its name. What lies there already
//! with the right digest is kept without a request; what a run was cut off in is gone on with by
//! the next one. One `wh` writes to a folder at a time.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use tokio::task::{AbortHandle, JoinHandle};
use wh_packaging::{DistributionFile, Event, Hashes, Metadata, ProjectName, Reporter};
use wh_resolver::lock::FileFacts;

use crate::client::{Client, without_credentials};

mod error;
mod expected;
mod fetch;
mod folder;
mod keep;
mod obtain;
mod part;
mod plan;
mod resume;

pub use error::DownloadError;
pub use folder::write_lock;
pub use plan::{Action, Planned, plan};

pub(crate) use folder::Folder;
use keep::{Judged, There};
use obtain::Workshop;
pub(crate) use resume::whole_name;

/// How to download.
#[derive(Debug, Clone)]
pub struct DownloadOptions {
    /// How many files at a time.
    pub jobs: usize,
    /// Go on after a failure; what failed stands in [`Fetched::failed`].
    pub keep_going: bool,
    /// Digests of which the file of a project must have one (`--hash`), where any are given.
    pub hashes: BTreeMap<ProjectName, Vec<Hashes>>,
}

impl Default for DownloadOptions {
    fn default() -> Self {
        Self {
            jobs: 16,
            keep_going: false,
            hashes: BTreeMap::new(),
        }
    }
}

/// Files on their way into one folder. Dropped unfinished, it stops; what is complete stays.
pub struct Downloads {
    workshop: Arc<Workshop>,
    keep_going: bool,
    started: Mutex<BTreeMap<String, Started>>,
}

struct Started {
    file: Arc<DistributionFile>,
    task: AbortOnDrop,
}

/// What lies in the folder now. As long as this lives, no other `wh` writes to the folder.
#[derive(Default)]
pub struct Fetched {
    /// By file name.
    pub files: BTreeMap<String, FetchedFile>,
    /// What could not be had, by file name; always empty unless told to go on after a failure.
    pub failed: BTreeMap<String, DownloadError>,
    _folder: Option<Arc<Folder>>,
}

/// One file that lies in the folder, verified.
#[derive(Debug, Clone, PartialEq)]
pub struct FetchedFile {
    /// Where.
    pub path: PathBuf,
    /// Bytes.
    pub size: u64,
    /// Hexadecimal.
    pub sha256: String,
    /// Whether it lay there before.
    pub kept: bool,
    /// Its METADATA, where it is a wheel: the wheel's own, whatever an index said.
    pub metadata: Option<Arc<Metadata>>,
    /// Whether the RECORD of the wheel was compared with its content, now or by the run that wrote
    /// the lock beside it.
    pub record_verified: bool,
}

impl Fetched {
    /// What a lock is filled with ([`wh_resolver::lock::fill`]).
    pub fn facts(&self) -> BTreeMap<String, FileFacts> {
        self.files
            .iter()
            .map(|(name, file)| {
                let facts = FileFacts {
                    size: file.size,
                    sha256: file.sha256.clone(),
                    record_verified: file.record_verified,
                };
                (name.clone(), facts)
            })
            .collect()
    }
}

impl Downloads {
    /// Downloads into `folder`. Nothing is made or written before the first file begins.
    pub fn new(
        client: Arc<Client>,
        folder: &Path,
        options: DownloadOptions,
        reporter: Arc<dyn Reporter>,
    ) -> Self {
        Self {
            keep_going: options.keep_going,
            workshop: Arc::new(Workshop::new(client, folder, options, reporter)),
            started: Mutex::default(),
        }
    }

    /// Begins with a file at once, in the background. Asking twice is asking once.
    pub fn start(&self, file: &Arc<DistributionFile>) {
        let mut started = self.started.lock().unwrap_or_else(PoisonError::into_inner);
        started.entry(file.name.clone()).or_insert_with(|| Started {
            file: Arc::clone(file),
            task: AbortOnDrop(
                self.workshop
                    .client
                    .handle()
                    .spawn(Arc::clone(&self.workshop).obtain(Arc::clone(file))),
            ),
        });
    }

    /// Fetches what was not started yet and waits for all of `files`; what was started and is not
    /// among them is stopped, and removed if it came in this run.
    ///
    /// # Errors
    /// A file cannot be had, or is not what it should be: its final name does not stand.
    pub fn finish(mut self, files: &[Arc<DistributionFile>]) -> Result<Fetched, DownloadError> {
        let files = by_name(files)?;
        self.stop_others(&files);
        let client = Arc::clone(&self.workshop.client);
        client.block_on(self.finish_all(files))
    }

    /// Stops what runs for files that are not wanted after all.
    fn stop_others(&mut self, files: &BTreeMap<&str, &Arc<DistributionFile>>) {
        let started = self
            .started
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        let client = &self.workshop.client;
        started.retain(|name, started| {
            let wanted = files
                .get(name.as_str())
                .is_some_and(|file| file.url == started.file.url);
            if !wanted {
                started.task.0.abort();
                if let Ok(Ok(fetched)) = client.block_on(&mut started.task.0)
                    && !fetched.kept
                {
                    let _ = fs_err::remove_file(&fetched.path);
                }
            }
            wanted
        });
    }

    async fn finish_all(
        &mut self,
        files: BTreeMap<&str, &Arc<DistributionFile>>,
    ) -> Result<Fetched, DownloadError> {
        let folder = self.workshop.folder().await?;
        let mut fetched = Fetched {
            _folder: Some(Arc::clone(&folder)),
            ..Fetched::default()
        };
        let (mut tasks, running) = self.tasks_of(files, &mut fetched.failed).await?;
        let mut first = None;
        while let Some((name, ended)) = tasks.next().await {
            match ended {
                Ok(file) => {
                    fetched.files.insert(name, file);
                }
                Err(error) if self.keep_going => {
                    self.workshop.reporter.event(Event::FileFailed {
                        file: &name,
                        reason: &error.to_string(),
                    });
                    fetched.failed.insert(name, error);
                }
                Err(error) => {
                    first.get_or_insert(error);
                    // waited for nonetheless: they put away what is not whole
                    running.iter().for_each(AbortHandle::abort);
                }
            }
        }
        if let Some(error) = first {
            return Err(error);
        }
        if fetched.failed.is_empty() {
            folder.sweep();
        }
        Ok(fetched)
    }

    /// The tasks of all files: those that were started, and new ones, the largest files first, so
    /// that none is left alone at the end.
    async fn tasks_of(
        &mut self,
        files: BTreeMap<&str, &Arc<DistributionFile>>,
        failed: &mut BTreeMap<String, DownloadError>,
    ) -> Result<(Tasks, Vec<AbortHandle>), DownloadError> {
        let started = std::mem::take(
            self.started
                .get_mut()
                .unwrap_or_else(PoisonError::into_inner),
        );
        let judging = files
            .into_iter()
            .filter(|(name, _)| !started.contains_key(*name))
            .map(|(_, file)| async { (Arc::clone(file), self.workshop.judge(file).await) });
        let mut waiting = Vec::new();
        for (file, judged) in futures::future::join_all(judging).await {
            match judged {
                Ok(judged) => waiting.push((file, judged)),
                Err(error) if self.keep_going => {
                    failed.insert(file.name.clone(), error);
                }
                Err(error) => return Err(error),
            }
        }
        waiting.sort_by_key(|(file, _)| std::cmp::Reverse(file.size.unwrap_or(u64::MAX)));
        self.report_plan(&started, &waiting);
        let started = started
            .into_iter()
            .map(|(name, started)| (name, started.task));
        let new = waiting.into_iter().map(|(file, judged)| {
            let name = file.name.clone();
            let work = Arc::clone(&self.workshop).obtain_judged(file, judged);
            (name, AbortOnDrop(tokio::spawn(work)))
        });
        let mut running = Vec::new();
        let tasks = started.chain(new).map(|(name, task)| {
            running.push(task.0.abort_handle());
            named(name, task)
        });
        let tasks = tasks.collect();
        Ok((tasks, running))
    }

    fn report_plan(
        &self,
        started: &BTreeMap<String, Started>,
        waiting: &[(Arc<DistributionFile>, Judged)],
    ) {
        let sizes: Vec<Option<u64>> = started
            .values()
            .map(|started| started.file.size)
            .chain(
                waiting
                    .iter()
                    .filter(|(_, judged)| !matches!(judged.there, There::Same { .. }))
                    .map(|(file, _)| file.size),
            )
            .collect();
        self.workshop.reporter.event(Event::FetchPlanned {
            files: sizes.len(),
            bytes: sizes.into_iter().sum(),
        });
    }
}

impl Drop for Downloads {
    fn drop(&mut self) {
        let started = std::mem::take(
            self.started
                .get_mut()
                .unwrap_or_else(PoisonError::into_inner),
        );
        started.values().for_each(|started| started.task.0.abort());
        // waited for: they put away what is not whole
        for mut started in started.into_values() {
            let _ = self.workshop.client.block_on(&mut started.task.0);
        }
        self.workshop.client.block_on(self.workshop.idle());
    }
}

/// A task that ends when nobody waits for it any more.
struct AbortOnDrop(JoinHandle<Result<FetchedFile, DownloadError>>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

type Ended = (String, Result<FetchedFile, DownloadError>);
type Tasks = FuturesUnordered<Pin<Box<dyn Future<Output = Ended> + Send>>>;

fn named(name: String, mut task: AbortOnDrop) -> Pin<Box<dyn Future<Output = Ended> + Send>> {
    Box::pin(async move {
        let ended = (&mut task.0).await.unwrap_or_else(|stopped| {
            Err(DownloadError::Stopped {
                file: name.clone(),
                reason: stopped.to_string(),
            })
        });
        (name, ended)
    })
}

/// The files by name; the same file twice is one.
fn by_name(
    files: &[Arc<DistributionFile>],
) -> Result<BTreeMap<&str, &Arc<DistributionFile>>, DownloadError> {
    let mut all: BTreeMap<&str, &Arc<DistributionFile>> = BTreeMap::new();
    for file in files {
        let other = *all.entry(&file.name).or_insert(file);
        let same = other.url == file.url
            || (other.hashes.sha256().is_some() && other.hashes.sha256() == file.hashes.sha256());
        if !same {
            return Err(DownloadError::TwoOfOneName {
                file: file.name.clone(),
                first: without_credentials(&other.url),
                second: without_credentials(&file.url),
            });
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests;
