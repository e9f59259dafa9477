//! `wh download`: arguments -> requirements -> targets, in classes -> the matrix: a resolution for
//! each class -> files, each checked -> the locks, each checked, written last -> the table.

mod builds;
mod early;
mod hashes;
mod locks;
mod matrix;
mod missing;
mod named;
mod planned;
mod proof;
mod summary;
mod way_in;
mod wheels;
mod workshop;

use std::path::Path;
use std::sync::Arc;
use std::thread;

use wh_build::Transient;
use wh_index::download::{DownloadOptions, Downloads};
use wh_index::source::SourceSettings;
use wh_index::{Index, Limits};
use wh_packaging::class::{TargetClass, alone};
use wh_packaging::{DistributionFile, Root, Truth, marker};
use wh_resolver::{Options, Provider, Sought};

use self::matrix::{Matrix, Served};
use self::way_in::WayIn;
use self::workshop::Workshop;

use super::baseline::Baseline;
use super::building::{Building, OnIndex, folder_for_wheels};
use super::file_options::FileOptions;
use super::format_control::formats;
use super::remote::Remote;
use super::requirements::{self, Wanted, project_names};
use super::{cut_offs, sources, targets};
use crate::arguments::{ChoosingArgs, DownloadArgs, WhichVersion};
use crate::context::Context;
use crate::failure::{Failure, Status};

/// All that a run is about, once the arguments are understood.
struct Run<'a> {
    args: &'a DownloadArgs,
    context: &'a Context,
    wanted: Wanted,
    /// What must hold of all that builds.
    build_constraints: Vec<Root>,
    classes: Vec<TargetClass>,
    baseline: Baseline,
    options: Options,
    index: &'a Index,
    /// What is built on the way in, with --build.
    way_in: Option<&'a WayIn<'a>>,
    ends: Ends,
}

/// What a run ends with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    /// A lock, proven before it is written.
    Lock,
    /// The files alone (`wh wheel`).
    Files,
}

/// Fetches everything.
pub fn run(args: &DownloadArgs, context: &Context) -> Result<Status, Failure> {
    fetch(args, Ends::Lock, context)
}

/// Fetches, and builds, everything.
pub fn fetch(args: &DownloadArgs, ends: Ends, context: &Context) -> Result<Status, Failure> {
    let access = sources::settings(&args.index, &FileOptions::default(), context)?;
    let remote = Remote::new(access, context.reporter());
    let wanted = requirements::gather(&args.wanted, Some(&remote), context)?;
    let constraints = &args.building.build_constraint;
    let build_constraints = requirements::constraints(constraints, Some(&remote), context)?;
    let mut asked = Asked {
        args,
        ends,
        limits: cut_offs::limits(&args.choosing, context)?,
        classes: match ends {
            Ends::Lock => targets::selected(&args.targets, context)?,
            Ends::Files => Vec::new(),
        },
        wanted,
        build_constraints,
    };
    // checkouts go with the run, also with one that is killed
    let sources = match asked.wanted.has_sources() {
        true => Some(folder_for_wheels(context)?),
        false => None,
    };
    let index = asked.index(sources.as_ref().map(Transient::path), context)?;
    let places = Places {
        index: &index,
        way_in: None,
        remote: &remote,
    };
    if !args.build {
        return asked.run(places, context);
    }
    let workshop = Workshop::open(args, &asked.classes, context)?;
    if ends == Ends::Files {
        asked.classes = alone(vec![workshop.target.clone()]);
    }
    let stock = OnIndex(&index);
    let choosing = (&asked.wanted, &*asked.build_constraints);
    let means = workshop.means(args, choosing, &stock, context);
    let building = Building::new(means, context)?;
    let way_in = WayIn::new(&index, &building, &workshop.target, args);
    let places = Places {
        way_in: Some(&way_in),
        ..places
    };
    // what ended the run may have been a build
    asked
        .run(places, context)
        .map_err(|failure| building.failure().unwrap_or(failure))
}

/// Where everything comes from.
#[derive(Clone, Copy)]
struct Places<'a> {
    index: &'a Index,
    way_in: Option<&'a WayIn<'a>>,
    remote: &'a Remote,
}

