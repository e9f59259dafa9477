//! One build, from its source to its wheel.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use wh_environment::Probe;
use wh_packaging::requirement::{Requirement, display, parse};
use wh_packaging::{Event, Reporter, Tags};
use wh_wheel::Wheel;

use crate::build::{Build, Form};
use crate::built::{self, BuiltWheel};
use crate::cargo;
use crate::error::{BuildError, BuildFault};
use crate::hooks::Caller;
use crate::isolated::Isolated;
use crate::kept::{Ingredients, Kept, digests};
use crate::log::Log;
use crate::options::BuildOptions;
use crate::project::{self, Project};
use crate::scratch::Scratch;
use crate::source::{Expected, Place, Source};
use crate::supply::{SuppliedWheel, Supply};
use crate::variables::{self, Places};

/// Builds for one interpreter. It may be used by several threads at once.
#[derive(Clone, Copy)]
pub struct Builder<'a> {
    /// The interpreter; its environment is where things are built without isolation.
    pub probe: &'a Probe,
    /// The interpreter as a target: the tags that a wheel may have. `None`: any.
    pub tags: Option<&'a Tags>,
    /// Where build requirements come from.
    pub supply: &'a dyn Supply,
    /// How builds are done.
    pub options: &'a BuildOptions,
    /// Who is told.
    pub reporter: &'a dyn Reporter,
}

