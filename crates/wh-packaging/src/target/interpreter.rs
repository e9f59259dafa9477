//! Targets from running interpreters.
//!
//! A small script prints the facts; everything that follows from them is decided here, as
//! `packaging` 26.3 decides it (`sys_tags`), so that it can be tested for machines that are not
//! at hand.

use serde::Deserialize;

use super::Target;
use super::platform::{Libc, Platform};
use super::python::{Implementation, Python};
use crate::Version;
use crate::marker::MarkerValues;

/// Prints the facts of the interpreter that runs it, as one JSON object.
pub const FACTS_SCRIPT: &str = include_str!("facts.py");

/// What [`FACTS_SCRIPT`] prints.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct InterpreterFacts {
    /// All marker values.
    pub markers: MarkerValues,
    /// Major and minor version.
    pub version: (u64, u64),
    /// `312`, where the build says it.
    pub nodot: Option<String>,
    /// `.cpython-312-x86_64-linux-gnu.so`
    pub ext_suffix: Option<String>,
    /// A debug build.
    pub debug: bool,
    /// Built without the GIL.
    pub free_threaded: bool,
    /// Built with pymalloc.
    pub pymalloc: bool,
    /// 32 or 64, of a pointer.
    pub bits: u8,
    /// `sysconfig.get_platform()`: `linux-x86_64`, `win-amd64`, `macosx-11.0-arm64`.
    pub platform: String,
    /// The version text of glibc, where it is in use.
    #[serde(default)]
    pub glibc: Option<String>,
    /// The version of musl, where it is in use.
    #[serde(default)]
    pub musl: Option<(u16, u16)>,
    /// What the ELF header of the interpreter says.
    #[serde(default)]
    pub elf: Option<ElfFacts>,
    /// What the module `_manylinux` refuses, as `2_17_x86_64`.
    #[serde(default)]
    pub refused_manylinux: Vec<String>,
    /// `14.5`
    #[serde(default)]
    pub macos: Option<String>,
    /// `arm64`
    #[serde(default)]
    pub macos_arch: Option<String>,
    /// `17.2`
    #[serde(default)]
    pub ios: Option<String>,
    /// `arm64-iphoneos`
    #[serde(default)]
    pub ios_multiarch: Option<String>,
    /// Android's API level.
    #[serde(default)]
    pub android_api: Option<u16>,
    /// `2026_0`
    #[serde(default)]
    pub pyemscripten: Option<String>,
}

/// What tags need of an ELF header.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ElfFacts {
    /// 32 or 64
    pub bits: u8,
    /// Little-endian.
    pub little: bool,
    /// `e_machine`
    pub machine: u16,
    /// `e_flags`
    pub flags: u32,
    /// The program that loads it (`PT_INTERP`).
    pub loader: Option<String>,
}

const MACHINE_I386: u16 = 3;
const MACHINE_ARM: u16 = 40;
const ARM_ABI_MASK: u32 = 0xFF00_0000;
const ARM_ABI_5: u32 = 0x0500_0000;
const ARM_HARD_FLOAT: u32 = 0x0000_0400;

impl InterpreterFacts {
    /// The target that the interpreter is, its patch release known. Its tags are, in order, those
    /// of `packaging.tags.sys_tags()`.
    pub fn target(&self) -> Target {
        let python = self.python();
        let platform = self.platform();
        let mut target = Target::of_machine(python.clone(), &platform);
        target.markers.clone_from(&self.markers);
        if !self.refused_manylinux.is_empty() {
            let mut allowed = platform.tags();
            allowed.retain(|tag| !self.refuses(tag));
            target.tags = python.tags(&allowed);
        }
        target
    }

    fn python(&self) -> Python {
        let name = self.markers.implementation_name.as_deref().unwrap_or("");
        let implementation = match name {
            "cpython" => Implementation::CPython,
            "pypy" => Implementation::PyPy,
            "graalpy" => Implementation::GraalPy,
            other => Implementation::Other(other.to_owned()),
        };
        let (major, minor) = self.version;
        let abis = match implementation {
            Implementation::CPython => self.cpython_abis(),
            _ => self.generic_abis(),
        };
        Python {
            implementation,
            version: self
                .markers
                .python()
                .unwrap_or_else(|| Version::new([major, minor, 0])),
            exact: true,
            abis,
        }
    }

    /// `packaging.tags._cpython_abis`
    fn cpython_abis(&self) -> Vec<String> {
        let (major, minor) = self.version;
        let version = format!("{major}{minor}");
        let threaded = if minor >= 13 && self.free_threaded {
            "t"
        } else {
            ""
        };
        let debug = if self.debug { "d" } else { "" };
        let pymalloc = if minor < 8 && self.pymalloc { "m" } else { "" };
        let mut abis = vec![format!("cp{version}{threaded}{debug}{pymalloc}")];
        if minor >= 8 && self.debug {
            // debug builds load ordinary extension modules too
            abis.push(format!("cp{version}{threaded}"));
        }
        abis
    }

