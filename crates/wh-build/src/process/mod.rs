//! One process of a build, and all that it starts: runs, is stopped when its time is over, and
//! leaves nothing running.

mod family;

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::containment;
use crate::log::Log;
use family::Family;

/// The variable by which the processes of a build are known, whatever they do to get away.
const MARK: &str = "_WH_MADE_BY";
/// How long processes may outlive the one that answered.
const GRACE: Duration = Duration::from_secs(2);
/// How long the end of the output is waited for once nobody is left to write.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// What a log begins with where nothing keeps the process from writing anywhere.
const UNCONTAINED: &[u8] = b"[wh: no Landlock here: what follows could write wherever you can]\n";

/// What is run.
pub(crate) struct Order<'a> {
    pub(crate) program: &'a Path,
    pub(crate) arguments: &'a [&'a OsStr],
    /// The working folder.
    pub(crate) folder: &'a Path,
    /// All its variables.
    pub(crate) variables: &'a [(OsString, OsString)],
    /// Where it may write.
    pub(crate) writable: &'a [PathBuf],
    /// When it is stopped.
    pub(crate) deadline: Option<Instant>,
    /// A text that no other build has.
    pub(crate) mark: &'a str,
}

/// How it ended.
pub(crate) struct Ended {
    /// `None`: it was stopped, for its time was over.
    pub(crate) status: Option<ExitStatus>,
    /// What it left running beyond [`GRACE`], by name and number. None of them runs any more.
    pub(crate) left: Vec<String>,
}

/// Runs a program to its end, its output going to the log.
///
/// # Errors
/// It cannot be started.
pub(crate) fn run(order: &Order<'_>, log: &Arc<Mutex<Log>>) -> io::Result<Ended> {
    let (reader, writer) = io::pipe()?;
    let mut command = command(order, writer)?;
    let (tell, told) = channel();
    let writable = order.writable.to_vec();
    // a thread of its own: what it is restricted to, it is for ever
    std::thread::spawn(move || {
        let contained = containment::restrict(&writable);
        let started = family::start(&mut command);
        // its end of the pipe goes with it
        drop(command);
        match started {
            Ok(child) => wait(child, contained, &tell),
            Err(error) => drop(tell.send(News::Failed(error))),
        }
    });
    let (child, contained) = match told.recv() {
        Ok(News::Started(child, contained)) => (child, contained),
        Ok(News::Failed(error)) => return Err(error),
        Ok(News::Ended(_)) | Err(_) => return Err(io::ErrorKind::BrokenPipe.into()),
    };
    if !contained {
        let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
        log.add(UNCONTAINED);
    }
    let (spoken, silent) = channel::<()>();
    let writing = Arc::clone(log);
    std::thread::spawn(move || {
        Log::take(&writing, reader);
        drop(spoken);
    });

    let status = until(&told, order.deadline)?;
    let family = Family::of(child, order.mark);
    let left = match status {
        Some(_) => family.left_after(GRACE, order.deadline),
        None => Vec::new(),
    };
    family.kill();
    if status.is_none() {
        // so that nobody has its number while it is looked for
        let _ = told.recv_timeout(LAST_WORDS);
    }
    let _ = silent.recv_timeout(LAST_WORDS);
    Ok(Ended { status, left })
}

/// What the thread beside the process tells.
enum News {
    /// It runs, under this number; whether it can write to nothing else than it may.
    Started(u32, bool),
    /// It could not be started.
    Failed(io::Error),
    /// It ended.
    Ended(io::Result<ExitStatus>),
}

fn command(order: &Order<'_>, output: io::PipeWriter) -> io::Result<Command> {
    let mut command = Command::new(order.program);
    command
        .args(order.arguments)
        .current_dir(order.folder)
        .env_clear()
        .envs(order.variables.iter().map(|(name, value)| (name, value)))
        .env(MARK, order.mark)
        // the line of life: see runner.py
        .stdin(Stdio::piped())
        .stdout(output.try_clone()?)
        .stderr(output);
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    Ok(command)
}

fn wait(mut child: Child, contained: bool, tell: &Sender<News>) {
    // `wait` would close it
    let line_of_life = child.stdin.take();
    let _ = tell.send(News::Started(child.id(), contained));
    let ended = child.wait();
    drop(line_of_life);
    let _ = tell.send(News::Ended(ended));
}

/// Its status, or `None` once the time is over.
fn until(told: &Receiver<News>, deadline: Option<Instant>) -> io::Result<Option<ExitStatus>> {
    let news = match deadline {
        Some(deadline) => told.recv_timeout(deadline.saturating_duration_since(Instant::now())),
        None => told.recv().map_err(|_| RecvTimeoutError::Disconnected),
    };
    match news {
        Ok(News::Ended(status)) => status.map(Some),
        Err(RecvTimeoutError::Timeout) => Ok(None),
        _ => Err(io::ErrorKind::BrokenPipe.into()),
    }
}

impl Log {
    /// Takes a pipe to its end, a log that others look at meanwhile.
    fn take(log: &Mutex<Self>, mut pipe: impl io::Read) {
        let mut buffer = vec![0; 64 << 10];
        loop {
            match pipe.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => {
                    let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
                    log.add(&buffer[..read]);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
    }
}
