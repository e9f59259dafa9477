//! An upgrade and a removal leave what pip leaves of the same wheels, but for bytecode, of which pip
//! takes that of its own interpreter alone, and for empty folders.

use std::collections::BTreeSet;
use std::fs;

use wh_testing::{WheelBuilder, Workbench, tools};

use crate::bench;

/// Two versions that share some files and differ in folders, scripts, data and headers.
fn demo(version: &str) -> WheelBuilder {
    let major = &version[..1];
    WheelBuilder::new("demo", version)
        .file("demo/__init__.py", format!("version = {version:?}\n"))
        .file(format!("demo/only_{major}.py"), "")
        .file(format!("demo/deep/v{major}/inside.py"), "")
        .file(format!("ns/demo{major}/__init__.py"), "")
        .file(format!("top{major}.py"), "")
        .entry_point("console_scripts", &format!("demo{major}"), "demo:main")
        .script(&format!("script{major}"), "#!python\n")
        .data("data", &format!("share/demo{major}/x"), "")
        .data("headers", &format!("demo{major}.h"), "")
}

/// Bytecode: of pip, of another interpreter, with optimization, and beside its source.
const BYTECODE: [&str; 4] = [
    "demo/__pycache__/only_1.cpython-38.pyc",
    "demo/__pycache__/only_1.cpython-38.opt-1.pyc",
    "demo/only_1.pyc",
    "__pycache__/top1.pypy39.pyc",
];

/// An environment in which pip installed the first version, and Python left its marks.
fn old(bench: &Workbench, name: &str, tools: &tools::Tools) {
    let python = bench.environment(name);
    let mut pip = tools.pip(&python);
    pip.args([
        "install",
        "--no-index",
        "-f",
        "wheels",
        "demo==1.0",
        "other",
    ]);
    bench.finish(pip).expect(0);
    for path in BYTECODE {
        let path = bench.site_packages(name).join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "").unwrap();
    }
}

/// Paths below an environment, but for the new dist-info and what is in it.
fn paths(bench: &Workbench, name: &str) -> BTreeSet<String> {
    let all = bench.snapshot(name).0.into_keys();
    all.filter(|path| !path.contains("demo-2.0.dist-info"))
        .collect()
}

/// What pip leaves and `wh` does not, below site-packages; it must not be the other way round.
fn pip_leaves(bench: &Workbench) -> Vec<String> {
    let (pip, wh) = (paths(bench, "by-pip"), paths(bench, "env"));
    assert_eq!(wh.difference(&pip).collect::<Vec<_>>(), [""; 0]);
    let more = pip.difference(&wh);
    let more = more.map(|path| {
        path.split_once("site-packages/")
            .map_or(&**path, |path| path.1)
    });
    more.map(str::to_owned).collect()
}

fn both() -> Option<(Workbench, tools::Tools)> {
    let (bench, tools) = (bench()?, tools::tools()?);
    let other = WheelBuilder::new("other", "1.0").file("ns/other/__init__.py", "");
    bench.folder(&[demo("1.0"), demo("2.0"), other]);
    old(&bench, "by-pip", &tools);
    old(&bench, "env", &tools);
    Some((bench, tools))
}

#[test]
fn an_upgrade_of_what_pip_installed() {
    let Some((bench, tools)) = both() else { return };
    let mut pip = tools.pip(&bench.interpreter("by-pip"));
    pip.args([
        "install",
        "--no-index",
        "-f",
        "wheels",
        "--no-compile",
        "-U",
        "demo",
    ]);
    bench.finish(pip).expect(0);
    bench.install(&["-U", "demo"]).expect(0);
    let theirs = [
        "__pycache__",
        "__pycache__/top1.pypy39.pyc",
        "demo/__pycache__",
        "demo/__pycache__/only_1.cpython-38.opt-1.pyc",
        "demo/__pycache__/only_1.cpython-38.pyc",
    ];
    assert_eq!(pip_leaves(&bench), theirs);
}

#[test]
fn a_removal_of_what_pip_installed() {
    let Some((bench, tools)) = both() else { return };
    let mut pip = tools.pip(&bench.interpreter("by-pip"));
    pip.args(["uninstall", "-y", "demo"]);
    bench.finish(pip).expect(0);
    let python = bench.interpreter("env").display().to_string();
    bench
        .sandbox
        .run(["uninstall", "--python", &python, "demo"])
        .expect(0);
    let theirs = [
        "__pycache__",
        "__pycache__/top1.pypy39.pyc",
        // with that, and once its files are gone, empty folders
        "demo",
        "demo/__pycache__",
        "demo/__pycache__/only_1.cpython-38.opt-1.pyc",
        "demo/__pycache__/only_1.cpython-38.pyc",
        "demo/deep",
        "share",
    ];
    assert_eq!(pip_leaves(&bench), theirs);
}