    /// `packaging.tags._generic_abi`: from `.pypy311-pp73-x86_64-linux-gnu.so` and the like.
    fn generic_abis(&self) -> Vec<String> {
        let suffix = self.ext_suffix.as_deref().unwrap_or_default();
        let mut parts = suffix.split('.');
        let (_, soabi) = (parts.next(), parts.next().unwrap_or_default());
        if parts.next().is_none() {
            return self.cpython_abis();
        }
        let first = |count: usize| soabi.splitn(count + 1, '-').take(count).collect::<Vec<_>>();
        let abi = if let Some(rest) = soabi.strip_prefix("cpython-") {
            format!("cp{}", rest.split('-').next().unwrap_or_default())
        } else if soabi.starts_with("cp") {
            first(1).join("_")
        } else if soabi.starts_with("pypy") {
            first(2).join("_")
        } else if soabi.starts_with("graalpy") {
            first(3).join("_")
        } else if soabi.is_empty() {
            return Vec::new();
        } else {
            soabi.to_owned()
        };
        vec![normal(&abi)]
    }

    fn platform(&self) -> Platform {
        let plain = normal(&self.platform);
        match self.markers.platform_system.as_deref().unwrap_or("") {
            "Linux" => match plain.strip_prefix("linux_") {
                Some(arch) => self.linux(arch),
                None => self.given(vec![plain]),
            },
            "Darwin" => self.darwin().unwrap_or_else(|| self.given(vec![plain])),
            "iOS" => self
                .apple_mobile()
                .unwrap_or_else(|| self.given(vec![plain])),
            "Android" => Platform::Android {
                api: self.android_api.unwrap_or(0),
                abi: normal(self.platform.rsplit('-').next().unwrap_or_default()),
            },
            "Emscripten" => {
                let versioned = self.pyemscripten.as_deref();
                let versioned = versioned.map(|version| format!("pyemscripten_{version}_wasm32"));
                self.given(versioned.into_iter().chain([plain]).collect())
            }
            _ => self.given(vec![plain]),
        }
    }

    fn given(&self, tags: Vec<String>) -> Platform {
        Platform::Given {
            name: tags.first().cloned().unwrap_or_default(),
            tags,
            markers: Box::new(self.markers.clone()),
        }
    }

    fn linux(&self, arch: &str) -> Platform {
        let arch = match (arch, self.bits) {
            ("x86_64", 32) => "i686",
            ("aarch64", 32) => "armv8l",
            _ => arch,
        };
        let glibc = self
            .glibc
            .as_deref()
            .and_then(two_numbers)
            .filter(|_| self.has_manylinux_abi(arch));
        let libc = match (glibc, self.musl) {
            (Some((major, minor)), _) => Some(Libc::Glibc(major, minor)),
            (None, Some((major, minor))) => Some(Libc::Musl(major, minor)),
            (None, None) => None,
        };
        Platform::Linux {
            libc,
            arch: arch.to_owned(),
        }
    }

    /// Whether the interpreter has the ABI that manylinux means by its architecture.
    fn has_manylinux_abi(&self, arch: &str) -> bool {
        let elf = |machine: u16| {
            let elf = self.elf.as_ref()?;
            (elf.bits == 32 && elf.little && elf.machine == machine).then_some(elf.flags)
        };
        match arch {
            "armv7l" | "armv8l" => elf(MACHINE_ARM).is_some_and(|flags| {
                flags & ARM_ABI_MASK == ARM_ABI_5 && flags & ARM_HARD_FLOAT == ARM_HARD_FLOAT
            }),
            "i686" => elf(MACHINE_I386).is_some(),
            _ => matches!(
                arch,
                "x86_64" | "aarch64" | "ppc64" | "ppc64le" | "s390x" | "loongarch64" | "riscv64"
            ),
        }
    }

    fn refuses(&self, tag: &str) -> bool {
        let version = tag
            .strip_prefix("manylinux_")
            .map(str::to_owned)
            .or_else(|| Some(format!("2_17_{}", tag.strip_prefix("manylinux2014_")?)))
            .or_else(|| Some(format!("2_12_{}", tag.strip_prefix("manylinux2010_")?)))
            .or_else(|| Some(format!("2_5_{}", tag.strip_prefix("manylinux1_")?)));
        version.is_some_and(|version| self.refused_manylinux.contains(&version))
    }

    fn darwin(&self) -> Option<Platform> {
        let arch = self.macos_arch.as_deref()?;
        let arch = match self.bits {
            32 if arch.starts_with("ppc") => "ppc",
            32 => "i386",
            _ => arch,
        };
        Some(Platform::Macos {
            version: two_numbers(self.macos.as_deref()?)?,
            arch: arch.to_owned(),
        })
    }

    fn apple_mobile(&self) -> Option<Platform> {
        Some(Platform::Ios {
            version: two_numbers(self.ios.as_deref()?)?,
            multiarch: self.ios_multiarch.as_deref()?.replace('-', "_"),
        })
    }
}

/// `packaging.tags._normalize_string`
fn normal(text: &str) -> String {
    text.replace(['.', '-', ' '], "_")
}

/// `2.36`, `2.20-2014.11`: the first two numbers; bounded, since they count tags.
fn two_numbers(text: &str) -> Option<(u16, u16)> {
    let (major, rest) = text.split_once('.').unwrap_or((text, "0"));
    let end = rest
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(rest.len());
    let numbers: (u16, u16) = (major.parse().ok()?, rest.get(..end)?.parse().ok()?);
    (numbers.0 <= 99 && numbers.1 <= 199).then_some(numbers)
}
