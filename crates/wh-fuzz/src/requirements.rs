//! Requirements files, one that includes itself too.

use std::path::Path;

use wh_packaging::requirements_file::{Loader, decode};

use crate::meaning::comes_back;

/// What was understood means the same when it is written again.
pub fn requirements(bytes: &[u8]) {
    let Ok(text) = decode(bytes) else {
        return;
    };
    let mut read = |name: &str| match name {
        "r.txt" => Ok(text.clone()),
        // what is included may be there or not, and is short
        name if name.len().is_multiple_of(2) => Ok("a==1\n-c r.txt\n".to_owned()),
        _ => Err(()),
    };
    let mut loader = Loader {
        read: &mut read,
        variable: &|name| (!name.starts_with('_')).then(|| "x".to_owned()),
        base: Path::new("/base"),
    };
    let Ok(found) = loader.requirements("r.txt") else {
        return;
    };
    for entry in found.requirements.iter().chain(&found.constraints) {
        if let Some(requirement) = entry.requirement() {
            comes_back(requirement);
        }
    }
}
