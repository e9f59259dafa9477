//! Launchers: the files that entry points of a wheel become.

mod windows;

use wh_packaging::entry_points::{EntryPoint, EntryPoints};

use crate::error::Fault;
use crate::plan::Layout;
use crate::shebang::shebang;
pub use windows::WindowsMachine;

/// A launcher to write into the scripts folder.
pub(crate) struct Launcher {
    pub file: String,
    pub bytes: Vec<u8>,
}

/// The launchers of a wheel, for the interpreter that `layout` names.
pub(crate) fn launchers(points: &EntryPoints, layout: &Layout) -> Result<Vec<Launcher>, Fault> {
    let mut wanted: Vec<(EntryPoint, bool)> = Vec::new();
    let gui = points.gui.iter().cloned();
    let console = versioned(&points.console, layout.python_version);
    for (point, gui) in gui
        .map(|p| (p, true))
        .chain(console.into_iter().map(|p| (p, false)))
    {
        // Of one name in both groups the gui one stands, as in pip.
        let file = file_name(&point, layout);
        if !wanted
            .iter()
            .any(|(other, _)| file_name(other, layout) == file)
        {
            wanted.push((point, gui));
        }
    }
    let make = |(point, gui): &(EntryPoint, bool)| launcher(point, *gui, layout);
    wanted.iter().map(make).collect()
}

/// What tells launchers apart: Windows merges names by case.
fn file_name(point: &EntryPoint, layout: &Layout) -> String {
    match layout.windows {
        Some(_) => windows::file_name(&point.name).to_lowercase(),
        None => point.name.clone(),
    }
}

fn launcher(point: &EntryPoint, gui: bool, layout: &Layout) -> Result<Launcher, Fault> {
    let program = program(point);
    if let Some(machine) = layout.windows {
        return windows::launcher(point, gui, (machine, layout), &program);
    }
    let line = shebang(&layout.python_text(), "", false);
    Ok(Launcher {
        file: point.name.clone(),
        bytes: (line + &program).into_bytes(),
    })
}

/// The program text. Python 3.8 has no `str.removesuffix`, which the text could use otherwise.
fn program(point: &EntryPoint) -> String {
    let (module, object) = (&point.module, &point.object);
    let import = object.split('.').next().unwrap_or(object);
    format!(
        "import sys\n\
         from {module} import {import}\n\
         if __name__ == '__main__':\n\
         \x20   if sys.argv[0].endswith('.exe'):\n\
         \x20       sys.argv[0] = sys.argv[0][:-4]\n\
         \x20   sys.exit({object}())\n"
    )
}

/// pip and setuptools write the version of the Python that built the wheel into the names of some
/// entry points; these are replaced by the version that they are installed for.
fn versioned(console: &[EntryPoint], (major, minor): (u64, u64)) -> Vec<EntryPoint> {
    let mut all = console.to_vec();
    let sets = [
        (
            "pip",
            "pip",
            vec![format!("pip{major}"), format!("pip{major}.{minor}")],
        ),
        (
            "easy_install",
            "easy_install-",
            vec![format!("easy_install-{major}.{minor}")],
        ),
    ];
    for (plain, prefix, names) in sets {
        let Some(point) = all.iter().find(|point| point.name == plain).cloned() else {
            continue;
        };
        all.retain(|other| {
            let version = other.name.strip_prefix(prefix);
            !version.is_some_and(|rest| !rest.is_empty() && is_version(rest))
        });
        all.extend(names.into_iter().map(|name| EntryPoint {
            name,
            ..point.clone()
        }));
    }
    all
}

fn is_version(text: &str) -> bool {
    text.split('.').count() <= 2
        && text
            .split('.')
            .all(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(name: &str) -> EntryPoint {
        EntryPoint {
            name: name.to_owned(),
            module: "pkg.cli".to_owned(),
            object: "App.main".to_owned(),
        }
    }

    #[test]
    fn versioned_names() {
        fn check(names: &[&str], expected: &[&str]) {
            let console: Vec<_> = names.iter().map(|name| point(name)).collect();
            let found = versioned(&console, (3, 11));
            let found: Vec<_> = found.iter().map(|point| point.name.as_str()).collect();
            assert_eq!(found, expected, "{names:?}");
        }
        check(&["pip", "pip3", "pip3.9"], &["pip", "pip3", "pip3.11"]);
        check(&["pip3", "pipx"], &["pip3", "pipx"]);
        check(
            &["easy_install", "easy_install-3.8", "pip-x"],
            &["easy_install", "pip-x", "easy_install-3.11"],
        );
    }

    #[test]
    fn the_program_imports_the_first_part_and_calls_the_whole() {
        let program = program(&point("x"));
        assert!(program.contains("\nfrom pkg.cli import App\n"));
        assert!(program.ends_with("\n    sys.exit(App.main())\n"));
    }
}
