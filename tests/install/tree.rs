//! The installed tree equals the one that pip makes of the same wheels: files, bytes, modes and
//! RECORD rows, but for INSTALLER and the texts of launchers.

use std::collections::BTreeSet;
use std::path::Path;

use wh_testing::snapshot::{Snapshot, Thing};
use wh_testing::tools::Tools;
use wh_testing::zip::Entry;
use wh_testing::{WheelBuilder, Workbench, snapshot, tools};

use crate::{WH, bench};

/// Everything that a wheel may hold.
fn wheels() -> Vec<WheelBuilder> {
    let all = WheelBuilder::new("All.Kinds", "1.0")
        .spelled("all_kinds-1.0")
        .file(
            "all_kinds/__init__.py",
            "def main(): print('hello', __name__)\n",
        )
        .file("all_kinds/data with space.txt", "text\n")
        .file("all_kinds/a,b.txt", "a comma\n")
        .file("all_kinds/empty.txt", "")
        .file("all_kinds/umläut.txt", "ü\n")
        .executable("all_kinds/tool.sh", "#!/bin/sh\n")
        .file("ns/one/__init__.py", "")
        .file("top.py", "#!python\n")
        .data("purelib", "all_kinds/pure.py", "pure = 1\n")
        .data("platlib", "all_kinds/plat.py", "plat = 1\n")
        .data("headers", "kinds.h", "#define KINDS\n")
        .data("data", "share/kinds/doc.txt", "doc\n")
        .data("data", "etc/kinds.conf", "conf\n")
        .entry(Entry {
            mode: 0o100_755,
            ..Entry::new("all_kinds-1.0.data/data/share/kinds/run", "x")
        })
        .script(
            "kinds-script",
            "#!python\nimport all_kinds; all_kinds.main()\n",
        )
        .script(
            "kinds-windowed",
            "#!pythonw\nimport all_kinds; all_kinds.main()\n",
        )
        .script("kinds-shell", "#!/bin/sh\necho shell\n")
        .script("kinds-binary", b"\x7fELF\0\xff\xfe")
        .dist_info_file("licenses/LICENSE", "free\n")
        .dist_info_file("sboms/a.json", "{}\n")
        .entry_point("console_scripts", "kinds", "all_kinds:main")
        .entry_point("gui_scripts", "kinds-gui", "all_kinds:main")
        .entry_point("some.plugins", "x", "all_kinds:main");
    let second = WheelBuilder::new("second", "2.0+local.1")
        .purelib(false)
        .build_tag("1")
        .file("ns/two/__init__.py", "")
        .file("second.pth", "# nothing\n")
        .data("data", "share/kinds/second.txt", "doc\n");
    vec![all, second]
}

/// Files that say who installed: their rows and bytes differ by design.
fn names_the_tool(path: &str) -> bool {
    ["INSTALLER", "REQUESTED", "direct_url.json"]
        .iter()
        .any(|name| path.ends_with(&format!(".dist-info/{name}")))
}

fn rows(text: &str, launchers: &BTreeSet<String>) -> BTreeSet<String> {
    text.lines()
        .filter(|row| !names_the_tool(row.split(',').next().unwrap_or_default()))
        .map(|row| {
            match launchers
                .iter()
                .find(|name| row.contains(&format!("/bin/{name},")))
            {
                Some(name) => format!("launcher {name}"),
                None => row.to_owned(),
            }
        })
        .collect()
}

/// Scripts whose text has the interpreter in it.
fn launchers(tree: &Snapshot) -> BTreeSet<String> {
    let script = |(path, thing): (&String, &Thing)| {
        let name = path.strip_prefix("bin/")?;
        match thing {
            Thing::File(_, bytes) if bytes.starts_with(b"#!") => Some(name.to_owned()),
            _ => None,
        }
    };
    tree.0.iter().filter_map(script).collect()
}

/// What differs between two environments, launchers compared by mode alone.
fn apart(one: &Path, other: &Path) -> Vec<String> {
    let trees = [one, other].map(|folder| {
        snapshot(folder).without(|path| {
            names_the_tool(path)
                || path == "pyvenv.cfg"
                || path.to_lowercase().starts_with("bin/activate")
                || path.ends_with("__pycache__")
                || path.ends_with(".pyc")
        })
    });
    let launchers = launchers(&trees[0]);
    let mut lines = Vec::new();
    let [one, other] = trees.map(|mut tree| {
        for (path, thing) in &mut tree.0 {
            let Thing::File(_, bytes) = thing else {
                continue;
            };
            if path.ends_with(".dist-info/RECORD") {
                let rows = rows(&String::from_utf8_lossy(bytes), &launchers);
                *bytes = Vec::from_iter(rows).join("\n").into_bytes();
            } else if path
                .strip_prefix("bin/")
                .is_some_and(|name| launchers.contains(name))
            {
                bytes.clear();
            }
        }
        tree
    });
    lines.extend(one.differences(&other));
    lines
}

