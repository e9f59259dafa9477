//! Every file of a wheelhouse against its locks and against itself: is it there, has it the size
//! and the digest that the locks say, does it pass the one check of a wheel.
//!
//! Nothing is written. Wheels that no lock names are checked too; what is wrong with a file is
//! told beside it, so that one bad file hides no other.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use wh_packaging::lock::LockedFile;
use wh_packaging::sdist_filename::SdistFilename;
use wh_packaging::{Hashes, WheelFilename};
use wh_wheel::{Algorithm, Contents, Fault, Wheel, check, hash_file};

use super::{FolderLock, Wheelhouse};

/// What is known of one file after it was looked at.
#[derive(Debug)]
pub struct FileCheck {
    /// Its name.
    pub name: String,
    /// Where it is; `None`: nowhere.
    pub path: Option<PathBuf>,
    /// The locks that name it.
    pub locks: Vec<PathBuf>,
    /// Bytes, where it could be read.
    pub size: Option<u64>,
    /// Its digest, where it could be read.
    pub sha256: Option<String>,
    /// What is wrong with it.
    pub faults: Vec<FileFault>,
}

/// What is wrong with a file of a wheelhouse.
#[derive(Debug, thiserror::Error)]
pub enum FileFault {
    /// A lock names it, and it is nowhere in the folder.
    #[error("it is not there")]
    Missing,
    /// It has another size.
    #[error("{} says {expected} bytes; it has {found}", name_of(lock))]
    Size {
        /// Who says so.
        lock: PathBuf,
        /// Bytes by the lock.
        expected: u64,
        /// Bytes on disk.
        found: u64,
    },
    /// It has another digest.
    #[error("{} says {algorithm} {expected}; it is {found}", name_of(lock))]
    Hash {
        /// Who says so.
        lock: PathBuf,
        /// The digest's algorithm.
        algorithm: String,
        /// The digest by the lock.
        expected: String,
        /// The digest of the file.
        found: String,
    },
    /// A lock names it and gives no digest that proves anything.
    #[error("{} gives no digest of it that proves anything", name_of(lock))]
    NoHash {
        /// The lock.
        lock: PathBuf,
    },
    /// It cannot be read.
    #[error("it cannot be read: {0}")]
    Read(#[source] io::Error),
    /// An installer would refuse it.
    #[error(transparent)]
    Wheel(Fault),
    /// Whoever builds it would refuse it.
    #[error(transparent)]
    Sdist(wh_sdist::Fault),
}

fn name_of(path: &Path) -> String {
    path.file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned()
}

/// A file to look at, and who says what about it.
struct Expected<'a> {
    name: &'a str,
    said: Vec<(&'a Path, &'a LockedFile)>,
}

impl Expected<'_> {
    /// Where in the archive the project is, as the locks say.
    fn subdirectory(&self) -> Option<&str> {
        let mut said = self.said.iter();
        said.find_map(|(_, file)| file.subdirectory.as_deref())
    }
}

