//! Whether a file is an sdist (source distribution format): `photos-2024.tar.gz` has the name of
//! one, so the PKG-INFO that every sdist has in its one folder must be there too.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use flate2::read::GzDecoder;
use wh_packaging::{Version, project_name};

const BLOCK: usize = 512;
/// Unpacked bytes that are looked through: a small file may unpack to any size.
const CAP: u64 = 2 << 30;

/// Whether a name is `{project}-{version}.tar.gz` (or `.zip`, as older ones have it).
pub(super) fn has_name(name: &str) -> bool {
    let stem = name
        .strip_suffix(".tar.gz")
        .or_else(|| name.strip_suffix(".zip"));
    stem.and_then(|stem| stem.rsplit_once('-'))
        .is_some_and(|(project, version)| {
            project_name(project).is_some() && version.parse::<Version>().is_ok()
        })
}

/// Whether the archive has a `*/PKG-INFO`. What cannot be read is not one.
pub(super) fn is_one(path: &Path) -> bool {
    let look = || -> io::Result<bool> {
        let file = File::open(path)?;
        if path.extension().is_some_and(|ending| ending == "zip") {
            let archive = zip::ZipArchive::new(file).map_err(io::Error::other)?;
            return Ok(archive
                .file_names()
                .any(|name| name.is_ok_and(|name| is_pkg_info(&name))));
        }
        in_tar(GzDecoder::new(io::BufReader::new(file)).take(CAP))
    };
    look().unwrap_or(false)
}

fn is_pkg_info(name: &str) -> bool {
    name.split_once('/')
        .is_some_and(|(folder, file)| !folder.is_empty() && file == "PKG-INFO")
}

/// Walks over the headers of a tar archive (POSIX ustar): name in bytes 0..100, size in octal in
/// 124..136.
fn in_tar(mut tar: impl Read) -> io::Result<bool> {
    let mut header = [0; BLOCK];
    loop {
        tar.read_exact(&mut header)?;
        let name: Vec<u8> = header[..100]
            .iter()
            .copied()
            .take_while(|b| *b != 0)
            .collect();
        // blocks of zeros end the archive
        if name.is_empty() {
            return Ok(false);
        }
        let name = String::from_utf8_lossy(&name);
        if is_pkg_info(name.strip_prefix("./").unwrap_or(&name)) {
            return Ok(true);
        }
        let size = std::str::from_utf8(&header[124..136]).unwrap_or_default();
        let size = u64::from_str_radix(size.trim_matches(['\0', ' ']), 8)
            .map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
        let padded = size.next_multiple_of(BLOCK as u64);
        io::copy(&mut tar.by_ref().take(padded), &mut io::sink())?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tar archive of one empty file.
    fn tar(name: &str) -> Vec<u8> {
        let mut bytes = vec![0; BLOCK * 3];
        bytes[..name.len()].copy_from_slice(name.as_bytes());
        bytes[124..135].copy_from_slice(b"00000000000");
        bytes
    }

    #[test]
    fn pkg_info_makes_an_sdist() {
        let check = |bytes: &[u8], expected: Option<bool>| {
            assert_eq!(in_tar(bytes).ok(), expected);
        };
        check(&tar("a-1/PKG-INFO"), Some(true));
        check(&tar("./a-1/PKG-INFO"), Some(true));
        check(&tar("a-1/a/PKG-INFO"), Some(false));
        check(&tar("photos/1.jpg"), Some(false));
        check(b"not a tar", None);
        let mut bad = tar("a");
        bad[124..135].copy_from_slice(b"zzzzzzzzzzz");
        check(&bad, None);
        let mut huge = tar("a");
        huge[124..135].copy_from_slice(b"77777777777");
        check(&huge, None);
    }

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
