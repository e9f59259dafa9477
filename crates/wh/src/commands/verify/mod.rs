//! `wh verify`: arguments -> wheelhouse and its locks -> every file against its lock and its RECORD
//! -> every target, resolved again from the folder alone -> a line a fault, and the table.
//!
//! No network, ever, and nothing is written but the report that was asked for.

pub mod complete;
mod environment;
pub mod files;
pub mod targets;

use std::path::{Path, PathBuf};

use wh_index::wheelhouse::{FolderLock, Wheelhouse, is_lock_name, read_lock, verify_files};
use wh_packaging::{Event, Warning};
use wh_wheel::Contents;

use self::complete::Outcome;
use self::files::Files;
use super::report::{FROM_FOLDER, Report, table};
use super::requirements::{self, Wanted};
use crate::arguments::{RequirementArgs, VerifyArgs};
use crate::context::Context;
use crate::failure::{Failure, Status};
use crate::terminal::{self, plural};

/// All that a run is about, once the arguments are understood.
struct Run<'a> {
    args: &'a VerifyArgs,
    context: &'a Context,
    wanted: Wanted,
    house: Wheelhouse,
    locks: Vec<FolderLock>,
}

/// Verifies.
pub fn run(args: &VerifyArgs, context: &Context) -> Result<Status, Failure> {
    let Some(folder) = &args.folder else {
        return environment::run(args, context);
    };
    let folder = context.absolute(folder);
    let house = Wheelhouse::open(std::slice::from_ref(&folder))?;
    let is_lock = |name: &&String| {
        let name = Path::new(name.as_str()).file_name();
        name.and_then(|name| name.to_str())
            .is_some_and(is_lock_name)
    };
    let (named, files): (Vec<&String>, Vec<&String>) = args.requirement.iter().partition(is_lock);
    let locks: Vec<PathBuf> = match named.as_slice() {
        [] => house.locks()?.to_vec(),
        named => named
            .iter()
            .map(|name| context.absolute(Path::new(name)))
            .collect(),
    };
    let locks = locks
        .iter()
        .map(|path| read_lock(path))
        .collect::<Result<_, _>>()?;
    let asked = RequirementArgs {
        requirement: files.into_iter().cloned().collect(),
        constraint: args.constraint.clone(),
        ..RequirementArgs::default()
    };
    let wanted = requirements::gather(&asked, None, context)?;
    requirements::refuse_unnamed(&wanted)?;
    let run = Run {
        args,
        context,
        wanted,
        house,
        locks,
    };
    run.run()
}

impl Run<'_> {
    fn run(&self) -> Result<Status, Failure> {
        let contents = match self.args.no_record {
            true => Contents::Vouched,
            false => Contents::Verify,
        };
        let files = Files::new(verify_files(&self.house, &self.locks, contents));
        files.say_unlocked(self);
        self.say_variants();
        let questions = match targets::questions(self) {
            Ok(questions) => questions,
            Err(failure) => {
                // nobody says for which machine: what is known of the files is told all the same
                self.print(&text(files.lines()))?;
                return Err(failure);
            }
        };
        let beside = match self.locks.as_slice() {
            [only] => Some(only),
            _ => None,
        };
        let mut outcome = Outcome::default();
        for question in &questions {
            outcome.notes.extend(question.left_out());
            question.answer(&self.house, beside, &files, &mut outcome)?;
        }
        self.say(&files, &outcome)
    }

    /// Variants are neither looked at nor chosen.
    fn say_variants(&self) {
        let variants = self.house.variants();
        if !variants.is_empty() {
            let files = variants.into_iter().map(str::to_owned).collect();
            let warning = Warning::VariantsLeftAside { files };
            self.context.terminal.event(Event::Warning { warning });
        }
    }

    /// Lines, table, report; the faults decide the status.
    fn say(&self, files: &Files, outcome: &Outcome) -> Result<Status, Failure> {
        let mut lines = files.lines();
        lines.extend(outcome.lines());
        let mut text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        let said = outcome.rows.iter().zip(&outcome.words);
        let said = said.map(|(row, complete)| match row.complete {
            true => (row, complete.as_str()),
            false => (row, "incomplete"),
        });
        text += &table(FROM_FOLDER, said);
        text.push('\n');
        if let Some(to) = &self.args.report {
            let report = Report {
                version: 1,
                targets: outcome.rows.clone(),
                files: outcome.file_rows(files),
                missing: outcome.missing.clone(),
                builds: Vec::new(),
                removed: None,
            };
            report.write(to, self.context)?;
        }
        self.print(&text)?;
        for note in &outcome.notes {
            self.context.terminal.note(note);
        }
        self.end(files, outcome)
    }

    fn print(&self, text: &str) -> Result<(), Failure> {
        if self.args.report.as_deref() == Some("-") {
            // standard output is the report's
            self.context.terminal.note(text.trim_end());
            return Ok(());
        }
        terminal::print(&terminal::without_secrets(text)).map_err(Failure::file)
    }

    fn end(&self, files: &Files, outcome: &Outcome) -> Result<Status, Failure> {
        let folder = self
            .args
            .folder
            .as_deref()
            .unwrap_or(Path::new(""))
            .display();
        let incomplete = outcome.rows.iter().filter(|row| !row.complete).count();
        let faulty = files.faulty();
        if incomplete == 0 && faulty == 0 {
            if self.args.no_record {
                let terminal = &self.context.terminal;
                terminal
                    .note("--no-record: what the wheels hold was not compared with their RECORDs");
            }
            let verb = self.context.terminal.style.verb("Verified");
            self.context.terminal.note(&format!(
                "{verb} {} ({}) in {folder}: complete for {}",
                plural(files.checks.len(), "file"),
                terminal::bytes(files.bytes()),
                plural(outcome.rows.len(), "target"),
            ));
            return Ok(Status::Done);
        }
        let mut found = Vec::new();
        if faulty > 0 {
            found.push(format!(
                "{faulty} of {} wrong",
                plural(files.checks.len(), "file")
            ));
        }
        if incomplete > 0 {
            found.push(format!(
                "{incomplete} of {} incomplete",
                plural(outcome.rows.len(), "target")
            ));
        }
        Err(Failure::Faults {
            message: format!("{folder}: {}", found.join(", ")),
            hint: "run the `wh download` that made the folder again: it fetches what is missing and replaces what does not match its lock".to_owned(),
            status: files.status(),
        })
    }
}

fn text(lines: Vec<String>) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}
