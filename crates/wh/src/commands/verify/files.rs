//! What is wrong with single files, in words.

use std::path::Path;

use wh_index::wheelhouse::{FileCheck, FileFault};
use wh_packaging::{Event, Warning};

use super::Run;
use crate::failure::Status;

/// All files, looked at.
pub struct Files {
    pub checks: Vec<FileCheck>,
}

impl Files {
    pub fn new(checks: Vec<FileCheck>) -> Self {
        Self { checks }
    }

    /// The file of this name, where there is a sound one.
    pub fn sound<'a>(&'a self, name: &'a str) -> Option<&'a FileCheck> {
        let mut named = self.named(name);
        named.find(|file| file.faults.is_empty())
    }

    /// Why the file of this name cannot be used.
    pub fn why_not(&self, name: &str) -> Option<String> {
        if self.sound(name).is_some() {
            return None;
        }
        Some(match self.named(name).find(|file| file.path.is_some()) {
            Some(_) => format!("{name} is there and is not what it should be"),
            None => format!("{name} is not in the folder"),
        })
    }

    fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a FileCheck> {
        self.checks.iter().filter(move |file| file.name == name)
    }

    /// How many have a fault.
    pub fn faulty(&self) -> usize {
        let faulty = |file: &&FileCheck| !file.faults.is_empty();
        self.checks.iter().filter(faulty).count()
    }

    /// Bytes of all files.
    pub fn bytes(&self) -> u64 {
        self.checks.iter().filter_map(|file| file.size).sum()
    }

    /// A line for each fault.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for file in &self.checks {
            for fault in &file.faults {
                let mut line = format!("wrong: {}: {fault}", file.name);
                if matches!(fault, FileFault::Missing) {
                    let locks: Vec<String> = file.locks.iter().map(|lock| short(lock)).collect();
                    line += &format!(", and {} names it", locks.join(", "));
                }
                if let Some(cause) = std::error::Error::source(fault)
                    && !matches!(fault, FileFault::Read(_))
                {
                    line += &format!(": {cause}");
                }
                lines.push(line);
            }
        }
        lines
    }

    /// Could not find out outranks no.
    pub fn status(&self) -> Status {
        let unread = |fault: &FileFault| {
            matches!(
                fault,
                FileFault::Read(_) | FileFault::Wheel(wh_wheel::Fault::Read(_))
            )
        };
        match self.checks.iter().flat_map(|file| &file.faults).any(unread) {
            true => Status::Unknown,
            false => Status::No,
        }
    }

    /// Files that no lock names are no fault: they are said.
    pub(super) fn say_unlocked(&self, run: &Run<'_>) {
        if run.locks.is_empty() {
            return;
        }
        let unlocked = self.checks.iter().filter(|file| file.locks.is_empty());
        let files: Vec<String> = unlocked.map(|file| file.name.clone()).collect();
        if !files.is_empty() {
            let warning = Warning::UnlockedFiles { files };
            run.context.terminal.event(Event::Warning { warning });
        }
    }
}

/// A lock's file name.
pub fn short(path: &Path) -> String {
    path.file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned()
}
