//! One build, from its source to its wheel.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use serde_json::{Value, json};
use wh_environment::Probe;
use wh_packaging::requirement::{Requirement, parse};
use wh_packaging::{Event, Reporter, Tags};
use wh_wheel::Wheel;

use crate::built::{self, BuiltWheel};
use crate::error::{BuildError, BuildFault, HookFault};
use crate::hooks::{Call, Caller, Hook};
use crate::isolated::Isolated;
use crate::log::Log;
use crate::options::BuildOptions;
use crate::project::Project;
use crate::scratch::Scratch;
use crate::source::{Place, Source};
use crate::supply::Supply;
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
        self.with(source, |build| {
            let folder = build.scratch.part("out");
            let arguments = [json!(folder), build.config_settings()];
            let name = build.last(Hook::RequiresForWheel, Call::new(Hook::Metadata, arguments))?;
            let bytes = match name {
                Some(name) => {
                    let name = build.caller.name(Hook::Metadata, &name, ".dist-info")?;
                    let path = folder.join(name).join("METADATA");
                    fs_err::read(&path).map_err(BuildFault::io("read", path))?
                }
                None => {
                    let (file, _) = build.wheel(Hook::RequiresForWheel, Hook::Wheel)?;
                    let wheel = Wheel::open(file).map_err(BuildFault::Refused)?;
                    wheel.metadata_bytes().map_err(BuildFault::Refused)?
                }
            };
            Ok(String::from_utf8_lossy(&bytes).into_owned())
        })
    }

    /// Builds a wheel into a folder. It is checked as a downloaded one is, and is what was
    /// asked for; it has its name only then.
    ///
    /// # Errors
    /// What [`BuildFault`] names; then there is no wheel.
    pub fn wheel(&self, source: &Source, into: &Path) -> Result<BuiltWheel, BuildError> {
        self.build(source, (Hook::RequiresForWheel, Hook::Wheel), into)
    }

    /// The same of an editable wheel (PEP 660): it holds the way to the project's folder.
    ///
    /// # Errors
    /// As [`wheel`](Self::wheel).
    pub fn editable(&self, source: &Source, into: &Path) -> Result<BuiltWheel, BuildError> {
        self.build(source, (Hook::RequiresForEditable, Hook::Editable), into)
    }

    fn build(
        &self,
        source: &Source,
        (asks, hook): (Hook, Hook),
        into: &Path,
    ) -> Result<BuiltWheel, BuildError> {
        self.with(source, |build| {
            let (file, filename) = build.wheel(asks, hook)?;
            let mut expected = source.expected.clone();
            if expected.metadata.is_none()
                && let Place::Archive { filename, .. } = &source.place
            {
                expected.metadata = build.project.sdist.metadata(filename).ok();
            }
            built::accept(&file, filename, &expected, self.tags, into)
        })
    }

    /// Makes all that a build needs, and takes it away afterwards.
    fn with<T>(
        &self,
        source: &Source,
        work: impl FnOnce(&mut Build<'_>) -> Result<T, BuildFault>,
    ) -> Result<T, BuildError> {
        let called = &source.called;
        self.reporter.event(Event::BuildStarted { source: called });
        let result = self.prepared(source, work);
        self.reporter.event(Event::BuildFinished {
            source: called,
            built: result.is_ok(),
        });
        result.map_err(|fault| BuildError {
            called: called.clone(),
            fault: Box::new(fault),
        })
    }

    fn prepared<T>(
        &self,
        source: &Source,
        work: impl FnOnce(&mut Build<'_>) -> Result<T, BuildFault>,
    ) -> Result<T, BuildFault> {
        let scratch = Scratch::make(&self.options.scratch)?;
        let project = Project::open(source, &scratch)?;
        let mut isolated = None;
        if self.options.isolation {
            let mut made = Isolated::make(scratch.part("environment"), self.probe)?;
            made.provide(&project.backend.requires, self.supply, &source.called)?;
            isolated = Some(made);
        }
        let log = Log::begin(&self.options.logs, &source.called)?;
        let limit = self.options.time_limit;
        let caller = Caller {
            python: match &isolated {
                Some(isolated) => isolated.python.clone(),
                None => self.probe.executable.clone(),
            },
            backend: &project.backend,
            folder: &project.folder,
            variables: self.variables(&scratch, isolated.as_ref()),
            writable: vec![scratch.path().to_owned(), project.folder.clone()],
            scratch: &scratch,
            limit,
            deadline: limit.and_then(|limit| Instant::now().checked_add(limit)),
            log: Arc::new(Mutex::new(log)),
        };
        work(&mut Build {
            builder: self,
            called: &source.called,
            scratch: &scratch,
            project: &project,
            isolated,
            caller,
        })
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
            environment: isolated.map(|isolated| isolated.folder.as_path()),
        };
        variables::of_backend(&self.options.variables, &places)
    }
}

