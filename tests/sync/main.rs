//! `wh sync`, from outside: the environment has exactly what a lock or requirements say.

use wh_testing::sandbox::{Run, python, skipped};
use wh_testing::{WheelBuilder, Workbench};

const WH: &str = env!("CARGO_BIN_EXE_wh");

fn wheel(name: &str, version: &str) -> WheelBuilder {
    let text = format!("version = {version:?}\n");
    WheelBuilder::new(name, version).file(format!("{name}/__init__.py"), text)
}

/// A wheelhouse with `app` 1.0 and `lib` 1.5, locked; an environment with `lib` 1.2 and `other`.
fn bench() -> Option<Workbench> {
    let bench = Workbench::new(WH)?;
    bench.folder(&[wheel("lib", "1.2"), wheel("other", "3.0")]);
    bench.install(&[]).expect(0);
    std::fs::remove_dir_all(bench.path("wheels")).unwrap();
    let app = wheel("app", "1.0").requires("lib>=1");
    bench.lock(&[app, wheel("lib", "1.5")], &["app"]);
    Some(bench)
}

fn sync(bench: &Workbench, arguments: &[&str]) -> Run {
    let python = bench.interpreter("env").display().to_string();
    let all = ["sync", "--python", &python];
    bench.sandbox.run(all.iter().chain(arguments))
}

/// Installs wheels from a folder that has no lock.
fn loose(bench: &Workbench, wheels: &[WheelBuilder], arguments: &[&str]) {
    std::fs::create_dir_all(bench.path("loose")).unwrap();
    for wheel in wheels {
        wheel.write_to(bench.path("loose"));
    }
    let python = bench.interpreter("env").display().to_string();
    let all = ["install", "-f", "loose", "--python", &python];
    bench.sandbox.run(all.iter().chain(arguments)).expect(0);
}

#[test]
fn the_lock_is_there_and_nothing_else() {
    let Some(bench) = bench() else { return };
    let before = bench.snapshot("env");
    let run = sync(&bench, &["wheels", "--dry-run"]).expect(0);
    assert_eq!(
        run.stdout,
        "install app==1.0\nreplace lib==1.2 by 1.5\nremove  other==3.0\n"
    );
    assert_eq!(before.differences(&bench.snapshot("env")), [""; 0]);

    let run = sync(&bench, &["wheels", "--report", "report.json"]).expect(0);
    assert!(run.stderr.contains("other 3.0 is gone"), "{}", run.stderr);
    let report: serde_json::Value =
        serde_json::from_str(&bench.sandbox.read("report.json")).unwrap();
    let removed = serde_json::json!([{"project": "other", "version": "3.0"}]);
    assert_eq!(report["removed"], removed);
    assert_eq!(bench.freeze("env"), ["app==1.0", "lib==1.5"]);

    // what an install of the same lock into a fresh environment gives
    bench.environment("fresh");
    bench.install_into("fresh", &[]).expect(0);
    let site = |name| wh_testing::snapshot(&bench.site_packages(name));
    assert_eq!(site("env").differences(&site("fresh")), [""; 0]);

    let run = sync(&bench, &["wheels/pylock.toml"]).expect(0);
    assert!(
        run.stderr.contains("Kept 2 distributions"),
        "{}",
        run.stderr
    );
}

#[test]
fn the_same_version_from_another_wheel_or_place_is_replaced() {
    let Some(bench) = bench() else { return };
    sync(&bench, &["wheels"]).expect(0);
    let lib = wheel("lib", "1.5").file("lib/patched.py", "");
    loose(&bench, &[lib], &["--force-reinstall", "lib"]);
    let patched = bench.site_packages("env").join("lib/patched.py");
    assert!(patched.exists());
    let run = sync(&bench, &["wheels", "--dry-run"]).expect(0);
    assert_eq!(run.stdout, "keep    app==1.0\nreplace lib==1.5 by 1.5\n");
    // the same files, and direct_url.json says that they came from elsewhere
    sync(&bench, &["wheels"]).expect(0);
    assert!(!patched.exists());
    let path = bench.path("loose/lib-1.5-py3-none-any.whl");
    let path = path.display().to_string();
    let again = ["--force-reinstall", &path];
    loose(&bench, &[wheel("lib", "1.5")], &again);
    let run = sync(&bench, &["wheels", "--dry-run"]).expect(0);
    assert_eq!(run.stdout, "keep    app==1.0\nreplace lib==1.5 by 1.5\n");
}

#[test]
fn requirements_are_the_list_with_what_they_require() {
    let Some(bench) = bench() else { return };
    bench.sandbox.write("requirements.txt", "app\n");
    bench.sandbox.write("pins.txt", "lib<1.5\n");
    // beside a lock its files count alone
    let run = sync(
        &bench,
        &["requirements.txt", "-f", "wheels", "-c", "pins.txt"],
    )
    .expect(0);
    assert!(run.stderr.contains("other 3.0 is gone"), "{}", run.stderr);
    assert_eq!(bench.freeze("env"), ["app==1.0", "lib==1.2"]);
    sync(
        &bench,
        &["-r", "requirements.txt", "-f", "wheels", "--no-deps"],
    )
    .expect(0);
    assert_eq!(bench.freeze("env"), ["app==1.0"]);
}

