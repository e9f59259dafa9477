//! Makes a virtual environment (PEP 405) without running anything.
//!
//! The layout is the one of CPython's `venv` module: `pyvenv.cfg`, links to the interpreter
//! (copies of its launcher on Windows), an empty site-packages folder, `activate` scripts, and a
//! `.gitignore` that covers all of it. pip is not installed.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::layout;
use crate::probe::Probe;
use crate::pyvenv_cfg::PyvenvCfg;
use crate::scheme::SchemePaths;
use crate::search_path::normalise;

mod activate;
mod links;

/// What is asked for.
#[derive(Debug, Clone)]
pub struct VenvRequest<'a> {
    /// The folder, absolute.
    pub folder: PathBuf,
    /// The interpreter it is made from.
    pub probe: &'a Probe,
    /// What the shell's prompt shows; the folder's name where `None`.
    pub prompt: Option<String>,
    /// Whether it sees the distributions of the interpreter it is made from.
    pub system_site_packages: bool,
    /// Empty the folder first, if it is a virtual environment (`--clear`).
    pub clear: bool,
}

/// Why no environment was made.
#[derive(Debug, thiserror::Error)]
pub enum VenvError {
    /// The folder holds something else.
    #[error("`{}` is not empty and not a virtual environment", folder.display())]
    NotEmpty {
        /// The folder.
        folder: PathBuf,
    },
    /// The folder is an environment of another Python, whose distributions would stay unseen.
    #[error("`{}` is a virtual environment of another Python ({found})", folder.display())]
    OtherPython {
        /// The folder.
        folder: PathBuf,
        /// `python3.11`, as its folder below `lib` is called, or a version.
        found: String,
    },
    /// The path cannot be that of an environment.
    #[error("`{}` cannot be the path of a virtual environment: {reason}", folder.display())]
    BadPath {
        /// The folder.
        folder: PathBuf,
        /// Why not.
        reason: String,
    },
    /// The prompt cannot stand in `pyvenv.cfg`.
    #[error("the prompt holds a control character")]
    BadPrompt,
    /// A file could not be written.
    #[error(transparent)]
    Write(#[from] std::io::Error),
}

/// Makes it; gives the path of its interpreter. An environment of the same Python that is there
/// already is written anew, its site-packages kept.
///
/// # Errors
/// The folder holds something else, or an environment of another Python, its path or the prompt cannot be used, or a file cannot be
/// written.
pub fn create(request: &VenvRequest<'_>) -> Result<PathBuf, VenvError> {
    let folder = normalise(&request.folder);
    let text = usable(&folder)?;
    let name = folder.file_name().map(|name| name.to_string_lossy());
    let prompt = request.prompt.as_deref().or(name.as_deref());
    let prompt = prompt.unwrap_or("venv");
    if prompt.contains(char::is_control) {
        return Err(VenvError::BadPrompt);
    }
    prepare(&folder, request)?;

    let probe = request.probe;
    let base = links::base_interpreter(probe);
    let places = Places::of(probe, &folder);
    fs_err::create_dir_all(&places.site_packages)?;
    fs_err::create_dir_all(&places.scripts)?;
    fs_err::create_dir_all(folder.join(if probe.windows { "Include" } else { "include" }))?;
    links::lib64(probe, &folder)?;
    let interpreter = links::interpreters(probe, &base, &places.scripts)?;
    let labels = activate::Labels {
        folder: text,
        prompt,
        windows: probe.windows,
    };
    for (name, text) in activate::scripts(&labels) {
        write(&places.scripts.join(name), &text)?;
    }
    let gitignore = folder.join(".gitignore");
    if !gitignore.exists() {
        write(&gitignore, "# Created by wh\n*\n")?;
    }
    // last: it is what makes the folder an environment
    write(&folder.join("pyvenv.cfg"), &pyvenv_cfg(request, &base))?;
    Ok(interpreter)
}

/// Where distributions go in an environment that [`create`] made, without asking its interpreter: the
/// scheme `venv` of its `sysconfig`.
pub fn scheme(probe: &Probe, folder: &Path) -> SchemePaths {
    let places = Places::of(probe, folder);
    let headers = if probe.windows {
        folder.join("Include")
    } else {
        folder
            .join("include")
            .join("site")
            .join(python_folder(probe))
    };
    SchemePaths {
        purelib: places.site_packages.clone(),
        platlib: places.site_packages,
        scripts: places.scripts,
        headers,
        data: folder.to_path_buf(),
    }
}

/// The folders of an environment that depend on the interpreter's kind.
struct Places {
    site_packages: PathBuf,
    scripts: PathBuf,
}

impl Places {
    fn of(probe: &Probe, folder: &Path) -> Self {
        if probe.windows {
            return Self {
                site_packages: folder.join("Lib").join("site-packages"),
                scripts: folder.join("Scripts"),
            };
        }
        Self {
            site_packages: folder
                .join("lib")
                .join(python_folder(probe))
                .join("site-packages"),
            scripts: folder.join("bin"),
        }
    }
}

/// `python3.12`, `python3.13t`, `pypy3.10`: as the standard library's folder is called, because
/// that is what `site.py` looks for.
fn python_folder(probe: &Probe) -> String {
    let (major, minor, _) = probe.version;
    let own = probe.stdlib.file_name().and_then(|name| name.to_str());
    match own {
        Some(own) if layout::folder_version(own) == Some((major, minor)) => own.to_owned(),
        _ if probe.implementation == "pypy" => format!("pypy{major}.{minor}"),
        _ => format!(
            "python{major}.{minor}{}",
            if probe.free_threaded { "t" } else { "" }
        ),
    }
}

/// The path as text, if scripts and `PATH` can hold it.
fn usable(folder: &Path) -> Result<&str, VenvError> {
    let bad = |reason: &str| VenvError::BadPath {
        folder: folder.to_path_buf(),
        reason: reason.to_owned(),
    };
    if !folder.is_absolute() {
        return Err(bad("it is not absolute"));
    }
    let text = folder.to_str().ok_or_else(|| bad("it is not UTF-8"))?;
    if text.contains(char::is_control) {
        return Err(bad("it holds a control character"));
    }
    let separator = if cfg!(windows) { ';' } else { ':' };
    if text.contains(separator) {
        return Err(bad(
            "it holds the character that separates the folders of PATH",
        ));
    }
    Ok(text)
}

/// The folder must be new, empty, or an environment of this Python; only an environment is ever
/// emptied.
fn prepare(folder: &Path, request: &VenvRequest<'_>) -> Result<(), VenvError> {
    let entries = match fs_err::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Ok(fs_err::create_dir_all(folder)?);
        }
        Err(error) => return Err(error.into()),
    };
    let mut entries = entries.peekable();
    if entries.peek().is_some() && !folder.join("pyvenv.cfg").is_file() {
        return Err(VenvError::NotEmpty {
            folder: folder.to_path_buf(),
        });
    }
    if !request.clear
        && let Some(found) = other_python(folder, request.probe)
    {
        let folder = folder.to_path_buf();
        return Err(VenvError::OtherPython { folder, found });
    }
    if request.clear {
        for entry in entries {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                fs_err::remove_dir_all(entry.path())?;
            } else {
                fs_err::remove_file(entry.path())?;
            }
        }
    }
    Ok(())
}

