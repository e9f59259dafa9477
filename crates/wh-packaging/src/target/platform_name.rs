//! Reading the platform half of a target's name, and saying what was probably meant.

use super::TargetError;
use super::platform::{Libc, Platform};
use crate::spelling;

/// Bounds of what a name may say, so that no name makes an endless list of tags.
const HIGHEST_GLIBC_MINOR: u16 = 199;
const HIGHEST_APPLE: u16 = 99;
const HIGHEST_API: u16 = 199;

const LINUX_ARCHS: [&str; 12] = [
    "x86_64",
    "aarch64",
    "i686",
    "armv7l",
    "armv8l",
    "armv6l",
    "ppc64le",
    "ppc64",
    "s390x",
    "riscv64",
    "loongarch64",
    "mips64",
];
const MACOS_ARCHS: [&str; 5] = ["arm64", "x86_64", "i386", "ppc64", "ppc"];
const IOS_MULTIARCHS: [&str; 3] = [
    "arm64_iphoneos",
    "arm64_iphonesimulator",
    "x86_64_iphonesimulator",
];
const ANDROID_ABIS: [&str; 4] = ["arm64_v8a", "x86_64", "armeabi_v7a", "x86"];

/// What names are compared with where one is unknown.
const EXAMPLES: [&str; 16] = [
    "linux",
    "windows",
    "macos",
    "manylinux_2_28_x86_64",
    "manylinux_2_28_aarch64",
    "manylinux_2_28_armv7l",
    "manylinux2014_x86_64",
    "musllinux_1_2_x86_64",
    "musllinux_1_2_aarch64",
    "win_amd64",
    "win_arm64",
    "win32",
    "macosx_14_0_arm64",
    "macosx_14_0_x86_64",
    "android_24_arm64_v8a",
    "pyemscripten_2026_0_wasm32",
];

impl Platform {
    /// Reads a platform tag as the floor of a platform, or one of the short forms `linux`,
    /// `windows`, `macos`.
    pub(super) fn parse(text: &str) -> Result<Self, TargetError> {
        parse(text).ok_or_else(|| TargetError::UnknownPlatform {
            platform: text.to_owned(),
            nearest: nearest(text),
        })
    }
}

fn parse(text: &str) -> Option<Platform> {
    match text {
        "any" => return Some(Platform::Any),
        "linux" => return parse("manylinux_2_28_x86_64"),
        "windows" => return parse("win_amd64"),
        "macos" => return parse("macosx_14_0_arm64"),
        "win32" => return Some(Platform::Windows { tag: "win32" }),
        "win_amd64" => return Some(Platform::Windows { tag: "win_amd64" }),
        "win_arm64" => return Some(Platform::Windows { tag: "win_arm64" }),
        _ => {}
    }
    let (kind, rest) = text.split_once('_')?;
    match kind {
        "linux" => linux(None, rest),
        "manylinux1" => linux(Some(Libc::Glibc(2, 5)), rest),
        "manylinux2010" => linux(Some(Libc::Glibc(2, 12)), rest),
        "manylinux2014" => linux(Some(Libc::Glibc(2, 17)), rest),
        "manylinux" => {
            let ((major, minor), arch) = version_and_rest(rest)?;
            let valid = (2..=3).contains(&major) && minor <= HIGHEST_GLIBC_MINOR;
            linux(Some(Libc::Glibc(major, minor)), arch).filter(|_| valid)
        }
        "musllinux" => {
            let ((major, minor), arch) = version_and_rest(rest)?;
            let valid = major == 1 && minor <= HIGHEST_GLIBC_MINOR;
            linux(Some(Libc::Musl(major, minor)), arch).filter(|_| valid)
        }
        "macosx" => {
            let (version, arch) = version_and_rest(rest)?;
            let valid = (10..=HIGHEST_APPLE).contains(&version.0) && version.1 <= HIGHEST_APPLE;
            let arch = known(&MACOS_ARCHS, arch)?;
            valid.then_some(Platform::Macos { version, arch })
        }
        "ios" => {
            let (version, multiarch) = version_and_rest(rest)?;
            let valid = (12..=HIGHEST_APPLE).contains(&version.0) && version.1 <= HIGHEST_APPLE;
            let multiarch = known(&IOS_MULTIARCHS, multiarch)?;
            valid.then_some(Platform::Ios { version, multiarch })
        }
        "android" => {
            let (api, abi) = rest.split_once('_')?;
            let (api, abi) = (number(api)?, known(&ANDROID_ABIS, abi)?);
            (16..=HIGHEST_API)
                .contains(&api)
                .then_some(Platform::Android { api, abi })
        }
        "pyemscripten" | "pyodide" => {
            let (version, rest) = version_and_rest(rest)?;
            (rest == "wasm32").then_some(Platform::Emscripten {
                version,
                legacy: kind == "pyodide",
            })
        }
        _ => None,
    }
}

fn linux(libc: Option<Libc>, arch: &str) -> Option<Platform> {
    let arch = known(&LINUX_ARCHS, arch)?;
    Some(Platform::Linux { libc, arch })
}

fn known(names: &[&str], name: &str) -> Option<String> {
    names.contains(&name).then(|| name.to_owned())
}

/// `2_28_x86_64`
fn version_and_rest(text: &str) -> Option<((u16, u16), &str)> {
    let (major, rest) = text.split_once('_')?;
    let (minor, rest) = rest.split_once('_')?;
    Some(((number(major)?, number(minor)?), rest))
}

/// Digits alone, so that a name has one spelling.
fn number(text: &str) -> Option<u16> {
    let plain = text.bytes().all(|b| b.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    text.parse().ok().filter(|_| plain)
}

/// The platform that was probably meant.
fn nearest(text: &str) -> Option<String> {
    let text: String = text.to_ascii_lowercase().chars().take(60).collect();
    rewritten(&text)
        .or_else(|| spelling::nearest(&text, EXAMPLES.iter().copied()).map(str::to_owned))
}

/// Other people's words for a system or an architecture, put into ours.
fn rewritten(text: &str) -> Option<String> {
    let text = text.replace(['-', '.'], "_").replace("x86_64", "x64");
    let apple = text.starts_with("mac");
    let mut text = text
        .replace("macosx", "macos")
        .replace("macos", "macosx")
        .replace("windows", "win")
        .replace("win64", "win_amd64");
    let arch = text.rsplit('_').next().unwrap_or_default().to_owned();
    let ours = match (arch.as_str(), text.starts_with("win")) {
        ("x64" | "amd64", true) => "amd64",
        ("x64" | "amd64" | "intel" | "universal2", false) if arch != "universal2" => "x86_64",
        ("universal2", false) => "arm64",
        ("arm64" | "aarch64", windows) if windows || apple => "arm64",
        ("arm64" | "aarch64", _) => "aarch64",
        ("i386" | "x86", false) => "i686",
        ("armhf" | "armv7", false) => "armv7l",
        _ => &arch,
    };
    text.truncate(text.len() - arch.len());
    text.push_str(ours);
    let with_arch = format!("{text}_x86_64");
    let with_minor = text.strip_prefix("macosx_").and_then(|rest| {
        let (major, arch) = rest.split_once('_')?;
        Some(format!("macosx_{major}_0_{arch}"))
    });
    [Some(text), with_minor, Some(with_arch)]
        .into_iter()
        .flatten()
        .find(|name| parse(name).is_some())
}
