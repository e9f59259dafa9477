//! Calls of hooks (PEP 517, 660), and what came of them.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::{BuildFault, HookError, HookFault, Output};
use crate::hook::{Call, Hook};
use crate::log::Log;
use crate::process::{self, Order};
use crate::project::Backend;
use crate::scratch::Scratch;

const RUNNER: &str = include_str!("runner.py");
/// No answer is longer.
const LONGEST: u64 = 16 << 20;

#[derive(Serialize)]
struct Request<'a> {
    backend: &'a str,
    backend_path: &'a [PathBuf],
    hooks: &'a [Call],
    /// What the hook before these answered, in a process that could call no more.
    before: Option<&'a Value>,
    there: &'a BTreeSet<String>,
    answers: &'a Path,
    mark: &'a str,
}

/// What a hook's process wrote.
#[derive(Deserialize)]
#[serde(tag = "outcome", rename_all = "lowercase")]
enum Answer {
    Returned {
        value: Value,
    },
    Missing,
    Raised {
        kind: String,
        message: String,
        module: Option<String>,
    },
    Unavailable {
        kind: String,
        message: String,
        module: Option<String>,
    },
    Died {
        status: String,
    },
}

/// Where hooks of one backend are called.
pub(crate) struct Caller<'a> {
    pub(crate) python: PathBuf,
    pub(crate) backend: &'a Backend,
    /// The project's folder.
    pub(crate) folder: &'a Path,
    pub(crate) variables: Vec<(OsString, OsString)>,
    pub(crate) writable: Vec<PathBuf>,
    pub(crate) scratch: &'a Scratch,
    pub(crate) limit: Option<Duration>,
    pub(crate) deadline: Option<Instant>,
    pub(crate) log: Arc<Mutex<Log>>,
}

