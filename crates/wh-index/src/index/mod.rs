//! All indexes and find-links together, as the resolver asks them.
//!
//! A page or a METADATA is fetched once, whoever asks and however many threads do; the first who
//! asks does the work and the others wait. What failed stays failed for the run, so that the
//! answer to a question is always the same.

use std::path::PathBuf;
use std::sync::Arc;

use futures::StreamExt as _;
use url::Url;
use wh_packaging::{
    BuildSystem, DistributionFile, Event, Metadata, ProjectFiles, ProjectName, Reporter,
};
use wh_resolver::{Provider, ProviderError};
use wh_sdist::Sdist;

use crate::cache::Cache;
use crate::client::{Client, ClientError};
use crate::find_links::{FindLinks, same};
use crate::metadata::{self, MetadataError, MetadataSource};
use crate::on_disk::OnDisk;
use crate::settings::{IndexSettings, Limit, Limits, Strategy};
use crate::simple::SimplePage;
use crate::source::{self, Source, SourceError, Sources};

mod age;
mod error;
mod memo;
mod pages;

pub use error::IndexError;
use memo::Memo;
use pages::Source as IndexSource;

/// Indexes and find-links.
pub struct Index {
    pub(crate) inner: Arc<Inner>,
}

/// What the threads of the solvers and the tasks of the crawler share.
pub(crate) struct Inner {
    pub(crate) client: Arc<Client>,
    pub(crate) jobs: usize,
    strategy: Strategy,
    sources: Vec<IndexSource>,
    cache: Cache,
    find_links: FindLinks,
    limits: Limits,
    metadata_source: MetadataSource,
    sources_asked: Sources,
    reporter: Arc<dyn Reporter>,
    pages: Memo<ProjectName, Result<Arc<ProjectFiles>, Arc<IndexError>>>,
    metadata: Memo<MetadataKey, Result<Arc<Metadata>, MetadataError>>,
    sdists: Memo<MetadataKey, Result<Arc<Sdist>, MetadataError>>,
    on_disk: OnDisk,
    files_here: Memo<MetadataKey, Result<PathBuf, ClientError>>,
}

/// A file by where it is and what it should be.
type MetadataKey = (String, Option<String>);

fn key(file: &DistributionFile) -> MetadataKey {
    let sha256 = file.hashes.sha256().map(str::to_owned);
    (file.url.as_str().to_owned(), sha256)
}

impl Index {
    /// An index with these settings. Makes no request, unless a page is among the find-links.
    ///
    /// # Errors
    /// A find-links cannot be read.
    pub fn new(settings: IndexSettings, reporter: Arc<dyn Reporter>) -> Result<Self, IndexError> {
        let client = Client::new(&settings, Arc::clone(&reporter)).map_err(IndexError::Client)?;
        Self::with_client(settings, client, reporter)
    }

    /// The same over a client that others use too.
    ///
    /// # Errors
    /// A find-links cannot be read.
    pub fn with_client(
        settings: IndexSettings,
        client: Arc<Client>,
        reporter: Arc<dyn Reporter>,
    ) -> Result<Self, IndexError> {
        let mut find_links = FindLinks::read(&settings.find_links, &client)
            .map_err(|error| IndexError::FindLinks(Arc::new(error)))?;
        if settings.limits != Limits::default() {
            find_links.read_upload_times(&settings.find_links);
        }
        let cache = client.cache().clone();
        let on_disk = cache.clone();
        let sources = if settings.no_index {
            Vec::new()
        } else {
            settings.indexes.into_iter().map(IndexSource::new).collect()
        };
        Ok(Self {
            inner: Arc::new(Inner {
                client,
                jobs: settings.jobs.max(1),
                strategy: settings.strategy,
                sources,
                metadata_source: MetadataSource::new(cache.clone()),
                sources_asked: Sources::new(settings.source, cache.clone(), Arc::clone(&reporter)),
                cache,
                find_links,
                limits: settings.limits,
                reporter,
                pages: Memo::default(),
                metadata: Memo::default(),
                sdists: Memo::default(),
                on_disk: OnDisk::new(on_disk),
                files_here: Memo::default(),
            }),
        })
    }

    /// The client, to download with.
    pub fn client(&self) -> &Arc<Client> {
        &self.inner.client
    }

    /// Source that a URL or a path leads to, looked into. Blocks.
    ///
    /// # Errors
    /// It cannot be had, or is no project.
    pub fn source_at(&self, url: &Url) -> Result<Arc<Source>, SourceError> {
        self.inner.sources_asked.get(url, &self.inner.client)
    }