/// A build at work.
struct Build<'b> {
    builder: &'b Builder<'b>,
    called: &'b str,
    scratch: &'b Scratch,
    project: &'b Project,
    isolated: Option<Isolated<'b>>,
    caller: Caller<'b>,
}

impl Build<'_> {
    /// The wheel as the backend left it, and its name.
    fn wheel(
        &mut self,
        asks: Hook,
        hook: Hook,
    ) -> Result<(std::path::PathBuf, wh_packaging::WheelFilename), BuildFault> {
        let folder = self.scratch.part("out");
        let arguments = [json!(folder), self.config_settings(), Value::Null];
        let answer = self.last(asks, Call::new(hook, arguments))?;
        let name = self
            .caller
            .name(hook, &answer.unwrap_or_default(), ".whl")?;
        let bad = |reason| self.caller.fault(hook, HookFault::BadAnswer { reason });
        let filename = built::filename(&name).map_err(bad)?;
        let file = folder.join(name);
        // a link could lead to any file of the machine
        if !file.symlink_metadata().is_ok_and(|file| file.is_file()) {
            let reason = format!("there is no file `{}`", filename.as_str());
            return Err(bad(reason));
        }
        Ok((file, filename))
    }

    /// Calls what asks for more requirements and then the hook that is meant, whose answer it gives.
    fn last(&mut self, asks: Hook, call: Call) -> Result<Option<Value>, BuildFault> {
        let calls = [Call::new(asks, [self.config_settings()]), call];
        let mut answers = self.caller.call(&calls, &self.there())?;
        if answers.len() == calls.len() {
            return Ok(answers.pop().flatten());
        }
        let asked = answers.pop().flatten().unwrap_or_default();
        let lines = self.caller.lines(asks, &asked)?;
        self.provide(asks, &lines)?;
        Ok(self
            .caller
            .call(&calls[1..], &self.there())?
            .pop()
            .flatten())
    }

    /// Brings what the backend asked for when it was run.
    fn provide(&mut self, asks: Hook, lines: &[String]) -> Result<(), BuildFault> {
        let Some(isolated) = &mut self.isolated else {
            // what is there is the caller's matter
            return Ok(());
        };
        let more: Result<Vec<Requirement>, String> = lines
            .iter()
            .map(|line| parse(line).map_err(|error| format!("`{line}` is no requirement: {error}")))
            .collect();
        let more =
            more.map_err(|reason| self.caller.fault(asks, HookFault::BadAnswer { reason }))?;
        let mut all = self.project.backend.requires.clone();
        all.extend(more);
        isolated.provide(&all, self.builder.supply, self.called)
    }

    /// Requirements, as a backend writes them, that are met as things are.
    fn there(&self) -> BTreeSet<String> {
        let Some(isolated) = &self.isolated else {
            return BTreeSet::new();
        };
        let own = self.project.backend.requires.iter();
        own.map(wh_packaging::requirement::display)
            .chain(isolated.projects().map(ToString::to_string))
            .collect()
    }

    /// PEP 517: a dictionary, or `None`. A setting with one value is a string.
    fn config_settings(&self) -> Value {
        let settings = &self.builder.options.config_settings;
        if settings.is_empty() {
            return Value::Null;
        }
        let value = |values: &Vec<String>| match &values[..] {
            [one] => json!(one),
            several => json!(several),
        };
        settings
            .iter()
            .map(|(key, values)| (key.clone(), value(values)))
            .collect()
    }
}

impl Caller<'_> {
    /// The name of a file or folder that a hook answered with.
    fn name(&self, hook: Hook, answer: &Value, ending: &str) -> Result<String, BuildFault> {
        let name = answer.as_str().filter(|name| {
            name.ends_with(ending) && !name.contains(['/', '\\', '\0']) && !name.starts_with('.')
        });
        name.map(str::to_owned).ok_or_else(|| {
            let reason = format!(
                "{} is no name that ends with `{ending}`",
                crate::hooks::shortened(answer)
            );
            self.fault(hook, HookFault::BadAnswer { reason })
        })
    }
}
