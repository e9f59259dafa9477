//! Interpreters as files: where they lie and what can be told of them without running them.

use std::path::{Path, PathBuf};

use super::{Discovery, Environment, at_interpreter};
use crate::layout::{Layout, folder_version};
use crate::pyvenv_cfg::PyvenvCfg;
use crate::search_path::{normalise, real};

/// A version as asked for: `3`, `3.12`, `3.12.4`, `3.13t`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wanted {
    major: u32,
    minor: Option<u32>,
    patch: Option<u32>,
    free_threaded: bool,
}

impl Wanted {
    pub fn parse(text: &str) -> Option<Self> {
        let number = text.strip_suffix('t').unwrap_or(text);
        let mut parts = number.split('.').map(|part| part.parse::<u32>());
        let wanted = Self {
            major: parts.next()?.ok()?,
            minor: parts.next().transpose().ok()?,
            patch: parts.next().transpose().ok()?,
            free_threaded: number.len() != text.len(),
        };
        parts.next().is_none().then_some(wanted)
    }

    /// The commands that may be it, the likeliest first.
    fn commands(&self) -> Vec<String> {
        let mut names = Vec::new();
        if let Some(minor) = self.minor {
            let suffix = if self.free_threaded { "t" } else { "" };
            names.push(format!("python{}.{minor}{suffix}", self.major));
        }
        names.push(format!("python{}", self.major));
        names.push("python".to_owned());
        names
    }

    fn admits(&self, environment: &Environment) -> bool {
        let (major, minor) = environment.version;
        if major != self.major || self.minor.is_some_and(|wanted| wanted != minor) {
            return false;
        }
        if self.patch.is_none() && !self.free_threaded {
            return true;
        }
        // only the interpreter knows its patch release
        environment.probe().is_ok_and(|probe| {
            self.patch.is_none_or(|patch| patch == probe.version.2)
                && self.free_threaded == probe.free_threaded
        })
    }
}

/// The first interpreter on `PATH` of a version. Shims that do not answer are passed over.
pub(super) fn of_version(discovery: &Discovery, wanted: &Wanted) -> Option<Environment> {
    let candidates = wanted.commands();
    candidates
        .iter()
        .flat_map(|name| commands(&discovery.path, name))
        .filter_map(|command| at_interpreter(discovery, &command, false).ok())
        .find(|environment| wanted.admits(environment))
}

/// The executable files of a name on `PATH`, in order.
pub(super) fn commands<'a>(
    path: &'a [PathBuf],
    name: &'a str,
) -> impl Iterator<Item = PathBuf> + 'a {
    path.iter()
        .filter(|folder| folder.is_absolute())
        .map(move |folder| folder.join(executable_name(name)))
        .filter(|command| is_executable(command))
}

fn executable_name(name: &str) -> String {
    if cfg!(windows) && !name.ends_with(".exe") {
        format!("{name}.exe")
    } else {
        name.to_owned()
    }
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path)
        .is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    // the Store's placeholders are empty
    std::fs::metadata(path).is_ok_and(|file| file.is_file() && file.len() > 0)
}

/// The interpreter of a virtual environment; the first place for it also where its base is gone,
/// so that an error names it.
pub(super) fn of_virtual(prefix: &Path) -> PathBuf {
    of_prefix(prefix).unwrap_or_else(|| prefix.join(INTERPRETERS[0]))
}

/// Where interpreters lie below a prefix.
const INTERPRETERS: [&str; 3] = if cfg!(windows) {
    ["Scripts/python.exe", "python.exe", "bin/python.exe"]
} else {
    ["bin/python", "bin/python3", "bin/pypy3"]
};

/// The interpreter below a prefix.
pub(super) fn of_prefix(prefix: &Path) -> Option<PathBuf> {
    INTERPRETERS
        .iter()
        .map(|place| normalise(&prefix.join(place)))
        .find(|path| path.is_file())
}

/// The virtual environment that an interpreter lies in: `pyvenv.cfg` beside it or one above
/// (PEP 405). Links are not resolved, for the interpreter of an environment is itself a link.
pub(super) fn virtual_prefix(command: &Path) -> Option<(PathBuf, PyvenvCfg)> {
    let folder = command.parent()?;
    [Some(folder), folder.parent()]
        .into_iter()
        .flatten()
        .find_map(|place| Some((place.to_path_buf(), PyvenvCfg::read(place)?)))
}

