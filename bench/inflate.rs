//! Inflating every entry of a folder of wheels, on one thread: wh-inflate, libdeflate (which needs all of an entry in
//! memory) and zlib-rs as a stream, in turns for each entry. Seconds by size of what comes out.
//!
//!     cargo run --release -p wh-inflate --example inflate -- WHEELS [TOOL]

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use libdeflater::Decompressor;
use wh_inflate::{Damage, Inflater, PIECE};

const TOOLS: [&str; 3] = ["wh-inflate", "libdeflate", "zlib-rs"];
/// The classes of sizes, and the most bytes of each.
const CLASSES: [(&str, usize); 4] = [
    ("to 4 KiB", 4 << 10),
    ("to 64 KiB", 64 << 10),
    ("to 1 MiB", 1 << 20),
    ("more", usize::MAX),
];

fn main() {
    let mut arguments = std::env::args_os().skip(1);
    let Some(wheels) = arguments.next().map(PathBuf::from) else {
        eprintln!("usage: inflate WHEELS [TOOL]");
        std::process::exit(2);
    };
    let only = arguments.next();
    let mut tools = Tools::new();
    let mut seconds = [[0.0; TOOLS.len()]; CLASSES.len()];
    let mut bytes = 0;
    each_entry(&wheels, |raw, size| {
        let class = CLASSES.iter().position(|(_, most)| size <= *most);
        for (tool, name) in TOOLS.iter().enumerate() {
            if only.as_ref().is_none_or(|only| only == name) {
                tools.make_room(size);
                let start = cpu();
                let length = tools.inflate(tool, raw, size);
                seconds[class.unwrap_or_default()][tool] += (cpu() - start).as_secs_f64();
                assert_eq!(length, size, "{name} inflates an entry to its size");
            }
        }
        bytes += size;
    });
    println!("{:.2} GB", bytes as f64 / 1e9);
    for (tool, name) in TOOLS.iter().enumerate() {
        let of_tool = |class: &[f64; TOOLS.len()]| class[tool];
        let all: f64 = seconds.iter().map(of_tool).sum();
        print!("{name} {all:.3} s");
        for ((class, _), seconds) in CLASSES.iter().zip(&seconds) {
            print!(", {class} {:.3} s", of_tool(seconds));
        }
        println!();
    }
}

/// What each of them keeps from one entry to the next.
struct Tools {
    inflater: Inflater,
    libdeflate: Decompressor,
    /// All of an entry, for libdeflate.
    whole: Vec<u8>,
    piece: Vec<u8>,
}

impl Tools {
    fn new() -> Self {
        Self {
            inflater: Inflater::new(),
            libdeflate: Decompressor::new(),
            whole: Vec::new(),
            piece: vec![0; PIECE],
        }
    }

    /// Makes room for all of an entry, which is not measured.
    fn make_room(&mut self, size: usize) {
        if self.whole.len() < size {
            self.whole = vec![1; size];
        }
    }

    /// The length of what comes out.
    fn inflate(&mut self, tool: usize, raw: &[u8], size: usize) -> usize {
        match tool {
            0 => {
                let mut length = 0;
                self.inflater.begin();
                let done = self.inflater.feed::<Damage>(raw, true, &mut |piece| {
                    length += piece.len();
                    Ok(())
                });
                done.expect("an entry can be inflated");
                length
            }
            1 => {
                let done = self
                    .libdeflate
                    .deflate_decompress(raw, &mut self.whole[..size]);
                done.expect("an entry can be inflated")
            }
            _ => {
                let mut stream = flate2::bufread::DeflateDecoder::new(raw);
                let mut length = 0;
                loop {
                    let read = stream.read(&mut self.piece);
                    match read.expect("an entry can be inflated") {
                        0 => return length,
                        read => length += read,
                    }
                }
            }
        }
    }
}

/// Hands out every deflated entry of every wheel, with the size of what it unpacks to.
fn each_entry(folder: &Path, mut work: impl FnMut(&[u8], usize)) {
    for wheel in fs::read_dir(folder)
        .expect("the folder can be read")
        .flatten()
    {
        let path = wheel.path();
        if path.extension().is_none_or(|ending| ending != "whl") {
            continue;
        }
        let bytes = fs::read(path).expect("a wheel can be read");
        let archive = std::io::Cursor::new(&bytes[..]);
        let mut zip = zip::ZipArchive::new(archive).expect("a wheel is a zip archive");
        for index in 0..zip.len() {
            let entry = zip.by_index_raw(index).expect("an entry can be read");
            if entry.compression() == zip::CompressionMethod::Deflated {
                let start = entry.data_start().expect("an entry has data") as usize;
                let raw = &bytes[start..start + entry.compressed_size() as usize];
                work(raw, entry.size() as usize);
            }
        }
    }
}

/// Processor time of this thread so far: on a machine that others use, too, the only one that tells anything.
fn cpu() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}
