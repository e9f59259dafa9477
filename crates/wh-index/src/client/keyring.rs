//! Passwords out of a keyring, by its command: `keyring get SERVICE USER`, as pip and uv ask it.
//!
//! Only where a user's name is known and no password: the command does not tell names. Each
//! question is asked once a run. What the command says on standard error is not shown: it may be
//! anything.

use std::collections::HashMap;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};

/// The command, and its answers so far.
#[derive(Debug)]
pub(super) struct Keyring {
    command: PathBuf,
    // held while the command runs: many requests ask the same at once
    answers: Mutex<HashMap<(String, String), Option<String>>>,
}

impl Keyring {
    pub(super) fn new(command: PathBuf) -> Self {
        Self {
            command,
            answers: Mutex::default(),
        }
    }

    /// The password of a user, under the first of these services that knows one. Blocks.
    pub(super) fn password(&self, services: &[&str], username: &str) -> Option<String> {
        services
            .iter()
            .find_map(|service| self.ask(service, username))
    }

    fn ask(&self, service: &str, username: &str) -> Option<String> {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers
            .entry((service.to_owned(), username.to_owned()))
            .or_insert_with(|| self.run(service, username))
            .clone()
    }

    fn run(&self, service: &str, username: &str) -> Option<String> {
        let output = Command::new(&self.command)
            .args(["get", service, username])
            .env("PYTHONIOENCODING", "utf-8")
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .output()
            .ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        let password = text.trim_end_matches(['\r', '\n']);
        (output.status.success() && !password.is_empty()).then(|| password.to_owned())
    }
}
