//! A change that is cut off, wherever and by whatever: the environment is the old or the new one,
//! file for file, and nobody is shown what lies between.
//!
//! By default a few points of each kind are tried. `WH_KILL_POINTS=500 cargo nextest run --release
//! -p wh --test killed --no-capture` tries every call of the small cases and 500 points of each
//! large one, and tells how they came out (`tests/killed/README.md`).

#![cfg(target_os = "linux")]

mod any_time;
mod calls;
mod case;
mod faults;
mod full;
mod power;
mod recovering;
mod shown;

use std::process::Command;

use wh_testing::sandbox::skipped;

const WH: &str = env!("CARGO_BIN_EXE_wh");

/// What changes names and folders. All of that is done by one thread.
const NAMES: &str = "rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,rmdir,\
                     link,linkat,symlink,symlinkat";

/// What changes files.
const WRITES: &str =
    "write,writev,pwrite64,copy_file_range,ftruncate,fallocate,chmod,fchmod,fchmodat";

/// How many points of a large case are tried, where somebody wants to know; then all of the small
/// ones are.
fn points() -> Option<usize> {
    std::env::var("WH_KILL_POINTS").ok()?.parse().ok()
}

/// So many of these, evenly, with the first and the last; all of them where somebody wants to know.
fn some_of<T: Clone>(all: &[T], count: usize) -> Vec<T> {
    if points().is_some() || all.len() <= count {
        return all.to_vec();
    }
    let last = all.len() - 1;
    let chosen = (0..count).map(|n| all[n * last / (count - 1)].clone());
    chosen.collect()
}

fn has_strace() -> bool {
    let there = Command::new("strace").arg("-V").output().is_ok();
    if !there {
        skipped("strace is not installed");
    }
    there
}
