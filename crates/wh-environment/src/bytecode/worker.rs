//! One interpreter that compiles, at the other end of two pipes.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

const SCRIPT: &str = include_str!("worker.py");

/// A file that takes longer has the compiler in a knot.
const PATIENCE: Duration = Duration::from_secs(60);
/// An answer is a line of at most 500 characters.
const MAX_LINE: u64 = 8 << 10;

/// A running interpreter.
pub(super) struct Worker {
    child: Child,
    asked: ChildStdin,
    answers: Receiver<String>,
    /// What stands between the module and `.pyc`: `cpython-312`.
    pub tag: String,
}

/// What came of one file.
pub(super) enum Outcome {
    /// Its bytecode lies in `__pycache__` beside it.
    Done,
    /// It cannot be compiled: why.
    Not(String),
    /// The interpreter died or was stopped over it: why.
    Lost(String),
}

impl Worker {
    /// Starts an interpreter and waits until it is ready.
    ///
    /// # Errors
    /// It cannot be started, ends, or answers something else: in words.
    pub fn start(python: &Path) -> Result<Self, String> {
        let mut child = Command::new(python)
            .args(["-I", "-S", "-B", "-W", "ignore", "-c", SCRIPT])
            .env_remove("PYTHONHOME")
            .env_remove("__PYVENV_LAUNCHER__")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| error.to_string())?;
        let (Some(asked), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("it has no pipes".to_owned());
        };
        let mut worker = Self {
            child,
            asked,
            answers: lines(answers),
            tag: String::new(),
        };
        let ready = worker.answer()?;
        match ready.strip_prefix("ready ") {
            Some(tag) => worker.tag = tag.to_owned(),
            None => return Err(format!("it answers `{ready}`")),
        }
        Ok(worker)
    }

    /// Compiles a file that will lie at another place.
    pub fn compile(&mut self, source: &Path, finally: &Path) -> Outcome {
        if let Err(error) = self.ask(source, finally) {
            return Outcome::Lost(error.to_string());
        }
        match self.answer() {
            Ok(answer) if answer == "done" => Outcome::Done,
            Ok(answer) => match answer.strip_prefix("not ") {
                Some(why) => Outcome::Not(why.to_owned()),
                None => Outcome::Lost(format!("it answers `{answer}`")),
            },
            Err(why) => Outcome::Lost(why),
        }
    }

    fn ask(&mut self, source: &Path, finally: &Path) -> io::Result<()> {
        let [source, finally] = [source, finally].map(|path| path.as_os_str().as_encoded_bytes());
        let mut message = format!("{} {}\n", source.len(), finally.len()).into_bytes();
        message.extend_from_slice(source);
        message.extend_from_slice(finally);
        self.asked.write_all(&message)?;
        self.asked.flush()
    }

    fn answer(&mut self) -> Result<String, String> {
        match self.answers.recv_timeout(PATIENCE) {
            Ok(line) => Ok(line),
            Err(RecvTimeoutError::Timeout) => {
                Err(format!("it did not answer within {} s", PATIENCE.as_secs()))
            }
            Err(RecvTimeoutError::Disconnected) => Err(match self.child.wait() {
                Ok(status) => format!("it ended with {status}"),
                Err(error) => error.to_string(),
            }),
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // it may have ended: then there is nothing to stop
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads a pipe line by line in a thread of its own, so that it can be waited for with patience.
fn lines(pipe: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let mut pipe = BufReader::new(pipe);
        loop {
            let mut line = Vec::new();
            let read = (&mut pipe).take(MAX_LINE).read_until(b'\n', &mut line);
            let whole = matches!(read, Ok(count) if count > 0);
            let text = String::from_utf8_lossy(&line).trim_end().to_owned();
            if !whole || sender.send(text).is_err() {
                return;
            }
        }
    });
    receiver
}
