//! A build at work: hooks called one after the other, and what they ask for brought.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use wh_packaging::WheelFilename;
use wh_packaging::requirement::{Requirement, display, parse};

use crate::builder::{Asked, Builder};
use crate::built;
use crate::error::{BuildFault, HookFault};
use crate::hooks::{Call, Caller, Hook, shortened};
use crate::isolated::Isolated;
use crate::project::Project;
use crate::scratch::Scratch;
use crate::source::Source;

/// A build at work.
pub(crate) struct Build<'b> {
    pub(crate) builder: &'b Builder<'b>,
    pub(crate) source: &'b Source,
    pub(crate) scratch: &'b Scratch,
    pub(crate) project: &'b Project,
    /// `None`: it is done in the environment of the interpreter.
    pub(crate) isolated: Option<Isolated<'b>>,
    pub(crate) caller: Caller<'b>,
    pub(crate) asked: Asked,
}

impl Build<'_> {
    /// The wheel as the backend left it, and its name.
    pub(crate) fn wheel(
        &mut self,
        asks: Hook,
        hook: Hook,
    ) -> Result<(PathBuf, WheelFilename), BuildFault> {
        let folder = self.scratch.part("out");
        let arguments = [json!(folder), self.config_settings(), Value::Null];
        let answer = self.last(asks, Call::new(hook, arguments))?;
        let name = self
            .caller
            .name(hook, &answer.unwrap_or_default(), ".whl")?;
        let filename = built::filename(&name);
        let filename =
            filename.map_err(|reason| self.caller.fault(hook, HookFault::BadAnswer { reason }))?;
        let file = folder.join(name);
        self.caller.regular(hook, &file)?;
        Ok((file, filename))
    }

    /// Calls what asks for more requirements and then the hook that is meant, whose answer it gives.
    pub(crate) fn last(&mut self, asks: Hook, call: Call) -> Result<Option<Value>, BuildFault> {
        let calls = [Call::new(asks, [self.config_settings()]), call];
        let mut answers = self.caller.call(&calls, &self.there())?;
        if answers.len() == calls.len() {
            return Ok(answers.pop().flatten());
        }
        let asked = answers.pop().flatten().unwrap_or_default();
        let lines = self.caller.lines(asks, &asked)?;
        self.provide(asks, lines)?;
        let mut answers = self.caller.call(&calls[1..], &self.there())?;
        Ok(answers.pop().flatten())
    }

    /// Brings what the backend asked for when it was run. Without isolation, what is there is the
    /// caller's matter.
    fn provide(&mut self, asks: Hook, lines: Vec<String>) -> Result<(), BuildFault> {
        let Some(isolated) = &mut self.isolated else {
            return Ok(());
        };
        let read = |line: &String| {
            parse(line).map_err(|error| {
                let reason = format!("`{line}` is no requirement: {error}");
                self.caller.fault(asks, HookFault::BadAnswer { reason })
            })
        };
        let more: Vec<Requirement> = lines.iter().map(read).collect::<Result<_, _>>()?;
        let all = [self.project.backend.requires.clone(), more].concat();
        let wheels = self.builder.supplied(self.source, &all)?;
        isolated.provide(&wheels)?;
        self.asked = Asked { lines, wheels };
        Ok(())
    }

    /// Requirements, as a backend writes them, that are met as things are.
    fn there(&self) -> BTreeSet<String> {
        let Some(isolated) = &self.isolated else {
            return BTreeSet::new();
        };
        let own = self.project.backend.requires.iter().map(display);
        let projects = isolated.projects().map(ToString::to_string);
        own.chain(projects).collect()
    }

    /// PEP 517: a dictionary, or `None`. A setting with one value is a string.
    pub(crate) fn config_settings(&self) -> Value {
        let settings = &self.builder.options.config_settings;
        if settings.is_empty() {
            return Value::Null;
        }
        let value = |values: &Vec<String>| match &values[..] {
            [one] => json!(one),
            several => json!(several),
        };
        let settings = settings.iter();
        settings
            .map(|(key, values)| (key.clone(), value(values)))
            .collect()
    }
}

impl Caller<'_> {
    /// The name of a file or folder that a hook answered with.
    pub(crate) fn name(
        &self,
        hook: Hook,
        answer: &Value,
        ending: &str,
    ) -> Result<String, BuildFault> {
        let is_name = |name: &&str| {
            name.ends_with(ending) && !name.contains(['/', '\\', '\0']) && !name.starts_with('.')
        };
        let name = answer.as_str().filter(is_name);
        name.map(str::to_owned).ok_or_else(|| {
            let reason = format!("{} is no name that ends with `{ending}`", shortened(answer));
            self.fault(hook, HookFault::BadAnswer { reason })
        })
    }

    /// What a hook was to write is a file: a link could lead to any of the machine.
    pub(crate) fn regular(&self, hook: Hook, path: &Path) -> Result<(), BuildFault> {
        let out = self.scratch.part("out").canonicalize();
        let real = path.canonicalize();
        let inside = real.is_ok_and(|path| out.is_ok_and(|out| path.starts_with(out)));
        if inside && path.symlink_metadata().is_ok_and(|file| file.is_file()) {
            return Ok(());
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let reason = format!("there is no file `{name}`");
        Err(self.fault(hook, HookFault::BadAnswer { reason }))
    }
}
