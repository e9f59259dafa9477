//! `wh freeze`, from outside: byte for byte what the newest pip says of the same environment, but
//! for the two differences that are on purpose.

mod environments;
mod on_purpose;
mod options;

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

/// An environment `env` with these wheels in it.
fn with(bench: &Workbench, wheels: &[WheelBuilder]) {
    bench.folder(wheels);
    bench.environment("env");
    if !wheels.is_empty() {
        bench.install(&["--no-deps"]).expect(0);
    }
}

/// `pip freeze` and `wh freeze` with the same arguments say the same; what it is.
#[track_caller]
fn equal(bench: &Workbench, tools: &Tools, arguments: &[&str]) -> String {
    let mut pip = tools.pip(&bench.interpreter("env"));
    pip.arg("freeze").args(arguments);
    pip.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    let path = std::env::var_os("PATH").unwrap_or_default();
    bench.sandbox.prepare(&mut pip);
    pip.env("PATH", &path);
    let theirs = wh_testing::sandbox::finish(pip).expect(0);
    let python = bench.interpreter("env").display().to_string();
    let mut wh = bench
        .sandbox
        .command(["freeze", "--python", &python].iter().chain(arguments));
    wh.env("PATH", &path);
    let ours = wh_testing::sandbox::finish(wh).expect(0);
    assert_eq!(ours.stdout, theirs.stdout, "{arguments:?}\n{}", ours.stderr);
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
