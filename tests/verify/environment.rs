//! Installed environments against their RECORDs: those of wh, pip and uv are clean, and exactly
//! what a test takes away, changes or adds is named.

use std::process::Command;

use wh_testing::{WheelBuilder, Workbench, tools};

use crate::{bench, wheel};

fn wheels() -> Vec<WheelBuilder> {
    let app = wheel("app", "1.0")
        .entry_point("console_scripts", "run-app", "app:main")
        .script("old-app", "#!python\nprint(1)\n")
        .data("data", "share/app/x.txt", "x")
        .file("app.pth", "");
    vec![app, wheel("lib", "1.5")]
}

fn check(bench: &Workbench, expected: &[String]) {
    let python = bench.interpreter("env").display().to_string();
    let run = bench.sandbox.run(["verify", "--env", "--python", &python]);
    let run = run.expect(i32::from(!expected.is_empty()));
    let told: Vec<&str> = run.stdout.lines().collect();
    assert_eq!(told, expected);
}

/// Clean, then one file after the other.
fn each_fault_is_named(bench: &Workbench) {
    check(bench, &[]);
    let python = bench.interpreter("env");
    bench.run(&python, ["-c", "import app, lib"]).expect(0);
    check(bench, &[]);
    let site = std::fs::canonicalize(bench.path("env")).unwrap();
    let site = site.join(
        bench
            .site_packages("env")
            .strip_prefix(bench.path("env"))
            .unwrap(),
    );
    let file = site.join("lib/__init__.py");
    let text = std::fs::read(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    check(
        bench,
        &[format!("missing: {} (of lib-1.5)", file.display())],
    );
    let mut other = text.clone();
    other[0] ^= 1;
    std::fs::write(&file, other).unwrap();
    check(
        bench,
        &[format!("changed: {} (of lib-1.5)", file.display())],
    );
    std::fs::remove_file(&file).unwrap();
    std::fs::write(&file, text).unwrap();
    for added in ["evil.pth", "lib/more.py", "evil.start"] {
        let path = site.join(added);
        std::fs::write(&path, "").unwrap();
        check(bench, &[format!("foreign: {}", path.display())]);
        std::fs::remove_file(path).unwrap();
    }
    check(bench, &[]);
}

#[test]
fn made_by_wh() {
    let Some(bench) = bench() else { return };
    bench.folder(&wheels()).install(&[]).expect(0);
    each_fault_is_named(&bench);
}

#[test]
fn made_by_pip() {
    let (Some(bench), Some(tools)) = (bench(), tools()) else {
        return;
    };
    bench.folder(&wheels());
    bench
        .run(&bench.python.path, ["-m", "venv", "env"])
        .expect(0);
    let mut pip = tools.pip(&bench.interpreter("env"));
    pip.args([
        "install",
        "--no-index",
        "--find-links",
        "wheels",
        "app",
        "lib",
    ]);
    bench.finish(pip).expect(0);
    each_fault_is_named(&bench);
}

#[test]
fn made_by_uv() {
    let (Some(bench), Some(tools)) = (bench(), tools()) else {
        return;
    };
    bench.folder(&wheels());
    let python = bench.python.path.display().to_string();
    bench
        .run(tools.uv(), ["venv", "env", "--python", &python])
        .expect(0);
    let mut uv = Command::new(tools.uv());
    uv.args([
        "pip",
        "install",
        "--no-index",
        "--link-mode",
        "copy",
        "--find-links",
        "wheels",
        "app",
        "lib",
        "--python",
    ]);
    uv.arg(bench.interpreter("env"));
    bench.finish(uv).expect(0);
    each_fault_is_named(&bench);
}
