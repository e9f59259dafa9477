//! Which scripts a wheel may bring: entry points and the files of `scripts/`.

use wh_packaging::entry_points::{EntryPoint, EntryPoints};

use crate::error::Fault;

/// Refuses entry points that cannot become a launcher, or that would stand for the interpreter.
pub(crate) fn judge_entry_points(entry_points: &EntryPoints) -> Result<(), Fault> {
    for entry_point in entry_points.console.iter().chain(&entry_points.gui) {
        judge_name(&entry_point.name)?;
        judge_target(entry_point)?;
    }
    Ok(())
}

/// Refuses a script name that is no plain file name, or an interpreter's.
pub(crate) fn judge_name(name: &str) -> Result<(), Fault> {
    let script = || name.to_owned();
    if name.is_empty() || name.contains(['/', '\\', ':']) || crate::names::clean(name).is_err() {
        return Err(Fault::ScriptName { script: script() });
    }
    if is_interpreter(name) {
        return Err(Fault::ScriptIsInterpreter { script: script() });
    }
    Ok(())
}

/// Module and object are pasted into a Python program: they must be dotted identifiers.
fn judge_target(entry_point: &EntryPoint) -> Result<(), Fault> {
    let script = || entry_point.name.clone();
    if entry_point.object.is_empty() {
        return Err(Fault::ScriptWithoutFunction { script: script() });
    }
    if is_dotted(&entry_point.module) && is_dotted(&entry_point.object) {
        return Ok(());
    }
    Err(Fault::ScriptTarget {
        script: script(),
        value: format!("{}:{}", entry_point.module, entry_point.object),
    })
}

fn is_dotted(path: &str) -> bool {
    path.split('.').all(|part| {
        part.chars()
            .next()
            .is_some_and(|c| c.is_alphabetic() || c == '_')
            && part.chars().all(|c| c.is_alphanumeric() || c == '_')
    })
}

/// `python`, `pythonw`, `python3`, `python3.13t`, `pypy3.11`, with or without `.exe`, in any case.
fn is_interpreter(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let name = name.strip_suffix(".exe").unwrap_or(&name);
    let Some(rest) = ["pythonw", "python", "pypyw", "pypy"]
        .iter()
        .find_map(|interpreter| name.strip_prefix(interpreter))
    else {
        return false;
    };
    let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    rest.chars().all(|c| matches!(c, 'd' | 't' | 'w'))
}

/// Whether a file of `scripts/` is a wrapper that setuptools made for an entry point; the launcher
/// stands in its place.
pub(crate) fn is_wrapper(file: &str, entry_points: &EntryPoints) -> bool {
    let lower = file.to_ascii_lowercase();
    let stem = [".exe", "-script.py", ".pya"]
        .iter()
        .find(|suffix| lower.ends_with(**suffix))
        .and_then(|suffix| file.get(..file.len() - suffix.len()))
        .unwrap_or(file);
    let mut all = entry_points.console.iter().chain(&entry_points.gui);
    all.any(|entry_point| entry_point.name == stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interpreters() {
        let check =
            |name: &str, expected: bool| assert_eq!(is_interpreter(name), expected, "{name}");
        for name in [
            "python",
            "Python",
            "python3",
            "python3.11",
            "python3.13t",
            "pythonw",
            "PYTHON.EXE",
            "pythonw.exe",
            "pythonw3",
            "pypy3",
            "python3.11d",
            "python3w.exe",
        ] {
            check(name, true);
        }
        for name in [
            "ipython",
            "python-config",
            "pythonic",
            "python3-config",
            "py",
            "pypyr",
            "bpython",
        ] {
            check(name, false);
        }
    }

    #[test]
    fn targets() {
        fn check(module: &str, object: &str, expected: bool) {
            let entry_point = EntryPoint {
                name: "x".to_owned(),
                module: module.to_owned(),
                object: object.to_owned(),
            };
            assert_eq!(
                judge_target(&entry_point).is_ok(),
                expected,
                "{module}:{object}"
            );
        }
        check("a.b_c", "D.e", true);
        check("ä", "main", true);
        check("a", "", false);
        check("a;import os", "main", false);
        check("a", "main()", false);
        check("a.", "main", false);
        check("1a", "main", false);
        check("", "main", false);
    }

    #[test]
    fn names() {
        for name in [
            "../x",
            "a/b",
            "a\\b",
            "C:x",
            "",
            ".",
            "..",
            "x\n",
            "Python3.EXE",
        ] {
            assert!(judge_name(name).is_err(), "{name:?}");
        }
        for name in ["x", "my tool", "x.sh", "jupyter-lab"] {
            assert!(judge_name(name).is_ok(), "{name:?}");
        }
    }
}
