//! Where to: `--target`, `--prefix`, `--root`, `--user`, and what belongs to the system (PEP 668).

use wh_testing::sandbox::skipped;
use wh_testing::{Workbench, snapshot};

use crate::{bench, three, wheel};

/// `wh install --find-links wheels --python` the bench's own interpreter, no environment between.
fn install(bench: &Workbench, arguments: &[&str]) -> wh_testing::sandbox::Run {
    let python = bench.python.path.display().to_string();
    let mut all = vec!["install", "--find-links", "wheels", "--python", &python];
    all.extend(arguments);
    bench.sandbox.run(all)
}

#[test]
fn a_folder_of_its_own() {
    let Some(bench) = bench() else { return };
    let app = wheel("app", "1.0")
        .requires("lib>=1")
        .entry_point("console_scripts", "app", "app:main")
        .data("data", "share/app.txt", "text");
    bench.lock(&[app, wheel("lib", "1.5")], &["app"]);
    install(&bench, &["--target", "layer"]).expect(0);
    let layer = bench.snapshot("layer");
    for path in [
        "app/__init__.py",
        "lib/__init__.py",
        "share/app.txt",
        "bin/app",
        "app-1.0.dist-info/RECORD",
    ] {
        assert!(layer.text(path).is_some(), "{path}: {:?}", layer.0.keys());
    }
    let frozen = bench.sandbox.run(["freeze", "--path", "layer"]).expect(0);
    assert_eq!(frozen.stdout, "app==1.0\nlib==1.5\n");
    let run = install(&bench, &["--target", "layer"]).expect(0);
    assert!(run.stderr.contains("Kept"), "{}", run.stderr);
}

#[test]
fn a_target_name_is_no_folder() {
    let Some(bench) = bench() else { return };
    bench.lock(&three(), &["app"]);
    let run = install(&bench, &["--target", "cp312-linux"]).expect(2);
    assert!(run.stderr.contains("./cp312-linux"), "{}", run.stderr);
    assert!(!bench.path("cp312-linux").exists());
    install(&bench, &["--target", "./cp312-linux"]).expect(0);
    assert!(bench.path("cp312-linux/app/__init__.py").exists());
    // now it is a folder
    install(&bench, &["--target", "cp312-linux"]).expect(0);
}

#[test]
fn below_a_prefix_and_below_a_root() {
    let Some(bench) = bench() else { return };
    bench.lock(&three(), &["app"]);
    let (major, minor) = bench.python.version;
    let site = format!("lib/python{major}.{minor}/site-packages");
    install(&bench, &["--prefix", "prefix"]).expect(0);
    assert!(
        bench
            .path(format!("prefix/{site}/app/__init__.py"))
            .exists()
    );
    bench.environment("env");
    bench.install(&["--root", "root"]).expect(0);
    let inside = bench.path("env").strip_prefix("/").unwrap().join(&site);
    assert!(
        bench
            .path("root")
            .join(inside)
            .join("app/__init__.py")
            .exists()
    );
    assert_eq!(bench.freeze("env"), [""; 0]);
    for both in [
        ["--target", "a", "--prefix", "b"],
        ["--target", "a", "--root", "b"],
    ] {
        install(&bench, &both).expect(2);
    }
}

#[test]
fn the_users_own_folder() {
    let Some(mut bench) = bench() else { return };
    bench.lock(&three(), &["app"]);
    let base = bench.path("user-base");
    bench.sandbox.variable("PYTHONUSERBASE", &base);
    install(&bench, &["--user"]).expect(0);
    let (major, minor) = bench.python.version;
    let site = base.join(format!("lib/python{major}.{minor}/site-packages"));
    assert!(
        site.join("app/__init__.py").exists(),
        "{:?}",
        snapshot(&base).0.keys()
    );
    let python = bench.python.path.clone();
    bench.run(&python, ["-c", "import app, lib"]).expect(0);
    // a virtual environment hides the user's folder
    bench.environment("env");
    bench.install(&["--user"]).expect(1);
}

/// A base installation in miniature: the interpreter linked into a prefix of its own.
#[cfg(unix)]
#[test]
fn what_belongs_to_the_system_is_left_alone() {
    let Some(bench) = bench() else { return };
    let code = "import sysconfig; print(sysconfig.get_path('stdlib'))";
    let library = bench.run(&bench.python.path, ["-c", code]).expect(0).stdout;
    let library = std::path::Path::new(library.trim());
    let Some(name) = library.file_name() else {
        return;
    };
    let base = bench.path("base");
    std::fs::create_dir_all(base.join("bin")).unwrap();
    let made = base.join("lib").join(name);
    std::fs::create_dir_all(made.join("site-packages")).unwrap();
    for entry in std::fs::read_dir(library).unwrap().flatten() {
        if entry.file_name() != "site-packages" {
            std::os::unix::fs::symlink(entry.path(), made.join(entry.file_name())).unwrap();
        }
    }
    let real = std::fs::canonicalize(&bench.python.path).unwrap();
    let python = base.join("bin").join(real.file_name().unwrap());
    std::fs::copy(&real, &python).unwrap();
    let python = python.display().to_string();
    let where_is = bench.run(&python, ["-c", "import sys; print(sys.prefix)"]);
    if where_is.status != Some(0) || where_is.stdout.trim() != base.display().to_string() {
        return skipped("this Python cannot be moved");
    }
    let marker = "[externally-managed]\nError=Ask the distribution.\n Or its handbook.\n";
    std::fs::write(made.join("EXTERNALLY-MANAGED"), marker).unwrap();
    bench.lock(&three(), &["app"]);
    let arguments = ["install", "--find-links", "wheels", "--python", &python];
    let with = |more: &[&str]| bench.sandbox.run(arguments.iter().chain(more));
    let before = bench.snapshot("base");
    let run = with(&[]).expect(1);
    for word in [
        "Ask the distribution.",
        "Or its handbook.",
        "--break-system-packages",
    ] {
        assert!(run.stderr.contains(word), "{word}: {}", run.stderr);
    }
    with(&["--user"]).expect(1);
    assert_eq!(before.differences(&bench.snapshot("base")), [""; 0]);
    with(&["--target", "elsewhere"]).expect(0);
    with(&["--break-system-packages"]).expect(0);
    assert!(made.join("site-packages/app/__init__.py").exists());
}