/// Prefix and layout of an interpreter outside virtual environments, where its files tell.
pub(super) fn layout(command: &Path) -> Option<(PathBuf, Layout)> {
    let command = real(command).ok()?;
    let name = command.file_name()?.to_str()?;
    let folder = command.parent()?;
    if cfg!(windows) {
        return Some((
            folder.to_path_buf(),
            Layout::of_interpreter(folder, dll_version(folder)?)?,
        ));
    }
    // a build of Apple's kind has a prefix and a user scheme of its own
    if command
        .components()
        .any(|part| part.as_os_str() == "Python.framework")
    {
        return None;
    }
    let prefix = folder.parent()?.to_path_buf();
    let layout = Layout::of_interpreter(&prefix, folder_version(name)?)?;
    Some((prefix, layout))
}

/// The version in the name of `python312.dll`.
fn dll_version(folder: &Path) -> Option<(u32, u32)> {
    fs_err::read_dir(folder).ok()?.flatten().find_map(|entry| {
        let name = entry.file_name().to_str()?.to_ascii_lowercase();
        let digits = name.strip_prefix("python3")?.strip_suffix(".dll")?;
        let digits = digits.strip_suffix('t').unwrap_or(digits);
        Some((3, digits.parse().ok()?))
    })
}

/// The interpreter that a virtual environment was made from: `home` is the folder it lies in.
pub(super) fn base(home: &Path, of: &Layout) -> Option<(PathBuf, Layout)> {
    let (major, minor) = of.version;
    [
        format!("python{major}.{minor}"),
        of.folder.clone(),
        "python3".to_owned(),
    ]
    .iter()
    .map(|name| home.join(executable_name(name)))
    .find_map(|command| layout(&command))
    .or_else(|| {
        // an unusual build: take the folders that are there
        let prefix = if cfg!(windows) { home } else { home.parent()? };
        let layout = Layout::of_virtual(prefix, Some(of.version))?;
        Some((prefix.to_path_buf(), layout))
    })
}

/// What decides where the user's site-packages folder is.
pub(super) struct UserSite<'a> {
    pub home: Option<&'a Path>,
    pub base: Option<&'a Path>,
    pub disabled: bool,
}

impl UserSite<'_> {
    /// The folder of `site.getusersitepackages()`, where it exists and is not switched off.
    pub fn of(&self, prefix: &Path, layout: &Layout) -> Option<PathBuf> {
        if self.disabled {
            return None;
        }
        let (major, minor) = layout.version;
        let suffix = if layout.is_free_threaded() { "t" } else { "" };
        let framework = prefix
            .components()
            .any(|part| part.as_os_str() == "Python.framework");
        let below = |base: PathBuf| {
            if cfg!(windows) {
                base.join(format!("Python{major}{minor}{suffix}"))
                    .join("site-packages")
            } else if framework {
                base.join("lib/python/site-packages")
            } else {
                let folder = format!("python{major}.{minor}{suffix}");
                base.join("lib").join(folder).join("site-packages")
            }
        };
        let base = match (self.base, self.home) {
            (Some(base), _) => base.to_path_buf(),
            (None, Some(home)) if cfg!(windows) => home.join("AppData/Roaming/Python"),
            (None, Some(home)) if framework => home
                .join("Library/Python")
                .join(format!("{major}.{minor}{suffix}")),
            (None, Some(home)) => home.join(".local"),
            (None, None) => return None,
        };
        Some(below(base)).filter(|folder| folder.is_dir())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_as_asked_for() {
        for (text, expected) in [
            ("3", Some((3, None, None, false))),
            ("3.12", Some((3, Some(12), None, false))),
            ("3.12.4", Some((3, Some(12), Some(4), false))),
            ("3.13t", Some((3, Some(13), None, true))),
            ("3.x", None),
            ("3.12.4.1", None),
            ("", None),
        ] {
            let wanted = Wanted::parse(text);
            let wanted = wanted.map(|w| (w.major, w.minor, w.patch, w.free_threaded));
            assert_eq!(wanted, expected, "{text}");
        }
    }
}
