//! The processes of a build where there is no `/proc`: its group, or the tree of its parents.

use std::io;
use std::process::{Child, Command};

use super::Member;

/// Starts a process of a build.
pub(in crate::process) fn start(command: &mut Command) -> io::Result<Child> {
    command.spawn()
}

/// All processes that come from one.
pub(in crate::process) struct Family {
    first: u32,
}

impl Family {
    /// Those of a build that began with a process of this number.
    pub(in crate::process) fn of(first: u32, _: &str) -> Self {
        Self { first }
    }

    /// Those that run; nobody tells here.
    pub(super) fn members(&self) -> Vec<Member> {
        Vec::new()
    }

    /// Stops them.
    #[cfg(unix)]
    pub(in crate::process) fn kill(&self) {
        use rustix::process::{Pid, Signal, kill_process_group};
        if let Some(pid) = i32::try_from(self.first).ok().and_then(Pid::from_raw) {
            // nobody may be left
            let _ = kill_process_group(pid, Signal::KILL);
        }
    }

    /// Stops them.
    #[cfg(not(unix))]
    pub(in crate::process) fn kill(&self) {
        let number = self.first.to_string();
        let mut command = Command::new("taskkill");
        command.args(["/F", "/T", "/PID", &number]);
        command.stdin(std::process::Stdio::null());
        // nobody may be left
        let _ = command.output();
    }
}
