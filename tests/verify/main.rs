//! `wh verify`, from outside: what a test takes away, changes or adds is what is named.

mod complete;
mod environment;
mod files;

use wh_testing::sandbox::Run;
use wh_testing::{WheelBuilder, Workbench};

const WH: &str = env!("CARGO_BIN_EXE_wh");

fn bench() -> Option<Workbench> {
    Workbench::new(WH)
}

/// A wheel with one module of the project's name.
fn wheel(name: &str, version: &str) -> WheelBuilder {
    let text = format!("version = {version:?}\n");
    WheelBuilder::new(name, version).file(format!("{name}/__init__.py"), text)
}

/// `app` requires `middle`, that `lib`, and on Windows `winlib` too.
fn chain() -> Vec<WheelBuilder> {
    vec![
        wheel("app", "1.0").requires("middle"),
        wheel("middle", "2.0")
            .requires("lib>=1")
            .requires("winlib; sys_platform == 'win32'"),
        wheel("lib", "1.5"),
        wheel("winlib", "3.0").tag("cp312-cp312-win_amd64"),
    ]
}

const BOTH: [&str; 5] = [
    "app",
    "--target",
    "cp312-linux",
    "--target",
    "cp312-windows",
];

fn verify(bench: &Workbench, arguments: &[&str], status: i32) -> Run {
    let all = ["verify", "wheels"].iter().chain(arguments);
    bench.sandbox.run(all).expect(status)
}

/// The lines of standard output that tell of a fault.
fn faults(run: &Run) -> Vec<&str> {
    let told = |line: &&str| line.starts_with("wrong: ") || line.starts_with("missing: ");
    run.stdout.lines().filter(told).collect()
}

fn remove(bench: &Workbench, file: &str) -> Vec<u8> {
    let path = bench.path(format!("wheels/{file}"));
    let bytes = std::fs::read(&path).unwrap();
    std::fs::remove_file(path).unwrap();
    bytes
}