/// The Python that an environment was made for, if it is another one.
fn other_python(folder: &Path, probe: &Probe) -> Option<String> {
    let own = python_folder(probe);
    let entries = std::fs::read_dir(folder.join("lib")).into_iter().flatten();
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut others = names.filter(|name| layout::folder_version(name).is_some() && *name != own);
    if let Some(other) = others.next().filter(|_| !probe.windows) {
        return Some(other);
    }
    let (major, minor) = PyvenvCfg::read(folder)?.version?;
    let same = (major, minor) == (probe.version.0, probe.version.1);
    (!same).then(|| format!("{major}.{minor}"))
}

fn pyvenv_cfg(request: &VenvRequest<'_>, base: &Path) -> String {
    let probe = request.probe;
    let (major, minor, patch) = probe.version;
    let home = base.parent().unwrap_or(base);
    let implementation = match probe.implementation.as_str() {
        "cpython" => "CPython",
        "pypy" => "PyPy",
        "graalpy" => "GraalVM",
        other => other,
    };
    let mut text = format!(
        "home = {}\nimplementation = {implementation}\nversion = {major}.{minor}.{patch}\n\
         version_info = {major}.{minor}.{patch}\ninclude-system-site-packages = {}\n\
         executable = {}\nwh = {}\n",
        home.display(),
        request.system_site_packages,
        base.display(),
        env!("CARGO_PKG_VERSION"),
    );
    if let Some(prompt) = &request.prompt {
        text.push_str(&format!("prompt = '{prompt}'\n"));
    }
    text
}

/// Writes beside the place, then renames.
fn write(path: &Path, text: &str) -> Result<(), VenvError> {
    use std::io::Write;
    let folder = path.parent().unwrap_or(path);
    let mut file = tempfile::Builder::new()
        .prefix(".wh-")
        .tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::Permissions::from_mode(0o644);
        file.as_file().set_permissions(mode)?;
    }
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