/// What is asked for, and for whom.
struct Asked<'a> {
    args: &'a DownloadArgs,
    ends: Ends,
    wanted: Wanted,
    build_constraints: Vec<Root>,
    classes: Vec<TargetClass>,
    /// How new the files may be.
    limits: Limits,
}

impl<'a> Asked<'a> {
    /// The indexes and find-links that are asked; `folder`: where checkouts lie.
    fn index(&self, folder: Option<&Path>, context: &Context) -> Result<Index, Failure> {
        let Asked { args, wanted, .. } = self;
        let mut settings = sources::settings(&args.index, &wanted.options, context)?;
        settings.limits = self.limits.clone();
        settings.source = SourceSettings {
            git: sources::git(&args.index, context),
            folder: folder.map(Path::to_path_buf),
            beside: Some(context.absolute(&args.dest)),
        };
        Ok(Index::new(settings, context.reporter())?)
    }

    /// The run, once it is known where everything comes from.
    fn run(self, places: Places<'a>, context: &'a Context) -> Result<Status, Failure> {
        let Asked {
            args,
            ends,
            mut wanted,
            build_constraints,
            mut classes,
            limits,
        } = self;
        named::take(&mut wanted, places.index, places.way_in)?;
        wanted.put_overrides(&args.choosing.overrides, Some(places.remote), context)?;
        if let Some(way_in) = places.way_in {
            way_in.demand(hashes::demanded(&wanted));
        }
        if wanted.roots.is_empty() {
            return Err(nothing(ends));
        }
        if args.split_locks {
            let members = classes.into_iter().flat_map(|class| class.members);
            classes = alone(members.collect());
        }
        if !args.choosing.ignore_requires_python {
            wanted.refuse_other_pythons(classes.iter().flat_map(|class| &class.members))?;
        }
        say_left_out(&wanted.roots, &classes, context);
        let mut options = options(&args.choosing, &wanted)?;
        options.age = cut_offs::recorded(&limits, context);
        let baseline = Baseline::read(&args.choosing.baseline, context)?;
        baseline.check(&classes, context)?;
        Run {
            args,
            context,
            wanted,
            build_constraints,
            classes,
            baseline,
            options,
            index: places.index,
            way_in: places.way_in,
            ends,
        }
        .run()
    }
}

fn nothing(ends: Ends) -> Failure {
    match ends {
        Ends::Lock => Failure::malformed_because(
            "nothing to download: no requirement was given",
            "name one, or a file with -r: `wh download -r requirements.txt`; or write `requirements = [...]` into wh.toml (`wh init` makes one)",
        ),
        Ends::Files => Failure::malformed_because(
            "nothing to build: no requirement was given",
            "name a project by its folder, URL or name, or a file with -r: `wh wheel .`",
        ),
    }
}

/// Says which requirements hold for no target.
fn say_left_out(roots: &[Root], classes: &[TargetClass], context: &Context) {
    let left_out: Vec<String> = roots
        .iter()
        .filter(|root| !classes.iter().any(|class| concerns(root, class)))
        .map(|root| format!("{} ({})", root.requirement.name, root.origin))
        .collect();
    if !left_out.is_empty() {
        context.terminal.note(&format!(
            "Left out, since their markers hold for no target: {}",
            left_out.join(", ")
        ));
    }
}

/// Whether a requirement holds for some member of a class, or at a later patch release of one.
fn concerns(root: &Root, class: &TargetClass) -> bool {
    let marker = &root.requirement.marker;
    class.members.iter().any(|target| {
        let values = &target.markers;
        marker::evaluate(marker, values, &[]) != Truth::False
            || !target.exact && marker::evaluate_every_patch(marker, values, &[]) != Truth::False
    })
}

fn options(choosing: &ChoosingArgs, wanted: &Wanted) -> Result<Options, Failure> {
    Ok(Options {
        pre: choosing.pre || wanted.options.pre,
        no_deps: choosing.no_deps,
        ignore_requires_python: choosing.ignore_requires_python,
        exclude: project_names(&choosing.exclude)?.into_iter().collect(),
        formats: formats(choosing, &wanted.options)?,
        sought: match choosing.resolution {
            WhichVersion::Highest => Sought::Highest,
            WhichVersion::Lowest => Sought::Lowest,
            WhichVersion::LowestDirect => Sought::LowestDirect,
        },
        overrides: wanted.overrides.clone(),
        ..Options::default()
    })
}

