//! A build at work: hooks called one after the other, and what they ask for brought.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use wh_packaging::WheelFilename;
use wh_packaging::requirement::{Requirement, display, parse};

use crate::builder::{Asked, Builder};
use crate::built;
use crate::error::{BuildFault, HookFault};
use crate::hook::{Call, Hook};
use crate::hooks::{Caller, shortened};
use crate::isolated::Isolated;
use crate::project::Project;
use crate::scratch::Scratch;
use crate::source::Source;

/// What is built: the hooks for it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Form {
    /// A wheel (PEP 517).
    Wheel,
    /// An editable wheel (PEP 660).
    Editable,
}

impl Form {
    fn asks(self) -> Hook {
        match self {
            Form::Wheel => Hook::RequiresForWheel,
            Form::Editable => Hook::RequiresForEditable,
        }
    }

    fn metadata(self) -> Hook {
        match self {
            Form::Wheel => Hook::Metadata,
            Form::Editable => Hook::MetadataForEditable,
        }
    }

    fn build(self) -> Hook {
        match self {
            Form::Wheel => Hook::Wheel,
            Form::Editable => Hook::Editable,
        }
    }
}

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
    /// The wheel as the backend left it, and its name. Its metadata is prepared first, and handed to
    /// what builds, as pip does it: some backends give another wheel else.
    pub(crate) fn wheel(&mut self, form: Form) -> Result<(PathBuf, WheelFilename), BuildFault> {
        let folder = self.scratch.part("out");
        let hook = form.build();
        let build = Call::new(hook, [json!(folder), self.config_settings()]);
        let prepared = self.scratch.part("metadata");
        let calls = [self.prepare(form, &prepared), build.after(prepared)];
        let answer = self.last(form, &calls)?;
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

    /// METADATA as the backend prepares it; `None` where it does not.
    pub(crate) fn metadata(&mut self, form: Form) -> Result<Option<PathBuf>, BuildFault> {
        let folder = self.scratch.part("metadata");
        let call = self.prepare(form, &folder);
        let hook = form.metadata();
        let Some(answer) = self.last(form, &[call])? else {
            return Ok(None);
        };
        let name = self.caller.name(hook, &answer, ".dist-info")?;
        let path = folder.join(name).join("METADATA");
        self.caller.regular(hook, &path)?;
        Ok(Some(path))
    }

    fn prepare(&self, form: Form, folder: &Path) -> Call {
        Call::new(form.metadata(), [json!(folder), self.config_settings()])
    }

    /// Calls what asks for more requirements and then the hooks that are meant; the last one's answer.
    fn last(&mut self, form: Form, calls: &[Call]) -> Result<Option<Value>, BuildFault> {
        let asks = form.asks();
        let mut all = vec![Call::new(asks, [self.config_settings()])];
        all.extend_from_slice(calls);
        let mut answers = self.caller.call(&all, &self.there())?;
        if answers.len() < all.len() {
            let asked = answers.pop().flatten().unwrap_or_default();
            let lines = self.caller.lines(asks, &asked)?;
            self.provide(asks, lines)?;
            answers = self.caller.call(calls, &self.there())?;
        }
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

    /// What a hook was to write is a file of the build: a link could lead to any of the machine.
    pub(crate) fn regular(&self, hook: Hook, path: &Path) -> Result<(), BuildFault> {
        let all = self.scratch.path().canonicalize();
        let real = path.canonicalize();
        let inside = real.is_ok_and(|path| all.is_ok_and(|all| path.starts_with(all)));
        if inside && path.symlink_metadata().is_ok_and(|file| file.is_file()) {
            return Ok(());
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let reason = format!("there is no file `{name}`");
        Err(self.fault(hook, HookFault::BadAnswer { reason }))
    }
}
