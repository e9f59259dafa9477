//! The platform half of a target: what it loads and what its markers say.
//!
//! PEP 600 and 513/571/599 (manylinux), 656 (musllinux), 730 (iOS), 738 (Android), 783
//! (pyemscripten), and the macOS formats, in the order of `packaging` 26.3. A platform is a floor:
//! everything older that it can load counts. Native `linux_*` stands above manylinux.

use crate::marker::MarkerValues;

/// The last platform version that had a name of the form `pyodide_YEAR_PATCH`.
const LAST_PYODIDE_YEAR: u16 = 2025;

/// The C library of a Linux.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Libc {
    Glibc(u16, u16),
    Musl(u16, u16),
}

/// A platform.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Platform {
    /// None in particular: only wheels for `any`.
    Any,
    /// Linux, with the libc where it is known.
    Linux { libc: Option<Libc>, arch: String },
    /// macOS of a version; `arch` is `arm64` or `x86_64` (or older ones).
    Macos { version: (u16, u16), arch: String },
    /// `win32`, `win_amd64`, `win_arm64`
    Windows { tag: &'static str },
    /// iOS; `multiarch` is `arm64_iphoneos` and the like.
    Ios {
        version: (u16, u16),
        multiarch: String,
    },
    /// Android of an API level.
    Android { api: u16, abi: String },
    /// Emscripten of a platform version (`2026_0`); `legacy`: named as before PEP 783.
    Emscripten { version: (u16, u16), legacy: bool },
    /// As an environment gave it.
    Given {
        name: String,
        tags: Vec<String>,
        markers: Box<MarkerValues>,
    },
}

impl Platform {
    /// The platform half of a target's name.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Any => "any".to_owned(),
            Self::Linux { libc, arch } => match libc {
                Some(Libc::Glibc(major, minor)) => format!("manylinux_{major}_{minor}_{arch}"),
                Some(Libc::Musl(major, minor)) => format!("musllinux_{major}_{minor}_{arch}"),
                None => format!("linux_{arch}"),
            },
            Self::Macos {
                version: (major, minor),
                arch,
            } => format!("macosx_{major}_{minor}_{arch}"),
            Self::Windows { tag } => (*tag).to_owned(),
            Self::Ios {
                version: (major, minor),
                multiarch,
            } => format!("ios_{major}_{minor}_{multiarch}"),
            Self::Android { api, abi } => format!("android_{api}_{abi}"),
            Self::Emscripten {
                version: (year, patch),
                legacy,
            } => {
                let kind = if *legacy { "pyodide" } else { "pyemscripten" };
                format!("{kind}_{year}_{patch}_wasm32")
            }
            Self::Given { name, .. } => name.clone(),
        }
    }

    /// What it loads, the best first, `any` left out.
    pub(super) fn tags(&self) -> Vec<String> {
        match self {
            Self::Any => Vec::new(),
            Self::Linux { libc, arch } => linux_tags(*libc, arch),
            Self::Macos { version, arch } => macos_tags(*version, arch),
            Self::Windows { tag } => vec![(*tag).to_owned()],
            Self::Ios { version, multiarch } => ios_tags(*version, multiarch),
            Self::Android { api, abi } => (16..=*api)
                .rev()
                .map(|level| format!("android_{level}_{abi}"))
                .collect(),
            Self::Emscripten { version, legacy } => emscripten_tags(*version, *legacy),
            Self::Given { tags, .. } => tags.clone(),
        }
    }

    /// The marker values that it decides; those of the Python are still to be set.
    pub(super) fn markers(&self) -> MarkerValues {
        let (os_name, sys_platform, system, machine) = match self {
            Self::Any => return MarkerValues::default(),
            Self::Given { markers, .. } => return (**markers).clone(),
            Self::Linux { arch, .. } => ("posix", "linux", "Linux", Some(arch.as_str())),
            Self::Macos { arch, .. } => ("posix", "darwin", "Darwin", Some(arch.as_str())),
            Self::Windows { tag } => ("nt", "win32", "Windows", windows_machine(tag)),
            // a device says its model
            Self::Ios { .. } => ("posix", "ios", "iOS", None),
            Self::Android { abi, .. } => ("posix", "android", "Android", android_machine(abi)),
            Self::Emscripten { .. } => ("posix", "emscripten", "Emscripten", Some("wasm32")),
        };
        MarkerValues {
            os_name: Some(os_name.to_owned()),
            sys_platform: Some(sys_platform.to_owned()),
            platform_system: Some(system.to_owned()),
            platform_machine: machine.map(str::to_owned),
            ..MarkerValues::default()
        }
    }
}

/// A 32-bit Python on 64-bit Windows says AMD64 too, so `win32` leaves it open.
fn windows_machine(tag: &str) -> Option<&'static str> {
    match tag {
        "win_amd64" => Some("AMD64"),
        "win_arm64" => Some("ARM64"),
        _ => None,
    }
}

/// A 32-bit process may run on a 64-bit kernel, which then says its own name.
fn android_machine(abi: &str) -> Option<&'static str> {
    match abi {
        "arm64_v8a" => Some("aarch64"),
        "x86_64" => Some("x86_64"),
        _ => None,
    }
}

