//! Files that no RECORD lists and that are at home all the same.

use std::path::Path;

use super::listed::Listed;

/// Whether a file in the scripts' folder of a virtual environment is one that its maker put there, or
/// a script of setuptools.
pub(super) fn among_scripts(path: &Path, listed: &Listed) -> bool {
    of_venv(path) || listed.develops && is_easy_installed(path)
}

/// What makers of virtual environments put beside the scripts.
fn of_venv(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let lower = name.to_ascii_lowercase();
    let stem = lower.split('.').next().unwrap_or_default();
    let made = ["activate", "activate_this", "deactivate"].contains(&stem) || lower == "pydoc.bat";
    // python3.13t, pythonw.exe, python_d.exe
    let version = |rest: &str| {
        let rest = rest.strip_suffix(".exe").unwrap_or(rest);
        let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        ["", "t", "w", "_d", "w_d"].contains(&rest)
    };
    let interpreter = ["python", "pypy", "graalpy", "\u{1d70b}thon"]
        .iter()
        .any(|stem| lower.strip_prefix(stem).is_some_and(version));
    made || interpreter
}

/// `setup.py develop` and its like write who they are into the second line.
fn is_easy_installed(path: &Path) -> bool {
    let text = std::fs::read(path).unwrap_or_default();
    let mut lines = text.split(|byte| *byte == b'\n');
    lines
        .nth(1)
        .is_some_and(|line| line.starts_with(b"# EASY-INSTALL-"))
}

/// Bytecode of a source that is listed or at home, signatures of RECORD, and what virtualenv, uv
/// and CPython leave at the top of site-packages.
pub(super) fn in_site_packages(path: &Path, folder: &Path, listed: &Listed) -> bool {
    let (Some(parent), Some(name)) = (path.parent(), path.file_name().and_then(|n| n.to_str()))
    else {
        return false;
    };
    let at_top = parent == folder;
    match name {
        "_virtualenv.py" | "_virtualenv.pth" | "README.txt" if at_top => return true,
        "RECORD.jws" | "RECORD.p7s" => {
            return parent.extension().is_some_and(|end| end == "dist-info");
        }
        _ => {}
    }
    if listed.claims(path) {
        return true;
    }
    let in_cache = parent.file_name().is_some_and(|name| name == "__pycache__");
    let stem = name.strip_suffix(".pyc").or(name.strip_suffix(".pyo"));
    let Some(stem) = stem else {
        return false;
    };
    let sources = match (in_cache, parent.parent()) {
        (true, Some(above)) => above,
        _ => parent,
    };
    // module.cpython-311.opt-1
    let ends = stem
        .match_indices('.')
        .map(|(at, _)| at)
        .chain([stem.len()]);
    ends.map(|end| sources.join(format!("{}.py", &stem[..end])))
        .any(|source| {
            listed.files.contains_key(&source)
                || listed.claims(&source)
                || source == folder.join("_virtualenv.py")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_belongs_to_a_virtual_environment() {
        for (name, expected) in [
            ("python", true),
            ("python3.13t", true),
            ("pythonw.exe", true),
            ("pypy3.10", true),
            ("\u{1d70b}thon", true),
            ("Activate.ps1", true),
            ("activate_this.py", true),
            ("python-evil", false),
            ("pythonic", false),
            ("activated", false),
        ] {
            assert_eq!(of_venv(Path::new(name)), expected, "{name}");
        }
    }
}
