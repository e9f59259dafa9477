//! The interpreter inside the environment: links on POSIX, launchers on Windows.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::VenvError;
use crate::probe::Probe;
use crate::search_path::real;

/// The interpreter that the environment stands on. Its folder becomes `home`, from which Python
/// finds its standard library: a link from elsewhere (`/usr/local/bin/python3` into `/opt`) is
/// resolved where the library does not lie beside it.
pub(super) fn base_interpreter(probe: &Probe) -> PathBuf {
    let base = &probe.base_executable;
    let prefix = base.parent().and_then(|folder| {
        if probe.windows {
            Some(folder)
        } else {
            folder.parent()
        }
    });
    if prefix.is_some_and(|prefix| probe.stdlib.starts_with(prefix)) {
        return base.clone();
    }
    real(base).unwrap_or_else(|_| base.clone())
}

/// Puts the interpreter's names into `scripts`; gives the path of `python`.
pub(super) fn interpreters(
    probe: &Probe,
    base: &Path,
    scripts: &Path,
) -> Result<PathBuf, VenvError> {
    if probe.windows {
        return launchers(probe, base, scripts);
    }
    let (major, minor, _) = probe.version;
    let python = scripts.join("python");
    link(base, &python)?;
    let mut names = vec![format!("python{major}"), format!("python{major}.{minor}")];
    if probe.free_threaded {
        names.push(format!("python{major}.{minor}t"));
    }
    if probe.implementation == "pypy" {
        names.extend([
            "pypy".to_owned(),
            format!("pypy{major}"),
            format!("pypy{major}.{minor}"),
        ]);
    }
    for name in names {
        link(Path::new("python"), &scripts.join(name))?;
    }
    Ok(python)
}

/// `lib64` beside `lib`, as CPython makes it on 64-bit systems other than macOS.
pub(super) fn lib64(probe: &Probe, folder: &Path) -> Result<(), VenvError> {
    let wanted = !probe.windows && cfg!(target_pointer_width = "64") && !cfg!(target_os = "macos");
    let path = folder.join("lib64");
    if wanted && std::fs::symlink_metadata(&path).is_err() {
        link(Path::new("lib"), &path)?;
    }
    Ok(())
}

#[cfg(unix)]
fn link(target: &Path, path: &Path) -> Result<(), VenvError> {
    remove(path)?;
    Ok(std::os::unix::fs::symlink(target, path)?)
}

#[cfg(not(unix))]
fn link(target: &Path, path: &Path) -> Result<(), VenvError> {
    let target = path.parent().unwrap_or(path).join(target);
    copy(&target, path)
}

fn remove(path: &Path) -> Result<(), VenvError> {
    match fs_err::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

fn copy(from: &Path, to: &Path) -> Result<(), VenvError> {
    remove(to)?;
    fs_err::copy(from, to)?;
    Ok(())
}

/// CPython for Windows brings small launchers that read `pyvenv.cfg` and start the interpreter of
/// `home`; other builds copy the interpreter and the libraries beside it.
fn launchers(probe: &Probe, base: &Path, scripts: &Path) -> Result<PathBuf, VenvError> {
    let templates = probe.base_prefix.join("Lib/venv/scripts/nt");
    let mark = if probe.free_threaded { "t" } else { "" };
    let python = scripts.join("python.exe");
    let mut copied = false;
    for (name, kind) in [
        ("python.exe", "venvlauncher"),
        ("pythonw.exe", "venvwlauncher"),
    ] {
        let candidates = [
            templates.join(format!("{kind}{mark}.exe")),
            templates.join(name),
        ];
        if let Some(template) = candidates.iter().find(|path| path.is_file()) {
            copy(template, &scripts.join(name))?;
            copied = true;
        }
    }
    if copied {
        return Ok(python);
    }
    let home = base.parent().unwrap_or(base);
    for entry in fs_err::read_dir(home)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().to_ascii_lowercase();
        let is_part =
            name.ends_with(".dll") || (name.starts_with("python") && name.ends_with(".exe"));
        if is_part {
            copy(&entry.path(), &scripts.join(entry.file_name()))?;
        }
    }
    if !python.is_file() {
        copy(base, &python)?;
    }
    Ok(python)
}
