//! What a virtual environment is as a target, told from files: no interpreter is started.
//!
//! `pyvenv.cfg` has the Python's version, the interpreter's file its processor and its loader, the
//! C library beside the loader its version, `/proc` the kernel's names. From these facts the
//! marker values and tags follow as from a probe. This is so for CPython on 64-bit Linux with
//! glibc; anything out of the ordinary (another implementation or system, a debug build, a
//! `_manylinux` module) is not told, and the interpreter has to be asked. A `pyvenv.cfg` keeps the
//! patch release that the environment was made with.

use std::io::Read;
use std::path::{Path, PathBuf};

use wh_packaging::target::InterpreterFacts;
use wh_packaging::{MarkerValues, Target};

use crate::discover::Environment;
use crate::probe::ProbeError;
use crate::pyvenv_cfg::PyvenvCfg;
use crate::search_path::real;

/// The ELF header, the program headers and the loader's name lie within.
const HEAD_BYTES: u64 = 4096;
const MAX_LIBRARY_BYTES: u64 = 64 << 20;

impl Environment {
    /// The environment as a target: by its files where they tell, else by its interpreter.
    ///
    /// # Errors
    /// The interpreter has to be asked and does not answer.
    pub fn target(&self) -> Result<Target, ProbeError> {
        match target_from_files(self) {
            Some(target) if self.probe.is_none() => Ok(target),
            _ => self.probe()?.target(),
        }
    }
}

/// The target that the files of a virtual environment tell.
fn target_from_files(environment: &Environment) -> Option<Target> {
    if !cfg!(target_os = "linux") || !environment.is_virtual || environment.version < (3, 8) {
        return None;
    }
    let cfg = PyvenvCfg::read(&environment.prefix)?;
    let (major, minor) = environment.version;
    let patch = cfg.patch.filter(|_| cfg.version == Some((major, minor)))?;
    let command = real(&environment.interpreter).ok()?;
    let plain = format!("python{major}.{minor}");
    let threaded = format!("{plain}t");
    let name = command.file_name()?.to_str()?;
    let free_threaded = name == threaded;
    if !(free_threaded || name == plain) || refuses_manylinux(environment) {
        return None;
    }
    let elf = Elf::read(&command)?;
    let glibc = glibc_beside(&elf.loader)?;
    let full = format!("{major}.{minor}.{patch}");
    let facts = InterpreterFacts {
        markers: MarkerValues {
            implementation_name: Some("cpython".to_owned()),
            implementation_version: Some(full.clone()),
            os_name: Some("posix".to_owned()),
            platform_machine: Some(elf.machine.to_owned()),
            platform_python_implementation: Some("CPython".to_owned()),
            platform_release: Some(kernel("osrelease")?),
            platform_system: Some("Linux".to_owned()),
            platform_version: Some(kernel("version")?),
            python_full_version: full,
            python_version: format!("{major}.{minor}"),
            sys_platform: Some("linux".to_owned()),
        },
        version: (major.into(), minor.into()),
        nodot: None,
        ext_suffix: None,
        debug: false,
        free_threaded,
        pymalloc: true,
        bits: 64,
        platform: format!("linux-{}", elf.machine),
        glibc: Some(glibc),
        musl: None,
        elf: None,
        refused_manylinux: Vec::new(),
        macos: None,
        macos_arch: None,
        ios: None,
        ios_multiarch: None,
        android_api: None,
        pyemscripten: None,
    };
    Some(facts.target())
}

/// A `_manylinux` module decides in code what is compatible (PEP 600).
fn refuses_manylinux(environment: &Environment) -> bool {
    environment
        .search_path
        .iter()
        .any(|folder| folder.join("_manylinux.py").exists() || folder.join("_manylinux").exists())
}

fn kernel(name: &str) -> Option<String> {
    let text = fs_err::read_to_string(Path::new("/proc/sys/kernel").join(name)).ok()?;
    Some(text.trim().to_owned())
}

/// What the head of an executable says.
struct Elf {
    /// As `uname -m` names it.
    machine: &'static str,
    /// The program that loads it.
    loader: PathBuf,
}

impl Elf {
    /// Reads a 64-bit little-endian executable of a processor that is known here.
    fn read(path: &Path) -> Option<Self> {
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
fn glibc_beside(loader: &Path) -> Option<String> {
    let library = loader.canonicalize().ok()?.with_file_name("libc.so.6");
    let mut bytes = Vec::new();
    let file = fs_err::File::open(library).ok()?;
    file.take(MAX_LIBRARY_BYTES).read_to_end(&mut bytes).ok()?;
    glibc_version(&bytes)
}

/// `2.36` of `GNU C Library (Debian GLIBC 2.36-9) stable release version 2.36.`
fn glibc_version(library: &[u8]) -> Option<String> {
    let banner = find(library, b"GNU C Library")?;
    let line = banner.split(|&byte| byte == b'\n' || byte == 0).next()?;
    let after = find(line, b"release version ")?;
    let text = std::str::from_utf8(&after[b"release version ".len()..]).ok()?;
    let number = text
        .split(|c: char| !c.is_ascii_digit() && c != '.')
        .next()?;
    let number = number.trim_end_matches('.');
    number.contains('.').then(|| number.to_owned())
}

/// From the first place where `needle` stands.
fn find<'a>(haystack: &'a [u8], needle: &[u8]) -> Option<&'a [u8]> {
    let first = *needle.first()?;
    let mut at = 0;
    while let Some(next) = haystack[at..].iter().position(|&byte| byte == first) {
        at += next;
        if haystack[at..].starts_with(needle) {
            return Some(&haystack[at..]);
        }
        at += 1;
    }
    None
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
            "GNU G\0GNU C Library, release version 2.17, by",
            Some("2.17"),
        );
        check("GNU C Library (x)\nrelease version 2.1\n", None);
        check("musl", None);
        check("", None);
    }

    /// Every Python of this machine: what the files tell is what the interpreter says.
    #[test]
    fn files_and_interpreters_say_the_same() {
        for python in wh_testing::sandbox::pythons() {
            let folder = tempfile::tempdir().unwrap();
            let prefix = folder.path().join("env");
            let made = std::process::Command::new(&python.path)
                .args(["-I", "-m", "venv", "--without-pip"])
                .arg(&prefix)
                .status();
            if !made.is_ok_and(|status| status.success()) {
                continue;
            }
            let environment = Environment::discover(&crate::Discovery {
                python: Some(prefix.display().to_string()),
                cwd: folder.path().to_path_buf(),
                ..crate::Discovery::default()
            })
            .unwrap();
            let asked = environment.probe().unwrap().target().unwrap();
            if let Some(told) = target_from_files(&environment) {
                assert_eq!(told, asked, "{}", python.path.display());
            } else {
                eprintln!("{}: its files do not tell", python.path.display());
            }
        }
    }
}
