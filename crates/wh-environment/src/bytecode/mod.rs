//! Compiles modules to bytecode (PEP 3147), with as many interpreters at once as there are cores.
//!
//! The interpreter is the one that will import them. It runs isolated and without `site`, so that no
//! code of an environment runs: compiling reads a module and does not execute it.

mod worker;

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use worker::{Outcome, Worker};

/// How many files may cost an interpreter its life before something else must be wrong.
const MAX_LOST: usize = 8;
/// Fewer files than this for each are not worth another interpreter.
const WORTH_ONE: usize = 8;

/// A module to compile.
#[derive(Debug, Clone)]
pub(crate) struct Module {
    /// Where it lies; the bytecode goes to `__pycache__` beside it.
    pub source: PathBuf,
    /// The path that it will have, for tracebacks.
    pub finally: PathBuf,
}

/// What came of all modules.
#[derive(Debug, Default)]
pub(crate) struct Compiled {
    /// What stands between a module's name and `.pyc`.
    pub tag: String,
    /// The positions of the modules that have bytecode now.
    pub done: Vec<usize>,
    /// The positions of the others, each with why not.
    pub not: Vec<(usize, String)>,
}

/// Why nothing could be compiled: in words.
#[derive(Debug)]
pub(crate) struct NoCompiler(pub String);

/// Compiles modules. One that is invalid, or that an interpreter dies of, is left without bytecode.
///
/// # Errors
/// The interpreter does not start, or dies again and again.
pub(crate) fn compile(python: &Path, modules: &[Module]) -> Result<Compiled, NoCompiler> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let workers = cores.min(modules.len().div_ceil(WORTH_ONE));
    let pool = Pool {
        python,
        modules,
        next: AtomicUsize::new(0),
        lost: AtomicUsize::new(0),
        all: Mutex::default(),
    };
    let outcome: Result<(), NoCompiler> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..workers).map(|_| scope.spawn(|| pool.work())).collect();
        running
            .into_iter()
            .try_for_each(|thread| match thread.join() {
                Ok(outcome) => outcome,
                Err(_) => Err(NoCompiler("a thread of ours failed".to_owned())),
            })
    });
    outcome?;
    let mut all = pool
        .all
        .into_inner()
        .unwrap_or_else(|poison| poison.into_inner());
    all.done.sort_unstable();
    all.not.sort_unstable();
    Ok(all)
}

struct Pool<'a> {
    python: &'a Path,
    modules: &'a [Module],
    next: AtomicUsize,
    lost: AtomicUsize,
    all: Mutex<Compiled>,
}

impl Pool<'_> {
    /// Keeps one interpreter at work until nothing is left to do.
    fn work(&self) -> Result<(), NoCompiler> {
        let stop = |why| {
            self.next.store(self.modules.len(), Ordering::Relaxed);
            NoCompiler(why)
        };
        let mut worker = Worker::start(self.python).map_err(stop)?;
        let mut mine = Compiled {
            tag: worker.tag.clone(),
            ..Compiled::default()
        };
        loop {
            let position = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(module) = self.modules.get(position) else {
                break;
            };
            match worker.compile(&module.source, &module.finally) {
                Outcome::Done => mine.done.push(position),
                Outcome::Not(why) => mine.not.push((position, why)),
                Outcome::Lost(why) => {
                    let why = format!("the interpreter was lost over it: {why}");
                    if self.lost.fetch_add(1, Ordering::Relaxed) >= MAX_LOST {
                        return Err(stop(why));
                    }
                    mine.not.push((position, why));
                    worker = Worker::start(self.python).map_err(stop)?;
                }
            }
        }
        let mut all = self.all.lock().unwrap_or_else(|poison| poison.into_inner());
        all.tag = mine.tag;
        all.done.append(&mut mine.done);
        all.not.append(&mut mine.not);
        Ok(())
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    /// A program in place of an interpreter.
    fn fake(text: &str) -> (tempfile::TempDir, PathBuf) {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("python");
        fs_err::write(&path, text).unwrap();
        fs_err::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        (folder, path)
    }

    fn modules(count: usize) -> Vec<Module> {
        let module = |number| Module {
            source: format!("/nowhere/{number}.py").into(),
            finally: format!("/there/{number}.py").into(),
        };
        (0..count).map(module).collect()
    }

    #[test]
    fn an_interpreter_that_does_not_compile_is_an_error() {
        for (text, expected) in [
            ("#!/bin/sh\nexit 3\n", "exit status: 3"),
            ("#!/bin/sh\necho hello\n", "hello"),
        ] {
            let (_keep, python) = fake(text);
            let error = compile(&python, &modules(20)).unwrap_err();
            assert!(error.0.contains(expected), "{error:?}");
        }
        assert!(compile(Path::new("/nowhere/python"), &modules(1)).is_err());
        assert!(compile(Path::new("/nowhere/python"), &[]).is_ok());
    }

    #[test]
    fn a_module_that_kills_the_interpreter_is_left_out_and_many_are_an_error() {
        let (_keep, python) = fake("#!/bin/sh\necho ready fake-1\nread asked || exit 0\nexit 7\n");
        let compiled = compile(&python, &modules(3)).unwrap();
        assert_eq!((compiled.done.len(), compiled.not.len()), (0, 3));
        let why = &compiled.not[0].1;
        assert!(why.contains("exit status: 7"), "{why}");
        assert!(compile(&python, &modules(MAX_LOST + 2)).is_err());
    }
}
