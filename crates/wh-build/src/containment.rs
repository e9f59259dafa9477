//! What a backend may write to, where the kernel can see to it: Landlock (Linux 5.19 and later).
//!
//! A thread restricts itself and then starts the backend: what it starts, and all that this starts, has
//! the same limits and can never be rid of them. Reading and the network stay as they are: compilers
//! and headers are found where the machine has them. With older kernels and on other systems
//! backends are held by the permissions of the user alone; home and temporary folder are theirs all
//! the same.
//!
//! Besides the given folders, writing is possible to devices that keep nothing (`/dev/null`, terminals) and to
//! `/dev/shm`, where Python keeps the locks of process pools. From Linux 6.12 on no signal reaches a
//! process outside, and no abstract socket that one has made.

#[cfg(target_os = "linux")]
use std::path::Path;
use std::path::PathBuf;

/// Restricts this thread, and what it starts from now on, to writing below these folders; `false`
/// where the system cannot.
#[cfg(target_os = "linux")]
pub(crate) fn restrict(writable: &[PathBuf]) -> bool {
    // what a build leaves running is known by it, also where there is no Landlock
    let _ = rustix::thread::set_no_new_privs(true);
    rules(writable).is_ok_and(|status| status != landlock::RulesetStatus::NotEnforced)
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn restrict(_: &[PathBuf]) -> bool {
    false
}

#[cfg(target_os = "linux")]
fn rules(writable: &[PathBuf]) -> Result<landlock::RulesetStatus, landlock::RulesetError> {
    use landlock::{
        ABI, AccessFs, BitFlags, CompatLevel, Compatible, PathBeneath, PathFd, Ruleset,
        RulesetAttr, RulesetCreatedAttr, Scope,
    };
    // Without ABI 2 no file could be moved between folders: then rather no limits at all.
    let all = AccessFs::from_write(ABI::V2);
    let file: BitFlags<AccessFs> = AccessFs::WriteFile | AccessFs::Truncate;
    let shared = file | AccessFs::MakeReg | AccessFs::RemoveFile;
    let mut ruleset = Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(all)?
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::Truncate)?
        .scope(Scope::Signal | Scope::AbstractUnixSocket)?
        .create()?
        .set_compatibility(CompatLevel::BestEffort);
    let devices = ["null", "zero", "full", "random", "urandom", "tty", "ptmx"]
        .map(|name| (Path::new("/dev").join(name), file));
    let folders = [("/dev/pts", file), ("/dev/shm", shared)];
    let rules = writable
        .iter()
        .map(|path| (path.clone(), all | AccessFs::Truncate))
        .chain(devices)
        .chain(folders.map(|(path, access)| (PathBuf::from(path), access)));
    for (path, access) in rules {
        // what is not there needs no rule
        if let Ok(path) = PathFd::new(path) {
            ruleset = ruleset.add_rule(PathBeneath::new(path, access))?;
        }
    }
    Ok(ruleset.restrict_self()?.ruleset)
}
