//! `pyvenv.cfg`: what a virtual environment says of itself (PEP 405).
//!
//! Lines `key = value`; keys in any case; lines without `=` are passed over, as Python's own
//! reader does.

use std::path::{Path, PathBuf};

/// The keys that count here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct PyvenvCfg {
    /// The folder of the interpreter that the environment was made from.
    pub home: Option<PathBuf>,
    /// `version` or `version_info`, as far as major and minor go.
    pub version: Option<(u32, u32)>,
    /// The patch release of that version.
    pub patch: Option<u32>,
    /// `include-system-site-packages`
    pub system_site_packages: bool,
    /// Whether its maker put no pip into it: `wh` never does, uv only where it says `seed`.
    pub unseeded: bool,
}

impl PyvenvCfg {
    /// Reads `folder/pyvenv.cfg`; `None` where there is none.
    pub fn read(folder: &Path) -> Option<Self> {
        let bytes = fs_err::read(folder.join("pyvenv.cfg")).ok()?;
        Some(Self::parse(&String::from_utf8_lossy(&bytes)))
    }

    fn parse(text: &str) -> Self {
        let mut cfg = Self::default();
        let mut seeded = false;
        for line in text.trim_start_matches('\u{feff}').lines() {
            let Some((key, value)) = line.split_once('=') else {
                continue;
            };
            let value = value.trim();
            match key.trim().to_ascii_lowercase().as_str() {
                "home" => cfg.home = Some(PathBuf::from(value)),
                "version" | "version_info" => {
                    cfg.version = cfg.version.or_else(|| major_minor(value));
                    cfg.patch = cfg.patch.or_else(|| value.split('.').nth(2)?.parse().ok());
                }
                "include-system-site-packages" => {
                    cfg.system_site_packages = value.eq_ignore_ascii_case("true");
                }
                "wh" | "uv" => cfg.unseeded = true,
                "seed" => seeded = value.eq_ignore_ascii_case("true"),
                _ => {}
            }
        }
        cfg.unseeded &= !seeded;
        cfg
    }
}

/// The first two numbers of `3.12.4` or `3.12.4.final.0`.
pub(crate) fn major_minor(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.trim().split('.');
    let major = parts.next()?.parse().ok()?;
    let minor = parts.next()?;
    let digits = minor.len() - minor.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    Some((major, minor[..digits].parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(
        text: &str,
        home: Option<&str>,
        version: Option<(u32, u32, Option<u32>)>,
        system: bool,
    ) {
        let expected = PyvenvCfg {
            home: home.map(PathBuf::from),
            version: version.map(|(major, minor, _)| (major, minor)),
            patch: version.and_then(|(_, _, patch)| patch),
            system_site_packages: system,
            unseeded: false,
        };
        assert_eq!(PyvenvCfg::parse(text), expected);
    }

    #[test]
    fn tells_who_put_no_pip_into_it() {
        for (text, expected) in [
            ("home = /usr/bin\nversion = 3.11.2\n", false),
            ("home = /usr/bin\nuv = 0.5.1\n", true),
            ("seed = true\nuv = 0.5.1\n", false),
            ("wh = 0.1.0\n", true),
        ] {
            assert_eq!(PyvenvCfg::parse(text).unseeded, expected, "{text}");
        }
    }

    #[test]
    fn reads_what_each_tool_writes() {
        check(
            "home = /usr/bin\ninclude-system-site-packages = false\nversion = 3.11.2\n",
            Some("/usr/bin"),
            Some((3, 11, Some(2))),
            false,
        );
        check(
            "home = /o p/bin\nimplementation = CPython\nversion_info = 3.13.0.final.0\n\
             include-system-site-packages = true\n",
            Some("/o p/bin"),
            Some((3, 13, Some(0))),
            true,
        );
        check(
            "HOME=/x\r\nversion=3.14t\r\nnoise\n",
            Some("/x"),
            Some((3, 14, None)),
            false,
        );
        check("", None, None, false);
        check("version = what", None, None, false);
    }
}
