//! Launchers for Windows: a small program, a `#!` line, and a zip archive with `__main__.py`.
//!
//! The form is the one that pip writes, so that tools which read or change the line find it. The
//! programs are those of the folder `launcher/` of this crate; its README says what they do.

use libdeflater::Crc;
use wh_packaging::entry_points::EntryPoint;

use super::Launcher;
use crate::error::Fault;
use crate::names::fits_windows;
use crate::plan::Layout;
use crate::shebang::{shebang, windowless};

/// The kind of processor that a Python for Windows is built for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WindowsMachine {
    /// 64-bit, Intel and AMD.
    Amd64,
    /// 64-bit ARM.
    Arm64,
    /// 32-bit Intel.
    X86,
}

impl WindowsMachine {
    /// The machine in what `sysconfig.get_platform()` says: `win-amd64`, `win-arm64`, `win32`, or
    /// `mingw_x86_64_ucrt_gnu` and the like. What is not known runs programs for amd64.
    pub fn of_platform(platform: &str) -> Self {
        let names = |parts: [&str; 2]| parts.iter().any(|part| platform.contains(part));
        if names(["arm64", "aarch64"]) {
            Self::Arm64
        } else if names(["win32", "i686"]) {
            Self::X86
        } else {
            Self::Amd64
        }
    }

    /// The program in front; `gui` is the one that opens no console.
    fn program(self, gui: bool) -> &'static [u8] {
        match (self, gui) {
            (Self::Amd64, false) => include_bytes!("../../launcher/console-amd64.exe"),
            (Self::Amd64, true) => include_bytes!("../../launcher/gui-amd64.exe"),
            (Self::Arm64, false) => include_bytes!("../../launcher/console-arm64.exe"),
            (Self::Arm64, true) => include_bytes!("../../launcher/gui-arm64.exe"),
            (Self::X86, false) => include_bytes!("../../launcher/console-x86.exe"),
            (Self::X86, true) => include_bytes!("../../launcher/gui-x86.exe"),
        }
    }
}

/// The launcher of an entry point, whose Python text is `program`.
pub(super) fn launcher(
    point: &EntryPoint,
    gui: bool,
    (machine, layout): (WindowsMachine, &Layout),
    program: &str,
) -> Result<Launcher, Fault> {
    let file = file_name(&point.name);
    if !fits_windows(&file) {
        return Err(Fault::NameNotForWindows { entry: file });
    }
    let python = layout.python_text();
    let python = if gui { windowless(&python) } else { python };
    let mut bytes = machine.program(gui).to_vec();
    bytes.extend_from_slice(shebang(&python, "", true).as_bytes());
    bytes.extend_from_slice(&archive(program.as_bytes()));
    Ok(Launcher { file, bytes })
}

/// `tool.exe` for `tool` and for `tool.py`, as pip has it.
pub(super) fn file_name(name: &str) -> String {
    let stem = [".py", ".pyw"].iter().find_map(|end| {
        let stem = name.strip_suffix(end)?;
        (!stem.is_empty()).then_some(stem)
    });
    format!("{}.exe", stem.unwrap_or(name))
}

/// A zip archive with one file, not compressed, of no particular time.
fn archive(main: &[u8]) -> Vec<u8> {
    const NAME: &[u8] = b"__main__.py";
    let mut crc = Crc::new();
    crc.update(main);
    let size = (main.len() as u32).to_le_bytes();
    // what local header and directory agree in: version 1.0, no flags, stored, 1980-01-01
    let mut common = vec![10, 0, 0, 0, 0, 0, 0, 0, 0x21, 0];
    common.extend(crc.sum().to_le_bytes());
    common.extend(size);
    common.extend(size);
    common.extend([NAME.len() as u8, 0, 0, 0]);

    let mut zip = b"PK\x03\x04".to_vec();
    zip.extend(&common);
    zip.extend(NAME);
    zip.extend(main);
    let directory = zip.len() as u32;
    zip.extend(b"PK\x01\x02\x0a\x00");
    zip.extend(&common);
    // no comment, first disk, no attributes, the local header is at 0
    zip.extend([0; 14]);
    zip.extend(NAME);
    let directory_size = zip.len() as u32 - directory;
    zip.extend(b"PK\x05\x06\x00\x00\x00\x00\x01\x00\x01\x00");
    zip.extend(directory_size.to_le_bytes());
    zip.extend(directory.to_le_bytes());
    zip.extend([0, 0]);
    zip
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machines() {
        use WindowsMachine::{Amd64, Arm64, X86};
        for (platform, expected) in [
            ("win-amd64", Amd64),
            ("win-arm64", Arm64),
            ("win32", X86),
            ("mingw_x86_64_ucrt_gnu", Amd64),
            ("mingw_i686_msvcrt_gnu", X86),
            ("mingw_aarch64_ucrt_llvm", Arm64),
        ] {
            let found = WindowsMachine::of_platform(platform);
            assert_eq!(found, expected, "{platform}");
        }
    }

    #[test]
    fn file_names() {
        for (name, expected) in [
            ("tool", "tool.exe"),
            ("tool.py", "tool.exe"),
            ("tool.pyw", "tool.exe"),
            ("tool-3.11", "tool-3.11.exe"),
            ("tool.exe", "tool.exe.exe"),
            (".py", ".py.exe"),
        ] {
            assert_eq!(file_name(name), expected, "{name}");
        }
    }

    /// Number of two bytes at a place.
    fn short(bytes: &[u8], at: usize) -> u16 {
        u16::from_le_bytes([bytes[at], bytes[at + 1]])
    }

    fn long(bytes: &[u8], at: usize) -> usize {
        usize::from(short(bytes, at)) | usize::from(short(bytes, at + 2)) << 16
    }

    /// A program looks for its `#!` line where its last section ends: nothing may stand after it.
    #[test]
    fn programs_are_what_their_names_say_and_end_with_their_last_section() {
        use WindowsMachine::{Amd64, Arm64, X86};
        for (machine, number) in [(Amd64, 0x8664), (Arm64, 0xaa64), (X86, 0x14c)] {
            for (gui, subsystem) in [(false, 3), (true, 2)] {
                let exe = machine.program(gui);
                let head = long(exe, 0x3c);
                assert_eq!(
                    (&exe[..2], &exe[head..head + 4]),
                    (&b"MZ"[..], &b"PE\0\0"[..])
                );
                assert_eq!(short(exe, head + 4), number, "{machine:?}");
                assert_eq!(short(exe, head + 24 + 68), subsystem, "{machine:?} {gui}");
                let sections = head + 24 + usize::from(short(exe, head + 20));
                let end = (0..usize::from(short(exe, head + 6)))
                    .map(|section| sections + 40 * section)
                    .map(|at| long(exe, at + 16) + long(exe, at + 20))
                    .max();
                assert_eq!(end, Some(exe.len()), "{machine:?} {gui}");
                assert!(exe.len() < 20 << 10);
            }
        }
    }
}
