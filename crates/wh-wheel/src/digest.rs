//! Digests of files and of entries, computed as the bytes go by.

use std::fs::File;
use std::path::Path;
use std::{fmt, io};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256, Sha384, Sha512};
use wh_packaging::{Hashes, hexadecimal};

use crate::window::read_at;

/// Read and hashed at a time: small enough for the processor's cache, and to come from the heap,
/// since verifying an environment asks for many small files.
const PIECE: usize = 64 << 10;

/// The algorithms that count as a proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// SHA-256
    Sha256,
    /// SHA-384
    Sha384,
    /// SHA-512
    Sha512,
}

impl Algorithm {
    /// All of them, the cheapest to compute first.
    pub const ALL: [Algorithm; 3] = [Algorithm::Sha256, Algorithm::Sha512, Algorithm::Sha384];

    /// The name, as `hashlib` has it.
    pub fn name(self) -> &'static str {
        match self {
            Algorithm::Sha256 => "sha256",
            Algorithm::Sha384 => "sha384",
            Algorithm::Sha512 => "sha512",
        }
    }

    /// The algorithm of a name; `None` for those that prove nothing (md5, sha1) or are unknown.
    pub fn from_name(name: &str) -> Option<Self> {
        Algorithm::ALL.into_iter().find(|one| one.name() == name)
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A digest in the making.
pub(crate) enum Hasher {
    Sha256(Sha256),
    Sha384(Sha384),
    Sha512(Sha512),
}

impl Hasher {
    pub fn new(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Sha256 => Hasher::Sha256(Sha256::new()),
            Algorithm::Sha384 => Hasher::Sha384(Sha384::new()),
            Algorithm::Sha512 => Hasher::Sha512(Sha512::new()),
        }
    }

    pub fn update(&mut self, bytes: &[u8]) {
        match self {
            Hasher::Sha256(hasher) => hasher.update(bytes),
            Hasher::Sha384(hasher) => hasher.update(bytes),
            Hasher::Sha512(hasher) => hasher.update(bytes),
        }
    }

    pub fn finish(self) -> Vec<u8> {
        match self {
            Hasher::Sha256(hasher) => hasher.finalize().to_vec(),
            Hasher::Sha384(hasher) => hasher.finalize().to_vec(),
            Hasher::Sha512(hasher) => hasher.finalize().to_vec(),
        }
    }
}

/// The `sha256=...` of RECORD.
pub(crate) fn record_hash(bytes: &[u8]) -> String {
    format!(
        "sha256={}",
        URL_SAFE_NO_PAD.encode(Sha256::digest(bytes).as_slice())
    )
}

/// The digest of a file as RECORD writes it behind `sha256=`.
///
/// # Errors
/// The file cannot be read.
pub fn record_hash_of(path: &Path, algorithm: Algorithm) -> io::Result<String> {
    let digests = digests(&File::open(path)?, &[algorithm])?;
    Ok(URL_SAFE_NO_PAD.encode(digests.concat()))
}

/// The digests of a file by the given algorithms, read in one pass.
///
/// # Errors
/// The file cannot be read.
pub fn hash_file(path: &Path, algorithms: &[Algorithm]) -> io::Result<Hashes> {
    hash_open(&File::open(path)?, algorithms)
}

/// The same of an open file.
pub(crate) fn hash_open(file: &File, algorithms: &[Algorithm]) -> io::Result<Hashes> {
    Ok(named(
        algorithms.iter().copied().zip(digests(file, algorithms)?),
    ))
}

/// Digests as they are compared.
pub(crate) fn named(digests: impl IntoIterator<Item = (Algorithm, Vec<u8>)>) -> Hashes {
    let mut hashes = Hashes::none();
    for (algorithm, digest) in digests {
        hashes.insert(algorithm.name(), hexadecimal(&digest));
    }
    hashes
}

/// The bytes of the digests, one for each algorithm, from one pass over an open file.
fn digests(file: &File, algorithms: &[Algorithm]) -> io::Result<Vec<Vec<u8>>> {
    let mut hashers: Vec<Hasher> = algorithms.iter().copied().map(Hasher::new).collect();
    let mut buffer = vec![0; PIECE];
    let mut offset = 0;
    loop {
        let read = match read_at(file, &mut buffer, offset) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        offset += read as u64;
        for hasher in &mut hashers {
            hasher.update(&buffer[..read]);
        }
    }
    Ok(hashers.into_iter().map(Hasher::finish).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_of_a_file() {
        let path = std::env::temp_dir().join(format!("wh-digest-{}", std::process::id()));
        std::fs::write(&path, b"abc").unwrap();
        let hashes = hash_file(&path, &[Algorithm::Sha256, Algorithm::Sha512]).unwrap();
        std::fs::remove_file(&path).unwrap();
        // FIPS 180-2, appendix B.1
        assert_eq!(
            hashes.sha256(),
            Some("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        );
        assert!(
            hashes
                .get("sha512")
                .unwrap()
                .starts_with("ddaf35a193617aba")
        );
        assert_eq!(hashes.get("sha384"), None);
    }

    #[test]
    fn record_writes_urlsafe_base64_without_padding() {
        assert_eq!(
            record_hash(b""),
            "sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"
        );
    }
}
