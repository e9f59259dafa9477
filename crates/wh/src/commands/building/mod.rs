//! Building what is source, for every command that does: sdists of a [`Stock`], folders of this
//! machine.
//!
//! Other people's code is run here, and only where the user asked for it. What a build requires
//! comes from the stock as what is installed does: chosen by the same resolver, compared with the
//! same digests. Sdists among it are built first; a circle of them is an error. What was built in a
//! run is not built again in it.

mod in_order;
mod lacking;
mod means;
mod source;
mod stock;
mod supply;
mod told;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use wh_build::{BuildOptions, Builder, BuiltWheel, Source};
use wh_packaging::class::{TargetClass, classes};
use wh_packaging::{DistributionFile, Metadata, Reporter};
use wh_resolver::{Formats, ProviderError, builds};

use crate::context::Context;
use crate::failure::{Failure, with_causes};

pub use means::{Means, folder_for_wheels};
pub use stock::{InFolder, OnIndex, Stock};
pub use told::Told;

use supply::ForBuild;

/// What builds are done with, for all of a run.
pub struct Building<'a> {
    reporter: Arc<dyn Reporter>,
    means: Means<'a>,
    /// The interpreter that builds, as a target.
    class: TargetClass,
    options: BuildOptions,
    /// How what requirements give settings of its own for is built, by project or by place.
    special: BTreeMap<String, BuildOptions>,
    formats: Formats,
    /// How many builds have begun: each has a folder for its wheel.
    begun: AtomicUsize,
    built: Mutex<BTreeMap<String, Arc<Built>>>,
    told: Mutex<BTreeMap<String, Arc<Metadata>>>,
    failed: Mutex<Option<Failure>>,
}

/// A wheel that was built in this run.
#[derive(Debug)]
pub struct Built {
    /// The wheel.
    pub wheel: BuiltWheel,
    /// Bytes of the wheel.
    pub size: Option<u64>,
    /// What stands for all bytes of its source: the sha256 of an sdist.
    pub source: Option<String>,
}

impl<'a> Building<'a> {
    /// Gets ready; nothing is run yet.
    pub fn new(means: Means<'a>, context: &'a Context) -> Result<Self, Failure> {
        Ok(Self {
            reporter: context.reporter(),
            class: classes(vec![means.target.clone()]).remove(0),
            options: means.options(&[], context),
            special: means.special(context),
            formats: Formats::default(),
            begun: AtomicUsize::new(0),
            means,
            built: Mutex::default(),
            told: Mutex::default(),
            failed: Mutex::default(),
        })
    }

    /// Builds these sdists, each with who asks for it, and what is needed for that; as many at the
    /// same time as need not wait for each other. In their order.
    pub fn sdists(
        &self,
        sdists: &[(Arc<DistributionFile>, Vec<String>)],
    ) -> Result<Vec<Arc<Built>>, Failure> {
        let order = match self.options.isolation {
            true => in_order::of_trees(&self.trees(sdists)?),
            false => in_order::alone(sdists),
        };
        in_order::run(&order, |sdist| self.sdist(sdist, &[]).map(drop))?;
        let mut built = Vec::new();
        for (sdist, _) in sdists {
            built.push(self.sdist(sdist, &[])?);
        }
        Ok(built)
    }

    /// What these need to be built, as far as that is known before anything is run.
    fn trees(
        &self,
        sdists: &[(Arc<DistributionFile>, Vec<String>)],
    ) -> Result<Vec<builds::BuildTree>, Failure> {
        let (target, options) = (self.means.target, self.choosing());
        let provider = Told::new(self.means.stock.provider(), self);
        builds::trees_of(target, sdists, options, &provider).map_err(|error| match error {
            builds::BuildError::NoTree { sdist, source, .. }
                if self.means.stock.folders().is_some() =>
            {
                self.lacking(&sdist, *source)
            }
            error => self.failure().unwrap_or_else(|| error.into()),
        })
    }