impl Builder<'_> {
    /// METADATA of the wheel that a source would become: from `prepare_metadata_for_build_wheel`, or, where
    /// the backend does not have that, from the wheel.
    ///
    /// # Errors
    /// What [`BuildFault`] names.
    pub fn metadata(&self, source: &Source) -> Result<String, BuildError> {
        let text = || {
            let ready = self.ready(source)?;
            self.told(source, false, || {
                let bytes = metadata(&mut self.begin(source, &ready)?)?;
                Ok(String::from_utf8_lossy(&bytes).into_owned())
            })
        };
        text().map_err(|fault| failed(source, fault))
    }

    /// Builds a wheel into a folder, or takes one that was built of the same before. It is checked as a
    /// downloaded one is, and is what was asked for; it has its name only then.
    ///
    /// # Errors
    /// What [`BuildFault`] names; then there is no wheel.
    pub fn wheel(&self, source: &Source, into: &Path) -> Result<BuiltWheel, BuildError> {
        self.kept_or_built(source, into)
            .map_err(|fault| failed(source, fault))
    }

    /// Builds an editable wheel (PEP 660): it holds the way to the project's folder.
    ///
    /// # Errors
    /// As [`wheel`](Self::wheel).
    pub fn editable(&self, source: &Source, into: &Path) -> Result<BuiltWheel, BuildError> {
        let built = || {
            let ready = self.ready(source)?;
            let built = self.build(source, &ready, Form::Editable, into)?;
            Ok(built.0)
        };
        built().map_err(|fault| failed(source, fault))
    }

    fn kept_or_built(&self, source: &Source, into: &Path) -> Result<BuiltWheel, BuildFault> {
        let ready = self.ready(source)?;
        let kept = self.kept(source, &ready);
        if let Some(found) = kept.as_ref().and_then(Kept::find)
            && self.would_be_the_same(source, &ready, &found.2)
        {
            let (kept, filename, _) = found;
            // what is accepted is moved, and the kept one is to serve again
            let path = ready.scratch.part("out").join(filename.as_str());
            fs_err::copy(&kept, &path).map_err(BuildFault::io("copy", &kept))?;
            let expected = self.expected(source, &ready.project);
            let built = built::accept(&path, filename, &expected, self.tags, into)?;
            self.reporter.event(Event::BuildKept {
                source: &source.called,
            });
            return Ok(built);
        }
        let (built, asked) = self.build(source, &ready, Form::Wheel, into)?;
        if let Some(kept) = kept
            && let Some(requirements) = digests(&asked.wheels)
        {
            // the next one is built again, then
            let _ = kept.put(&built, asked.lines, requirements);
        }
        Ok(built)
    }

    /// Runs the hooks, and takes the wheel that they gave.
    fn build(
        &self,
        source: &Source,
        ready: &Ready,
        form: Form,
        into: &Path,
    ) -> Result<(BuiltWheel, Asked), BuildFault> {
        self.told(source, true, || {
            let mut build = self.begin(source, ready)?;
            let (file, filename) = build.wheel(form)?;
            let expected = self.expected(source, &ready.project);
            let built = built::accept(&file, filename, &expected, self.tags, into)?;
            Ok((built, build.asked))
        })
    }

    /// Unpacks the source and asks for what its build requires. Nothing of it runs yet.
    fn ready(&self, source: &Source) -> Result<Ready, BuildFault> {
        let scratch = Scratch::make(&self.options.scratch)?;
        let project = Project::open(source, &scratch)?;
        let wheels = if self.options.isolation {
            self.supplied(source, &project.backend.requires)?
        } else {
            Vec::new()
        };
        Ok(Ready {
            scratch,
            project,
            wheels,
        })
    }

    /// Makes the environment that hooks are called in.
    fn begin<'r>(&'r self, source: &'r Source, ready: &'r Ready) -> Result<Build<'r>, BuildFault> {
        let scratch = &ready.scratch;
        let mut isolated = None;
        if self.options.isolation {
            let mut made = Isolated::make(scratch.part("environment"), self.probe)?;
            made.provide(&ready.wheels)?;
            isolated = Some(made);
        }
        cargo::configure(&self.options.variables, &cargo::home(&scratch.part("home")));
        let log = Log::begin(&self.options.logs, &source.called)?;
        let limit = self.options.time_limit;
        let caller = Caller {
            python: match &isolated {
                Some(isolated) => isolated.python.clone(),
                None => self.probe.executable.clone(),
            },
            backend: &ready.project.backend,
            folder: &ready.project.folder,
            variables: self.variables(scratch, isolated.as_ref()),
            writable: self.writable(source, scratch),
            scratch,
            limit,
            deadline: limit.and_then(|limit| Instant::now().checked_add(limit)),
            log: Arc::new(Mutex::new(log)),
        };
        Ok(Build {
            builder: self,
            source,
            scratch,
            project: &ready.project,
            isolated,
            caller,
            asked: Asked {
                lines: Vec::new(),
                wheels: ready.wheels.clone(),
            },
        })
    }

    /// Where hooks may write: an sdist is unpacked into the scratch folder.
    fn writable(&self, source: &Source, scratch: &Scratch) -> Vec<PathBuf> {
        let mut folders = vec![scratch.path().to_owned()];
        if let Place::Folder(folder) = &source.place {
            let home = variables::variable(&self.options.variables, "HOME");
            folders.push(project::whole(folder, home.map(Path::new)));
        }
        folders
    }

    /// Wheels of build requirements.
    pub(crate) fn supplied(
        &self,
        source: &Source,
        requirements: &[Requirement],
    ) -> Result<Vec<SuppliedWheel>, BuildFault> {
        let wheels = self.supply.wheels(requirements, &source.called);
        wheels.map_err(|source| BuildFault::Supply {
            requires: requirements.iter().map(display).collect(),
            source,
        })
    }

    /// Where the wheel is kept, if it is one that can be: one whose ingredients are all known.
    fn kept(&self, source: &Source, ready: &Ready) -> Option<Kept> {
        let folder = self.options.kept.as_ref()?;
        if !self.options.isolation {
            return None;
        }
        let variables = variables::admitted(self.options);
        let ingredients = Ingredients::of(
            source.identity.as_deref()?,
            self.probe,
            &self.options.config_settings,
            &variables,
            &ready.wheels,
        )?;
        Kept::of(folder, &ingredients)
    }

    /// Whether what the backend asked for then would be the same now.
    fn would_be_the_same(
        &self,
        source: &Source,
        ready: &Ready,
        entry: &crate::kept::Entry,
    ) -> bool {
        if entry.asked.is_empty() {
            return true;
        }
        let asked: Result<Vec<Requirement>, _> =
            entry.asked.iter().map(|line| parse(line)).collect();
        let Ok(asked) = asked else { return false };
        let all = [ready.project.backend.requires.clone(), asked].concat();
        // what cannot be had any more makes a build, which fails and tells
        let wheels = self.supplied(source, &all);
        wheels.is_ok_and(|wheels| digests(&wheels).as_ref() == Some(&entry.requirements))
    }

    /// What the wheel must be: what the caller knows, and what the sdist says of every wheel of it.
    fn expected(&self, source: &Source, project: &Project) -> Expected {
        let mut expected = source.expected.clone();
        if expected.metadata.is_none()
            && let Place::Archive {
                filename: Some(filename),
                ..
            } = &source.place
        {
            expected.metadata = project.sdist.metadata(filename).ok();
        }
        expected
    }

    fn variables(
        &self,
        scratch: &Scratch,
        isolated: Option<&Isolated<'_>>,
    ) -> Vec<(std::ffi::OsString, std::ffi::OsString)> {
        let commands = match isolated {
            Some(isolated) => isolated.commands(),
            None => self.probe.scheme.scripts.clone(),
        };
        let places = Places {
            home: &scratch.part("home"),
            temporary: &scratch.part("tmp"),
            commands: &commands,
            environment: match isolated {
                Some(isolated) => Some(&isolated.folder),
                None => Some(&*self.probe.prefix).filter(|_| self.probe.is_virtual()),
            },
        };
        variables::of_backend(self.options, &places)
    }

    /// Tells of the beginning and of the end.
    fn told<T>(
        &self,
        source: &Source,
        wheel: bool,
        work: impl FnOnce() -> Result<T, BuildFault>,
    ) -> Result<T, BuildFault> {
        let source = &source.called;
        self.reporter.event(Event::BuildStarted { source, wheel });
        let result = work();
        let built = result.is_ok();
        self.reporter.event(Event::BuildFinished { source, built });
        result
    }
}

fn failed(source: &Source, fault: BuildFault) -> BuildError {
    BuildError {
        called: source.called.clone(),
        fault: Box::new(fault),
    }
}

/// A source that can be built: unpacked, and with all that its build requires.
struct Ready {
    scratch: Scratch,
    project: Project,
    wheels: Vec<SuppliedWheel>,
}

/// What was in a build's environment at last.
pub(crate) struct Asked {
    /// What the backend asked for when it was run.
    pub(crate) lines: Vec<String>,
    pub(crate) wheels: Vec<SuppliedWheel>,
}

fn metadata(build: &mut Build<'_>) -> Result<Vec<u8>, BuildFault> {
    if let Some(path) = build.metadata(Form::Wheel)? {
        return fs_err::read(&path).map_err(BuildFault::io("read", path));
    }
    let (file, _) = build.wheel(Form::Wheel)?;
    let wheel = Wheel::open(file).map_err(BuildFault::Refused)?;
    wheel.metadata_bytes().map_err(BuildFault::Refused)
}
