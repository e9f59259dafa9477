//! For tests: the readers of untrusted bytes, each as one function that must hold for any bytes.
//!
//! A function here returns for every input, however broken; it panics only where the reader, or
//! what the reader promises, is wrong: text that is written back reads as the same, a path stays
//! below its root, an archive that is accepted is one that every zip reader sees alike, a stream is
//! unpacked as zlib would. The same functions are libFuzzer's targets (`fuzz/`), properties of the
//! ordinary tests (`tests/`), and what CI runs for some time (`src/bin/fuzz-readers.rs`), each from
//! the inputs in `fuzz/seeds/`.

use std::path::{Path, PathBuf};

mod archive;
mod inflate;
mod lock;
mod meaning;
mod mutate;
mod names;
mod page;
mod requirements;
mod sdist;
mod texts;
mod zip_parts;

pub use archive::archive;
pub use inflate::inflate;
pub use lock::lock;
pub use mutate::Mutations;
pub use names::names;
pub use page::{page_html, page_json};
pub use requirements::requirements;
pub use sdist::sdist;
pub use texts::{entry_points, metadata, record, wheel_file};

/// A reader of untrusted bytes.
#[derive(Clone, Copy)]
pub struct Reader {
    /// Its name, as in `fuzz/fuzz_targets/` and `fuzz/seeds/`.
    pub name: &'static str,
    /// Reads; panics where something that must hold does not.
    pub read: fn(&[u8]),
}

/// All readers.
pub const READERS: &[Reader] = &[
    reader("archive", archive),
    reader("inflate", inflate),
    reader("sdist", sdist),
    reader("metadata", metadata),
    reader("record", record),
    reader("wheel_file", wheel_file),
    reader("entry_points", entry_points),
    reader("lock", lock),
    reader("requirements", requirements),
    reader("page_html", page_html),
    reader("page_json", page_json),
    reader("names", names),
];

const fn reader(name: &'static str, read: fn(&[u8])) -> Reader {
    Reader { name, read }
}

impl Reader {
    /// The folder of the inputs that it starts from.
    pub fn seeds_folder(&self) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../fuzz/seeds")
            .join(self.name)
    }

    /// The inputs that it starts from, with their file names, sorted by these.
    ///
    /// # Panics
    /// The folder is not there or cannot be read.
    pub fn seeds(&self) -> Vec<(String, Vec<u8>)> {
        let folder = self.seeds_folder();
        let entries = std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("{folder:?}: {e}"));
        let mut seeds: Vec<_> = entries
            .map(|entry| {
                let entry = entry.unwrap();
                let name = entry.file_name().to_string_lossy().into_owned();
                (name, std::fs::read(entry.path()).unwrap())
            })
            .collect();
        seeds.sort();
        seeds
    }
}
