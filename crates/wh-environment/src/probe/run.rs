//! Starts the interpreter and finds its two answers between the marks.

use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use wh_packaging::target::FACTS_SCRIPT;

use super::ProbeError;

const FOLDERS_SCRIPT: &str = include_str!("../probe.py");
const FACTS_MARK: &str = "--wh-facts--";
const FOLDERS_MARK: &str = "--wh-folders--";
const END_MARK: &str = "--wh-end--";
const OLD_MARK: &str = "--wh-old ";

/// What a Python that does not know `-I` yet says to that.
const NO_ISOLATION: &str = "Unknown option: -I";

/// An interpreter on a cold network drive may take its time; one that hangs is stopped.
const PATIENCE: Duration = Duration::from_secs(60);
/// More than this is noise.
const MAX_OUTPUT: u64 = 16 << 20;

pub(super) struct Answer {
    pub facts: String,
    pub folders: String,
}

/// Runs both scripts. Python 2 does not start with these options, and the first versions of
/// Python 3 get no further than the first lines.
pub(super) fn ask(interpreter: &Path) -> Result<Answer, ProbeError> {
    let script = script();
    let start_error = |source| ProbeError::Start {
        interpreter: interpreter.to_path_buf(),
        source,
    };
    let mut child = Command::new(interpreter)
        .args(["-I", "-B", "-c", &script])
        .env_remove("PYTHONHOME")
        .env_remove("__PYVENV_LAUNCHER__")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(start_error)?;
    let stdout = read_aside(child.stdout.take());
    let stderr = read_aside(child.stderr.take());
    let Ok(stdout) = stdout.recv_timeout(PATIENCE) else {
        stop(&mut child);
        return Err(ProbeError::Silent {
            interpreter: interpreter.to_path_buf(),
            seconds: PATIENCE.as_secs(),
        });
    };
    let status = child.wait().map_err(start_error)?;
    if let Some(version) = between(&stdout, OLD_MARK, "--") {
        return Err(ProbeError::TooOld {
            interpreter: interpreter.to_path_buf(),
            version: version.to_owned(),
        });
    }
    if !status.success() {
        let stderr = stderr
            .recv_timeout(Duration::from_secs(1))
            .unwrap_or_default();
        if stderr.contains(NO_ISOLATION) {
            return Err(ProbeError::TooOld {
                interpreter: interpreter.to_path_buf(),
                version: "3.3 or older".to_owned(),
            });
        }
        return Err(ProbeError::Failed {
            interpreter: interpreter.to_path_buf(),
            status: status.to_string(),
            stderr: tail(&stderr),
        });
    }
    let answer = between(&stdout, FACTS_MARK, FOLDERS_MARK)
        .zip(between(&stdout, FOLDERS_MARK, END_MARK))
        .map(|(facts, folders)| Answer {
            facts: facts.trim().to_owned(),
            folders: folders.trim().to_owned(),
        });
    answer.ok_or_else(|| ProbeError::Answer {
        interpreter: interpreter.to_path_buf(),
        reason: "its output holds no answer".to_owned(),
    })
}

/// Both scripts as one, each in a namespace of its own.
fn script() -> String {
    let run = |mark: &str, text: &str| {
        let text = serde_json::Value::from(text); // a JSON string is a Python string, too
        format!("W(\"\\n{mark}\\n\")\nexec({text}, {{\"__name__\": \"__main__\"}})\n")
    };
    format!(
        "import sys\nW = sys.stdout.write\nif sys.version_info < (3, 6):\n    \
         W(\"\\n{OLD_MARK}%d.%d--\\n\" % sys.version_info[:2])\n    sys.exit(0)\n{}{}\
         W(\"\\n{END_MARK}\\n\")\n",
        run(FACTS_MARK, FACTS_SCRIPT),
        run(FOLDERS_MARK, FOLDERS_SCRIPT),
    )
}

/// Reads a pipe to its end in a thread; text that is not UTF-8 is mended.
fn read_aside(pipe: Option<impl Read + Send + 'static>) -> Receiver<String> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(pipe) = pipe {
            // a pipe that breaks ends the answer; the marks then tell that it is not whole
            let _ = pipe.take(MAX_OUTPUT).read_to_end(&mut bytes);
        }
        let _ = sender.send(String::from_utf8_lossy(&bytes).into_owned());
    });
    receiver
}

fn stop(child: &mut Child) {
    // it may have ended just now: then there is nothing to stop
    let _ = child.kill();
    let _ = child.wait();
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(start)?;
    Some(rest.split_once(end)?.0)
}

/// The last lines, for an error message.
fn tail(text: &str) -> String {
    let lines: Vec<&str> = text.trim_end().lines().collect();
    lines[lines.len().saturating_sub(10)..].join("\n")
}