    /// A file on this machine, by its own name, fetched where it is not; whoever uses it compares its
    /// digests. Blocks.
    ///
    /// # Errors
    /// It cannot be had.
    pub fn on_disk(&self, file: &DistributionFile) -> Result<PathBuf, ProviderError> {
        let inner = &self.inner;
        let fetched = || inner.metadata_source.sdists.path(file);
        let here = file.path.clone().or_else(fetched);
        let cell = inner.files_here.cell(key(file));
        let work = inner.on_disk.get(&inner.client, file, here);
        let found = inner
            .client
            .block_on(async { cell.get_or_init(|| work).await.clone() });
        found.map_err(|source| {
            ProviderError::Failed(Arc::new(IndexError::File {
                file: file.name.clone(),
                source,
            }))
        })
    }

    /// The file as it is to be downloaded: an sdist that was fetched for its metadata is taken from
    /// where it lies, as long as this index lives.
    pub fn at_hand(&self, file: &Arc<DistributionFile>) -> Arc<DistributionFile> {
        let fetched = self.inner.metadata_source.sdists.path(file);
        if file.path.is_some() || fetched.is_none() {
            return Arc::clone(file);
        }
        let mut here = DistributionFile::clone(file);
        here.path = fetched;
        Arc::new(here)
    }
}

impl Drop for Index {
    /// Tasks that fetch ahead may have the client live longer than the run: it is the end of this that
    /// counts.
    fn drop(&mut self) {
        self.inner.cache.finish();
    }
}

impl Provider for Index {
    fn files(&self, project: &ProjectName) -> Result<Arc<ProjectFiles>, ProviderError> {
        self.inner
            .client
            .block_on(self.inner.files(project))
            .map_err(|error| ProviderError::Failed(error))
    }

    fn metadata(&self, file: &DistributionFile) -> Result<Arc<Metadata>, ProviderError> {
        let found = self.inner.client.block_on(self.inner.metadata(file));
        found.map_err(|error| provider_error(error, file))
    }

    fn build_system(&self, sdist: &DistributionFile) -> Result<Arc<BuildSystem>, ProviderError> {
        let found = self.inner.client.block_on(self.inner.sdist(sdist));
        found
            .and_then(|found| metadata::sdist::build_system(&found))
            .map(Arc::new)
            .map_err(|error| provider_error(error, sdist))
    }

    fn source(
        &self,
        project: &ProjectName,
        url: &Url,
    ) -> Result<Option<Arc<DistributionFile>>, ProviderError> {
        let sources = &self.inner.sources_asked;
        let source = self.source_at(url).map_err(source::provider_error)?;
        let identity = source.identity().map_err(source::provider_error)?;
        if identity.name != *project {
            return Err(ProviderError::Unusable {
                reason: format!("this is the project `{}`", identity.name),
            });
        }
        let version = identity.version.map_err(|why| ProviderError::NeedsBuild {
            reason: why.to_string(),
        })?;
        let file = sources.file(&source, project, &version);
        Ok(Some(Arc::new(file.map_err(source::provider_error)?)))
    }

    fn prefetch(&self, wheels: &[Arc<DistributionFile>]) {
        let work = Arc::clone(&self.inner).prefetch(wheels.to_vec());
        self.inner.client.handle().spawn(work);
    }
}

fn provider_error(error: MetadataError, file: &DistributionFile) -> ProviderError {
    match error {
        MetadataError::Unusable { reason } => ProviderError::Unusable { reason },
        MetadataError::NeedsBuild { reason } => ProviderError::NeedsBuild { reason },
        MetadataError::Client(source) => ProviderError::Failed(Arc::new(IndexError::Metadata {
            file: file.name.clone(),
            source,
        })),
    }
}

impl Inner {
    /// Fetches METADATA into the memo, so many at a time. Errors stay there for whoever asks.
    async fn prefetch(self: Arc<Self>, wheels: Vec<Arc<DistributionFile>>) {
        let all = futures::stream::iter(wheels);
        all.for_each_concurrent(self.jobs, |wheel| {
            let index = &self;
            async move {
                let _ = index.metadata(&wheel).await;
            }
        })
        .await;
    }

    /// All files of a project.
    pub(crate) async fn files(
        &self,
        project: &ProjectName,
    ) -> Result<Arc<ProjectFiles>, Arc<IndexError>> {
        let cell = self.pages.cell(project.clone());
        let found = cell.get_or_init(|| async {
            self.find_files(project)
                .await
                .map(Arc::new)
                .map_err(Arc::new)
        });
        found.await.clone()
    }

    /// What an sdist says of itself.
    async fn sdist(&self, file: &DistributionFile) -> Result<Arc<Sdist>, MetadataError> {
        let cell = self.sdists.cell(key(file));
        let found = cell.get_or_init(|| async {
            let (sdist, from_cache) = self.metadata_source.sdist(&self.client, file).await?;
            self.reporter.event(Event::MetadataRead {
                file: &file.name,
                from_cache,
            });
            Ok(Arc::new(sdist))
        });
        found.await.clone()
    }

