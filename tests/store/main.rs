//! The store, from outside: environments that share it, tools that meet its links, and `wh cache`.

#![cfg(unix)]

mod bounds;
mod cache;
mod links;
mod sharing;

use std::path::{Path, PathBuf};

use wh_testing::{WheelBuilder, Workbench};

const WH: &str = env!("CARGO_BIN_EXE_wh");

fn wheel(name: &str, version: &str) -> WheelBuilder {
    WheelBuilder::new(name, version)
        .file(
            format!("{name}/__init__.py"),
            format!("version = {version:?}\n"),
        )
        .file(format!("{name}/inner/__init__.py"), "")
        .file(format!("{name}/inner/data.txt"), "data\n")
}

/// A lock of `app` and `lib`, and two environments.
fn bench() -> Option<Workbench> {
    let bench = Workbench::new(WH)?;
    let app = wheel("app", "1.0").entry_point("console_scripts", "app", "app:main");
    bench.lock(&[app.requires("lib"), wheel("lib", "1.5")], &["app"]);
    bench.environment("one");
    bench.environment("two");
    Some(bench)
}

/// The folder of the store, and those of the distributions in it.
fn store(bench: &Workbench) -> (PathBuf, Vec<PathBuf>) {
    let said = bench.sandbox.run(["cache", "info"]).expect(0).stdout;
    let folder = said.lines().next().and_then(|line| line.split_once(' '));
    let folder = Path::new(folder.expect("the first line names the cache").1).join("store-v3");
    let entries = std::fs::read_dir(&folder).into_iter().flatten().flatten();
    let paths = entries
        .map(|entry| entry.path())
        .filter(|path| path.is_dir());
    let mut paths: Vec<_> = paths.collect();
    paths.sort();
    (folder, paths)
}
