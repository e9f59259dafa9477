//! For tests: wheels that are right or wrong in any way ([`wheel`], [`hostile`]), sdists ([`sdist`]), an index that
//! can misbehave ([`index`]), scenarios from data ([`scenario`]), and a place to run the built
//! binary in ([`sandbox`]). Depends on no wh crate, so that it cannot share a mistake with one.

pub mod git;
pub mod hostile;
pub mod index;
pub mod proxy;
pub mod sandbox;
pub mod scenario;
pub mod sdist;
pub mod snapshot;
pub mod tools;
pub mod wheel;
pub mod workbench;
pub mod zip;

pub use git::Repository;
pub use hostile::{Hostile, hostile};
pub use index::{Fault, IndexFile, TestIndex};
pub use proxy::TestProxy;
pub use sandbox::Sandbox;
pub use sdist::SdistBuilder;
pub use snapshot::snapshot;
pub use tools::tools;
pub use wheel::WheelBuilder;
pub use workbench::Workbench;

use sha2::{Digest, Sha256};

/// The sha256 of bytes in lower-case hex, as pages and locks have it.
pub fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