/// Looks at every file that the locks name and at every wheel and sdist of the folders, on all
/// threads, the largest first; sorted by name. `contents` says whether wheels are unpacked for that.
pub fn verify_files(
    house: &Wheelhouse,
    locks: &[FolderLock],
    contents: Contents,
) -> Vec<FileCheck> {
    let mut there: BTreeMap<PathBuf, Expected<'_>> = BTreeMap::new();
    let mut missing: BTreeMap<&str, Vec<PathBuf>> = BTreeMap::new();
    for (name, path) in house.found().here() {
        let said = Vec::new();
        there.insert(real(path), Expected { name, said });
    }
    for from in locks {
        let folder = from.path.parent().unwrap_or(Path::new(""));
        for file in from.lock.all_packages().flat_map(|one| one.files()) {
            match place(house, folder, file) {
                Some(path) => {
                    let expected = there.entry(real(&path)).or_insert_with(|| Expected {
                        name: &file.name,
                        said: Vec::new(),
                    });
                    expected.said.push((&from.path, file));
                }
                // a lock of another tool lists files that nobody meant to carry
                None if file.path.is_some() || from.lock.tool.is_some() => {
                    missing
                        .entry(&file.name)
                        .or_default()
                        .push(from.path.clone());
                }
                None => {}
            }
        }
    }
    let mut files: Vec<(&PathBuf, &Expected<'_>)> = there.iter().collect();
    let bytes = |path: &Path| path.metadata().map_or(0, |metadata| metadata.len());
    files.sort_by_cached_key(|(path, _)| std::cmp::Reverse(bytes(path)));
    let mut checks: Vec<FileCheck> = files
        .into_par_iter()
        .with_max_len(1)
        .map(|(path, expected)| look_at(path, expected, contents))
        .collect();
    checks.extend(missing.into_iter().map(|(name, locks)| FileCheck {
        name: name.to_owned(),
        path: None,
        locks,
        size: None,
        sha256: None,
        faults: vec![FileFault::Missing],
    }));
    checks.sort_by(|a, b| (&a.name, &a.path).cmp(&(&b.name, &b.path)));
    checks
}

/// The file that a lock means; where none has its digest, the one that has its name.
fn place(house: &Wheelhouse, folder: &Path, file: &LockedFile) -> Option<PathBuf> {
    house.find(folder, file).or_else(|| {
        let named = house.found().named(&file.name);
        named.iter().find_map(|there| there.path.clone())
    })
}

fn real(path: &Path) -> PathBuf {
    fs_err::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

fn look_at(path: &Path, expected: &Expected<'_>, contents: Contents) -> FileCheck {
    let mut locks: Vec<PathBuf> = expected
        .said
        .iter()
        .map(|(lock, _)| (*lock).to_owned())
        .collect();
    locks.dedup();
    let mut check = FileCheck {
        name: expected.name.to_owned(),
        path: Some(path.to_owned()),
        locks,
        size: None,
        sha256: None,
        faults: Vec::new(),
    };
    match expected.name.parse::<WheelFilename>() {
        Ok(filename) => {
            let fault = look_into(path, &filename, expected, contents, &mut check);
            check.faults.extend(fault.map(FileFault::Wheel));
        }
        Err(_) => {
            let size = fs_err::metadata(path).map(|metadata| metadata.len());
            match size.and_then(|size| Ok((size, hash_file(path, &algorithms(expected))?))) {
                Ok((size, hashes)) => compare(size, &hashes, expected, &mut check),
                Err(error) => check.faults.push(FileFault::Read(error)),
            }
            if let Some(filename) = SdistFilename::of_unknown_project(expected.name)
                && let Err(error) =
                    wh_sdist::check_below(path, expected.name, &filename, expected.subdirectory())
                // what only has the name of one, and nobody names, is somebody's own
                && (!expected.said.is_empty()
                    || !matches!(error.fault, wh_sdist::Fault::NotAnSdist | wh_sdist::Fault::Form))
            {
                check.faults.push(FileFault::Sdist(error.fault));
            }
        }
    }
    check
}

/// A wheel: the bytes that were hashed are the bytes that are checked. Gives what is wrong with it
/// beyond what the locks say.
fn look_into(
    path: &Path,
    filename: &WheelFilename,
    expected: &Expected<'_>,
    contents: Contents,
    found: &mut FileCheck,
) -> Option<Fault> {
    let algorithms = algorithms(expected);
    let wheel = match Wheel::open(path) {
        Ok(wheel) => wheel,
        Err(error) => {
            // what is no archive may yet be told from what the lock means
            let size = path.metadata().map(|metadata| metadata.len());
            if let (Ok(size), Ok(hashes)) = (size, hash_file(path, &algorithms)) {
                compare(size, &hashes, expected, found);
            }
            return Some(error.fault);
        }
    };
    match wheel.hash(&algorithms) {
        Ok(hashes) => compare(wheel.file_size(), &hashes, expected, found),
        Err(error) => return Some(error.fault),
    }
    check(&wheel, filename, contents)
        .err()
        .map(|error| error.fault)
}

/// sha256, and what the locks have besides.
fn algorithms(expected: &Expected<'_>) -> Vec<Algorithm> {
    let mut algorithms = vec![Algorithm::Sha256];
    for (name, _) in expected
        .said
        .iter()
        .flat_map(|(_, file)| file.hashes.iter())
    {
        if let Some(algorithm) = Algorithm::from_name(name)
            && !algorithms.contains(&algorithm)
        {
            algorithms.push(algorithm);
        }
    }
    algorithms
}

fn compare(size: u64, hashes: &Hashes, expected: &Expected<'_>, found: &mut FileCheck) {
    found.size = Some(size);
    found.sha256 = hashes.sha256().map(str::to_owned);
    for (lock, file) in &expected.said {
        let lock = || (*lock).to_owned();
        if let Some(expected) = file.size.filter(|expected| *expected != size) {
            found.faults.push(FileFault::Size {
                lock: lock(),
                expected,
                found: size,
            });
        }
        let mut proven = false;
        for (algorithm, expected) in file.hashes.iter() {
            let Some(is) = hashes.get(algorithm) else {
                continue;
            };
            proven = true;
            if !is.eq_ignore_ascii_case(expected) {
                found.faults.push(FileFault::Hash {
                    lock: lock(),
                    algorithm: algorithm.to_owned(),
                    expected: expected.to_owned(),
                    found: is.to_owned(),
                });
            }
        }
        if !proven {
            found.faults.push(FileFault::NoHash { lock: lock() });
        }
    }
}