impl Run<'_> {
    fn run(&self) -> Result<Status, Failure> {
        let folder = self.context.absolute(&self.args.dest);
        self.refuse_same_names()?;
        hashes::all_given(self.args.choosing.require_hashes, &self.wanted)?;
        if self.args.dry_run {
            let matrix = self.chosen(self.resolve_all()?)?;
            return self.dry_run(matrix, &folder);
        }
        let (client, reporter) = (self.index.client().clone(), self.context.reporter());
        let downloads = Downloads::new(client, &folder, self.download_options(), reporter);
        let matrix = self.resolve_while_fetching(&downloads)?;
        let mut matrix = self.chosen(matrix)?;
        let files = self.files(&matrix);
        if self.ends == Ends::Files {
            wheels::make_room(&files, &folder)?;
        }
        let mut fetched = downloads.finish(&files)?;
        matrix.without(std::mem::take(&mut fetched.failed));
        let matrix = self.chosen(matrix)?;
        let written = match self.ends {
            Ends::Lock => self.locks(&matrix, &fetched, &folder)?,
            Ends::Files => Vec::new(),
        };
        self.done(matrix, &fetched, &written)
    }

    /// The matrix, if the run may go on with it.
    fn chosen(&self, matrix: Matrix) -> Result<Matrix, Failure> {
        if !matrix.failures.is_empty() && !self.args.keep_going {
            self.report_only(&matrix)?;
            return Err(self.with_all_missing(matrix.failure()));
        }
        let asked = self.args.choosing.require_hashes;
        hashes::all_named(asked, &self.wanted, matrix.resolutions())?;
        Ok(matrix)
    }

    /// Offline, not the first alone that the cache does not have, but all that was asked for in vain.
    fn with_all_missing(&self, failure: Failure) -> Failure {
        let missing = self.index.client().missing();
        if missing.len() < 2 {
            return failure;
        }
        let failure = Box::new(failure);
        Failure::Offline { missing, failure }
    }

    fn download_options(&self) -> DownloadOptions {
        DownloadOptions {
            jobs: self.args.index.jobs,
            // offline, all that is missing is named
            keep_going: self.args.keep_going || self.context.offline,
            hashes: hashes::demanded(&self.wanted),
        }
    }

    /// Begins with files that are sure.
    fn start_early(&self, roots: &[Root], downloads: &Downloads) {
        early::start(roots, &self.classes, &self.options, self.index, downloads);
    }

    /// Resolves; what is pinned is fetched meanwhile.
    fn resolve_while_fetching(&self, downloads: &Downloads) -> Result<Matrix, Failure> {
        thread::scope(|scope| {
            let sure = self.sure();
            scope.spawn(move || self.start_early(&sure, downloads));
            self.resolve_all()
        })
    }

    /// The requirements whose pins tell the file: none that may be there already.
    fn sure(&self) -> Vec<Root> {
        if self.options.sought != Sought::Highest {
            return Vec::new();
        }
        let there = |root: &&Root| {
            let name = &root.requirement.name;
            let mut classes = self.classes.iter();
            classes.any(|class| self.baseline.of(class).contains_key(name))
        };
        let roots = self.wanted.roots.iter();
        roots.filter(|root| !there(root)).cloned().collect()
    }
}

impl Run<'_> {
    /// What the resolver asks.
    fn provider(&self) -> &dyn Provider {
        match self.way_in {
            Some(way_in) => way_in,
            None => self.index,
        }
    }

    /// All chosen files of all classes and what building needs, each once, by name.
    fn files(&self, matrix: &Matrix) -> Vec<Arc<DistributionFile>> {
        let mut files: Vec<Arc<DistributionFile>> = matrix
            .served
            .iter()
            .flat_map(Served::files)
            .map(|file| self.index.at_hand(file))
            .collect();
        files.sort_by(|a, b| (&a.name, &a.url).cmp(&(&b.name, &b.url)));
        files.dedup_by(|a, b| a.name == b.name && a.url == b.url);
        files
    }
}
