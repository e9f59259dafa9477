//! Lets every reader, or those that are named, read changed inputs for some seconds each.
//!
//! usage: fuzz-readers SECONDS [NUMBER] [READER]...
//!
//! One reader a core at a time. What a reader fails on, or takes long over, is kept in
//! `fuzz/artifacts/READER/`. The number, which is printed, gives the same inputs again.

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use wh_fuzz::{Mutations, READERS, Reader};

/// No input of the lengths met here needs longer, on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(10);

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut numbers = arguments.iter().filter_map(|word| word.parse().ok());
    let Some(seconds) = numbers.next() else {
        eprintln!("usage: fuzz-readers SECONDS [NUMBER] [READER]...");
        std::process::exit(2);
    };
    let number = numbers
        .next()
        .unwrap_or_else(|| u64::from(std::process::id()));
    let named = |reader: &&Reader| arguments.iter().any(|word| word == reader.name);
    let mut readers: Vec<&Reader> = READERS.iter().filter(named).collect();
    if readers.is_empty() {
        readers = READERS.iter().collect();
    }
    println!("inputs of number {number}, {seconds} s a reader");
    let (next, failed) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let work = || {
        while let Some(reader) = readers.get(next.fetch_add(1, Ordering::Relaxed)) {
            let result = fuzz(reader, Duration::from_secs(seconds), number);
            let told = result.as_ref().unwrap_or_else(|why| why);
            println!("{}: {told}", reader.name);
            if let Err(why) = result {
                failed.lock().unwrap().push(why);
            }
        }
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(work);
        }
    });
    if !failed.lock().unwrap().is_empty() {
        std::process::exit(1);
    }
}

/// How many inputs were read; or which one not, and why.
fn fuzz(reader: &Reader, time: Duration, number: u64) -> Result<String, String> {
    let seeds: Vec<Vec<u8>> = reader.seeds().into_iter().map(|seed| seed.1).collect();
    let mut mutations = Mutations::new(number);
    let begin = Instant::now();
    let mut count = 0u64;
    while begin.elapsed() < time {
        let input = mutations.input(&seeds);
        let start = Instant::now();
        let read = std::panic::catch_unwind(|| (reader.read)(&input));
        count += 1;
        let why = match (read, start.elapsed()) {
            (Err(_), _) => "panics".to_owned(),
            (Ok(()), taken) if taken > PATIENCE => format!("takes {taken:?}"),
            _ => continue,
        };
        let kept = keep(reader, &input);
        return Err(format!("input {count} {why}: {kept}"));
    }
    Ok(format!("{count} inputs from {}", seeds.len()))
}

fn keep(reader: &Reader, input: &[u8]) -> String {
    let folder = reader
        .seeds_folder()
        .join("../../artifacts")
        .join(reader.name);
    let path = folder.join(format!("found-{}", std::process::id()));
    let kept = std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&path, input));
    match kept {
        Ok(()) => Path::new("fuzz/artifacts")
            .join(path.strip_prefix(folder.parent().unwrap()).unwrap())
            .display()
            .to_string(),
        Err(error) => format!("which cannot be kept: {error}"),
    }
}