fn linux_tags(libc: Option<Libc>, arch: &str) -> Vec<String> {
    // a 64-bit ARM kernel with 32-bit processes loads what its predecessor loads
    let archs: &[&str] = match arch {
        "armv8l" => &["armv8l", "armv7l"],
        _ => &[arch],
    };
    let mut tags: Vec<String> = archs.iter().map(|arch| format!("linux_{arch}")).collect();
    match libc {
        Some(Libc::Glibc(major, minor)) => {
            for arch in archs {
                glibc_tags((major, minor), arch, &mut tags);
            }
        }
        Some(Libc::Musl(major, minor)) => {
            for arch in archs {
                tags.extend(
                    (0..=minor)
                        .rev()
                        .map(|m| format!("musllinux_{major}_{m}_{arch}")),
                );
            }
        }
        None => {}
    }
    tags
}

fn glibc_tags(newest: (u16, u16), arch: &str, tags: &mut Vec<String>) {
    // the oldest that ever had wheels: 2.5 on x86, 2.17 elsewhere
    let oldest_minor = if matches!(arch, "x86_64" | "i686") {
        5
    } else {
        17
    };
    for major in (2..=newest.0).rev() {
        // `packaging` takes 50 for the last minor of a glibc before the newest major
        let highest = if major == newest.0 { newest.1 } else { 50 };
        let lowest = if major == 2 { oldest_minor } else { 0 };
        for minor in (lowest..=highest).rev() {
            tags.push(format!("manylinux_{major}_{minor}_{arch}"));
            if let Some(alias) = manylinux_alias((major, minor)) {
                tags.push(format!("{alias}_{arch}"));
            }
        }
    }
}

fn manylinux_alias(glibc: (u16, u16)) -> Option<&'static str> {
    match glibc {
        (2, 17) => Some("manylinux2014"),
        (2, 12) => Some("manylinux2010"),
        (2, 5) => Some("manylinux1"),
        _ => None,
    }
}

fn macos_tags(version: (u16, u16), arch: &str) -> Vec<String> {
    let mut tags = Vec::new();
    let mut push = |version: (u16, u16), formats: &[&str]| {
        let (major, minor) = version;
        tags.extend(
            formats
                .iter()
                .map(|f| format!("macosx_{major}_{minor}_{f}")),
        );
    };
    if version.0 == 10 {
        for minor in (0..=version.1).rev() {
            push((10, minor), &macos_formats((10, minor), arch));
        }
        return tags;
    }
    // from 11 on, the major version counts the years and wheels say minor 0
    for major in (11..=version.0).rev() {
        push((major, 0), &macos_formats((major, 0), arch));
    }
    for minor in (4..=16).rev() {
        if arch == "x86_64" {
            push((10, minor), &macos_formats((10, minor), arch));
        } else {
            // the x86_64 half of a universal2 wheel may go back further than arm64 does
            push((10, minor), &["universal2"]);
        }
    }
    tags
}

/// The formats that a macOS of this version loads on this architecture.
fn macos_formats(version: (u16, u16), arch: &str) -> Vec<&str> {
    let mut formats = vec![arch];
    match arch {
        "x86_64" | "i386" if version < (10, 4) => return Vec::new(),
        "x86_64" => formats.extend(["intel", "fat64", "fat3"]),
        "i386" => formats.extend(["intel", "fat3", "fat"]),
        "ppc64" if !((10, 4)..=(10, 5)).contains(&version) => return Vec::new(),
        "ppc64" => formats.push("fat64"),
        "ppc" if version > (10, 6) => return Vec::new(),
        "ppc" => formats.extend(["fat3", "fat"]),
        _ => {}
    }
    if matches!(arch, "arm64" | "x86_64") {
        formats.push("universal2");
    }
    if matches!(arch, "x86_64" | "i386" | "ppc64" | "ppc" | "intel") {
        formats.push("universal");
    }
    formats
}

/// No version loads what was made for another. What PEP 783 names `pyemscripten` was `pyodide`
/// until 2025, the same ABI under the older name.
fn emscripten_tags((year, patch): (u16, u16), legacy: bool) -> Vec<String> {
    let old = format!("pyodide_{year}_{patch}_wasm32");
    let new = format!("pyemscripten_{year}_{patch}_wasm32");
    match (legacy, year <= LAST_PYODIDE_YEAR) {
        (true, _) => vec![old],
        (false, true) => vec![new, old],
        (false, false) => vec![new],
    }
}

fn ios_tags((major, minor): (u16, u16), multiarch: &str) -> Vec<String> {
    // 12 is the first that runs CPython; a minor never went above 9
    if major < 12 {
        return Vec::new();
    }
    let this = (0..=minor).rev().map(|minor| (major, minor));
    let older = (12..major)
        .rev()
        .flat_map(|major| (0..=9).rev().map(move |minor| (major, minor)));
    this.chain(older)
        .map(|(major, minor)| format!("ios_{major}_{minor}_{multiarch}"))
        .collect()
}
