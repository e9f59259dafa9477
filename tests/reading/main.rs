//! `wh check`, `wh list`, `wh show`, `wh tree`, from outside: what the newest pip says of the same
//! environment, and what pip does not know.

mod check;
mod list;
mod show;
mod tree;

use wh_testing::sandbox::Run;
use wh_testing::tools::Tools;
use wh_testing::{WheelBuilder, Workbench, tools};

const WH: &str = env!("CARGO_BIN_EXE_wh");

fn both() -> Option<(Workbench, Tools)> {
    Some((Workbench::new(WH)?, tools()?))
}

/// A wheel with nothing but a name.
fn wheel(name: &str, version: &str) -> WheelBuilder {
    WheelBuilder::new(name, version)
        .file(format!("{}.py", wh_testing::wheel::escaped_name(name)), "")
}

/// An environment `env` with these wheels in it, whatever they require.
fn with(bench: &Workbench, wheels: &[WheelBuilder]) {
    bench.folder(wheels);
    bench.environment("env");
    let mut arguments = vec!["--no-deps"];
    arguments.extend(wheels.iter().map(WheelBuilder::name));
    if !wheels.is_empty() {
        bench.install(&arguments).expect(0);
    }
}

/// A `wh` command on `env`, whose interpreter must not be started.
fn wh(bench: &Workbench, arguments: &[&str]) -> Run {
    bench
        .sandbox
        .run(arguments.iter().chain(&["--python", "env"]))
}

/// A pip command on `env`.
fn pip(bench: &Workbench, tools: &Tools, arguments: &[&str]) -> Run {
    let mut pip = tools.pip(&bench.interpreter("env"));
    pip.args(arguments);
    bench.finish(pip)
}

/// Both say the same on standard output, line by line in the same order, with the same status.
#[track_caller]
fn equal(bench: &Workbench, tools: &Tools, arguments: &[&str]) -> String {
    let theirs = pip(bench, tools, arguments);
    let ours = wh(bench, arguments);
    assert_eq!(ours.stdout, theirs.stdout, "{arguments:?}\n{}", ours.stderr);
    assert_eq!(ours.status, theirs.status, "{arguments:?}\n{}", ours.stderr);
    ours.stdout
}

/// Puts a dist-info by hand into site-packages, as other installers leave them.
fn dist_info(bench: &Workbench, name: &str, version: &str, files: &[(&str, &str)]) {
    let folder = bench.site_packages("env").join(format!(
        "{}-{version}.dist-info",
        wh_testing::wheel::escaped_name(name)
    ));
    std::fs::create_dir_all(&folder).unwrap();
    let metadata = format!("Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n");
    std::fs::write(folder.join("METADATA"), metadata).unwrap();
    for (file, text) in files {
        std::fs::write(folder.join(file), text).unwrap();
    }
}