#[test]
fn what_says_nothing_removes_nothing() {
    let Some(bench) = bench() else { return };
    let before = bench.snapshot("env");
    bench.sandbox.write("empty.txt", "# nothing\n");
    bench.sandbox.write(
        "loose/other-3.0-py3-none-any.whl",
        wheel("other", "3.0").build(),
    );
    let run = sync(&bench, &["loose"]).expect(2);
    assert!(
        run.stderr.contains("no lock in the folders"),
        "{}",
        run.stderr
    );
    sync(&bench, &[]).expect(2);
    let run = sync(&bench, &["empty.txt", "-f", "wheels"]).expect(1);
    assert!(
        run.stderr.contains("--allow-empty-requirements"),
        "{}",
        run.stderr
    );
    sync(&bench, &["loose/pylock.toml"]).expect(2);
    assert_eq!(before.differences(&bench.snapshot("env")), [""; 0]);
    sync(
        &bench,
        &["empty.txt", "-f", "wheels", "--allow-empty-requirements"],
    )
    .expect(0);
    assert_eq!(bench.freeze("env"), [""; 0]);
}

#[test]
fn one_that_cannot_go_stops_all_of_it() {
    let Some(bench) = bench() else { return };
    let site = bench.site_packages("env");
    std::fs::write(site.join("old-1.egg-info"), "Name: old\nVersion: 1\n").unwrap();
    let before = bench.snapshot("env");
    let run = sync(&bench, &["wheels"]).expect(1);
    assert!(run.stderr.contains("cannot remove old 1"), "{}", run.stderr);
    assert_eq!(before.differences(&bench.snapshot("env")), [""; 0]);
}

#[test]
fn what_the_lock_leaves_to_this_side_stays_with_what_it_requires() {
    let Some(bench) = bench() else { return };
    std::fs::remove_dir_all(bench.path("wheels")).unwrap();
    bench.folder(&[
        wheel("native", "2").requires("driver"),
        wheel("driver", "5"),
    ]);
    bench.install(&["native"]).expect(0);
    std::fs::remove_dir_all(bench.path("wheels")).unwrap();
    let app = wheel("tool", "1.0").requires("native");
    bench.lock(
        &[app, wheel("native", "2")],
        &["tool", "--exclude", "native"],
    );
    sync(&bench, &["wheels"]).expect(0);
    assert_eq!(bench.freeze("env"), ["driver==5", "native==2", "tool==1.0"]);
}

/// As uv and pip-tools have it: what an environment was made with is no part of the list.
#[test]
fn pip_stays_where_the_environment_was_made_with_it() {
    let Some(old) = python(Some((3, 11))) else {
        return skipped("no Python 3.11");
    };
    let bench = Workbench::with(WH, old);
    bench.lock(&[wheel("app", "1.0")], &["app"]);
    let names = |bench: &Workbench| {
        let python = bench.interpreter("env").display().to_string();
        let all = ["freeze", "--all", "--python", &python];
        let run = bench.sandbox.run(all).expect(0);
        let lines = run.stdout.lines().map(|line| line.split('=').next());
        lines.flatten().map(str::to_owned).collect::<Vec<_>>()
    };
    let made = bench.run(&bench.python.path, ["-m", "venv", "--without-pip", "env"]);
    made.expect(0);
    let extra = ["pip", "setuptools", "other"].map(|name| wheel(name, "99"));
    loose(&bench, &extra, &[]);
    sync(&bench, &["wheels"]).expect(0);
    assert_eq!(names(&bench), ["app", "pip", "setuptools"]);
    std::fs::remove_dir_all(bench.path("env")).unwrap();
    bench.environment("env");
    loose(&bench, &[], &[]);
    sync(&bench, &["wheels"]).expect(0);
    assert_eq!(names(&bench), ["app"]);
}

#[test]
fn a_folder_of_its_own_is_made_exact_too() {
    let Some(bench) = bench() else { return };
    let before = bench.snapshot("env");
    bench.sandbox.write(
        "loose/other-3.0-py3-none-any.whl",
        wheel("other", "3.0").build(),
    );
    let python = bench.interpreter("env").display().to_string();
    let install = [
        "install", "-f", "loose", "--target", "here", "--python", &python,
    ];
    bench.sandbox.run(install).expect(0);
    sync(&bench, &["wheels", "--target", "here"]).expect(0);
    let names: Vec<String> = wh_testing::snapshot(&bench.path("here"))
        .0
        .into_keys()
        .filter(|path| !path.contains('/') && !path.starts_with('.'))
        .collect();
    assert_eq!(
        names,
        ["app", "app-1.0.dist-info", "lib", "lib-1.5.dist-info"]
    );
    assert_eq!(before.differences(&bench.snapshot("env")), [""; 0]);
}