    fn choosing(&self) -> builds::BuildOptions<'_> {
        builds::BuildOptions {
            formats: &self.formats,
            pre: self.means.pre,
            more: &self.means.more,
            constraints: &self.means.constraints,
        }
    }

    /// Builds a folder or another source that the user named; `editable`: as a wheel that has it
    /// imported from where it lies (PEP 660).
    pub fn source(&self, source: &Source, editable: bool) -> Result<Arc<Built>, Failure> {
        let supply = ForBuild::new(self, vec![source.called.clone()]);
        let (builder, into) = (self.builder(&supply, source), self.into());
        let wheel = match editable {
            true => builder.editable(source, &into),
            false => builder.wheel(source, &into),
        };
        Ok(Built::new(wheel?, source))
    }

    /// What the wheel of such a source would say.
    pub fn metadata_of(&self, source: &Source) -> Result<Metadata, Failure> {
        let supply = ForBuild::new(self, vec![source.called.clone()]);
        let text = self.builder(&supply, source).metadata(source)?;
        parsed(&text, &source.called)
    }

    /// Builds an sdist. `path`: the sdists for whose sake that is done.
    fn sdist(&self, sdist: &DistributionFile, path: &[String]) -> Result<Arc<Built>, Failure> {
        let known = || lock(&self.built).get(&sdist.name).cloned();
        if let Some(built) = known() {
            return Ok(built);
        }
        let source = self.compared(sdist)?;
        let supply = ForBuild::new(self, one_more(path, &sdist.name)?);
        let wheel = self
            .builder(&supply, &source)
            .wheel(&source, &self.into())?;
        let mut all = lock(&self.built);
        let built = all.entry(sdist.name.clone());
        Ok(Arc::clone(
            built.or_insert_with(|| Built::new(wheel, &source)),
        ))
    }

    /// A folder for the wheel of one build.
    fn into(&self) -> PathBuf {
        let begun = self.begun.fetch_add(1, Ordering::Relaxed);
        self.means.into.join(begun.to_string())
    }

    /// What only building an sdist tells of the wheel that it becomes.
    fn metadata(
        &self,
        sdist: &DistributionFile,
        path: &[String],
    ) -> Result<Arc<Metadata>, Failure> {
        if let Some(told) = lock(&self.told).get(&sdist.name) {
            return Ok(Arc::clone(told));
        }
        let source = self.compared(sdist)?;
        let supply = ForBuild::new(self, one_more(path, &sdist.name)?);
        let text = self.builder(&supply, &source).metadata(&source)?;
        let metadata = parsed(&text, &sdist.name)?;
        let metadata = Arc::new(metadata);
        lock(&self.told).insert(sdist.name.clone(), Arc::clone(&metadata));
        Ok(metadata)
    }

    fn builder<'b>(&'b self, supply: &'b ForBuild<'b>, source: &Source) -> Builder<'b> {
        let project = source.expected.project.as_ref();
        let of_project = project.and_then(|project| self.special.get(project.as_ref()));
        let special = of_project.or_else(|| self.special.get(&source.called));
        Builder {
            probe: self.means.probe,
            tags: Some(&self.means.target.tags),
            supply,
            options: special.unwrap_or(&self.options),
            reporter: &*self.reporter,
        }
    }

    /// A build that failed, as what ends a resolution; [`failure`](Self::failure) gives it back.
    pub fn ended_by(&self, error: Failure) -> ProviderError {
        let words = with_causes(&error);
        lock(&self.failed).get_or_insert(error);
        ProviderError::Failed(Arc::new(std::io::Error::other(words)))
    }

    /// What a resolution really failed with, where that was a build.
    pub fn failure(&self) -> Option<Failure> {
        lock(&self.failed).take()
    }
}

impl Built {
    fn new(wheel: BuiltWheel, source: &Source) -> Arc<Self> {
        let size = wheel.path.metadata().ok().map(|file| file.len());
        let source = source.identity.clone();
        Arc::new(Self {
            wheel,
            size,
            source,
        })
    }
}

/// METADATA as a backend gave it.
fn parsed(text: &str, called: &str) -> Result<Metadata, Failure> {
    Metadata::parse(text.as_bytes()).map_err(|error| Failure::No {
        message: format!("what the backend of {called} says of its wheel cannot be read: {error}"),
        details: Vec::new(),
        hint: None,
    })
}

/// The sdists that are being built, one for the other, and the next one.
fn one_more(path: &[String], next: &str) -> Result<Vec<String>, Failure> {
    let mut longer = path.to_vec();
    longer.push(next.to_owned());
    match path.iter().any(|one| one == next) {
        true => Err(builds::BuildError::Circle { chain: longer }.into()),
        false => Ok(longer),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
