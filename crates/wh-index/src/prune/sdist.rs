//! Whether a file is an sdist (source distribution format): `photos-2024.tar.gz` has the name of
//! one, so it must pass the check of an sdist and have the PKG-INFO that every sdist has.

use std::path::Path;

use wh_packaging::sdist_filename::SdistFilename;

/// What a name that ends in `.tar.gz` (or `.zip`, as older ones do) says.
fn named(name: &str) -> Option<SdistFilename> {
    let ending = name.ends_with(".tar.gz") || name.ends_with(".zip");
    ending.then(|| SdistFilename::of_unknown_project(name))?
}

/// Whether a name is that of an sdist.
pub(super) fn has_name(name: &str) -> bool {
    named(name).is_some()
}

/// Whether the file is an sdist. What cannot be read is not one.
pub(super) fn is_one(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    name.and_then(named).is_some_and(|filename| {
        wh_sdist::check(path, &filename).is_ok_and(|sdist| sdist.pkg_info.is_some())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_sdists() {
        for (name, expected) in [
            ("a-b-1.0.tar.gz", true),
            ("a-1.0.zip", true),
            ("a-1.0.tar", false),
            ("a.tar.gz", false),
            ("backup-monday.tar.gz", false),
        ] {
            assert_eq!(has_name(name), expected, "{name}");
        }
    }
}
