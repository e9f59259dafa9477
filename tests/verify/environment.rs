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
    let at_start = " (Python reads it whenever it starts)";
    let python_made = "lib/__pycache__/gone.cpython-311.pyc";
    for (added, more) in [
        ("evil.pth", at_start),
        ("evil.start", at_start),
        ("sitecustomize.py", at_start),
        ("lib/more.py", ""),
        ("lib/README.txt", ""),
        // bytecode of a source that is gone, and legacy
        (python_made, ""),
        ("lib/gone.pyc", ""),
        ("lib-1.5.dist-info/direct_url.json", ""),
    ] {
        let path = site.join(added);
        std::fs::write(&path, "").unwrap();
        check(bench, &[format!("foreign: {}{more}", path.display())]);
        std::fs::remove_file(path).unwrap();
    }
    let script = std::fs::canonicalize(bench.path("env/bin")).unwrap();
    for (added, foreign) in [("python-evil", true), ("python3.99", false)] {
        let path = script.join(added);
        std::fs::write(&path, "").unwrap();
        let expected = [format!("foreign: {}", path.display())];
        check(bench, &expected[..usize::from(foreign)]);
        std::fs::remove_file(path).unwrap();
    }
    std::fs::write(site.join("lib/__init__.pyc"), "").unwrap();
    check(bench, &[]);
    // a RECORD that is gone or empty is one fault, whatever it listed
    let record = site.join("lib-1.5.dist-info/RECORD");
    let text = std::fs::read(&record).unwrap();
    let start = format!("unusable RECORD: it is empty: {}", record.display());
    std::fs::write(&record, "").unwrap();
    check(bench, &[format!("{start} (of lib-1.5)")]);
    std::fs::write(&record, text).unwrap();
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

/// Projects of setuptools' older ways list no files; what they leave is known, and nothing else is.
#[test]
fn made_by_setuptools() {
    let Some(old) = wh_testing::sandbox::python(Some((3, 11))) else {
        return wh_testing::sandbox::skipped("no Python 3.11, which brings setuptools");
    };
    let bench = Workbench::with(crate::WH, old);
    let run = bench.run(&bench.python.path, ["-m", "venv", "env"]);
    run.expect(0);
    for name in ["inplace", "copied"] {
        let setup = format!(
            "from setuptools import setup\nsetup(name={name:?}, version='1', packages=['{name}_pkg'], \
             scripts=['{name}-script'], entry_points={{'console_scripts': ['{name}=x:y']}})\n"
        );
        bench.sandbox.write(&format!("{name}/setup.py"), setup);
        bench
            .sandbox
            .write(&format!("{name}/{name}-script"), "#!python\n");
        bench
            .sandbox
            .write(&format!("{name}/{name}_pkg/__init__.py"), "");
    }
    let python = bench.interpreter("env");
    let setup = |name: &str, arguments: &str| {
        let line = format!("cd {name} && {} setup.py -q {arguments}", python.display());
        bench.run("/bin/sh", ["-c", &line]).expect(0);
    };
    setup("inplace", "develop");
    setup(
        "copied",
        "install --single-version-externally-managed --record ../files.txt",
    );
    let site = std::fs::canonicalize(bench.site_packages("env")).unwrap();
    // a script that does not say whose it is, and nobody lists
    let bin = std::fs::canonicalize(bench.path("env/bin")).unwrap();
    let script = bin.join("copied-script");
    check(&bench, &[format!("foreign: {}", script.display())]);
    // pip would have written the list
    let listed = bench.sandbox.read("files.txt");
    let metadata = site.join("copied-1-py3.11.egg-info");
    let lines: Vec<String> = listed
        .lines()
        .map(
            |line| match std::path::Path::new(line).strip_prefix(bench.site_packages("env")) {
                Ok(inside) => format!("../{}", inside.display()),
                Err(_) => line.to_owned(),
            },
        )
        .collect();
    std::fs::write(metadata.join("installed-files.txt"), lines.join("\n")).unwrap();
    check(&bench, &[]);
    let file = site.join("copied_pkg/__init__.py");
    std::fs::remove_file(&file).unwrap();
    check(
        &bench,
        &[format!("missing: {} (of copied-1-py3.11)", file.display())],
    );
    std::fs::write(&file, "").unwrap();
    let added = site.join("copied_pkg/added.py");
    std::fs::write(&added, "").unwrap();
    check(&bench, &[format!("foreign: {}", added.display())]);
}

/// The user's site-packages count for an interpreter that is no virtual environment's.
#[test]
fn made_with_user() {
    let Some(mut bench) = bench() else { return };
    let base = bench.path("user");
    bench.sandbox.variable("PYTHONUSERBASE", &base);
    bench.folder(&wheels());
    let python = bench.python.path.display().to_string();
    let install = ["install", "-f", "wheels", "--user", "--python", &python];
    bench.sandbox.run(install).expect(0);
    // the rest of that installation is not ours
    let told = || {
        let run = bench.sandbox.run(["verify", "--env", "--python", &python]);
        let lines = run.stdout.lines().filter(|line| line.contains("/user/"));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(told(), [""; 0]);
    let (major, minor) = bench.python.version;
    let site = format!("lib/python{major}.{minor}/site-packages");
    let changed = base.join(&site).join("lib/__init__.py");
    std::fs::write(&changed, "changed").unwrap();
    let script = base.join("bin/run-app");
    std::fs::remove_file(&script).unwrap();
    let expected = [
        format!("missing: {} (of app-1.0)", script.display()),
        format!("changed: {} (of lib-1.5)", changed.display()),
    ];
    assert_eq!(told(), expected);
}
