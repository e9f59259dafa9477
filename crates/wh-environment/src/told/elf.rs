//! What an executable's own bytes say: for which processor it is, what loads it, and which C library
//! lies beside that.

use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use memchr::memmem;

/// The ELF header, the program headers and the loader's name lie within.
const HEAD_BYTES: u64 = 4096;
const MAX_LIBRARY_BYTES: u64 = 64 << 20;
const PIECE_BYTES: usize = 64 << 10;
/// The line of the C library with its version is shorter.
const BANNER_BYTES: usize = 512;

/// What the head of an executable says.
pub(super) struct Elf {
    /// As `uname -m` names it.
    pub machine: &'static str,
    /// The program that loads it.
    pub loader: PathBuf,
}

impl Elf {
    /// Reads a 64-bit little-endian executable of a processor that is known here.
    pub fn read(path: &Path) -> Option<Self> {
        let mut head = Vec::new();
        let file = fs_err::File::open(path).ok()?;
        file.take(HEAD_BYTES).read_to_end(&mut head).ok()?;
        if !head.starts_with(b"\x7fELF\x02\x01") {
            return None;
        }
        let machine = match head.get(18..20)? {
            [62, 0] => "x86_64",
            [183, 0] => "aarch64",
            _ => return None,
        };
        // the loader is the one path that the head holds (PT_INTERP)
        let name = b"/ld-linux-";
        let at = head.windows(name.len()).position(|part| part == name)?;
        let start = head[..at].iter().rposition(|&byte| byte == 0)? + 1;
        let length = head[start..].iter().position(|&byte| byte == 0)?;
        let loader = std::str::from_utf8(&head[start..start + length]).ok()?;
        let loader = Path::new(loader);
        loader.is_absolute().then(|| Self {
            machine,
            loader: loader.to_path_buf(),
        })
    }
}

/// The version of the C library that lies beside a loader, as its own banner has it.
pub(super) fn glibc_beside(loader: &Path) -> Option<String> {
    let library = loader.canonicalize().ok()?.with_file_name("libc.so.6");
    let mut file = fs_err::File::open(library).ok()?;
    let mut end = file.metadata().ok()?.len().min(MAX_LIBRARY_BYTES);
    let mut piece = vec![0; PIECE_BYTES];
    // it is a constant, and these lie behind the code; pieces overlap, so that it lies whole in one of them
    while end > 0 {
        let start = end.saturating_sub(PIECE_BYTES as u64);
        let piece = &mut piece[..(end - start) as usize];
        file.seek(SeekFrom::Start(start)).ok()?;
        file.read_exact(piece).ok()?;
        if let Some(version) = glibc_version(piece) {
            return Some(version);
        }
        end = match start {
            0 => 0,
            _ => start + BANNER_BYTES as u64,
        };
    }
    None
}

/// `2.36` of `GNU C Library (Debian GLIBC 2.36-9) stable release version 2.36.`, which the end of a
/// line proves to be whole.
fn glibc_version(library: &[u8]) -> Option<String> {
    let banner = &library[memmem::find(library, b"GNU C Library")?..];
    let line = &banner[..banner.iter().position(|&byte| byte == b'\n' || byte == 0)?];
    let mark = b"release version ";
    let text = std::str::from_utf8(&line[memmem::find(line, mark)? + mark.len()..]).ok()?;
    let number = text
        .split(|c: char| !c.is_ascii_digit() && c != '.')
        .next()?;
    let number = number.trim_end_matches('.');
    number.contains('.').then(|| number.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_banners() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(
                glibc_version(text.as_bytes()).as_deref(),
                expected,
                "{text}"
            );
        };
        let debian = "\0GNU C Library (Debian GLIBC 2.36-9+deb12u1) stable release version 2.36.\n";
        check(debian, Some("2.36"));
        check(
            "GNU G\0GNU C Library, release version 2.17, by\n",
            Some("2.17"),
        );
        check("GNU C Library, release version 2.1", None);
        check("GNU C Library (x)\nrelease version 2.1\n", None);
        check("musl", None);
        check("", None);
    }
}