impl Caller<'_> {
    /// Calls hooks, one after the other; `None` for one that the backend does without. The answers are
    /// fewer than the calls where a hook asked for what is not `there`: its answer is the last.
    pub(crate) fn call(
        &self,
        calls: &[Call],
        there: &BTreeSet<String>,
    ) -> Result<Vec<Option<Value>>, BuildFault> {
        let mut answers: Vec<Option<Value>> = Vec::new();
        while answers.len() < calls.len() {
            let before = answers.len();
            let last = answers.last().and_then(Option::as_ref);
            let folder = self.run(&calls[before..], last, there)?;
            for (number, call) in calls[before..].iter().enumerate() {
                let Some(answer) = read(&folder.join(format!("{number}.json"))) else {
                    break;
                };
                answers.push(self.judge(call, answer)?);
                if call.asks && !self.is_there(call.hook, answers.last(), there)? {
                    return Ok(answers);
                }
            }
            if answers.len() == before {
                let status = "its process ended".to_owned();
                return Err(self.fault(calls[before].hook, HookFault::Died { status }));
            }
        }
        Ok(answers)
    }

    /// What a hook that asks for requirements answered.
    pub(crate) fn lines(&self, hook: Hook, value: &Value) -> Result<Vec<String>, BuildFault> {
        serde_json::from_value(value.clone()).map_err(|_| {
            let reason = format!("{} is no list of strings", shortened(value));
            self.fault(hook, HookFault::BadAnswer { reason })
        })
    }

    fn is_there(
        &self,
        hook: Hook,
        answer: Option<&Option<Value>>,
        there: &BTreeSet<String>,
    ) -> Result<bool, BuildFault> {
        let Some(Some(value)) = answer else {
            return Ok(true);
        };
        Ok(self
            .lines(hook, value)?
            .iter()
            .all(|line| there.contains(line)))
    }

    /// Starts one process for these calls; the folder with its answers.
    fn run(
        &self,
        calls: &[Call],
        before: Option<&Value>,
        there: &BTreeSet<String>,
    ) -> Result<PathBuf, BuildFault> {
        let first = calls[0].hook;
        let folder = tempfile::tempdir_in(self.scratch.part("calls"))
            .map(tempfile::TempDir::keep)
            .map_err(BuildFault::io("create a folder in", self.scratch.path()))?;
        let mark = self.scratch.name();
        let request = Request {
            backend: &self.backend.name,
            backend_path: &self.backend.path,
            hooks: calls,
            before,
            there,
            answers: &folder,
            mark: &mark,
        };
        // a path that is not UTF-8 cannot be told
        let request = serde_json::to_vec(&request)
            .map_err(std::io::Error::from)
            .map_err(BuildFault::io("tell the backend of", &folder))?;
        let path = folder.join("request");
        fs_err::write(&path, request).map_err(BuildFault::io("write", &path))?;
        let runner = folder.join("runner.py");
        fs_err::write(&runner, RUNNER).map_err(BuildFault::io("write", &runner))?;
        let order = Order {
            program: &self.python,
            arguments: &[runner.as_os_str(), path.as_os_str()],
            folder: self.folder,
            variables: &self.variables,
            writable: &self.writable,
            deadline: self.deadline,
            mark: &mark,
        };
        let ended = process::run(&order, &self.log).map_err(|source| BuildFault::Start {
            interpreter: self.python.clone(),
            source,
        })?;
        let answered = (0..calls.len())
            .take_while(|number| folder.join(format!("{number}.json")).is_file())
            .count();
        let Some(status) = ended.status else {
            let hook = calls.get(answered).map_or(first, |call| call.hook);
            return Err(self.fault(hook, HookFault::TimeLimit(self.limit.unwrap_or_default())));
        };
        if !ended.left.is_empty() {
            let hook = calls[answered.saturating_sub(1)].hook;
            return Err(self.fault(hook, HookFault::LeftProcesses(ended.left)));
        }
        if answered == 0 {
            let status = status.to_string();
            return Err(self.fault(first, HookFault::Died { status }));
        }
        Ok(folder)
    }

    fn judge(&self, call: &Call, answer: Answer) -> Result<Option<Value>, BuildFault> {
        let fault = match answer {
            Answer::Returned { value } => return Ok(Some(value)),
            Answer::Missing if call.optional => return Ok(None),
            Answer::Missing => HookFault::NoHook,
            Answer::Raised {
                module: Some(module),
                ..
            } => HookFault::NoModule { module },
            Answer::Raised { kind, message, .. } => HookFault::Raised { kind, message },
            Answer::Unavailable {
                kind,
                message: found,
                ..
            } if kind.is_empty() => HookFault::BackendElsewhere { found },
            Answer::Unavailable {
                module: Some(module),
                ..
            } if !self.is_of_backend(&module) => HookFault::NoModule { module },
            Answer::Unavailable { kind, message, .. } => HookFault::NoBackend { kind, message },
            Answer::Died { status } => HookFault::Died { status },
        };
        Err(self.fault(call.hook, fault))
    }

    /// Whether a module is the one that `build-backend` names, or above it.
    fn is_of_backend(&self, module: &str) -> bool {
        let backend = self.backend.name.split(':').next().unwrap_or_default();
        let below = backend.strip_prefix(module);
        below.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }

    pub(crate) fn fault(&self, hook: Hook, fault: HookFault) -> BuildFault {
        BuildFault::Hook(Box::new(HookError {
            hook,
            backend: self.backend.name.clone(),
            fault,
            output: self.output(),
        }))
    }

    fn output(&self) -> Output {
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        log.output()
    }
}

/// An answer; `None` where there is none that can be read.
fn read(path: &Path) -> Option<Answer> {
    let file = path.symlink_metadata().ok()?;
    if !file.is_file() || file.len() > LONGEST {
        return None;
    }
    serde_json::from_slice(&fs_err::read(path).ok()?).ok()
}

/// An answer for a message.
pub(crate) fn shortened(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(200) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
