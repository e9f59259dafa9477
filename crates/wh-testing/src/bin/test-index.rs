//! Serves a folder of wheels as an index, with the latency and the width of a line: for benches.
//!
//!     test-index FOLDER [--latency-ms N] [--bandwidth BYTES|50M] [--port N] [--format both|json|html]
//!
//! Sizes, hashes and METADATA are computed before the address is printed; then it serves until it
//! is killed.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use wh_testing::index::Format;
use wh_testing::{IndexFile, TestIndex};

struct Arguments {
    folder: PathBuf,
    latency: Duration,
    bandwidth: Option<u64>,
    port: u16,
    format: Format,
}

fn main() -> ExitCode {
    let index = match parse(std::env::args().skip(1)).and_then(|arguments| start(&arguments)) {
        Ok(index) => index,
        Err(why) => {
            eprintln!("test-index: {why}");
            return ExitCode::from(2);
        }
    };
    println!("{}", index.url());
    let _ = std::io::stdout().flush();
    loop {
        thread::park();
    }
}

fn parse(args: impl Iterator<Item = String>) -> Result<Arguments, String> {
    let mut args = args;
    let mut folder = None;
    let mut parsed = Arguments {
        folder: PathBuf::new(),
        latency: Duration::ZERO,
        bandwidth: None,
        port: 0,
        format: Format::Both,
    };
    while let Some(arg) = args.next() {
        let mut value = || args.next().ok_or(format!("{arg} needs a value"));
        match arg.as_str() {
            "--latency-ms" => parsed.latency = Duration::from_millis(number(&value()?)?),
            "--bandwidth" => parsed.bandwidth = Some(number(&value()?)?),
            "--port" => {
                parsed.port = number(&value()?)?.try_into().map_err(|_| "no such port")?;
            }
            "--format" => parsed.format = format(&value()?)?,
            _ if folder.is_none() && !arg.starts_with('-') => folder = Some(arg.into()),
            _ => return Err(format!("what is {arg:?}?")),
        }
    }
    parsed.folder = folder.ok_or("which folder?")?;
    Ok(parsed)
}

fn format(name: &str) -> Result<Format, String> {
    match name {
        "both" => Ok(Format::Both),
        "json" => Ok(Format::Json),
        "html" => Ok(Format::Html),
        _ => Err(format!("no such format: {name}")),
    }
}

/// A number, in thousands with `k`, in millions with `M`.
fn number(text: &str) -> Result<u64, String> {
    let (digits, factor) = match text.strip_suffix(['k', 'K', 'M', 'm']) {
        Some(digits) if text.ends_with(['k', 'K']) => (digits, 1000),
        Some(digits) => (digits, 1_000_000),
        None => (text, 1),
    };
    let number = digits
        .parse::<u64>()
        .ok()
        .and_then(|number| number.checked_mul(factor));
    number.ok_or(format!("no number: {text}"))
}

fn start(arguments: &Arguments) -> Result<TestIndex, String> {
    let index = TestIndex::listen(arguments.port);
    index.format(arguments.format).cache_control("max-age=600");
    for path in files(&arguments.folder)? {
        let file = IndexFile::on_disk(&path).map_err(|why| format!("{}: {why}", path.display()))?;
        index.add(file);
    }
    index
        .latency(arguments.latency)
        .bandwidth(arguments.bandwidth);
    Ok(index)
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries =
        std::fs::read_dir(folder).map_err(|why| format!("{}: {why}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| {
            let name = path.to_string_lossy();
            [".whl", ".tar.gz", ".zip"]
                .iter()
                .any(|end| name.ends_with(end))
        })
        .collect();
    files.sort();
    Ok(files)
}
