//! Inflating every entry of a folder of wheels, on one thread: wh-inflate, libdeflate (which needs all of an entry in
//! memory), zlib-rs as a stream. Processor seconds.
//!
//!     cargo run --release -p wh-inflate --example inflate -- WHEELS

use std::io::Read as _;
use std::time::Instant;

use wh_inflate::{Damage, Inflater};

fn main() {
    let folder = std::env::args_os().nth(1).expect("usage: inflate WHEELS");
    let mut times = [(0.0, 0_u64); 3];
    let mut by_size = [[0.0; 3]; 4];
    let mut inflater = Inflater::new();
    let mut libdeflate = libdeflater::Decompressor::new();
    let mut out = vec![0; 400 << 20];
    let mut piece = vec![0; 256 << 10];
    let only: Option<usize> = std::env::args().nth(2).and_then(|only| only.parse().ok());
    for wheel in std::fs::read_dir(folder).expect("a folder").flatten() {
        if wheel
            .path()
            .extension()
            .is_none_or(|ending| ending != "whl")
        {
            continue;
        }
        let bytes = std::fs::read(wheel.path()).expect("a file");
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(&bytes[..])).expect("a wheel");
        for index in 0..zip.len() {
            let entry = zip.by_index_raw(index).expect("an entry");
            if entry.compression() != zip::CompressionMethod::Deflated {
                continue;
            }
            let start = entry.data_start().expect("data") as usize;
            let raw = &bytes[start..start + entry.compressed_size() as usize];
            let size = entry.size() as usize;
            let class = [4 << 10, 64 << 10, 1 << 20, usize::MAX]
                .iter()
                .position(|most| size <= *most)
                .unwrap();
            for (tool, time) in times.iter_mut().enumerate() {
                if only.is_some_and(|only| only != tool) {
                    continue;
                }
                let begin = Instant::now();
                time.1 += match tool {
                    0 => {
                        let mut length = 0;
                        inflater.begin();
                        inflater
                            .feed::<Damage>(raw, true, &mut |piece| {
                                length += piece.len() as u64;
                                Ok(())
                            })
                            .expect("a stream");
                        length
                    }
                    1 if size > out.len() => 0,
                    1 => libdeflate
                        .deflate_decompress(raw, &mut out[..size])
                        .expect("a stream") as u64,
                    _ => {
                        let mut stream = flate2::bufread::DeflateDecoder::new(raw);
                        let mut length = 0;
                        loop {
                            let read = stream.read(&mut piece).expect("a stream");
                            if read == 0 {
                                break length;
                            }
                            length += read as u64;
                        }
                    }
                };
                let took = begin.elapsed().as_secs_f64();
                time.0 += took;
                by_size[class][tool] += took;
            }
        }
    }
    for (tool, (seconds, bytes)) in ["wh-inflate", "libdeflate", "zlib-rs"].iter().zip(times) {
        println!("{tool}: {seconds:.3} s, {bytes} bytes");
    }
    for (class, times) in ["4 KiB", "64 KiB", "1 MiB", "more"].iter().zip(by_size) {
        println!(
            "to {class}: {:.3} {:.3} {:.3}",
            times[0], times[1], times[2]
        );
    }
}