    /// The METADATA of a wheel, or of what an sdist is built into.
    pub(crate) async fn metadata(
        &self,
        file: &DistributionFile,
    ) -> Result<Arc<Metadata>, MetadataError> {
        if file.filename.as_wheel().is_none() {
            let sdist = self.sdist(file).await?;
            return metadata::sdist::metadata(&sdist, file).map(Arc::new);
        }
        let cell = self.metadata.cell(key(file));
        let found = cell.get_or_init(|| async {
            let (metadata, from_cache) = self.metadata_source.get(&self.client, file).await?;
            self.reporter.event(Event::MetadataRead {
                file: &file.name,
                from_cache,
            });
            Ok(Arc::new(metadata))
        });
        found.await.clone()
    }

    async fn find_files(&self, project: &ProjectName) -> Result<ProjectFiles, IndexError> {
        let mut found = ProjectFiles::default();
        for source in self.sources_of(project) {
            let page = pages::fetch(&self.client, &self.cache, source, project).await?;
            let Some((mut page, from_cache)) = page else {
                continue;
            };
            self.reporter.event(Event::PageRead {
                project: project.as_ref(),
                from_cache,
            });
            if let Some(limit) = self.limits.of(project, &source.index.limit) {
                let too_new = age::take_too_new(&mut page.files, limit);
                found
                    .too_new
                    .extend(too_new.map_err(|file| {
                        no_upload_time(project, source.shown.to_string(), &file)
                    })?);
            }
            join_page(&mut found, page, source);
            if self.strategy == Strategy::FirstIndex {
                break;
            }
        }
        self.join_find_links(&mut found, project)?;
        Ok(found)
    }

    /// The indexes that may have the project, in order: those that claim it, else those that claim
    /// nothing.
    fn sources_of(&self, project: &ProjectName) -> Vec<&IndexSource> {
        let claiming = |source: &&IndexSource| source.index.claims(project);
        let claimed: Vec<_> = self.sources.iter().filter(claiming).collect();
        if !claimed.is_empty() {
            return claimed;
        }
        let open = |source: &&IndexSource| source.index.projects.is_empty();
        self.sources.iter().filter(open).collect()
    }

    /// Find-links files join those of the index. Of a file that both have, the index's word stands
    /// (that it is too new, too) and the place on this machine is taken.
    fn join_find_links(
        &self,
        found: &mut ProjectFiles,
        project: &ProjectName,
    ) -> Result<(), IndexError> {
        let fault = |error| IndexError::FindLinks(Arc::new(error));
        let ours = self.find_links.files(project).map_err(fault)?;
        found.known |= !ours.is_empty();
        let mut only_ours = Vec::new();
        for file in ours {
            if found.too_new.iter().any(|other| other.name == file.name) {
                continue;
            }
            let theirs = found.files.iter_mut().find(|other| other.name == file.name);
            let Some(theirs) = theirs else {
                only_ours.push(file);
                continue;
            };
            same(theirs, &file).map_err(fault)?;
            if file.path.is_some() {
                Arc::make_mut(theirs).path = file.path.clone();
            }
        }
        if let Some(limit) = self.limits.of(project, &Limit::AsTheRun) {
            let too_new = age::take_too_new(&mut only_ours, limit);
            let place = |file: &DistributionFile| crate::client::without_credentials(&file.url);
            found
                .too_new
                .extend(too_new.map_err(|file| no_upload_time(project, place(&file), &file))?);
        }
        found.files.extend(only_ours);
        found
            .passed_over
            .extend(self.find_links.passed_over(project));
        Ok(())
    }
}

fn no_upload_time(project: &ProjectName, place: String, file: &DistributionFile) -> IndexError {
    IndexError::NoUploadTime {
        project: project.clone(),
        place,
        file: file.name.clone(),
    }
}

/// Adds what one index says. Of several indexes the first is named as owner, and the first to list
/// a file name keeps it.
fn join_page(found: &mut ProjectFiles, page: SimplePage, source: &IndexSource) {
    found.known = true;
    if found.index.is_none() {
        found.index = Some(Arc::clone(&source.shown));
        found.status = page.status;
        found.files = page.files;
        found.passed_over = page.passed_over;
        return;
    }
    let names: std::collections::HashSet<String> =
        found.files.iter().map(|file| file.name.clone()).collect();
    let new = |file: &Arc<DistributionFile>| !names.contains(&file.name);
    found.files.extend(page.files.into_iter().filter(new));
    found.passed_over.extend(page.passed_over);
}
