//! The processes of a build, as `/proc` has them.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::process::{Child, Command};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::process::{Pid, Signal, WaitOptions};

use super::Member;
use crate::process::MARK;

/// The first processes of all builds that this process does. Held while one is started: until it has its
/// own environment it looks like an orphan.
static FIRST: Mutex<BTreeSet<u32>> = Mutex::new(BTreeSet::new());

fn first_ones() -> MutexGuard<'static, BTreeSet<u32>> {
    FIRST.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Starts a process of a build.
pub(in crate::process) fn start(command: &mut Command) -> io::Result<Child> {
    let mut first = first_ones();
    // where it cannot be, orphans go to init, and are known by all but one of the signs
    let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
    let child = command.spawn()?;
    first.insert(child.id());
    Ok(child)
}

/// All processes that come from one.
pub(in crate::process) struct Family {
    first: u32,
    mark: Vec<u8>,
}

impl Family {
    /// Those of a build that began with a process of this number and carries this mark.
    pub(in crate::process) fn of(first: u32, mark: &str) -> Self {
        let mark = format!("{MARK}={mark}").into_bytes();
        Self { first, mark }
    }

    /// Those that run.
    pub(super) fn members(&self) -> Vec<Member> {
        let first = first_ones();
        let mut all = processes();
        let mine = self.related(&all);
        let me = std::process::id();
        let watched = !no_new_privs(me);
        all.retain(|number, process| {
            let orphan = watched && process.parent == me && !first.contains(number);
            *number != me && (mine.contains(number) || self.is_marked(*number, orphan))
        });
        all.into_iter()
            .map(|(number, process)| Member {
                number,
                name: process.name,
            })
            .collect()
    }

    /// Stops them. One that is made meanwhile is found in the next round.
    pub(in crate::process) fn kill(&self) {
        let mut reap = BTreeSet::new();
        for _ in 0..1000 {
            let members = self.members();
            if members.is_empty() {
                break;
            }
            for member in &members {
                if let Some(pid) = pid(member.number) {
                    // it may have ended just now
                    let _ = rustix::process::kill_process(pid, Signal::KILL);
                    reap.insert(member.number);
                }
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        first_ones().remove(&self.first);
        // the first has somebody who waits for it
        reap.remove(&self.first);
        for pid in reap.into_iter().filter_map(pid) {
            let _ = rustix::process::waitpid(Some(pid), WaitOptions::NOHANG);
        }
    }

    /// The first, its group, its session, and all that descend from them.
    fn related(&self, all: &BTreeMap<u32, Process>) -> BTreeSet<u32> {
        let mut mine: BTreeSet<u32> = all
            .iter()
            .filter(|(number, process)| {
                [**number, process.group, process.session].contains(&self.first)
            })
            .map(|(number, _)| *number)
            .collect();
        loop {
            let before = mine.len();
            for (number, process) in all {
                if mine.contains(&process.parent) {
                    mine.insert(*number);
                }
            }
            if mine.len() == before {
                return mine;
            }
        }
    }

    /// Whether a process carries the mark, or, as a child of `wh`, has got rid of any.
    fn is_marked(&self, number: u32, orphan: bool) -> bool {
        let Ok(environment) = std::fs::read(format!("/proc/{number}/environ")) else {
            return false;
        };
        let mut variables = environment.split(|byte| *byte == 0);
        let name = format!("{MARK}=");
        match variables.find(|variable| variable.starts_with(name.as_bytes())) {
            Some(variable) => variable == self.mark,
            None => orphan && no_new_privs(number),
        }
    }
}

fn pid(number: u32) -> Option<Pid> {
    Pid::from_raw(i32::try_from(number).ok()?)
}

struct Process {
    name: String,
    parent: u32,
    group: u32,
    session: u32,
}

/// All that run; the dead who wait for their parents do not.
fn processes() -> BTreeMap<u32, Process> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    entries
        .filter_map(|entry| {
            let number: u32 = entry.file_name().to_str()?.parse().ok()?;
            let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
            Some((number, parse(&stat)?))
        })
        .collect()
}

/// `12 (a name) S 1 12 12 ...`; a name may hold anything (proc_pid_stat(5)).
fn parse(stat: &str) -> Option<Process> {
    let (start, rest) = stat.rsplit_once(')')?;
    let (_, name) = start.split_once('(')?;
    let mut fields = rest.split_ascii_whitespace();
    let state = fields.next()?;
    let mut number = || fields.next()?.parse().ok();
    let process = Process {
        name: name.to_owned(),
        parent: number()?,
        group: number()?,
        session: number()?,
    };
    (!matches!(state, "Z" | "X")).then_some(process)
}

fn no_new_privs(number: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{number}/status")).unwrap_or_default();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("NoNewPrivs:"));
    line.is_some_and(|value| value.trim() == "1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_may_hold_anything() {
        let process = parse("12 (a) b (c) S 1 12 13 0").unwrap();
        let found = (
            &*process.name,
            process.parent,
            process.group,
            process.session,
        );
        assert_eq!(found, ("a) b (c", 1, 12, 13));
        assert!(parse("12 (a) Z 1 12 13 0").is_none());
        assert!(parse("12 (a").is_none() && parse("").is_none());
        assert!(processes().contains_key(&std::process::id()));
    }
}
