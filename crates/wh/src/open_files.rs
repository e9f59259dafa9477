//! Room for the files that an install keeps open: one for each wheel, one for each folder of the store.
//!
//! As long as the process has one thread alone: that a table of open files which threads share grows costs Linux a
//! grace period of RCU each time it doubles, in which no thread opens anything. 281 distributions waited 13 ms for
//! that, a fifth of what they take to become folder links.

/// Files that room is made for at once. The table of so many takes 33 KB of the kernel's memory.
#[cfg(target_os = "linux")]
const ROOM: u64 = 4096;

/// Raises the limit of open files, which some systems set to 256 by default, and makes room for them. Where more cannot
/// be had, the install says so.
pub fn make_room() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
        // macOS reports no maximum, and refuses more than this
        let current = maximum.map_or(10_240, |most| most.min(65_536));
        let limits = Rlimit {
            current: Some(current),
            maximum,
        };
        let _ = setrlimit(Resource::Nofile, limits);
        // what is opened with a high number makes the table grow that far; it is closed again at once
        #[cfg(target_os = "linux")]
        {
            let last = current.min(ROOM) as i32 - 1;
            drop(rustix::io::fcntl_dupfd_cloexec(std::io::stderr(), last));
        }
    }
}