/// Installs the same wheels with `wh` and with pip.
fn both(bench: &Workbench, tools: &Tools, names: [&str; 2]) {
    let mut wheels: Vec<_> = std::fs::read_dir(bench.path("wheels"))
        .unwrap()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    wheels.retain(|path| path.extension().is_some_and(|extension| extension == "whl"));
    for name in names {
        bench.environment(name);
    }
    bench.install_into(names[0], &[]).expect(0);
    let mut pip = tools.pip(&bench.interpreter(names[1]));
    pip.args([
        "install",
        "--quiet",
        "--no-compile",
        "--no-index",
        "--no-deps",
    ])
    .args(wheels);
    bench.finish(pip).expect(0);
}

#[cfg(unix)]
#[test]
fn the_tree_equals_that_of_pip() {
    let (Some(bench), Some(tools)) = (bench(), tools()) else {
        return;
    };
    bench.folder(&wheels());
    both(&bench, &tools, ["a", "b"]);
    assert_eq!(apart(&bench.path("a"), &bench.path("b")), [""; 0]);
}

/// Scripts run, and say which interpreter they run with, from any path.
#[cfg(unix)]
#[test]
fn scripts_run_from_odd_paths() {
    let Some(bench) = bench() else { return };
    bench.folder(&wheels());
    let long = format!("deep/{}", "long-name-of-a-folder/".repeat(7));
    for name in [
        "plain",
        "with space",
        "quote'd",
        "dollar$HOME",
        "ünïcode",
        long.trim_end_matches('/'),
    ] {
        bench.environment(name);
        bench.install_into(name, &[]).expect(0);
        for script in ["kinds", "kinds-gui"] {
            let run = bench
                .run(bench.path(name).join("bin").join(script), [""; 0])
                .expect(0);
            assert_eq!(run.stdout, "hello all_kinds\n", "{name} {script}");
        }
        for script in ["kinds-script", "kinds-windowed"] {
            let run = bench
                .run(bench.path(name).join("bin").join(script), [""; 0])
                .expect(0);
            assert_eq!(run.stdout, "hello all_kinds\n", "{name} {script}");
        }
        let run = bench
            .run(bench.path(name).join("bin/kinds-shell"), [""; 0])
            .expect(0);
        assert_eq!(run.stdout, "shell\n");
    }
}

/// The first lines that scripts get equal pip's.
#[cfg(unix)]
#[test]
fn shebangs_equal_those_of_pip() {
    let (Some(bench), Some(tools)) = (bench(), tools()) else {
        return;
    };
    bench.folder(&wheels());
    for name in ["plain", "with space"] {
        let other = format!("{}x", &name[..name.len() - 1]);
        both(&bench, &tools, [name, &other]);
        // pip gives built scripts a first line that no kernel reads where the path is odd
        let built = ["kinds-script", "kinds-windowed", "kinds-shell"];
        let built = if name == "plain" { &built[..] } else { &[] };
        for script in ["kinds", "kinds-gui"].iter().chain(built) {
            let head = |name: &str| {
                let text = std::fs::read(bench.path(name).join("bin").join(script)).unwrap();
                let text = String::from_utf8_lossy(&text).into_owned();
                let lines = text
                    .lines()
                    .take_while(|line| line.starts_with("#!") || line.starts_with('\''));
                lines
                    .collect::<Vec<_>>()
                    .join("\n")
                    .replace(&bench.path(name).display().to_string(), "PREFIX")
            };
            assert_eq!(head(name), head(&other), "{name} {script}");
        }
    }
}

/// Where pip goes another way: it drops the arguments of an interpreter, and leaves a script that
/// was built on Windows without the executable bits that the specification asks for.
#[cfg(unix)]
#[test]
fn scripts_that_pip_spoils() {
    use std::os::unix::fs::PermissionsExt;
    let Some(bench) = bench() else { return };
    let text = "#!python -s\nimport sys; print(sys.flags.no_user_site)\n";
    bench.folder(&[WheelBuilder::new("scripts", "1").data("scripts", "isolated", text)]);
    for name in ["plain", "with space"] {
        bench.environment(name);
        bench.install_into(name, &[]).expect(0);
        let script = bench.path(name).join("bin/isolated");
        assert_eq!(
            script.metadata().unwrap().permissions().mode() & 0o777,
            0o755
        );
        assert_eq!(bench.run(script, [""; 0]).expect(0).stdout, "1\n");
    }
}

/// With real wheels, where PyPI can be reached.
#[cfg(unix)]
#[test]
fn real_wheels_are_installed_as_by_pip() {
    let (Some(bench), Some(tools)) = (bench(), tools()) else {
        return;
    };
    let python = bench.python.path.display().to_string();
    let real = [
        "download",
        "--retries",
        "1",
        "--python",
        &python,
        "numpy",
        "black",
        "greenlet",
        "sphinx",
        "jupyterlab",
    ];
    let run = bench.sandbox.run(real);
    if run.status == Some(3) {
        return wh_testing::sandbox::skipped(&format!(
            "PyPI cannot be reached from {WH}: {}",
            run.stderr
        ));
    }
    run.expect(0);
    both(&bench, &tools, ["a", "b"]);
    assert_eq!(apart(&bench.path("a"), &bench.path("b")), [""; 0]);
    let check = bench.finish({
        let mut pip = tools.pip(&bench.interpreter("a"));
        pip.arg("check");
        pip
    });
    check.expect(0);
}
