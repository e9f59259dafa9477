//! `--prefix`, `--root` and `--user` go where pip goes, by the interpreter's own account: plain Pythons,
//! and Debian's with its `local` and `dist-packages`.

use std::path::Path;
use std::process::Command;

use wh_testing::sandbox::{Python, finish, pythons, skipped};
use wh_testing::tools::Tools;
use wh_testing::{Workbench, tools};

use crate::{WH, wheel};

/// The newest Python and the oldest that the pip at hand runs with, and the system's own.
fn interpreters() -> Vec<Python> {
    let mut all: Vec<Python> = pythons();
    all.retain(|python| python.version >= (3, 10));
    all.sort_by_key(|python| python.version);
    let newest = all.pop();
    all.truncate(1);
    all.extend(newest);
    let system = Path::new("/usr/bin/python3");
    match system.exists() {
        true => all.push(Python {
            version: (3, 0),
            implementation: "cpython".to_owned(),
            path: system.to_owned(),
        }),
        false => skipped("no /usr/bin/python3"),
    }
    all
}

/// pip in this interpreter itself, since `--python` would not do for `--user`.
fn pip(bench: &Workbench, tools: &Tools) -> Command {
    let code = "import pip, os; print(os.path.dirname(os.path.dirname(pip.__file__)))";
    let folder = bench.run(tools.python(), ["-c", code]).expect(0).stdout;
    let mut command = Command::new(&bench.python.path);
    bench.sandbox.prepare(&mut command);
    command
        .env("PYTHONPATH", folder.trim())
        .args(["-m", "pip", "install", "--no-index", "--no-compile"])
        .args([
            "--disable-pip-version-check",
            "--ignore-installed",
            "--break-system-packages",
        ]);
    command
}

#[test]
fn files_lie_where_pip_puts_them() {
    let Some(tools) = tools() else { return };
    for python in interpreters() {
        let name = python.path.display().to_string();
        let mut bench = Workbench::with(WH, python);
        bench.folder(&[wheel("every", "1.0")
            .entry_point("console_scripts", "every-command", "every:main")
            .data("data", "share/every.txt", "")
            .data("headers", "every.h", "")
            .data("platlib", "every/plat.py", "")]);
        let here = bench
            .path("wheels/every-1.0-py3-none-any.whl")
            .display()
            .to_string();
        let wh = [
            "install",
            "-f",
            "wheels",
            "--python",
            &name,
            "--break-system-packages",
        ];
        for arguments in [
            &["--prefix", "PLACE"][..],
            &["--root", "PLACE"],
            &["--root", "PLACE", "--prefix", "/opt/every"],
            &["--user"],
        ] {
            let mut trees = Vec::new();
            for side in ["pip", "wh"] {
                let place = bench.path(side);
                bench.sandbox.variable("PYTHONUSERBASE", &place);
                let with = |text: &&str| text.replace("PLACE", &place.display().to_string());
                let arguments: Vec<String> = arguments.iter().map(with).collect();
                let mut command = match side {
                    "pip" => pip(&bench, &tools),
                    _ => bench.sandbox.command(wh),
                };
                command.args(arguments).arg(&here);
                finish(command).expect(0);
                let mut tree = wh_testing::sandbox::tree(&place);
                tree.retain(|path| !path.ends_with("/INSTALLER"));
                trees.push(tree);
                std::fs::remove_dir_all(place).unwrap();
            }
            assert_eq!(trees[0], trees[1], "{name} {arguments:?}");
        }
    }
}
