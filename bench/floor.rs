//! The floor under `wh install`: the least that anybody has to do with a folder of wheels.
//!
//! Three figures, on all processors and without any check: reading and inflating every entry;
//! creating and writing every file (of the right size, in its folder); both at once. What an
//! installer takes beyond the third is what it does besides: hashes, plans, moves.
//!
//!     cargo run --release -p wh-wheel --example floor -- WHEELS SCRATCH

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use libdeflater::Decompressor;
use rustix::fs::{CWD, Mode, OFlags, mkdirat, openat};

/// One entry that is a file.
struct Entry {
    wheel: usize,
    name: String,
    start: u64,
    compressed: usize,
    size: usize,
    deflated: bool,
}

fn main() {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(wheels), Some(scratch)) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: floor WHEELS SCRATCH");
        std::process::exit(2);
    };
    let (files, entries) = entries(&wheels);
    let bytes: usize = entries.iter().map(|entry| entry.size).sum();
    println!("{} files, {:.2} GB", entries.len(), bytes as f64 / 1e9);
    measured("inflate", || {
        each(&entries, |_, raw, out, entry| {
            let _ = inflate(&files, entry, raw, out);
        })
    });
    let with_folders = |work: &(dyn Fn(&Path) + Sync)| {
        let target = scratch.join(format!("wh-floor-{}", std::process::id()));
        fs::create_dir(&target).expect("the scratch folder can be written");
        work(&target);
        fs::remove_dir_all(&target).expect("what was written can be removed");
    };
    with_folders(&|target| {
        measured("write", || {
            let root = folders(target, &entries);
            each(&entries, |_, _, out, entry| {
                out.resize(out.len().max(entry.size), 0);
                write(&root, entry, &out[..entry.size]);
            });
        });
    });
    with_folders(&|target| {
        measured("both", || {
            let root = folders(target, &entries);
            each(&entries, |_, raw, out, entry| {
                write(&root, entry, inflate(&files, entry, raw, out));
            });
        });
    });
}

/// The files, and all entries of all of them, the largest first.
fn entries(folder: &Path) -> (Vec<File>, Vec<Entry>) {
    let mut files = Vec::new();
    let mut entries = Vec::new();
    for wheel in fs::read_dir(folder)
        .expect("the folder can be read")
        .flatten()
    {
        if wheel
            .path()
            .extension()
            .is_none_or(|ending| ending != "whl")
        {
            continue;
        }
        let file = File::open(wheel.path()).expect("a wheel can be read");
        let mut zip = zip::ZipArchive::new(&file).expect("a wheel is a zip archive");
        for index in 0..zip.len() {
            let entry = zip.by_index_raw(index).expect("an entry can be read");
            if entry.is_file() {
                entries.push(Entry {
                    wheel: files.len(),
                    name: format!(
                        "{}/{}",
                        files.len(),
                        String::from_utf8_lossy(entry.name_raw())
                    ),
                    start: entry.data_start().unwrap_or_default(),
                    compressed: entry.compressed_size() as usize,
                    size: entry.size() as usize,
                    deflated: entry.compression() == zip::CompressionMethod::Deflated,
                });
            }
        }
        drop(zip);
        files.push(file);
    }
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.size));
    (files, entries)
}

fn folders(target: &Path, entries: &[Entry]) -> rustix::fd::OwnedFd {
    let flags = OFlags::DIRECTORY | OFlags::CLOEXEC;
    let root = openat(CWD, target, flags, Mode::empty()).expect("a folder can be opened");
    let mut all = BTreeSet::new();
    for entry in entries {
        for (at, _) in entry.name.match_indices('/') {
            all.insert(&entry.name[..at]);
        }
    }
    for folder in all {
        mkdirat(&root, folder, Mode::from(0o777)).expect("a folder can be made");
    }
    root
}

/// Hands all entries out to all processors, each with two buffers of its own.
fn each(entries: &[Entry], work: impl Fn(usize, &mut Vec<u8>, &mut Vec<u8>, &Entry) + Sync) {
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for thread in 0..threads {
            let (work, next) = (&work, &next);
            scope.spawn(move || {
                let (mut raw, mut out) = (Vec::new(), Vec::new());
                while let Some(entry) = entries.get(next.fetch_add(1, Ordering::Relaxed)) {
                    work(thread, &mut raw, &mut out, entry);
                }
            });
        }
    });
}

fn inflate<'b>(
    files: &[File],
    entry: &Entry,
    raw: &'b mut Vec<u8>,
    out: &'b mut Vec<u8>,
) -> &'b [u8] {
    raw.resize(raw.len().max(entry.compressed), 0);
    let raw = &mut raw[..entry.compressed];
    files[entry.wheel]
        .read_exact_at(raw, entry.start)
        .expect("an entry can be read");
    if !entry.deflated {
        return raw;
    }
    out.resize(out.len().max(entry.size), 0);
    let out = &mut out[..entry.size];
    Decompressor::new()
        .deflate_decompress(raw, out)
        .expect("an entry can be inflated");
    out
}

fn write(root: &rustix::fd::OwnedFd, entry: &Entry, bytes: &[u8]) {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
    let file = openat(root, &entry.name, flags, Mode::from(0o666)).expect("a file can be made");
    File::from(file)
        .write_all(bytes)
        .expect("a file can be written");
}

fn measured(what: &str, work: impl FnOnce()) {
    let (start, cpu) = (Instant::now(), cpu());
    work();
    let (wall, cpu) = (start.elapsed(), self::cpu() - cpu);
    println!(
        "{what} {:.3} s, CPU {:.3} s",
        wall.as_secs_f64(),
        cpu.as_secs_f64()
    );
}

/// Processor time of this process so far.
fn cpu() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}
